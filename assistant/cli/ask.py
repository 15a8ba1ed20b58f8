"""``search``, ``ask`` and ``show``: one question, or many from a file."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.cli.console import open_assistant, read_settings
from assistant.cli.parser import add_command, add_question
from assistant.errors import AssistantError, InputError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.schema import Filters

_LAST_ANSWER = "last-answer.json"


def register(commands: Any) -> None:
    """Add ``search``, ``ask`` and ``show`` to the command line."""
    search = add_command(commands, "search", _search, "質問に近い箇所を探す")
    search.add_argument("-k", type=int, default=5, metavar="件数", help="表示する件数(既定は5)")
    add_question(search)

    ask = add_command(commands, "ask", _ask, "質問に出典つきで答える")
    ask.add_argument("--mode", choices=("auto", "extractive", "llm"), default="auto",
                     help="答え方(既定はauto。モデルがなければ資料の文をそのまま示す)")  # fmt: skip
    add_question(ask)

    show = add_command(commands, "show", _show, "文章を前後とともに表示する", json_option=False)
    show.add_argument("place", metavar="番号", help="文章の番号、または直前の回答の引用番号")


def _search(options: argparse.Namespace) -> int:
    from assistant.export.rows import search_row
    from assistant.export.text import passage_text

    filters = _filters(options)

    def search(assistant: "Assistant", question: str, question_id: str | None) -> str:
        began = perf_counter()
        passages = assistant.search(question, options.k, filters) if question.strip() else []
        row = search_row(question_id, question, filters, passages, perf_counter() - began)
        if options.json:
            return json.dumps(row, ensure_ascii=False)
        texts = [passage_text(passage) for passage in passages]
        return "\n\n".join(texts) or "見つかりませんでした。別の言葉で試してください。"

    return _each_question(options, search)


def _ask(options: argparse.Namespace) -> int:
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text

    if options.mode == "llm":
        raise InputError(
            "言語モデルが設定されていないため、--mode llm は使えません。",
            "--mode auto か --mode extractive を指定してください。",
        )
    filters = _filters(options)

    def ask(assistant: "Assistant", question: str, question_id: str | None) -> str:
        answer = assistant.ask(question, filters)
        row = json.dumps(answer_row(answer, question_id), ensure_ascii=False)
        _remember(row)
        return row if options.json else answer_text(answer)

    return _each_question(options, ask)


def _show(options: argparse.Namespace) -> int:
    from assistant.export.text import chunk_text

    chunk_id = _chunk_of_citation(options.place) or options.place
    assistant = open_assistant(options)
    chunks, document = assistant.chunk(chunk_id)
    print(chunk_text(chunks, chunk_id, document))
    return 0


def _each_question(
    options: argparse.Namespace, answer: "Callable[[Assistant, str, str | None], str]"
) -> int:
    """Answer the question given, or every line of ``--from``, with one open index."""
    if options.source is None:
        if options.question is None:
            raise InputError(
                "質問がありません。", "質問を書くか、--from ファイル を指定してください。"
            )
        print(answer(open_assistant(options), options.question, None))
        return 0
    rows = _question_lines(options.source)
    assistant = open_assistant(options)
    for line in rows:
        print(_one_line(assistant, line, answer), flush=True)
    return 0


def _one_line(
    assistant: "Assistant", line: str, answer: "Callable[[Assistant, str, str | None], str]"
) -> str:
    """The answer to one line of input; a failing line becomes a row with ``error``."""
    question_id: Any = None
    try:
        row = json.loads(line)
        question_id = row.get("id")
        # A number or half a character where the question belongs fails as any malformed line does.
        question = "" + row["question"]
        question.encode()
        return answer(assistant, question, question_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = '1行に1つ、{"id": …, "question": "…"} の形で書いてください。'
    except AssistantError as error:
        message = error.message
    return json.dumps({"id": question_id, "error": message}, ensure_ascii=False)


def _question_lines(source: str) -> Iterator[str]:
    if source == "-":
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        return (line for line in sys.stdin if line.strip())
    try:
        text = Path(source).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(
            f"質問のファイルを開けません: {source}({error.strerror})",
            "場所と権限を確かめてください。",
        ) from error
    # Not splitlines(): a question may hold U+2028 or U+0085.
    return (line for line in text.split("\n") if line.strip())


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


def _remember(row: str) -> None:
    """Keep the last answer for ``show 2``; a folder that cannot be written costs only that."""
    folder = read_settings().data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LAST_ANSWER).write_text(row, encoding="utf-8")
    except OSError:
        return


def _chunk_of_citation(place: str) -> str | None:
    """The chunk behind citation [n] of the last answer; None when `place` is no number."""
    number = place.strip("[]")
    if not number.isdecimal():
        return None
    try:
        answer = json.loads((read_settings().data / _LAST_ANSWER).read_text(encoding="utf-8"))
        rows = {row["number"]: row["chunk_id"] for row in answer["citations"]}
        return str(rows[int(number)])
    except (OSError, ValueError, KeyError):
        raise InputError(
            f"直前の回答に引用 [{number}] はありません。",
            "先に regional-dx ask で質問するか、文章の番号を指定してください。",
        ) from None
