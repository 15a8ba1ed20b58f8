"""From lines to sections: headings, speaker turns, paragraphs and lists.

A section is a stretch under one heading path or one speaker's turn; chunks never cross its border.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise, zip_longest

from assistant.ingest.blocks import FULL_LINE, Piece, make_blocks, starts_item
from assistant.ingest.chunk import cut_cells, moved_cells
from assistant.ingest.clean import Line, clean_lines, one_of_a_kind
from assistant.ingest.footnotes import attach_footnotes
from assistant.ingest.headings import claim_of, enter
from assistant.ingest.markdown import Marks, around, beginning_in, read_marks, shown_text
from assistant.ingest.minutes import split_minutes
from assistant.ingest.tables import row_pieces
from assistant.japanese.width import display_width, fold
from assistant.records.documents import Kind
from assistant.records.text import Page, Section, is_row

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
        return minutes_structure(*split_minutes(pages, markdown=markdown), pages, markdown=markdown)
    lines = clean_lines(pages, markdown=markdown)
    sections = _by_rules(lines, pages, slides=kind == "slides", markdown=markdown)
    return attach_footnotes(sections, pages)


def minutes_structure(
    head: list[Line], turns: list[Section], pages: tuple[Page, ...], *, markdown: bool
) -> list[Section]:
    """The sections of minutes that `split_minutes` has split."""
    return _by_rules(head, pages, slides=False, markdown=markdown) + turns


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
    bare = _bare_headings(pages)
    for index, line in enumerate(lines):
        page = pages[line.page]
        if page.heading and (not index or lines[index - 1].page != line.page):
            path.clear()
            if line.page in bare:
                over = page.section if page.section and page.section != line.text else None
                placed.append(((over,) if over else (), Piece(line, line.text, line.start)))
            continue
        if page.columns:
            continue
        around = [lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        plain = page.section is None and not page.item and not page.cells
        level = _heading_level(line.text, around) if plain else None
        if level is None:
            names = (*(name for _, name in path), *([page.section] if page.section else []))
            if is_row(page.text, page.cells):
                if not index or lines[index - 1].page != line.page:
                    placed.append((names, _row_piece(line, page)))
                continue
            cells = cut_cells(page.cells, line.start, line.start + len(line.text))
            placed.append((names, Piece(line, line.text, line.start, row=bool(cells), cells=cells)))
        else:
            enter(path, level, line.text)
    return [
        Section(names, make_blocks([piece for _, piece in group], pages), claim=claim_of(names))
        for names, group in groupby(placed, key=lambda pair: pair[0])
    ]


def _bare_headings(pages: tuple[Page, ...]) -> set[int]:
    """Headings that are text themselves: nothing stands under them, or they end as a sentence.

    A document's title, its first heading, is known without. The title of a slide alone is its text.

    Returns:
        0-based indices into the pages.
    """
    found = set()
    below: set[str] = set()
    for index in range(len(pages) - 1, -1, -1):
        page = pages[index]
        name, _, rest = page.text.partition("\n")
        if not page.heading:
            below = set((page.section or "").split(" > "))
        elif rest.strip():
            below = set()
        elif name.endswith("。") or (index and (page.section == name or name not in below)):
            found.add(index)
    return found


def _row_piece(line: Line, page: Page) -> Piece:
    """A table's row whole, also where a cell holds line breaks (a quoted field of a CSV file)."""
    text = page.text.strip()
    start = page.text.index(text)
    cells = tuple(
        cell._replace(start=max(0, cell.start), end=min(len(text), cell.end))
        for cell in moved_cells(page.cells, -start)
    )
    return Piece(line, text, start, row=True, cells=cells)


def _by_headings(
    lines: list[Line], pages: tuple[Page, ...], *, slides: bool, markdown: bool
) -> list[Section]:
    pieces = _markdown_pieces(lines, pages) if markdown else _plain(lines, pages, slides=slides)
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    pending: list[Piece] = []
    under: str | None = None

    def close() -> None:
        if pending:
            names = tuple(name for _, name in path) + ((under,) if under else ())
            blocks = make_blocks(pending, pages, markdown=markdown)
            if blocks:
                sections.append(Section(names, blocks, claim=claim_of(names)))
            pending.clear()

    for piece in pieces:
        if piece.level is None:
            if piece.under != under:
                close()
            under = piece.under
            pending.append(piece)
            continue
        close()
        under = None
        if piece.text:
            enter(path, piece.level, piece.text)
        else:  # a slide without a title
            path.clear()
    close()
    return sections


