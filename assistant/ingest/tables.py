"""Tables in running text: which lines are rows, and which row names their columns.

In text and PDF a table is known by rows of equally many short cells under a row that holds names
only.
"""

import re
from collections.abc import Sequence

from assistant.ingest.blocks import Piece
from assistant.ingest.clean import Line
from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers.rows import column_headings, has_amount
from assistant.japanese.width import fold
from assistant.records.text import Page, Part, PrintedTable

_CELL_BORDER = re.compile(r"\t+|\s{2,}|\u3000+")
_FEWEST_ROWS = 2
_LONGEST_CELL = 20
Rows = dict[Line, str | None]
"""Row → the headings of its columns; None for the row that holds them."""


def find_rows(lines: list[Line]) -> Rows:
    """The rows of the tables among the lines of a document.

    Args:
        lines: of the document, in reading order.
    """
    rows: Rows = {}
    index = 0
    while index < len(lines):
        found = _aligned(lines, index)
        rows.update(found)
        index += len(found) or 1
    return rows


Found = dict[Line, tuple[Piece, str | None] | None]
"""The first line of a row → the row and the headings over it; None for a line that is none of its
own: a row of headings, the rest of a row, what stands beside several rows."""


def row_pieces(lines: list[Line], pages: Sequence[Page]) -> Found:
    """The rows of the tables in a text or a PDF, with their cells.

    Args:
        lines: of the document, in reading order.
        pages: of the document.
    """
    found: Found = {}
    tables: list[tuple[int, PrintedTable]] = [
        (number, table) for number, page in enumerate(pages) for table in page.tables
    ]
    for index, (number, table) in enumerate(tables):
        if table.heads:
            chain = [(number, table)]
            for after, going_on in tables[index + 1 :]:
                if going_on.heads:
                    break
                chain.append((after, going_on))
            found |= _printed(lines, pages, chain)
    rest = [line for line in lines if line not in found]
    return found | _lined_up(find_rows(rest))


def _printed(
    lines: list[Line], pages: Sequence[Page], chain: list[tuple[int, PrintedTable]]
) -> Found:
    """The rows of a table that may go over several pages; empty where its lines mix rows."""
    found: Found = {}
    rows: list[GridRow] = []
    places: list[tuple[list[Line], int, str]] = []
    for number, table in chain:
        own_lines = [line for line in lines if line.page == number]
        taken: set[Line] = set()
        text = pages[number].text
        for place, parts in enumerate(table.rows):
            own = [part for part in parts if not part.merged]
            start, end = min(p.start for p in own), max(p.end for p in own)
            inside = [x for x in own_lines if x.start < end and start < x.start + len(x.text)]
            first = min((line.start for line in inside), default=start)
            last = max((line.start + len(line.text) for line in inside), default=end)
            if not inside or taken & set(inside) or first < start or last > end:
                return {}
            taken |= set(inside)
            flat = text[start:end].replace("\n", " ")
            rows.append(GridRow(_cells_of(parts, text), None, flat, place < table.heads))
            places.append((inside, start, text[start:end]))
        beside = [p for parts in table.rows for p in parts if p.merged]
        for line in own_lines:
            if line not in taken and any(p.start <= line.start < p.end for p in beside):
                found[line] = None
    for page, (inside, start, text) in zip(
        table_pages(rows, above=None, blank_above=True), places, strict=True
    ):
        found |= dict.fromkeys(inside)
        if not page.columns:
            piece = Piece(inside[0], text, start, row=True, cells=page.cells)
            found[inside[0]] = piece, page.section
    return found


def _cells_of(parts: Sequence[Part], text: str) -> tuple[GridCell, ...]:
    """The cells of a row; the lines of a wrapped cell run on."""
    cells = [GridCell()] * (1 + max(part.column for part in parts))
    spans: set[tuple[int, int]] = set()
    for part in parts:
        words = cells[part.column].text + text[part.start : part.end]
        span = (part.start, part.end)
        cells[part.column] = GridCell(words, part.merged or span in spans)
        spans.add(span)
    return tuple(cells)


def _lined_up(rows: Rows) -> Found:
    """The rows of tables known by their words alone, with their cells."""
    found: Found = {}
    tables: list[list[Line]] = []
    for line, headings in rows.items():
        if headings is None:
            tables.append([])
        tables[-1].append(line)
    for table in tables:
        grid = [
            GridRow(tuple(map(GridCell, _cells(line))), None, line.text, not place)
            for place, line in enumerate(table)
        ]
        for line, page in zip(table, table_pages(grid, above=None), strict=True):
            piece = Piece(line, line.text, line.start, row=True, cells=page.cells)
            found[line] = None if page.columns else (piece, page.section)
    return found


def _aligned(lines: list[Line], index: int) -> Rows:
    """The table whose headings stand at `index`; empty where there is none."""
    first = _cells(lines[index])
    headings = column_headings(first) if len(first) > 1 else None
    if headings is None or any(has_amount(cell) for cell in first):
        return {}
    rows: Rows = {lines[index]: None}
    for line in lines[index + 1 :]:
        cells = _cells(line)
        if len(cells) != len(first) or not any(has_amount(cell) for cell in cells[1:]):
            break
        rows[line] = headings
    return rows if len(rows) > _FEWEST_ROWS else {}


def _cells(line: Line) -> list[str]:
    """The cells of a line; pdfium writes one space between them, people at least two."""
    text = fold(line.text)
    cells = _CELL_BORDER.split(line.text)
    if len(cells) == 1:
        cells = line.text.split(" ")
    sentence = text.endswith(("。", "、")) or any(len(cell) > _LONGEST_CELL for cell in cells)
    return [] if sentence else cells
