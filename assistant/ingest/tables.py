"""Tables in running text: which lines are rows, and which row names their columns.

In text and PDF a table is known by rows of equally many short cells under a row that holds names
only.
"""

import re

from assistant.ingest.clean import Line
from assistant.ingest.readers.rows import column_headings, has_amount
from assistant.japanese.width import fold

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