def _plain(lines: list[Line], pages: tuple[Page, ...], *, slides: bool) -> Iterator[Piece]:
    """The pieces of a text without marks; a row of a table is no heading."""
    found = row_pieces(lines, pages)
    for piece in _plain_pieces(lines, pages, frozenset(found), slides=slides):
        if piece.line not in found:
            yield piece
        elif row := found[piece.line]:
            yield replace(row[0], under=row[1])


def _plain_pieces(
    lines: list[Line], pages: tuple[Page, ...], rows: frozenset[Line], *, slides: bool
) -> list[Piece]:
    """The lines as text and headings; those of tables (`rows`) are no headings."""
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
        if line in rows:
            pieces.append(Piece(line, line.text, line.start))
            index += 1
            continue
        title = _slide_title(lines, index, rows) if slides and not page.slide else []
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


def _slide_title(lines: list[Line], index: int, rows: frozenset[Line]) -> list[Line]:
    """The first lines of a slide up to a blank one, or a line that ends in the slide's number."""
    after = lines[index + 1].blank_before if index + 1 < len(lines) else 1
    if lines[index].blank_before and after and _SLIDE_NUMBER.match(lines[index].text):
        return [lines[index]]
    if not lines[index].first:
        return []
    title = [lines[index]]
    for line in lines[index + 1 : index + 3]:
        if line.blank_before or starts_item(line.text) or line in rows:
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


def _markdown_pieces(lines: list[Line], pages: tuple[Page, ...]) -> Iterator[Piece]:
    for line, after in zip_longest(lines, lines[1:]):
        text, marks = pages[line.page].text, read_marks(pages[line.page].text)
        end = line.start + len(line.text)
        row = around(marks.rows, line.start)
        if row:
            if row.start == line.start and not row.columns:
                words = text[row.start : row.end]
                yield Piece(line, words, row.start, row=True, cells=row.cells, under=row.section)
            end = row.end if row.start == line.start else line.start
        elif around(marks.code, line.start):
            yield Piece(line, line.text, line.start, row=True)
        else:
            yield from _marked_line(line, after, text, marks)
        for start, stop, words in beginning_in(marks.links, line.start, end):
            yield Piece(line, text[start:stop], start, row=True, under=_LINK + words)


def _marked_line(line: Line, after: Line | None, text: str, marks: Marks) -> Iterator[Piece]:
    """The headings in a line of Markdown, or the line itself."""
    end = line.start + len(line.text)
    seen = shown_text(text, marks.hidden, line.start, end)
    heading = around(marks.headings, line.start)
    if heading:
        yield Piece(line, seen, line.start, _rank(seen, heading.level))
        return
    bold = [span for span in beginning_in(marks.bold, line.start, end) if span[1] <= end]
    parts = [shown_text(text, marks.hidden, *span) for span in bold]
    rest = "".join(
        shown_text(text, marks.hidden, start, stop)
        for (_, start), (stop, _) in pairwise([(0, line.start), *bold, (end, 0)])
    )
    if parts and not _BESIDE_BOLD.sub("", rest) and all(map(_NUMBERED_BOLD.match, parts)):
        for (start, _), part in zip(bold, parts, strict=True):
            yield Piece(line, part, start, _rank(part, 6))
        return
    if fold(seen).replace(" ", "") in _PLAIN_HEADINGS:
        # 「対応の方向性」 and 「(案)**(1) …**」: the stage has slipped to the next line.
        draft = after is not None and re.match(r"[（(]案[）)]", after.text)
        yield Piece(line, f"{seen} (案)" if draft else seen, line.start, _PLAIN_LEVEL)
        return
    if _DEFINED.match(line.text):
        yield Piece(line, line.text, line.start, row=True)
        return
    dash = re.match(r"^(?:[-*+]\s+)+(?=[・•●○①-⑳※（(])", line.text)
    cut = dash.end() if dash else 0
    yield Piece(line, line.text[cut:], line.start + cut)


_BESIDE_BOLD = re.compile(r"[\s()（）案]|※.*$")
# 「[^1]: 注の文」 and 「[規約]: https://…」 are paragraphs, whatever stands around them.
_DEFINED = re.compile(r"\[[^\[\]]+\]:\s*\S")
_LINK = "リンク先: "
_NUMBERED_BOLD = re.compile(r"^(?:[（(][0-9０-９]{1,2}[）)]|[①-⑳])")


def _rank(text: str, default: int) -> int:
    """(1) stands under any heading without a number, ① under (1), however they are marked up."""
    return next((level for pattern, level in _NUMBERED[3:] if pattern.match(text)), default)
