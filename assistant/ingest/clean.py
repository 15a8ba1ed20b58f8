"""From pages to lines: page furniture set aside, double spacing recognised, offsets kept.

Nothing is rewritten here. A `Line` only says where a run of text stands in its page, so whatever is
built from lines can be traced to the source character by character.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from pathlib import Path

from assistant.ingest.comments import Spans
from assistant.ingest.markdown import blanked, read_marks, shown_text
from assistant.ingest.readers import MARKDOWN_SUFFIXES
from assistant.japanese.width import display_width, fold
from assistant.records.text import Page

_PAGE_NUMBER = re.compile(r"^[\s\-–—]*(?P<number>\d{1,4})[\s\-–—]*(?:/\s*\d{1,4}|ページ|頁)?\s*$")
_DASHED_NUMBER = re.compile(r"^-\s*\d{1,4}\s*-$")
ADDRESS = re.compile(r"^(?:https?://\S+\s*)+$")
"""A line that holds nothing but addresses of the web."""
# What a line says that is more than a running head: a sentence, an amount, a label with its value.
_STATES = re.compile(
    r"。$|(?:です|ます|する|した|いる|ない)$|[^\s:]{2,}:\s*\S|"
    r"\d(?:[万億千]?(?:円|人|名|件|台|世帯|箇所|か所)|割|%|分の\d)|"
    r"^\S{0,10}(?:課|係|担当|率|額|費|料|先|者|名|日時?|期間|期限|場所|対象|番号|上限|条件)\s+\S"
)
# Lines at the top or bottom of a page that may be running heads.
_EDGE_LINES = 2
# A running head stands on at least this share of the pages, and on three.
_REPEATED_SHARE = 0.4
_REPEATED_PAGES = 3
# Share of lines followed by a blank one above which a text is taken as double-spaced.
_DOUBLE_SPACED = 0.7


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blank line without its surrounding white space."""

    text: str
    page: int
    """0-based index into the pages."""
    start: int
    """Offset of `text` in the page's text."""
    indent: int
    """White space characters before it."""
    blank_before: int
    """Blank lines before it; in a double-spaced text one less than written."""
    first: bool
    """True for the first line of a page, and after a form feed or three blank lines."""


def clean_lines(pages: tuple[Page, ...], *, markdown: bool = False) -> list[Line]:
    """The lines of a document without page furniture, in order.

    Args:
        pages: as read.
        markdown: leave out what stands between lines (comments, fences, rules, tags); a line with
            such a mark inside becomes a line for either side.
    """
    lines: list[Line] = []
    for index, page in enumerate(pages):
        marks = read_marks(page.text).blank if markdown else []
        for line in _lines(replace(page, text=blanked(page.text, marks)), index):
            lines += _around(line, marks, page.text)
    paged = any(page.page is not None for page in pages)
    furniture = _furniture(lines, pages) if paged else _loose_furniture(lines)
    kept = _without(lines, furniture)
    return _single_spaced(kept)


def is_markdown(path: Path, pages: tuple[Page, ...]) -> bool:
    """Whether a document is written in Markdown; converters save it under a .txt name, too."""
    if path.suffix.lower() in MARKDOWN_SUFFIXES:
        return True
    marked = any(page.locator for page in pages)
    return not marked and any("\n## " in page.text for page in pages)


def seen_page(page: Page) -> Page:
    """A page of Markdown with the words that a reader sees: the numbers of its lines stay true."""
    marks = read_marks(page.text)
    gone = [span for span in marks.hidden if "\n" not in page.text[span.start : span.end]]
    text = blanked(page.text, marks.blank)
    return replace(page, text=shown_text(text, gone, 0, len(text)), hidden=())


