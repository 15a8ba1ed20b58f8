"""CSV and TSV files: every record as it stands in the file, commas and quotation marks included."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

from assistant.errors import ReadError
from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers import LONGEST_ROWS, ReadResult, no_text, too_many_rows

_HEAD_LINES = 20
# For Excel alone, which does not show it.
_STATED = re.compile(r"sep=(\S|\t)\s*$", re.IGNORECASE)


def read_table(text: str) -> ReadResult:
    """Read the records of a decoded CSV or TSV file; a record is named by its first line.

    Raises:
        ReadError: no text, far too many rows, or a field too long for a table.
    """
    lines = text.split("\n")
    try:
        records = list(_records(lines))
    except csv.Error as error:
        raise ReadError(
            "CSVとして読めません(欄が長すぎるか、引用符が閉じていません)。",
            "元のソフトで開き、CSV(UTF-8)で保存し直してください。",
        ) from error
    if not any(cell.strip() for *_, cells in records for cell in cells):
        raise no_text()
    rows = [
        GridRow(
            tuple(GridCell(cell) for cell in cells),
            locator=f"行 {first}",
            text="\n".join(lines[first - 1 : last]),
        )
        for first, last, cells in records
    ]
    return ReadResult(tuple(table_pages(rows, above=None, blank_above=True)))


def _records(lines: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and cells of every record."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=_delimiter(lines))
    first = 1
    for count, cells in enumerate(reader, start=1):
        if count > LONGEST_ROWS:
            raise too_many_rows()
        if first > 1 or not _STATED.match(lines[0]):
            yield first, min(reader.line_num, len(lines)), cells
        first = reader.line_num + 1


def _delimiter(lines: list[str]) -> str:
    r"""The character that cuts most of the first lines into the same number of cells.

    Counting it is misled by amounts (「機器費\t1,200,000円」); where two fit, the comma is such.
    """
    if stated := _STATED.match(lines[0]):
        return stated[1]
    head = [f"{line}\n" for line in lines[:_HEAD_LINES]]

    def fit(delimiter: str) -> int:
        widths = Counter(len(cells) for cells in csv.reader(head, delimiter=delimiter))
        return max((count for width, count in widths.items() if width > 1), default=0)

    return max("\t;,", key=fit) if any(map(fit, "\t;")) else ","
