"""One grid for every table, whatever its format: merged cells carried, headings paired with cells.

A reader turns its table into rows; `table_pages` finds titles, column headings and the unit and
makes a page of every row. A row is searched with the headings of its columns, what spans it and the
table's titles (`Page.section`); what is quoted is what stands in its cells, each of which knows its
own heading (`Page.cells`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.ingest.headings import joined
from assistant.ingest.readers.rows import column_headings, has_amount, row_text
from assistant.japanese.width import fold
from assistant.records.text import Cell, Page

_LONGEST_TITLE = 60
_MOST_TITLES = 6
_MOST_HEAD_ROWS = 3
_UNIT = re.compile(r"[(（\[【]?\s*単位\s*[:：]?\s*(?P<unit>[^)）\]】\s]{1,12})\s*[)）\]】]?")
_OWN_UNIT = re.compile(r"[(（\[][^)）\]]+[)）\]]\s*$")
# How the fields of a form are named, and what rather names the first column of a table.
_FIELD = re.compile(
    r"(?:名称?|所在地|住所|場所|会場|電話|FAX|メール|アドレス|URL|連絡先|番号|コード|代表者?|担当[者課]?"
    r"|所管課?|所属|部署|職|年月日|日時|日付|期[間日限]|[年月]日|時間|目的|内容|概要|理由|方法|対象|条件"
    r"|件数|[^手]数|[金総]?額|率|割合|値|単位|備考|摘要|記入欄)(?:\s*[(\[].*)?$"
)
_CORNER = re.compile(r"(?:区分|項目|種[別類]|年度|費目|内訳|名称?|番号|No\.?|№)$")
_TOTAL = re.compile(r"(?:小|合|総)?計$|総額$|平均$")


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid."""

    text: str = ""
    """As it stands in the file; of a carried cell that of the cell it belongs to."""
    carried: bool = False
    """Part of a merged cell that begins further up or left: its words stand there."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a grid, from the first column on."""

    cells: tuple[GridCell, ...]
    locator: str | None
    """Name of the place, see `Page.locator`."""
    text: str | None = None
    """The row as its file writes it (a line of a CSV file); None for its cells side by side."""
    heads: bool | None = None
    """Whether the file marks the row as naming its columns; None where it does not say."""

    @property
    def own(self) -> list[str]:
        """Texts of the cells that begin here and hold something."""
        return [c.text for c in self.cells if not c.carried and c.text.strip()]


def table_pages(
    rows: Sequence[GridRow],
    *,
    above: str | None,
    caption: str | None = None,
    blank_above: bool = False,
) -> Iterator[Page]:
    """The pages of a table, or of all tables of a sheet: blank rows end a table.

    Args:
        rows: in order, blank ones included.
        above: headings over the table, joined as in `Page.section`.
        caption: the table's own title where the format has one.
        blank_above: an empty cell at the start of a row repeats the one above (CSV, sheets), even
            where the file does not merge them.
    """
    titles: list[str] = [caption] if caption else []
    heads: tuple[str, ...] = ()
    amounts: frozenset[int] = frozenset()
    for block in _blocks(rows):
        index = 0
        own: list[str] = []
        # Single cells alone are a list, not titles over one another.
        titled = len(block) <= _MOST_HEAD_ROWS or any(len(row.own) > 1 for row in block)
        while titled and index < len(block) and len(own) < _MOST_TITLES and _is_title(block[index]):
            own.append(" ".join(block[index].own[0].split()))
            yield _title_page(block[index], joined(above, *titles))
            index += 1
        if own:
            titles, heads = [*([caption] if caption else []), *own], ()
        count = _head_rows(block[index:])
        if count:
            unit = _unit(
                [*titles, *(text for row in block[index : index + count] for text in row.own)]
            )
            heads = _headings(block[index : index + count], block[index + count :], unit)
            for row in block[index : index + count]:
                yield _page(row, joined(above, *titles), (), columns=True)
            index += count
        elif heads and not _goes_on(amounts, len(heads), block[index:]):
            heads = ()
        amounts = _amounts(block[index:])
        yield from _data_pages(block[index:], heads, joined(above, *titles), blank_above)


