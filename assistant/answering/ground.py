"""Grounding: a statement is shown only with quotes found word for word in their source. Pure code.

A quote is a contiguous run of the source. It is compared NFKC-folded and without white space, and
nothing more lenient: one changed digit, date or negation is a different text.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.ingest.chunk import cut_segments, has_lines, line_number
from assistant.ingest.markdown import shown
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import comparable, squeeze
from assistant.records.text import Chunk, Page, Segment

FEWEST_CHARACTERS = 12
"""A shorter quote proves little: it is accepted only at the beginning or the end of a line."""

# What may stand between two parts of a cleaned sentence in its source: line breaks and Markdown's
# marks of emphasis, code, cells and lists. Anything else (a running head, a page number, a tag, a
# link's address, struck-out words) ends the quote.
_GAP = re.compile(r"[\s*`|\\]*|\s*\n\s*[-+*>]\s+")
# Where a model leaves words out of a quote.
_LEFT_OUT = re.compile(r"…+|・{3,}|\.{3,}|[（(〔［\[]?(?:中略|略)[）)〕］\]]?")
_LIST_MARKS = re.compile(r"[*+>`|\\-]")
_BREAK = re.compile(r"\s*\n\s*")


_Letters = tuple[tuple[str, int, int], ...]
"""(character, start, end): compared characters with their offsets in the text they come from."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Contiguous source text with its place."""

    text: str
    """As in the source, line breaks removed."""
    page: int
    """0-based index into the document's pages."""
    start: int
    """Offsets into the page's text."""
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    """Where the words of a claimed quote stand."""

    spans: tuple[tuple[int, int], ...]
    """Offsets into the text, whole sentences each: a clause alone can say the opposite."""
    state: Literal["verified", "repaired"]
    """``verified``: found word for word; ``repaired``: found but for punctuation, invisible
    characters or words left out, so that the source's own words must take its place."""


def locate(quote: str, text: str) -> Located | None:
    """Find a claimed quote in the text it is claimed to stand in.

    Args:
        quote: as a model gave it.
        text: a chunk's text.

    Returns:
        None when the words are not there: any changed letter, digit, sign or unit. A quote shorter
        than `FEWEST_CHARACTERS` must stand there exactly once.
    """
    exact = _find(_strict(quote), _strict(text))
    if exact is not None:
        return Located((_sentences_over(text, *exact),), "verified")
    spans: list[tuple[int, int]] = []
    for part in _LEFT_OUT.split(quote):
        letters = _lenient(part)
        if not letters:
            continue
        found = _find(letters, _lenient(text))
        if found is None:
            return None
        span = _sentences_over(text, *found)
        if span not in spans:
            spans.append(span)
    return Located(tuple(spans), "repaired") if spans else None


def _find(wanted: _Letters, letters: _Letters) -> tuple[int, int] | None:
    """Offsets of the first place where the wanted characters stand in a row."""
    needle, hay = "".join(c for c, *_ in wanted), "".join(c for c, *_ in letters)
    place = hay.find(needle)
    if not needle or place < 0:
        return None
    if len(needle) < FEWEST_CHARACTERS and hay.find(needle, place + 1) >= 0:
        return None
    return letters[place][1], letters[place + len(needle) - 1][2]


