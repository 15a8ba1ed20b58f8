"""From lines to sections: headings, speaker turns, paragraphs and lists.

A section is a stretch under one heading path or one speaker's turn; chunks never cross its border.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, zip_longest

from assistant.ingest.blocks import FULL_LINE, Piece, make_blocks, starts_item
from assistant.ingest.clean import Line, clean_lines, one_of_a_kind
from assistant.ingest.footnotes import attach_footnotes
from assistant.ingest.headings import claim_of, enter
from assistant.ingest.minutes import split_minutes
from assistant.ingest.tables import find_rows
from assistant.japanese.width import display_width, fold
from assistant.schema import Cell, Kind, Page, Section

_NUMBERED = (
    (re.compile(r"^第\s*[0-9０-９一二三四五六七八九十]{1,3}\s*章"), 1),
    (re.compile(r"^第\s*[0-9０-９一二三四五六七八九十]{1,3}\s*節"), 2),
    (
        re.compile(
            r"^(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})(?:[．.、]\s*|[\s　]+)(?=[^\d\s])"
        ),
        3,
    ),
    (re.compile(r"^[（(](?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})[）)]"), 7),
    (re.compile(r"^[①-⑳]"), 8),
)
# Headings that committee papers use without number or mark.
_PLAIN_HEADINGS = {"論点", "現状・課題", "現状と課題", "対応の方向性", "対応の方向性(案)", "背景"}
_PLAIN_LEVEL = 2
_LONGEST_HEADING = 60
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+")
_BOLD_PARTS = re.compile(r"\*\*(.+?)\*\*")
_SLIDE_NUMBER = re.compile(r"^(?P<title>[^\d\s].{1,40}?)\s+\d{1,3}$")


def read_structure(pages: tuple[Page, ...], kind: Kind, *, markdown: bool) -> list[Section]:
    """Cut a document into sections.

    Args:
        pages: as read; for Markdown the front matter must be blanked out, not cut off.
        kind: ``minutes`` turns on speaker turns, ``slides`` takes the first lines of a slide as
            its title.
        markdown: read Markdown's marks.
    """
    if kind == "minutes":
        head, turns = split_minutes(pages, markdown=markdown)
        return _by_rules(head, pages, slides=False, markdown=markdown) + turns
    lines = clean_lines(pages, markdown=markdown)
    sections = _by_rules(lines, pages, slides=kind == "slides", markdown=markdown)
    return attach_footnotes(sections, pages)


def _by_rules(
    lines: list[Line], pages: tuple[Page, ...], *, slides: bool, markdown: bool
) -> list[Section]:
    if any(page.locator for page in pages):
        return _by_marks(lines, pages)
    return _by_headings(lines, pages, slides=slides, markdown=markdown)


def _by_marks(lines: list[Line], pages: tuple[Page, ...]) -> list[Section]:
    """Sections as the file marks them; unmarked paragraphs are searched for headings by their look.

    Headings that only look like one last until the file marks one itself.
    """
    path: list[tuple[int, str]] = []
    placed: list[tuple[tuple[str, ...], Piece]] = []
    for index, line in enumerate(lines):
        page = pages[line.page]
        if page.heading and (not index or lines[index - 1].page != line.page):
            path.clear()
            continue
        if page.columns:
            continue
        around = [lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        plain = page.section is None and not page.item and not page.cells
        level = _heading_level(line.text, around) if plain else None
        if level is None:
            names = (*(name for _, name in path), *([page.section] if page.section else []))
            cells = _cells_in(line, page)
            placed.append((names, Piece(line, line.text, line.start, row=bool(cells), cells=cells)))
        else:
            enter(path, level, line.text)
    return [
        Section(names, make_blocks([piece for _, piece in group], pages), claim=claim_of(names))
        for names, group in groupby(placed, key=lambda pair: pair[0])
    ]


def _cells_in(line: Line, page: Page) -> tuple[Cell, ...]:
    """The cells of a table's row that stand in a line of it, with offsets in the line."""
    end = line.start + len(line.text)
    return tuple(
        Cell(cell.heading, cell.start - line.start, cell.end - line.start)
        for cell in page.cells
        if line.start <= cell.start and cell.end <= end
    )


def _by_headings(
    lines: list[Line], pages: tuple[Page, ...], *, slides: bool, markdown: bool
) -> list[Section]:
    pieces = (
        list(_markdown_pieces(lines)) if markdown else _plain_pieces(lines, pages, slides=slides)
    )
    rows = find_rows(lines, markdown=markdown)
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    pending: list[Piece] = []

    columns: str | None = None

    def close() -> None:
        if pending:
            names = tuple(name for _, name in path) + ((columns,) if columns else ())
            blocks = make_blocks(pending, pages, markdown=markdown)
            sections.append(Section(names, blocks, claim=claim_of(names)))
            pending.clear()

    for piece in pieces:
        if piece.line in rows or piece.level is None:
            if rows.get(piece.line) != columns:
                close()
            columns = rows.get(piece.line)
            pending.append(replace(piece, row=piece.line in rows))
            continue
        close()
        columns = None
        if piece.text:
            enter(path, piece.level, piece.text)
        else:  # a slide without a title
            path.clear()
    close()
    return sections


