"""``search``, ``ask`` and ``show``: one question, or many from a file."""

import argparse
import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.cli.console import as_json, open_assistant, read_settings
from assistant.cli.files import check_target, write_file
from assistant.cli.parser import add_command, add_question
from assistant.cli.questions import each_question
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.schema import Answer, Filters

LAST_ANSWER = "last-answer.json"
"""In the data folder: the last answer as ``ask --json`` prints it, and its index."""


def register(commands: Any) -> None:
    """Add ``search``, ``ask`` and ``show`` to the command line."""
    search = add_command(commands, "search", _search, "質問に近い箇所を探す")
    search.add_argument("-k", type=int, default=5, metavar="件数", help="表示する件数(既定は5)")
    search.add_argument("--explain", action="store_true", help="順位の理由(語と点数)も表示する")
    add_question(search)

    ask = add_command(commands, "ask", _ask, "質問に出典つきで答える")
    ask.add_argument("--mode", choices=("auto", "extractive", "llm"), default="auto",
                     help="答え方(既定はauto。モデルがなければ資料の文をそのまま示す)")  # fmt: skip
    ask.add_argument(
        "--rerun",
        type=Path,
        metavar="ファイル",
        help="保存した回答(ask --json の出力)をもう一度たずね、変わった点を示す",
    )
    ask.add_argument(
        "--out", type=Path, metavar="ファイル", help="決裁用の根拠資料(.docx か .md)も書き出す"
    )
    ask.add_argument("--explain", action="store_true", help="答えた理由・断った理由も表示する")
    ask.add_argument("--force", action="store_true", help="同じ名前のファイルを上書きする")
    add_question(ask)

    show = add_command(commands, "show", _show, "文章を前後とともに表示する", json_option=False)
    show.add_argument("place", metavar="番号", help="文章の番号、または直前の回答の引用番号")


def _search(options: argparse.Namespace) -> int:
    from assistant.export.rows import search_row
    from assistant.export.text import passage_text, why_text

    filters = _filters(options)

    def search(assistant: "Assistant", question: str, question_id: Any) -> str:
        began = perf_counter()
        found = assistant.find(question, options.k, filters)
        seconds = perf_counter() - began
        if options.json:
            return as_json(
                search_row(question_id, question, found, seconds, explain=options.explain)
            )
        texts = [f"注意: {note}" for note in found.notes]
        for passage in found.passages:
            why = why_text(passage) if options.explain else ""
            texts.append("\n".join(part for part in (passage_text(passage), why) if part))
        if not found.passages:
            texts.append("見つかりませんでした。別の言葉で試してください。")
        return "\n\n".join(texts)

    return each_question(options, search)


def _ask(options: argparse.Namespace) -> int:
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text, weighed_text

    if options.rerun:
        return _rerun(options)
    filters = _filters(options)
    if options.out:
        if options.source:
            raise InputError("--out は1つの質問にだけ使えます。", "--from を外してください。")
        check_target(options.out, (".docx", ".md"), force=options.force)

    def ask(assistant: "Assistant", question: str, question_id: Any) -> str:
        answer = assistant.ask(question, filters, mode=options.mode)
        if options.out:
            _write_sheet(answer, options)
        row = answer_row(answer, question_id)
        _remember(row, options)
        if options.json:
            return as_json(row)
        why = ["", weighed_text(answer)] if options.explain else []
        return "\n".join([answer_text(answer), *why])

    return each_question(options, ask)


def _rerun(options: argparse.Namespace) -> int:
    """Ask a saved question again, in the same way, and say what has changed since."""
    from assistant.export.changes import changes
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text
    from assistant.schema import Filters

    before = _saved(options.rerun)
    mode = options.mode
    if mode == "auto" and before["mode"] == "extractive":
        mode = "extractive"
    question = before["standalone"] or before["question"]
    answer = open_assistant(options).ask(question, Filters(**before["filters"]), mode=mode)
    row = answer_row(answer, before["id"])
    found = changes(before, row)
    _remember(row, options)
    if options.json:
        print(as_json({**row, "changes": found}))
    else:
        listed = [f"・{change}" for change in found] or ["・変わった点はありません。"]
        print("\n".join([answer_text(answer), "", "前の回答から変わった点", *listed]))
    return 0


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


def _write_sheet(answer: "Answer", options: argparse.Namespace) -> None:
    """The evidence sheet of one answer, to be put before a superior."""
    from assistant.export.markdown import answer_markdown
    from assistant.export.word import answer_docx

    word = options.out.suffix.lower() == ".docx"
    content = answer_docx(answer) if word else answer_markdown(answer).encode()
    write_file(content, options.out, force=options.force)


def _show(options: argparse.Namespace) -> int:
    from assistant.export.text import chunk_text

    chunk_id = options.place
    if (number := options.place.strip("[]")).isdecimal():
        chunk_id, root = _cited(int(number))
        options.index = options.index or root
    assistant = open_assistant(options)
    chunks, document = assistant.chunk(chunk_id)
    print(chunk_text(chunks, chunk_id, document))
    return 0


def _filters(options: argparse.Namespace) -> "Filters":
    from datetime import datetime

    from assistant.schema import Filters

    for name in ("since", "until"):
        value = getattr(options, name)
        try:
            if value:
                datetime.strptime(value, "%Y-%m-%d")  # a day, no time
        except ValueError:
            raise InputError(
                f"--{name} の日付を読めません: {value}", "2024-04-24 の形で書いてください。"
            ) from None
    return Filters(options.kind, options.status, options.since, options.until, options.speaker)


def _remember(row: dict[str, Any], options: argparse.Namespace) -> None:
    """Keep the last answer for ``show 2``; a folder that cannot be written costs only that."""
    folder = read_settings().data
    root = str(options.index.absolute()) if options.index else None
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
