"""What a model returned, read as it arrives: statements with the evidence claimed for them.

Lenient where nothing is at stake (prose or a code fence around the JSON, a number in brackets),
strict where something is: an object that is not complete is not read.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.japanese.width import fold

_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_LIST = re.compile(r'"statements"\s*:\s*\[')
_MARKS = re.compile(r"^(?:[#>*+-]+\s+)+")
_DECODER = json.JSONDecoder()
# Longer than any statement asked for; a run-away reply is no statement.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model says a statement rests on."""

    passage: int | None
    """The passage's number as given, from 1; None for what is no number. Not checked yet."""
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement as a model wrote it, nothing of it checked."""

    text: str
    evidence: tuple[Evidence, ...]


class StatementReader:
    """Reads the statements of a reply piece by piece, each once, as soon as it is complete."""

    def __init__(self) -> None:
        self._text = ""
        self._place: int | None = None
        self.found_list = False
        """The reply is of the form asked for, even if its list is empty."""

    @property
    def text(self) -> str:
        """The reply so far, without what a model thought aloud."""
        return _THINKING.sub("", self._text).strip()

    def feed(self, piece: str) -> Iterator[Claim]:
        """Take a piece of the reply; gives the statements it completes."""
        self._text += piece
        text = self.text
        if self._place is None:
            match = _LIST.search(text)
            if match is None:
                return
            self.found_list = True
            self._place = match.end()
        while True:
            start = text.find("{", self._place)
            if start < 0 or "]" in text[self._place : start]:
                return
            try:
                value, self._place = _DECODER.raw_decode(text, start)
            except json.JSONDecodeError:
                return
            yield _claim(value)


def read_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a reply; None when there is none."""
    text = _THINKING.sub("", text)
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = _DECODER.raw_decode(text, start)
        except json.JSONDecodeError:
            start = text.find("{", start + 1)
            continue
        return value if isinstance(value, dict) else None
    return None


def _claim(value: Any) -> Claim:
    row = value if isinstance(value, dict) else {}
    text, evidence = row.get("text"), row.get("evidence")
    return Claim(
        text=_one_line(text) if isinstance(text, str) else "",
        evidence=tuple(
            Evidence(_number(item.get("passage")), str(item.get("quote") or ""))
            for item in (evidence if isinstance(evidence, list) else [])
            if isinstance(item, dict)
        ),
    )


def _one_line(text: str) -> str:
    return _MARKS.sub("", " ".join(text.split()))[:_LONGEST]


def _number(value: object) -> int | None:
    """1, 1.0, "1", "[1]" and "【１】" are the number 1; True is not."""
    if isinstance(value, bool) or value is None:
        return None
    match = re.fullmatch(r"\D{0,3}(\d{1,6})(?:\.0)?\D{0,2}", fold(str(value)))
    return int(match[1]) if match else None
