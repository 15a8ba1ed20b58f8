"""``draft``: a plan from a brief, on the screen or as Word, Markdown or JSON."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.console import Progress, open_assistant, read_settings, to_json
from assistant.cli.files import check_target, keep_earlier, write_file
from assistant.cli.options import FILE, command, force, mode, option
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.records.answers import AskMode
    from assistant.records.plans import ProjectPlan


@command("ブリーフから計画の下書きを作る")
@click.argument("brief", required=False, type=FILE, metavar="[ブリーフ.toml]")
@option("--new", "ブリーフ.toml", "ブリーフの例を作る", FILE)
@option("--again", "計画.json", "保存した計画を、今の索引で確かめ直す", FILE)
@option("--form", "様式", "公式の様式(.docx か .xlsx)の欄に書き込む", FILE)
@option("--mapping", "対応表.json", "様式の欄と計画の対応(最初に書き出される)を直したもの", FILE)
@option("--template", "名前", "計画の構成の名前(既定は standard)か、TOMLファイル")
@option("--out", "ファイル", "書き出す先(計画.docx か 計画.md)", FILE)
@mode
@force
def draft(
    brief: Path | None,
    new: Path | None,
    again: Path | None,
    form: Path | None,
    mapping: Path | None,
    template: str | None,
    out: Path | None,
    mode: "AskMode | None",
    force: bool,
    index: Path | None,
    as_json: bool,
) -> None:
    """Draft a plan, keep it beside the index, and show it or fill a form with it."""
    from assistant.export.rows import plan_row
    from assistant.planning.brief import load_brief, new_brief

    if new:
        new_brief(new)
        print(f"ブリーフの例を作りました: {new}")
        return
    if (brief is None) == (again is None):
        raise InputError(
            "ブリーフか、保存した計画のどちらか1つを指定してください。",
            "ブリーフは --new ブリーフ.toml で例を作れます。保存した計画は --again で指定します。",
        )
    if mapping and not form:
        raise InputError(
            "--mapping(対応表)は --form(様式)と一緒に指定してください。",
            "様式のファイルを --form で指定するか、--mapping を外してください。",
        )
    if mode and again:
        raise InputError(
            "--again は保存した計画の文を確かめ直すもので、書き方(--mode)は選べません。",
            "--mode を外すか、ブリーフを指定して下書きを作り直してください。",
        )
    if out:
        check_target(out, (form.suffix.lower(),) if form else (".docx", ".md"), force=force)
    wishes = load_brief(brief) if brief else None
    assistant = open_assistant(index)
    if again:
        path, plan = again, assistant.draft_again(again, template)
    elif wishes and brief:
        path = assistant.root / "plans" / f"{brief.stem}.json"
        with Progress() as progress:
            plan = assistant.draft(
                wishes, template or "standard", mode=mode or "auto", progress=progress.show
            )
    _save(plan, path)
    if form:
        out = out or form.with_name(f"{form.stem}-下書き{form.suffix}")
        said = _fill(plan, form, mapping, template or plan.template, out, force=force)
    else:
        said = _write(plan, out, force=force)
    print(to_json(plan_row(plan)) if as_json else said)


def _fill(
    plan: "ProjectPlan", form: Path, mapping: Path | None, template: str, out: Path, *, force: bool
) -> str:
    """Fill the form, show which box took what, and say where it is."""
    from assistant.export.form import filled_form
    from assistant.planning.form import mapping_text, read_boxes, with_mapping
    from assistant.planning.template import load_template

    loaded = load_template(template, read_settings().templates)
    boxes = read_boxes(form, loaded)
    if mapping:
        boxes = with_mapping(boxes, mapping, loaded)
    write_file(filled_form(form, boxes, plan), out, force=force)
    headings = {section.id: section.heading for section in plan.sections}
    for box in boxes:
        target = headings.get(box.target or "", box.target or "対応なし(要記入)")
        print(f"{box.place} 「{box.label}」 ← {target}", file=sys.stderr)
    if not mapping:
        mapping = out.with_suffix(".mapping.json")
        write_file(mapping_text(boxes, loaded).encode(), mapping, force=force)
        print(
            f"対応を直すときは {mapping} の target を変え、--mapping で渡してください。",
            file=sys.stderr,
        )
    return f"{out} に書き込みました。"


def _write(plan: "ProjectPlan", out: Path | None, *, force: bool) -> str:
    """The plan as text; with a file named, written there, and what was written in one line."""
    from assistant.export.markdown import plan_markdown
    from assistant.export.word import plan_docx

    if out is None:
        return plan_markdown(plan)
    word = out.suffix.lower() == ".docx"
    write_file(plan_docx(plan) if word else plan_markdown(plan).encode(), out, force=force)
    gaps = sum(len(section.gaps) for section in plan.sections)
    return f"{out} に書き出しました(引用{len(plan.citations)}件、要記入{gaps}か所)。"


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
