"""Table rows as text: the cells as written, and which row names the columns."""

import re
from collections.abc import Sequence

from assistant.japanese.dates import find_dates
from assistant.japanese.width import fold

# White space only: a row is quoted word for word, without a mark that its file does not hold.
_BETWEEN_CELLS = "\u3000"
_LONGEST_COLUMN_HEADING = 30
_MONTH_OR_YEAR = re.compile(r"(?:\d{1,2}月|(?:19|20)\d{2})$")
# 「1台の価格」 names a column, 「1台」 is an amount.
_AMOUNT = re.compile(r"[¥$△▲+-]?\d[\d,.]*\s*[^\sの]{0,4}$")


def row_text(cells: Sequence[str]) -> str:
    """The cells that hold something, each on one line, side by side."""
    flat = (" ".join(cell.split()) for cell in cells)
    return _BETWEEN_CELLS.join(cell for cell in flat if cell)


def column_headings(first: Sequence[str]) -> str | None:
    """The text of a table's first row if it names the columns; None if it looks like data.

    Names are short, several, different, and no amounts; dates and years name columns as well.
    """
    cells = [" ".join(fold(cell).split()) for cell in first if cell.strip()]
    if len(set(cells)) < 2 or not all(_names_column(cell) for cell in cells):
        return None
    return row_text(first)


def has_amount(cell: str) -> bool:
    """Whether a cell holds a number with or without its unit, and no more."""
    return bool(_AMOUNT.match("".join(fold(cell).split())))


def _names_column(cell: str) -> bool:
    if len(cell) > _LONGEST_COLUMN_HEADING or cell.endswith("。"):
        return False
    return bool(find_dates(cell) or _MONTH_OR_YEAR.match(cell)) or not _AMOUNT.match(cell)