def _plain_pieces(lines: list[Line], pages: tuple[Page, ...], *, slides: bool) -> list[Piece]:
    pieces: list[Piece] = []
    wrapped = FULL_LINE * max((display_width(line.text) for line in lines), default=0)
    paged = all(page.page is not None and not page.slide for page in pages)
    sheets = one_of_a_kind(lines, len(pages)) if paged and not slides else set()
    index = 0
    while index < len(lines):
        line = lines[index]
        page = pages[line.page]
        if line.page in sheets and line.first and "。" not in line.text:
            pieces.append(Piece(line, line.text, line.start, level=1))
            index += 1
            continue
        if page.slide:
            if not index or lines[index - 1].page != line.page:
                pieces.append(Piece(line, page.section or "", line.start, level=0))
            if _is_part(line.text, page.section):
                index += 1
                continue
        title = _slide_title(lines, index) if slides and not page.slide else []
        if title:
            text = re.sub(r"\s*\d{1,3}$", "", "".join(part.text for part in title))
            pieces.append(Piece(line, text, line.start, level=1))
            index += len(title)
            continue
        around = [
            near.text for near in (*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2])
        ]
        level = None if display_width(line.text) > wrapped else _heading_level(line.text, around)
        pieces.append(Piece(line, line.text, line.start, level))
        index += 1
    return pieces


def _is_part(text: str, title: str | None) -> bool:
    """Whether a line is the title of its slide, or one of the title's lines."""
    line = "".join(text.split())
    return len(line) > 1 and line in "".join((title or "").split())


def _slide_title(lines: list[Line], index: int) -> list[Line]:
    """The first lines of a slide up to a blank one, or a line that ends in the slide's number."""
    after = lines[index + 1].blank_before if index + 1 < len(lines) else 1
    if lines[index].blank_before and after and _SLIDE_NUMBER.match(lines[index].text):
        return [lines[index]]
    if not lines[index].first:
        return []
    title = [lines[index]]
    for line in lines[index + 1 : index + 3]:
        if line.blank_before or starts_item(line.text):
            break
        title.append(line)
    text = "".join(line.text for line in title)
    usable = len(text) <= _LONGEST_HEADING and "。" not in text and not starts_item(text)
    return title if usable else []


def _heading_level(text: str, around: list[str]) -> int | None:
    folded = re.sub(r"\s", "", fold(text))
    if folded in _PLAIN_HEADINGS:
        return _PLAIN_LEVEL
    if len(text) > _LONGEST_HEADING or "。" in text or text.endswith(("、", "，", ",")):
        return None
    for pattern, level in _NUMBERED:
        # Two of the same rank in a row are a list, not a heading over a heading.
        if pattern.match(text) and not any(pattern.match(near) for near in around):
            return level
    return None


def _markdown_pieces(lines: list[Line]) -> Iterator[Piece]:
    for line, after in zip_longest(lines, lines[1:]):
        text = line.text
        if text.startswith(("```", "|--", "| --", "|:-", "| :-", "---")):
            continue
        match = _MARKDOWN_HEADING.match(text)
        if match:
            content = text[match.end() :].strip().strip("#").strip()
            start = line.start + text.index(content) if content else line.start
            yield Piece(line, content.replace("**", ""), start, _rank(content, len(match[1])))
            continue
        bold = list(_BOLD_PARTS.finditer(text))
        rest = re.sub(r"[\s()（）案]|※.*$", "", _BOLD_PARTS.sub("", text))
        if bold and not rest and all(_NUMBERED_BOLD.match(part[1]) for part in bold):
            for part in bold:
                yield Piece(line, part[1], line.start + part.start(1), _rank(part[1], 6))
            continue
        if fold(text).replace(" ", "") in _PLAIN_HEADINGS:
            # 「対応の方向性」 and 「(案)**(1) …**」: the stage has slipped to the next line.
            draft = after is not None and re.match(r"[（(]案[）)]", after.text)
            name = f"{text} (案)" if draft else text
            yield Piece(line, name, line.start, _PLAIN_LEVEL)
            continue
        dash = re.match(r"^(?:[-*+]\s+)+(?=[・•●○①-⑳※（(])", text)
        cut = dash.end() if dash else 0
        yield Piece(line, text[cut:], line.start + cut)


_NUMBERED_BOLD = re.compile(r"^(?:[（(][0-9０-９]{1,2}[）)]|[①-⑳])")


def _rank(text: str, default: int) -> int:
    """(1) stands under any heading without a number, ① under (1), however they are marked up."""
    return next((level for pattern, level in _NUMBERED[3:] if pattern.match(text)), default)
