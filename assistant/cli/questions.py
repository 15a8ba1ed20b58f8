"""One question, or many from a file: one open index, one answer a line, none missing."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.console import open_assistant, to_json
from assistant.cli.options import Named, option
from assistant.errors import AssistantError, InputError
from assistant.export.names import KINDS, STATUSES

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.records.answers import Filters

    Respond = Callable[[Assistant, str, Any], str]
    """The text to print for a question and its id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, of which documents of which index, and whether the reader is a program."""

    question: str | None
    source: str | None
    """A file of questions, ``-`` for standard input; None where the question is given itself."""
    filters: "Filters"
    index: Path | None
    as_json: bool


_OPTIONS = (
    click.argument("question", required=False, metavar="[質問]"),
    option("--from", "ファイル", '1行に1つ {"id", "question"} を書いたファイル(- は標準入力)'),
    option("--kind", "種類", f"種類で絞る({'、'.join(KINDS.values())})", Named(KINDS)),
    option("--status", "段階", f"段階で絞る({'、'.join(STATUSES.values())})", Named(STATUSES)),
    option("--since", "日付", "この日以後の文書(2024-04-24の形)"),
    option("--until", "日付", "この日以前の文書"),
    option("--speaker", "発言者", "発言者で絞る"),
)
_FILTERS = ("kind", "status", "since", "until", "speaker")


def takes_questions(run: Callable[..., None]) -> Callable[..., None]:
    """Give a command the question, ``--from``, the filters, index and form as one `Asked`."""

    @wraps(run)
    def command(question: str | None, index: Path | None, as_json: bool, **rest: Any) -> None:
        source = rest.pop("from")
        filters = _filters({name: rest.pop(name) for name in _FILTERS})
        run(Asked(question, source, filters, index, as_json), **rest)

    for declared in reversed(_OPTIONS):
        command = declared(command)
    return command


def _filters(chosen: dict[str, Any]) -> "Filters":
    from datetime import datetime

    from assistant.records.answers import Filters

    for name in ("since", "until"):
        try:
            if chosen[name]:
                datetime.strptime(chosen[name], "%Y-%m-%d")  # a day, no time
        except ValueError:
            raise InputError(
                f"--{name} の日付を読めません: {chosen[name]}", "2024-04-24 の形で書いてください。"
            ) from None
    return Filters(**chosen)


def each_question(asked: Asked, respond: "Respond") -> None:
    """Respond to the question given, or to every line of ``--from``, with one open index.

    Raises:
        InputError: there is no question, or both a question and a file of them.
    """
    if asked.source is None:
        if asked.question is None:
            raise InputError(
                "質問がありません。", "質問を書くか、--from ファイル を指定してください。"
            )
        print(respond(open_assistant(asked.index), asked.question, None))
        return
    if asked.question is not None:
        raise InputError(
            "質問と --from を同時に指定しています。", "どちらか一方だけを指定してください。"
        )
    lines = _question_lines(asked.source)
    assistant = open_assistant(asked.index)
    for line in lines:
        print(_one_line(assistant, line, respond, as_text=not asked.as_json), flush=True)


def _one_line(assistant: "Assistant", line: str, respond: "Respond", *, as_text: bool) -> str:
    """The response to one line of input; a failing line becomes a row with ``error``."""
    question_id: Any = None
    try:
        row = json.loads(line)
        question_id = row.get("id")
        # A number or half a character where the question belongs fails as any malformed line does.
        question = "" + row["question"]
        question.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = '1行に1つ、{"id": …, "question": "…"} の形で書いてください。'
        return to_json({"id": question_id, "error": message})
    try:
        text = respond(assistant, question, question_id)
    except AssistantError as error:
        return to_json({"id": question_id, "error": error.message})
    return f"■ {question_id}: {question}\n{text}\n" if as_text else text


def _question_lines(source: str) -> Iterator[str]:
    if source == "-":
        # Bytes where there are any: the console's own encoding says nothing about a pipe's.
        stream = getattr(sys.stdin, "buffer", sys.stdin)
        lines = (line if isinstance(line, str) else _decoded(line) for line in stream)
    else:
        try:
            # Split as bytes, not by splitlines(): a question may hold U+2028 or U+0085.
            lines = (_decoded(line) for line in Path(source).read_bytes().split(b"\n"))
        except OSError as error:
            raise InputError(
                f"質問のファイルを開けません: {source}", "場所と権限を確かめてください。"
            ) from error
    return (line for line in lines if line.strip())


def _decoded(line: bytes) -> str:
    """A line in UTF-8, with or without its mark, or in CP932 as Excel on Windows writes it."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp932", "replace")
