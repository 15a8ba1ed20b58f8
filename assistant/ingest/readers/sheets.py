"""Excel workbooks: every row of every visible sheet, under the sheet's name and column headings.

Formulas give the value that Excel saved with them; a workbook saved without values is reported.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers import LONGEST_ROWS, ReadResult, no_text, too_many_rows
from assistant.schema import Page

_UNCOMPUTED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<v></v>|</(?:\w+:)?c>)")


def read_sheets(path: Path) -> ReadResult:
    """Read an .xlsx file; the caller has checked that it is one.

    Raises:
        ReadError: no text in a visible sheet, or far too many rows.
    """
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        hidden = [s.title for s in workbook.worksheets if s.sheet_state != "visible"]
        pages: list[Page] = []
        for sheet in workbook.worksheets:
            if sheet.sheet_state == "visible":
                pages += _sheet_pages(sheet, LONGEST_ROWS - len(pages))
        title = workbook.properties.title or None
    finally:
        workbook.close()
    if not pages:
        raise no_text()
    return ReadResult(tuple(pages), title, unreadable_reason=_left_out(hidden, path))


def _sheet_pages(sheet: Any, most: int) -> Iterator[Page]:
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows: list[GridRow] = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = tuple(GridCell(_shown(value)) for value in values)
        rows.append(GridRow(cells, locator=f"{sheet.title}!R{number}"))
        if len(rows) > most:
            raise too_many_rows()
    yield from table_pages(rows, above=sheet.title, blank_above=True)


def _shown(value: object) -> str:
    """A cell's value as it is written in an answer; formats (%, 円) are not applied."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _left_out(hidden: list[str], path: Path) -> str:
    reasons = []
    if hidden:
        reasons.append(f"非表示のシート({'、'.join(hidden)})は取り込みません。")
    with zipfile.ZipFile(path) as package:
        names = [n for n in package.namelist() if n.startswith("xl/worksheets/")]
        if any(_UNCOMPUTED.search(package.read(name)) for name in names):
            reasons.append(
                "計算結果が保存されていない式の欄は読めません(Excelで開いて保存し直してください)。"
            )
    return "".join(reasons)
