"""What a reader sees in the cells of a sheet, walked from its XML (ECMA-376, 18.3).

Read are cells of rows and columns that are shown, as their number formats show them; left out and
counted is what is struck through, not shown, or not saved.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Literal, NamedTuple
from xml.etree.ElementTree import Element, ParseError, iterparse

from assistant.ingest.grid import GridCell, GridRow
from assistant.ingest.readers import too_many_rows
from assistant.ingest.readers.number_format import (
    BUILT_IN,
    GENERAL,
    serial,
    shown_number,
    shown_text,
)
from assistant.ingest.readers.parts import (
    Package,
    below,
    child,
    is_on,
    local,
    local_name,
    relation_id,
    whole_number,
)

Loss = Literal[
    "hidden",
    "struck",
    "formatted",
    "covered",
    "uncomputed",
    "lost",
    "conditional",
    "picture",
    "chart",
    "drawing",
    "embedded",
    "control",
    "unknown",
]
"""Why something that stands in a sheet was not read."""
Rich = tuple[tuple[str, bool | None], ...]
"""Runs of a text: words, and whether they are struck through; None where the cell decides."""

_MOST_COLUMNS = 16_384
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.IGNORECASE)
# Signs that XML cannot hold are written as numbers (ECMA-376, 22.9.2.19).
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BANDS = {"oddHeader": "ヘッダー", "firstHeader": "ヘッダー", "evenHeader": "ヘッダー",
          "oddFooter": "フッター", "firstFooter": "フッター", "evenFooter": "フッター"}  # fmt: skip
_NOTHING = GridCell()
_ON, _OFF = {"1", "true"}, {"0", "false"}


class Lost(NamedTuple):
    """A cell of which something is left out."""

    text: str
    reason: Loss


@dataclass(frozen=True, slots=True)
class Style:
    """What the format of a cell says of its words."""

    code: str = GENERAL
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """What the sheets of a workbook share."""

    texts: Sequence[Rich] = ()
    styles: Sequence[Style] = ()
    striking: frozenset[int] = frozenset()
    """Conditional formats (`dxfId`) that strike words through or hide them."""
    from_1904: bool = False


class Merge(NamedTuple):
    """A merged range, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class Ranges:
    """Numbers of rows or columns, as ranges that are given in order."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def add(self, first: int, last: int) -> None:
        """Add a range."""
        if self._lasts and self._lasts[-1] + 1 >= first >= self._firsts[-1]:
            self._lasts[-1] = max(last, self._lasts[-1])
            return
        place = bisect_left(self._firsts, first)
        self._firsts.insert(place, first)
        self._lasts.insert(place, last)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def after(self, number: int) -> int:
        """The first number from `number` on that is outside."""
        while number in self:
            number = self._lasts[bisect_right(self._firsts, number) - 1] + 1
        return number


@dataclass(slots=True)
class Sheet:
    """A sheet as its part tells it."""

    cells: dict[int, dict[int, str | Lost]] = field(default_factory=dict)
    """Row → column → what a cell shows; only cells that hold something."""
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: Ranges = field(default_factory=Ranges)
    hidden_columns: Ranges = field(default_factory=Ranges)
    bands: list[tuple[str, str]] = field(default_factory=list)
    """「ヘッダー」 or 「フッター」 → its text with codes, see `band_text`."""
    controls: list[str] = field(default_factory=list)
    """Relations of the controls on the sheet."""
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    """Row and column of a cell → relation of the address that it leads to."""
    left_out: Counter[Loss] = field(default_factory=Counter)

    def shows(self, row: int, column: int) -> bool:
        """Whether a cell stands in a row and a column that are shown."""
        return row not in self.hidden_rows and column not in self.hidden_columns


def read_book(package: Package, shared: str | None, styles: str | None, *, from_1904: bool) -> Book:
    """Read what the sheets share.

    Args:
        package: the workbook.
        shared: part of the shared texts; None where the workbook names none.
        styles: part of the styles, likewise.
        from_1904: days are counted from 1904.
    """
    sheet_styles = package.tree(styles) if styles else None
    return Book(
        tuple(_shared_texts(package, shared)) if shared else (),
        tuple(_cell_styles(sheet_styles)) if sheet_styles is not None else (),
        frozenset(_striking(sheet_styles)) if sheet_styles is not None else frozenset(),
        from_1904,
    )


def read_sheet(part: IO[bytes], book: Book, most: int) -> Sheet:
    """Read a worksheet or a chart sheet.

    Args:
        part: its XML.
        book: what the sheets share.
        most: rows with content that may be read.

    Raises:
        ReadError: more rows than that.
        ParseError: the part is no XML.
    """
    walk = _Walk(Sheet(), book, most)
    data: Element | None = None
    repeated = 0
    # The part was searched for declarations before: no entity can be left to expand.
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314
        name = local_name(element.tag)
        if event == "start":
            repeated += name == "Fallback"
            data = element if name == "sheetData" else data
            continue
        repeated -= name == "Fallback"
        if name in _READ and not repeated:
            _READ[name](walk, element)
        if name == "row" and data is not None:
            data.clear()  # a million empty rows must not pile up
    return walk.sheet


def grid_rows(sheet: Sheet, title: str) -> list[GridRow]:
    """The rows that are shown and hold something, an empty one where blank rows part them.

    Columns without content are left out, so that the cells of a form drawn on squared paper stand
    side by side. What is left out is counted in the sheet.

    Args:
        sheet: as read; its cells are used up.
        title: its name.
    """
    covered = Ranges()
    carried: dict[int, dict[int, str]] = {}
    numbers = sorted(sheet.cells)
    width = max((column for row in sheet.cells.values() for column in row), default=0)
    for merge in sorted(sheet.merges):
        _settle(sheet, merge._replace(right=min(merge.right, width)), numbers, carried, covered)
    texts = _shown_cells(sheet)
    columns = sorted({column for row in texts.values() for column in row})
    rows: list[GridRow] = []
    last = 0
    for number in sorted(texts):
        if last and _blank_between(sheet.hidden_rows, covered, last + 1, number):
            rows.append(GridRow((), locator=None))
        last = number
        own, above = texts[number], carried.get(number, {})
        cells = [
            GridCell(own[c])
            if c in own
            else GridCell(above[c], carried=True)
            if c in above
            else _NOTHING
            for c in columns
        ]
        while cells[-1] is _NOTHING:
            cells.pop()
        rows.append(GridRow(tuple(cells), locator=f"{title}!R{number}"))
    return rows


def rich_text(element: Element | None) -> Rich:
    """The runs of a text, readings above it left out."""
    runs: list[tuple[str, bool | None]] = []
    for part in element if element is not None else ():
        if local(part) == "t":
            runs.append((_unescaped(part.text or ""), None))
        elif local(part) == "r":
            properties = child(part, "rPr")
            struck = None if properties is None else is_on(child(properties, "strike"))
            words = child(part, "t")
            text = words.text if words is not None else None
            runs.append((_unescaped(text or ""), struck))
    return tuple(runs)


def kept(runs: Rich, *, struck: bool = False) -> tuple[str, int]:
    """The words of a text that are not struck through, and how many runs are.

    Args:
        runs: of the text.
        struck: whether the cell strikes through what does not say otherwise.
    """
    shown = [t for t, own in runs if not (struck if own is None else own)]
    count = sum(1 for t, own in runs if t.strip() and (struck if own is None else own))
    return "".join(shown), count


def place_of(reference: str) -> tuple[int, int] | None:
    """Row and column of 「B12」, 1-based; None for what is no cell."""
    match = _REFERENCE.fullmatch(reference.strip())
    return (int(match[2]), _column(match[1])) if match else None


def _shared_texts(package: Package, name: str) -> Iterator[Rich]:
    """The shared texts up to where their part is damaged; cells that lack theirs are counted."""
    part = package.open(name)
    if part is None:
        return
    with part:
        try:
            for _, element in iterparse(part):  # noqa: S314  # as above
                if local_name(element.tag) == "si":
                    yield rich_text(element)
                    element.clear()
        except ParseError:
            return


def _cell_styles(styles: Element) -> Iterator[Style]:
    codes = dict(BUILT_IN)
    for element in below(styles, "numFmt"):
        codes[whole_number(element.get("numFmtId"), -1)] = element.get("formatCode", GENERAL)
    fonts = [is_on(child(font, "strike")) for font in _children(styles, "fonts")]
    named = list(_children(styles, "cellStyleXfs"))
    for form in _children(styles, "cellXfs"):
        base = whole_number(form.get("xfId"), -1)
        above = named[base] if 0 <= base < len(named) else form
        font = whole_number(form.get("fontId", above.get("fontId")), -1)
        code = whole_number(form.get("numFmtId", above.get("numFmtId")), 0)
        yield Style(codes.get(code, GENERAL), 0 <= font < len(fonts) and fonts[font])


def _striking(styles: Element) -> Iterator[int]:
    for number, form in enumerate(_children(styles, "dxfs")):
        if _takes_away(form):
            yield number


def _takes_away(form: Element) -> bool:
    """Whether a conditional format strikes words through or shows nothing of them."""
    code = child(form, "numFmt")
    hides = code is not None and not code.get("formatCode", GENERAL).replace(";", "").strip()
    return hides or is_on(child(form, "font", "strike"))


def _children(root: Element, name: str) -> Iterator[Element]:
    parent = child(root, name)
    return iter(parent if parent is not None else ())


@dataclass(slots=True)
class _Walk:
    """Where the walk through a sheet stands."""

    sheet: Sheet
    book: Book
    most: int
    row: int = 0
    zeros: bool = True
    """Cells that hold 0 show it."""
    narrow: bool = False
    """Columns that the sheet does not describe have no width."""


def _read_row(walk: _Walk, row: Element) -> None:
    sheet = walk.sheet
    walk.row = row_number = whole_number(row.get("r"), walk.row + 1)
    if row.get("hidden") in _ON or _is_zero(row.get("ht")):
        sheet.hidden_rows.add(row_number, row_number)
    column = 0
    found: dict[int, str | Lost] = {}
    for cell in row:
        if local_name(cell.tag) != "c":
            continue
        place = place_of(cell.get("r", ""))
        column = place[1] if place else column + 1
        if len(cell) and (content := _content(cell, walk.book, zeros=walk.zeros)):
            found[column] = content
    if found:
        sheet.cells.setdefault(row_number, {}).update(found)
        if len(sheet.cells) > walk.most:
            raise too_many_rows()


def _read_view(walk: _Walk, view: Element) -> None:
    walk.zeros = view.get("showZeros") not in _OFF


def _read_defaults(walk: _Walk, defaults: Element) -> None:
    walk.narrow = _is_zero(defaults.get("defaultColWidth"))


def _read_columns(walk: _Walk, columns: Element) -> None:
    found = walk.sheet.hidden_columns
    last = 0
    for column in columns:
        first, end = whole_number(column.get("min"), 0), whole_number(column.get("max"), 0)
        if walk.narrow and first > last + 1:
            found.add(last + 1, first - 1)
        if column.get("hidden") in _ON or _is_zero(column.get("width")):
            found.add(first, end)
        last = max(last, end)
    if walk.narrow and last < _MOST_COLUMNS:
        found.add(last + 1, _MOST_COLUMNS)


def _read_merge(walk: _Walk, merge: Element) -> None:
    first, _, last = merge.get("ref", "").partition(":")
    start, end = place_of(first), place_of(last)
    if start is not None and end is not None:
        (top, bottom), (left, right) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        walk.sheet.merges.append(Merge(top, left, bottom, right))


def _read_bands(walk: _Walk, element: Element) -> None:
    """Headers and footers that are printed: those of even and first pages only where switched."""
    for band in element:
        name = local(band)
        switch = {"e": "differentOddEven", "f": "differentFirst"}.get(name[:1])
        if name in _BANDS and band.text and (switch is None or element.get(switch) in _ON):
            walk.sheet.bands.append((_BANDS[name], band.text))


def _read_condition(walk: _Walk, rule: Element) -> None:
    own = child(rule, "dxf")
    shared = whole_number(rule.get("dxfId"), -1) in walk.book.striking
    walk.sheet.left_out["conditional"] += shared if own is None else _takes_away(own)


def _read_embedded(walk: _Walk, _: Element) -> None:
    walk.sheet.left_out["embedded"] += 1


def _read_background(walk: _Walk, _: Element) -> None:
    walk.sheet.left_out["picture"] += 1


def _read_link(walk: _Walk, link: Element) -> None:
    place = place_of(link.get("ref", "").partition(":")[0])
    if place:
        walk.sheet.links[place] = relation_id(link)


def _read_control(walk: _Walk, control: Element) -> None:
    walk.sheet.controls.append(relation_id(control))


_READ: dict[str, Callable[[_Walk, Element], None]] = {
    "row": _read_row,
    "sheetView": _read_view,
    "sheetFormatPr": _read_defaults,
    "cols": _read_columns,
    "mergeCell": _read_merge,
    "headerFooter": _read_bands,
    "cfRule": _read_condition,
    "oleObject": _read_embedded,
    "control": _read_control,
    "picture": _read_background,
    "hyperlink": _read_link,
}


def _content(cell: Element, book: Book, *, zeros: bool) -> str | Lost | None:
    """What a cell shows; None where it holds nothing."""
    kind = cell.get("t", "n")
    index = whole_number(cell.get("s"), 0)
    style = book.styles[index] if 0 <= index < len(book.styles) else Style()
    parts = {local_name(part.tag): part for part in cell}
    value = parts["v"].text or "" if "v" in parts else ""
    if kind in {"s", "inlineStr", "str"} and ("v" in parts or "f" not in parts):
        if kind == "s" and not value.strip():
            return None
        runs = _runs(kind, value, parts.get("is"), book)
        return _shown_words(runs, style) if runs is not None else Lost("", "lost")
    if not value.strip():
        return Lost("", "uncomputed") if "f" in parts else None
    if kind == "e" and "vm" in cell.attrib:  # a picture placed in the cell
        return Lost("", "picture")
    shown = value if kind == "e" else _shown_value(kind, value.strip(), style, book)
    if style.struck:
        return Lost("", "struck")
    if not shown or (not zeros and _is_zero(value)):
        return Lost("", "formatted")
    return shown


def _runs(kind: str, value: str, inline: Element | None, book: Book) -> Rich | None:
    """The runs of a text; None where the file does not hold it."""
    if kind == "inlineStr":
        return rich_text(inline) or ((_unescaped(value), None),)
    if kind == "str":
        return ((_unescaped(value), None),)
    index = whole_number(value, -1)
    return book.texts[index] if 0 <= index < len(book.texts) else None


def _shown_words(runs: Rich, style: Style) -> str | Lost | None:
    text, struck = kept(runs, struck=style.struck)
    shown = shown_text(text, style.code) if text.strip() else ""
    if struck:
        return Lost(shown, "struck")
    if text.strip() and not shown.strip():
        return Lost("", "formatted")
    return shown if shown.strip() else None


def _shown_value(kind: str, value: str, style: Style, book: Book) -> str:
    if kind == "b":
        return "TRUE" if value in {"1", "true"} else "FALSE"
    try:
        number = (
            serial(datetime.fromisoformat(value).replace(tzinfo=None))
            if kind == "d"
            else float(value)
        )
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    # An ISO date is counted from 1900 here, whatever the workbook counts from.
    return shown_number(number, style.code, from_1904=book.from_1904 and kind != "d")


def _settle(
    sheet: Sheet,
    merge: Merge,
    numbers: list[int],
    carried: dict[int, dict[int, str]],
    covered: Ranges,
) -> None:
    """Place the words of a merged range in its first cell that is shown; note where they reach."""
    top = sheet.hidden_rows.after(merge.top)
    left = sheet.hidden_columns.after(merge.left)
    first = bisect_left(numbers, merge.top)
    rows = numbers[first : bisect_right(numbers, merge.bottom)]
    content = sheet.cells.get(merge.top, {}).get(merge.left)
    for number in rows:
        row = sheet.cells[number]
        for column in [c for c in row if merge.left <= c <= merge.right]:
            if (number, column) != (merge.top, merge.left):
                sheet.left_out["covered"] += 1
                del row[column]
    if content is None or top > merge.bottom or left > merge.right:
        return
    if (top, left) != (merge.top, merge.left):
        del sheet.cells[merge.top][merge.left]
        sheet.cells.setdefault(top, {})[left] = content
    text = content.text if isinstance(content, Lost) else content
    if not text:
        return
    covered.add(top, merge.bottom)
    for number in rows:
        spans = carried.setdefault(number, {})
        for column in range(left, merge.right + 1):
            if number >= top and (number, column) != (top, left):
                spans[column] = text


def _shown_cells(sheet: Sheet) -> dict[int, dict[int, str]]:
    """Row → column → text of the cells that are shown; the others are counted."""
    texts: dict[int, dict[int, str]] = {}
    for number, row in sheet.cells.items():
        found = {}
        for column, content in row.items():
            if not sheet.shows(number, column):
                sheet.left_out["hidden"] += 1
            elif isinstance(content, Lost):
                sheet.left_out[content.reason] += 1
                if content.text.strip():
                    found[column] = content.text
            else:
                found[column] = content
        if found:
            texts[number] = found
    return texts


def _blank_between(hidden: Ranges, covered: Ranges, first: int, end: int) -> bool:
    """Whether one of the rows before `end` is shown and holds nothing."""
    number = first
    while number < end:
        after = covered.after(hidden.after(number))
        if after == number:
            return True
        number = after
    return False


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _is_zero(text: str | None) -> bool:
    try:
        return text is not None and float(text) == 0
    except ValueError:
        return False


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_sign, text) if "_x" in text else text


def _sign(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    if code in {0x09, 0x0A}:
        return chr(code)
    if code < 0x20:
        return ""
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)
