"""``draft``: a plan from a brief, on the screen or as Word, Markdown or JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.console import Progress, as_json, open_assistant
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
        "--template", default="standard", metavar="名前", help="計画の構成の名前か、TOMLファイル"
    )
    draft.add_argument(
        "--out", type=Path, metavar="ファイル", help="書き出す先(計画.docx か 計画.md)"
    )
    draft.add_argument(
        "--mode",
        choices=("auto", "extractive", "llm"),
        default="auto",
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
    _check_out(options)
    brief = load_brief(options.brief) if options.brief else None
    assistant = open_assistant(options)
    if brief is None:
        plan = assistant.draft_again(options.again)
    else:
        with Progress() as progress:
            plan = assistant.draft(
                brief, options.template, mode=options.mode, progress=progress.show
            )
    _save(plan, (options.again or assistant.root / "plans" / f"{options.brief.stem}.json"))
    _show(plan, options)
    return 0


def _save(plan: "ProjectPlan", path: Path) -> None:
    """Keep the plan for ``--again`` beside the index: one folder a client."""
    from assistant.export.rows import plan_row

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(plan_row(plan), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        print(f"計画を保存できませんでした: {path}({error.strerror})", file=sys.stderr)
        return
    print(f"計画を保存しました: {path}(直して --again で確かめ直せます)", file=sys.stderr)


def _check_out(options: argparse.Namespace) -> None:
    """Refuse a target that cannot be written before any work is done."""
    out: Path | None = options.out
    if out is None:
        return
    if out.suffix.lower() not in _SUFFIXES:
        raise InputError(
            f"この形式では書き出せません: {out.name}",
            "名前の終わりを .docx か .md にしてください(JSONは --json)。",
        )
    if out.exists() and not options.force:
        raise InputError(
            f"同じ名前のファイルがあります: {out}",
            "別の名前にするか、上書きしてよければ --force を付けてください。",
        )


def _show(plan: "ProjectPlan", options: argparse.Namespace) -> None:
    from assistant.export.markdown import plan_markdown
    from assistant.export.rows import plan_row

    row = plan_row(plan)
    if options.out:
        _write(plan, options.out)
    if options.json:
        print(as_json(row))
    elif options.out:
        gaps = sum(len(section.gaps) for section in plan.sections)
        print(f"{options.out} に書き出しました(引用{len(plan.citations)}件、要記入{gaps}か所)。")
    else:
        print(plan_markdown(plan))


def _write(plan: "ProjectPlan", path: Path) -> None:
    from assistant.export.markdown import plan_markdown
    from assistant.export.word import plan_docx

    content = plan_docx(plan) if path.suffix.lower() == ".docx" else plan_markdown(plan).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"ファイルに書き込めません: {path}({error.strerror})",
            "場所と権限を確かめ、同じファイルを開いているソフトを閉じてください。",
        ) from error
