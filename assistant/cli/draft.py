"""``draft``: a plan from a brief, on the screen or as Word, Markdown or JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.console import Progress, as_json, open_assistant, read_settings
from assistant.cli.files import check_target, keep_earlier, write_file
from assistant.cli.parser import add_command
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.schema import ProjectPlan

_SUFFIXES = (".docx", ".md")


def register(commands: Any) -> None:
    """Add ``draft`` to the command line."""
    draft = add_command(commands, "draft", _draft, "ブリーフから計画の下書きを作る")
    draft.add_argument("brief", nargs="?", type=Path, metavar="ブリーフ.toml")
    draft.add_argument("--new", type=Path, metavar="ブリーフ.toml", help="ブリーフの例を作る")
    draft.add_argument(
        "--again",
        type=Path,
        metavar="計画.json",
        help="保存した計画を、今の索引で確かめ直す",
    )
    draft.add_argument(
        "--form", type=Path, metavar="様式", help="公式の様式(.docx か .xlsx)の欄に書き込む"
    )
    draft.add_argument(
        "--mapping",
        type=Path,
        metavar="対応表.json",
        help="様式の欄と計画の対応(最初の実行で書き出されるもの)を直したもの",
    )
    draft.add_argument(
        "--template", metavar="名前", help="計画の構成の名前(既定は standard)か、TOMLファイル"
    )
    draft.add_argument(
        "--out", type=Path, metavar="ファイル", help="書き出す先(計画.docx か 計画.md)"
    )
    draft.add_argument(
        "--mode",
        choices=("auto", "extractive", "llm"),
        help="書き方(既定はauto。モデルがなければ資料の文を使う)",
    )
    draft.add_argument("--force", action="store_true", help="同じ名前のファイルを上書きする")


def _draft(options: argparse.Namespace) -> int:
    from assistant.planning.brief import load_brief, new_brief

    if options.new:
        new_brief(options.new)
        print(f"ブリーフの例を作りました: {options.new}")
        return 0
    if (options.brief is None) == (options.again is None):
        raise InputError(
            "ブリーフか、保存した計画のどちらか1つを指定してください。",
            "ブリーフは --new ブリーフ.toml で例を作れます。保存した計画は --again で指定します。",
        )
    if options.mapping and not options.form:
        raise InputError(
            "--mapping(対応表)は --form(様式)と一緒に指定してください。",
            "様式のファイルを --form で指定するか、--mapping を外してください。",
        )
    if options.mode and options.again:
        raise InputError(
            "--again は保存した計画の文を確かめ直すもので、書き方(--mode)は選べません。",
            "--mode を外すか、ブリーフを指定して下書きを作り直してください。",
        )
    if options.out:
        suffixes = (options.form.suffix.lower(),) if options.form else _SUFFIXES
        check_target(options.out, suffixes, force=options.force)
    brief = load_brief(options.brief) if options.brief else None
    assistant = open_assistant(options)
    if brief is None:
        plan = assistant.draft_again(options.again, options.template)
    else:
        with Progress() as progress:
            plan = assistant.draft(
                brief,
                options.template or "standard",
                mode=options.mode or "auto",
                progress=progress.show,
            )
    _save(plan, (options.again or assistant.root / "plans" / f"{options.brief.stem}.json"))
    if options.form:
        _fill(plan, options)
    else:
        _show(plan, options)
    return 0


def _fill(plan: "ProjectPlan", options: argparse.Namespace) -> None:
    """Fill the form and show which box took what."""
    from assistant.export.form import filled_form
    from assistant.export.rows import plan_row
    from assistant.planning.form import mapping_text, read_boxes, with_mapping
    from assistant.planning.template import load_template

    form: Path = options.form
    template = load_template(options.template or plan.template, read_settings().templates)
    boxes = read_boxes(form, template)
    if options.mapping:
        boxes = with_mapping(boxes, options.mapping, template)
    out = options.out or form.with_name(f"{form.stem}-下書き{form.suffix}")
    write_file(filled_form(form, boxes, plan), out, force=options.force)
    headings = {section.id: section.heading for section in plan.sections}
    for box in boxes:
        target = headings.get(box.target or "", box.target or "対応なし(要記入)")
        print(f"{box.place} 「{box.label}」 ← {target}", file=sys.stderr)
    if not options.mapping:
        mapping = out.with_suffix(".mapping.json")
        write_file(mapping_text(boxes, template).encode(), mapping, force=options.force)
        print(f"対応を直すときは {mapping} の target を変え、--mapping で渡してください。",
              file=sys.stderr)  # fmt: skip
    print(as_json(plan_row(plan)) if options.json else f"{out} に書き込みました。")


def _save(plan: "ProjectPlan", path: Path) -> None:
    """Keep the plan for ``--again`` beside the index: one folder a client."""
    from assistant.export.rows import plan_row

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(plan_row(plan), ensure_ascii=False, indent=1) + "\n"
        half = path.with_suffix(".half")
        half.write_text(text, encoding="utf-8")
        earlier = keep_earlier(path)
        half.replace(path)
    except OSError:
        print(f"計画を保存できませんでした: {path}(場所と権限を確かめてください)", file=sys.stderr)
        return
    print(f"計画を保存しました: {path}(直して --again で確かめ直せます)", file=sys.stderr)
    if earlier:
        print(f"前の計画は残しました: {earlier}", file=sys.stderr)


def _show(plan: "ProjectPlan", options: argparse.Namespace) -> None:
    from assistant.export.markdown import plan_markdown
    from assistant.export.rows import plan_row
    from assistant.export.word import plan_docx

    row = plan_row(plan)
    if options.out:
        word = options.out.suffix.lower() == ".docx"
        content = plan_docx(plan) if word else plan_markdown(plan).encode()
        write_file(content, options.out, force=options.force)
    if options.json:
        print(as_json(row))
    elif options.out:
        gaps = sum(len(section.gaps) for section in plan.sections)
        print(f"{options.out} に書き出しました(引用{len(plan.citations)}件、要記入{gaps}か所)。")
    else:
        print(plan_markdown(plan))
