"""``search``, ``ask`` and ``show``: one question, or many from a file."""

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.console import open_assistant, read_settings, to_json
from assistant.cli.files import check_target, write_file
from assistant.cli.options import FILE, command, explain, force, mode, option
from assistant.cli.questions import Asked, each_question, takes_questions
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.records.answers import Answer, AskMode

LAST_ANSWER = "last-answer.json"
"""In the data folder: the last answer as ``ask --json`` prints it, and its index."""


@command("質問に近い箇所を探す")
@option("-k", "件数", "表示する件数(既定は5)", int, default=5)
@explain
@takes_questions
def search(asked: Asked, k: int, explain: bool) -> None:
    """Print the passages nearest to each question."""
    from assistant.export.rows import search_row
    from assistant.export.text import found_text

    def respond(assistant: "Assistant", question: str, question_id: Any) -> str:
        began = perf_counter()
        found = assistant.find(question, k, asked.filters)
        seconds = perf_counter() - began
        if asked.as_json:
            return to_json(search_row(question_id, question, found, seconds, explain=explain))
        return found_text(found, explain=explain)

    each_question(asked, respond)


@command("質問に出典つきで答える")
@mode
@option("--rerun", "ファイル", "保存した回答(--json の出力)をたずね直し、変わった点を示す", FILE)
@option("--out", "ファイル", "決裁用の根拠資料(.docx か .md)も書き出す", FILE)
@explain
@force
@takes_questions
def ask(
    asked: Asked,
    mode: "AskMode | None",
    rerun: Path | None,
    out: Path | None,
    explain: bool,
    force: bool,
) -> None:
    """Print an answer to each question."""
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text, weighed_text

    if rerun:
        _rerun(asked, rerun, mode)
        return
    if out:
        if asked.source:
            raise InputError("--out は1つの質問にだけ使えます。", "--from を外してください。")
        check_target(out, (".docx", ".md"), force=force)

    def respond(assistant: "Assistant", question: str, question_id: Any) -> str:
        answer = assistant.ask(question, asked.filters, mode=mode or "auto")
        if out:
            _write_sheet(answer, out, force=force)
        row = answer_row(answer, question_id)
        _remember(row, asked.index)
        if asked.as_json:
            return to_json(row)
        why = ["", weighed_text(answer)] if explain else []
        return "\n".join([answer_text(answer), *why])

    each_question(asked, respond)


def _rerun(asked: Asked, saved: Path, mode: "AskMode | None") -> None:
    """Ask a saved question again, in the same way, and say what has changed since."""
    from assistant.export.changes import changes
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text
    from assistant.records.answers import Filters

    before = _saved(saved)
    if mode in {None, "auto"}:
        mode = "extractive" if before["mode"] == "extractive" else "auto"
    question = before["standalone"] or before["question"]
    answer = open_assistant(asked.index).ask(question, Filters(**before["filters"]), mode=mode)
    row = answer_row(answer, before["id"])
    found = changes(before, row)
    _remember(row, asked.index)
    if asked.as_json:
        print(to_json({**row, "changes": found}))
    else:
        listed = [f"・{change}" for change in found] or ["・変わった点はありません。"]
        print("\n".join([answer_text(answer), "", "前の回答から変わった点", *listed]))


def _saved(path: Path) -> dict[str, Any]:
    """An answer as ``ask --json`` printed it."""
    needed = {"id", "question", "standalone", "filters", "mode", "refused", "statements"}
    try:
        row = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(row, dict) and needed | {"citations", "provenance"} <= row.keys():
            return row
    except OSError as error:
        raise InputError(
            f"保存した回答を開けません: {path}", "場所と権限を確かめてください。"
        ) from error
    except ValueError:
        pass
    raise InputError(
        f"保存した回答として読めません: {path}",
        "regional-dx ask --json の出力を1件だけ保存したファイルを指定してください。",
    )


def _write_sheet(answer: "Answer", path: Path, *, force: bool) -> None:
    """The evidence sheet of one answer, to be put before a superior."""
    from assistant.export.markdown import answer_markdown
    from assistant.export.word import answer_docx

    word = path.suffix.lower() == ".docx"
    write_file(answer_docx(answer) if word else answer_markdown(answer).encode(), path, force=force)


@command("文章を前後とともに表示する", json_option=False)
@click.argument("place", metavar="番号", help="文章の番号、または直前の回答の引用番号")
def show(place: str, index: Path | None) -> None:
    """Print a chunk between its neighbours."""
    from assistant.export.text import chunk_text

    if (number := place.strip("[]")).isdecimal():
        place, root = _cited(int(number))
        index = index or root
    chunks, document = open_assistant(index).chunk(place)
    print(chunk_text(chunks, place, document))


def _remember(row: dict[str, Any], index: Path | None) -> None:
    """Keep the last answer for ``show 2``; a folder that cannot be written costs only that."""
    folder = read_settings().data
    root = str(index.absolute()) if index else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**row, "index": root}, ensure_ascii=False)
        (folder / LAST_ANSWER).write_text(text, encoding="utf-8")
    except OSError:
        return


def _cited(number: int) -> tuple[str, Path | None]:
    """The chunk behind citation [number] of the last answer, and the index that was named then."""
    try:
        answer = json.loads((read_settings().data / LAST_ANSWER).read_text(encoding="utf-8"))
        rows = {row["number"]: row["chunk_id"] for row in answer["citations"]}
        return str(rows[number]), Path(answer["index"]) if answer["index"] else None
    except (OSError, ValueError, KeyError):
        raise InputError(
            f"直前の回答に引用 [{number}] はありません。",
            "先に regional-dx ask で質問するか、文章の番号を指定してください。",
        ) from None
