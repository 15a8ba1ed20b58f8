"""CSV and TSV files: every record as it stands in the file, commas and quotation marks included."""

import csv
from collections.abc import Iterator

from assistant.errors import ReadError
from assistant.ingest.readers import LONGEST_ROWS, ReadResult, no_text, too_many_rows
from assistant.ingest.readers.rows import column_headings
from assistant.schema import Page


def read_table(text: str) -> ReadResult:
    """Read the records of a decoded CSV or TSV file; a record is named by its first line.

    Raises:
        ReadError: no text, far too many rows, or a field too long for a table.
    """
    lines = text.split("\n")
    try:
        records = [row for row in _records(lines) if any(cell.strip() for cell in row[2])]
    except csv.Error as error:
        raise ReadError(
            "CSVとして読めません(欄が長すぎるか、引用符が閉じていません)。",
            "元のソフトで開き、CSV(UTF-8)で保存し直してください。",
        ) from error
    if not records:
        raise no_text()
    headings = column_headings(records[0][2]) if len(records) > 1 else None
    return ReadResult(
        tuple(
            Page(
                "\n".join(lines[first - 1 : last]),
                locator=f"行 {first}",
                section=headings or "表",
            )
            for first, last, _ in records
        )
    )


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