def _amounts(rows: Sequence[GridRow]) -> frozenset[int]:
    """0-based columns that hold amounts in every row that fills them."""
    columns = range(max((len(row.cells) for row in rows), default=0))
    filled = {c: [t for row in rows if (t := _text_at(row, c))] for c in columns}
    return frozenset(c for c, texts in filled.items() if texts and all(map(has_amount, texts)))


def _goes_on(amounts: frozenset[int], width: int, block: Sequence[GridRow]) -> bool:
    """Whether rows behind a blank one belong under the headings of the table before it."""
    return amounts == _amounts(block) and all(len(row.cells) <= width for row in block)


def _blocks(rows: Sequence[GridRow]) -> Iterator[list[GridRow]]:
    block: list[GridRow] = []
    for row in rows:
        if row.own or any(cell.text.strip() for cell in row.cells):
            if row.heads and block and not block[-1].heads:  # its columns are named anew
                yield block
                block = []
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _is_title(row: GridRow) -> bool:
    """Whether a row is a title, a date or a unit over a table: one short text alone."""
    own = row.own
    return (
        len(own) == 1
        and row.heads is None
        and len(own[0]) <= _LONGEST_TITLE
        and "。" not in own[0]
        and not has_amount(own[0])
    )


def _head_rows(block: Sequence[GridRow]) -> int:
    """How many rows name the columns; 0 where none does, or nothing stands below them."""
    marked = 0
    while marked < len(block) and block[marked].heads:
        marked += 1
    if marked:
        return marked if marked < len(block) else 0
    if len(block) < 2 or block[0].heads is False or column_headings(block[0].own) is None:
        return 0
    if block[0].heads is None and _is_form(block):
        return 0
    count = 1
    while count < min(_MOST_HEAD_ROWS, len(block) - 1) and _goes_below(block[:count], block[count]):
        count += 1
    return count


def _is_form(block: Sequence[GridRow]) -> bool:
    """Whether rows pair the names of fields with what was entered: 団体名 | みらい町."""
    pairs = [row.own for row in block if len(row.own) > 1]
    if len(pairs) < 2 or any(len(row) % 2 for row in pairs):
        return False
    (name, entry, *_), *others = pairs
    if not is_field(name) or is_field(entry) or _CORNER.match("".join(fold(name).split())):
        return False
    named = sum(is_field(row[0]) and not is_field(row[1]) for row in others)
    amounts = sum(has_amount(row[1]) for row in others)
    return 2 * named > len(others) and amounts < len(others)


def is_field(text: str) -> bool:
    """Whether a text is how forms name what is to be entered: 「所管課」, 「電話番号」."""
    return bool(_FIELD.search("".join(fold(text).split())))


def _goes_below(heads: Sequence[GridRow], row: GridRow) -> bool:
    """Whether a row parts the columns that the one above it spans: 「令和7年度」 | 町 | 県."""
    above = heads[-1].cells
    spans = any(
        cell.text.strip() and not cell.carried and _is_open(above, column)
        for column, cell in enumerate(row.cells)
    )
    return spans and column_headings(row.own) is not None and not any(map(has_amount, row.own))


def _is_open(above: Sequence[GridCell], column: int) -> bool:
    """Whether the cell above goes on from its left neighbour, or is left empty beside one."""
    if column >= len(above):
        return False
    here = above[column]
    right = above[column + 1] if column + 1 < len(above) else GridCell()
    spans = here.carried or (right.carried and right.text == here.text)
    return spans or (not here.text.strip() and column > 0)


