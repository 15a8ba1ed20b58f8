"""One question, or many from a file: one open index, one answer a line, none missing."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.console import as_json, open_assistant
from assistant.errors import AssistantError, InputError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

    Respond = Callable[[Assistant, str, Any], str]
    """The text to print for a question and its id."""


def each_question(options: argparse.Namespace, respond: "Respond") -> int:
    """Respond to the question given, or to every line of ``--from``, with one open index.

    Raises:
        InputError: there is no question, or both a question and a file of them.
    """
    if options.source is None:
        if options.question is None:
            raise InputError(
                "質問がありません。", "質問を書くか、--from ファイル を指定してください。"
            )
        print(respond(open_assistant(options), options.question, None))
        return 0
    if options.question is not None:
        raise InputError(
            "質問と --from を同時に指定しています。", "どちらか一方だけを指定してください。"
        )
    lines = _question_lines(options.source)
    assistant = open_assistant(options)
    for line in lines:
        print(_one_line(assistant, line, respond, as_text=not options.json), flush=True)
    return 0


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
        return as_json({"id": question_id, "error": message})
    try:
        text = respond(assistant, question, question_id)
    except AssistantError as error:
        return as_json({"id": question_id, "error": error.message})
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