@lru_cache(maxsize=256)
def _strict(text: str) -> _Letters:
    """The text NFKC-folded, white space left out."""
    letters: list[tuple[str, int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        # A base character is folded together with the marks on it: か + ゛ is が.
        if end < len(text) and (unicodedata.combining(text[end]) or text[end] in "ﾞﾟ"):
            continue
        letters += [(c, start, end) for c in squeeze(text[start:end])]
        start = end
    return tuple(letters)


@lru_cache(maxsize=256)
def _lenient(text: str) -> _Letters:
    """The same without case, punctuation and invisible characters.

    Kept are a mark between digits (1.5, 4/24), a sign before one, and the percent sign.
    """
    letters = _strict(text)
    kept: list[tuple[str, int, int]] = []
    for place, (character, start, end) in enumerate(letters):
        kind = unicodedata.category(character)
        if kind == "Cf":
            continue
        if kind.startswith("P") and character != "%":
            before = place > 0 and letters[place - 1][0].isdigit()
            after = place + 1 < len(letters) and letters[place + 1][0].isdigit()
            if not after or not (before or kind == "Pd"):
                continue
        kept += [(letter, start, end) for letter in comparable(character).lower()]
    return tuple(kept)


def _sentences_over(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentences that a span touches."""
    touched = [(s, e) for s, e in split_sentences(text) if s < end and start < e]
    return (touched[0][0], touched[-1][1]) if touched else (start, end)


def quotes_of(chunk: Chunk, start: int, end: int, pages: tuple[Page, ...]) -> list[Quote]:
    """The source text behind ``chunk.text[start:end]``: one quote, or several across breaks."""
    runs: list[tuple[Segment, Segment]] = []
    for segment in cut_segments(chunk.segments, start, end):
        if runs and _adjoins(runs[-1][1], segment, pages):
            runs[-1] = (runs[-1][0], segment)
        else:
            runs.append((segment, segment))
    quotes = []
    for first, last in runs:
        begin, stop = first.source_start, last.source_start + last.length
        text = _without_breaks(pages[first.page].text[begin:stop])
        quotes.append(Quote(text, first.page, begin, stop))
    return quotes


def is_found(quote: str, page: Page, line_start: int | None, line_end: int | None) -> bool:
    """Whether a quote stands on a page, within the lines named.

    Args:
        quote: text claimed to be in the source; an empty one is never found.
        page: the page as read.
        line_start: 1-based first line; None searches the whole page.
        line_end: 1-based last line.
    """
    start, end = 0, len(page.text)
    if line_start is not None and line_end is not None:
        lines = page.text.split("\n")
        start = sum(len(line) + 1 for line in lines[: line_start - 1])
        end = min(end, start + sum(len(line) + 1 for line in lines[line_start - 1 : line_end]))
    text = page.text[start:end]
    wanted = squeeze(quote)
    if not wanted or wanted not in squeeze(text):
        return False
    bare = _bare(quote)
    return len(wanted) >= FEWEST_CHARACTERS or any(
        wanted == squeeze(line).strip("・•●○-*")
        or wanted in squeeze(line)[-len(wanted) :]
        or squeeze(line).startswith(wanted)
        or (bare and page.hidden and (_bare(line).startswith(bare) or _bare(line).endswith(bare)))
        for line in [*text.split("\n"), *_stretches(page, start, end)]
    )


def _stretches(page: Page, start: int, end: int) -> list[str]:
    """What is seen of a part of a page between two things hidden: a cell, the words of a link."""
    parts = shown(page.text, page.hidden, start, end) if page.hidden else []
    return [line for offset, part in parts if offset >= 0 for line in part.split("\n")]


def lines_of(quote: Quote, pages: tuple[Page, ...]) -> tuple[int | None, int | None]:
    """First and last line of a quote; (None, None) in a file with pages or named places."""
    page = pages[quote.page]
    if not has_lines(page):
        return None, None
    return line_number(page.text, quote.start), line_number(page.text, quote.end - 1)


def is_made_of(statement: str, quotes: list[str]) -> bool:
    """Whether an extracted statement is its quotes put together, marks of lists left out.

    The statement comes from the index and the quotes from the page text: one changed character in
    either is found here.
    """
    return _bare(statement) == _bare("".join(quotes))


def _bare(text: str) -> str:
    return _LIST_MARKS.sub("", squeeze(text))


def _adjoins(last: Segment, segment: Segment, pages: tuple[Page, ...]) -> bool:
    if last.page != segment.page:
        return False
    gap = pages[last.page].text[last.source_start + last.length : segment.source_start]
    return bool(_GAP.fullmatch(gap))


def _without_breaks(text: str) -> str:
    """Join lines: a space only between Latin letters or digits."""

    def joint(match: re.Match[str]) -> str:
        left, right = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        latin = left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
        return " " if latin else ""

    return _BREAK.sub(joint, text)