def _headings(
    rows: Sequence[GridRow], data: Sequence[GridRow], unit: str | None
) -> tuple[str, ...]:
    """The heading of each column, its rows joined, with the table's unit over numbers."""
    width = max(len(row.cells) for row in [*rows, *data])
    headings = []
    for column in range(width):
        names: list[str] = []
        for number, row in enumerate(rows):
            text = _text_at(row, column)
            if not text and number < len(rows) - 1:  # an empty cell beside one that spans it
                text = next((t for c in range(column, 0, -1) if (t := _text_at(row, c - 1))), "")
                text = text if any(_text_at(r, column) for r in rows[number + 1 :]) else ""
            if text and text not in names:
                names.append(text)
        name = " ".join(names)
        texts = [text for row in data if (text := _text_at(row, column))]
        counted = 2 * sum(map(has_amount, texts)) > len(texts)
        headings.append(
            f"{name}({unit})" if name and unit and counted and not _OWN_UNIT.search(name) else name
        )
    return tuple(headings)


def _text_at(row: GridRow, column: int) -> str:
    return " ".join(row.cells[column].text.split()) if column < len(row.cells) else ""


def _unit(texts: Sequence[str]) -> str | None:
    """The unit that holds for the table: 「(単位:千円)」; None where no text gives one."""
    return next((m["unit"] for text in texts if (m := _UNIT.search(fold(text)))), None)


def _data_pages(
    rows: Sequence[GridRow], heads: tuple[str, ...], above: str | None, blank_above: bool
) -> Iterator[Page]:
    last: GridRow | None = None
    group = ""
    for row in rows:
        full = _filled(row, last) if blank_above else row
        if is_across(row):
            yield _page(row, joined(above, row_text(heads)), heads)
            group = " ".join(row.own[0].split())
            continue
        reach = dict.fromkeys(c.text for c in full.cells if c.carried)
        carried = row_text([text for text in reach if text not in row.own])
        yield _page(full, joined(above, row_text(heads), group, carried), heads)
        last = full


def is_across(row: GridRow) -> bool:
    """Whether one cell spans the row: it names the rows below it."""
    first = row.cells[0]
    spanned = all(cell.carried and cell.text == first.text for cell in row.cells[1:])
    return len(row.cells) > 1 and bool(row.own) and not first.carried and spanned


def _filled(row: GridRow, above: GridRow | None) -> GridRow:
    """A row with its empty first cells taken from the row above: 「同上」 left unsaid."""
    if above is None or len(row.own) < 2:
        return row
    cells = list(row.cells)
    for column, cell in enumerate(cells):
        if cell.text.strip():
            break
        if column < len(above.cells):
            cells[column] = replace(above.cells[column], carried=True)
    else:
        return row
    first = next(cell.text for cell in row.cells if cell.text.strip())
    return row if _TOTAL.search("".join(first.split())) else replace(row, cells=tuple(cells))


def _title_page(row: GridRow, section: str | None) -> Page:
    return Page(row.text or " ".join(row.own[0].split()), locator=row.locator, section=section)


def _page(
    row: GridRow, section: str | None, heads: Sequence[str], *, columns: bool = False
) -> Page:
    own = row.own
    # A cell alone in its row frames prose: its paragraphs keep their lines.
    text = row.text or (own[0] if len(own) == 1 else row_text(own))
    return Page(
        text,
        locator=row.locator,
        section=section or "表",
        cells=_places(text, row, heads),
        columns=columns,
    )


def _places(text: str, row: GridRow, heads: Sequence[str]) -> tuple[Cell, ...]:
    """Where each cell stands in the text of its row, with its heading."""
    found = []
    position = 0
    for column, cell in enumerate(row.cells):
        words = cell.text if cell.text in text else " ".join(cell.text.split())
        heading = heads[column] if column < len(heads) else ""
        beside = bool(column) and row.cells[column - 1].text == cell.text
        if not words.strip() or (cell.carried and beside):
            continue
        start = -1 if cell.carried else text.find(words, position)
        if start < 0:  # elsewhere, or in pieces: quotation marks doubled, lines of a cell in print
            found.append(Cell(heading, position, position, " ".join(words.split())))
            continue
        position = start + len(words)
        found.append(Cell(heading, start, position))
    return tuple(found)
