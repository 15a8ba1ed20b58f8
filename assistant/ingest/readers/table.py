"""CSV and TSV files: every record as it stands in the file, commas and quotation marks included."""

import csv
from collections.abc import Iterator

from assistant.errors import ReadError
from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers import LONGEST_ROWS, ReadResult, no_text, too_many_rows


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
        yield first, min(reader.line_num, len(lines)), cells
        first = reader.line_num + 1


def _delimiter(lines: list[str]) -> str:
    head = "\n".join(lines[:20])
    return max(",\t;", key=head.count)