def one_of_a_kind(lines: list[Line], pages: int) -> set[int]:
    """Pages that describe one thing each, as sheets filled in on one form do; 0-based.

    They have a line in common that was kept: 「所管課 デジタル推進課」 below the name of a project.
    """
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    tops = [line for group in by_page.values() for line in group[1 : 1 + _EDGE_LINES]]
    counts = _pages_with((line.page, line.text) for line in tops)
    names = Counter(group[0].text for group in by_page.values())
    enough = max(_REPEATED_PAGES, _REPEATED_SHARE * pages)
    return {
        line.page
        for line in tops
        if counts[line.text] >= enough and names[by_page[line.page][0].text] == 1
    }


def printed_labels(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Pages with the printed number filled in from the page furniture where the file gives none.

    A number counts only when at least three pages agree on its distance from the physical page.
    """
    if any(page.label for page in pages) or any(page.page is None for page in pages):
        return pages
    found: dict[int, str] = {}
    for index, page in enumerate(pages):
        lines = _lines(page, index)
        for line in (*lines[-1:], *lines[:1]):
            match = _PAGE_NUMBER.match(fold(line.text))
            if match:
                found[index] = match["number"]
                break
    distances = Counter(int(number) - index for index, number in found.items())
    distance, agreeing = distances.most_common(1)[0] if distances else (0, 0)
    if agreeing < _REPEATED_PAGES:
        return pages
    return tuple(
        replace(page, label=found[index])
        if index in found and int(found[index]) - index == distance
        else page
        for index, page in enumerate(pages)
    )


def _lines(source: Page, page: int) -> list[Line]:
    lines: list[Line] = []
    blank, first = 0, True
    for offset, raw in _raw_lines(source):
        content = raw.strip()
        if content:
            indent = len(raw) - len(raw.lstrip())
            starts_page = first or blank >= 3 or "\f" in raw[:indent]
            start = offset + indent
            lines.append(Line(content, page, start, indent, blank, starts_page))
            blank, first = 0, False
        else:
            blank += 1
            first = first or "\f" in raw
    return lines


def _around(line: Line, marks: Spans, text: str) -> list[Line]:
    """The parts of a line of a blanked page beside the marks inside it.

    A comment stands inside a paragraph; any other mark, a tag, ends it.
    """
    end = line.start + len(line.text)
    inside = marks[bisect(marks, (line.start,)) : bisect(marks, (end,))]
    parts: list[Line] = []
    start, apart = line.start, 0
    for stop, after in (*inside, (end, end)):
        part = line.text[start - line.start : stop - line.start]
        if part.strip():
            place = start + len(part) - len(part.lstrip())
            same = replace(line, text=part.strip(), start=place)
            parts.append(
                replace(same, indent=0, blank_before=apart, first=False) if parts else same
            )
            apart = 0
        apart = max(apart, int(not text.startswith("<!--", stop)))
        start = after
    return parts


def _raw_lines(source: Page) -> list[tuple[int, str]]:
    """Lines with their offsets, in reading order."""
    lines, offset = [], 0
    for raw in source.text.split("\n"):
        lines.append((offset, raw))
        offset += len(raw) + 1
    return lines if source.order is None else [lines[index] for index in source.order]


def _furniture(lines: list[Line], pages: tuple[Page, ...]) -> set[Line]:
    """Running heads and page numbers at the edges of a PDF's pages; what repeats on slides.

    A line is taken for furniture only where nothing else stands between it and the page's edge: a
    second line that repeats below a first one that does not is part of the matter.
    """
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    edges = [
        line for group in by_page.values() for line in {*group[:_EDGE_LINES], *group[-_EDGE_LINES:]}
    ]
    enough = max(_REPEATED_PAGES, _REPEATED_SHARE * len(pages))
    heads = _pages_with((line.page, line.text) for line in edges)
    running = _running(edges, len(pages))
    boxes = _pages_with((line.page, line.text) for line in lines if pages[line.page].slide)
    addresses = _pages_with((line.page, line.text) for line in lines if ADDRESS.match(line.text))
    outside = {
        line
        for line in edges
        if line in running or (heads[line.text] >= enough and _may_be_head(line.text))
    }
    return {
        line
        for group in by_page.values()
        for side in (group[:_EDGE_LINES], group[: -_EDGE_LINES - 1 : -1])
        for line in takewhile(outside.__contains__, side)
    } | {
        line
        for line in lines
        if (line in running and _PAGE_NUMBER.match(fold(line.text)))
        or addresses[line.text] >= _REPEATED_PAGES
        or (pages[line.page].slide and boxes[line.text] >= enough and _may_be_head(line.text))
    }


def _running(edges: list[Line], pages: int) -> set[Line]:
    """Lines of the edges that count the pages: 「3」, 「- 3 -」, 「計画 第3頁」.

    The last number of such lines is as far from the number of its page on three pages or more; in
    a file of two pages, on both, and the number is that of the page.
    """
    counted: dict[tuple[str, int], set[int]] = {}
    keys: dict[Line, tuple[str, int]] = {}
    dashed = set()
    for line in edges:
        folded = fold(line.text)
        alone = _PAGE_NUMBER.match(folded)
        numbers = re.findall(r"\d+", folded)
        if _DASHED_NUMBER.match(folded):
            dashed.add(line)
        if not numbers or (not alone and not _may_be_head(line.text)):
            continue
        number = int(alone["number"] if alone else numbers[-1])
        keys[line] = "" if alone else _masked(folded), number - line.page
        counted.setdefault(keys[line], set()).add(line.page)
    return dashed | {
        line
        for line, (shape, distance) in keys.items()
        if len(counted[shape, distance]) >= _REPEATED_PAGES
        or (pages == 2 and distance == 1 and len(counted[shape, distance]) == pages)
    }


def _pages_with(found: Iterable[tuple[int, str]]) -> Counter[str]:
    """Text → number of pages it stands on."""
    return Counter(text for _, text in set(found))


def _may_be_head(text: str) -> bool:
    """Running heads are short and state nothing: no sentence, no amount, no label with a value."""
    return display_width(text) <= 80 and not _STATES.search(fold(text))


def _loose_furniture(lines: list[Line]) -> set[Line]:
    """Page numbers left between the lines of a text that was extracted from a PDF.

    A number that stands alone is one where three of them count on.
    """
    found, alone = set(), []
    addresses = Counter(line.text for line in lines if ADDRESS.match(line.text))
    for index, line in enumerate(lines):
        folded = fold(line.text)
        after = lines[index + 1].blank_before if index + 1 < len(lines) else 1
        if _DASHED_NUMBER.match(folded) or addresses[line.text] >= _REPEATED_PAGES:
            found.add(line)
        elif line.blank_before and after and folded.isdigit() and len(folded) <= 3:
            alone.append((int(folded), line))
    counts = Counter(number - place for place, (number, _) in enumerate(alone))
    found.update(
        line
        for place, (number, line) in enumerate(alone)
        if counts[number - place] >= _REPEATED_PAGES
    )
    return found


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", fold(text))


def _without(lines: list[Line], furniture: set[Line]) -> list[Line]:
    """Drop furniture; its blank lines and page border pass to the line that follows.

    A 「- 18 -」 is a page border itself: the blank lines around it end no paragraph.
    """
    kept: list[Line] = []
    blank, first, border = 0, False, False
    for line in lines:
        if line in furniture:
            border = border or bool(_DASHED_NUMBER.match(fold(line.text)))
            blank, first = max(blank, line.blank_before), first or line.first or border
            continue
        kept.append(
            replace(
                line,
                blank_before=0 if border else max(blank, line.blank_before),
                first=first or line.first,
            )
        )
        blank, first, border = 0, False, False
    return kept


def _single_spaced(lines: list[Line]) -> list[Line]:
    """Blank lines of a double-spaced text mean nothing: sentences run across them."""
    spaced = sum(1 for line in lines if line.blank_before)
    cut = sum(
        1 for line, after in pairwise(lines) if after.blank_before and not line.text.endswith("。")
    )
    if len(lines) < 20 or spaced < _DOUBLE_SPACED * len(lines) or cut < len(lines) / 2:
        return lines
    return [replace(line, blank_before=max(0, line.blank_before - 1)) for line in lines]
