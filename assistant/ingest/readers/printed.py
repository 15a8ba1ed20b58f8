"""Tables of a PDF page, known by how their print is aligned: a row of names, and cells under them.

No rule need be drawn. A line of print with cells in two columns or more begins a row; a line in one
column goes on a cell of the row it stands nearest to, or names several rows (a merged first cell).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.ingest.readers.rows import column_headings, has_amount
from assistant.japanese.sentences import BULLETS

# A gap wider than this many characters ends a table.
_FARTHEST = 4.0
# A cell's next line stands nearer than this many characters.
_NEXT_LINE = 0.8
_FEWEST_ROWS = 2
_LONGEST_NAME = 30
# Lines over what goes on from the page before.
_RUNNING_HEADS = 2
_ITEM = re.compile(rf"[{BULLETS}]")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters printed side by side; coordinates in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    """Height of a character, in points."""


Columns = tuple[tuple[float, float], ...]
"""Left and right end of every column."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows, each column → numbers of the runs in its cell, from top to bottom."""

    rows: tuple[dict[int, list[int]], ...]
    merged: tuple[dict[int, list[int]], ...]
    """For each row the cells that it shares with another one, in which they are counted."""
    columns: Columns
    heads: int
    """How many of the rows name the columns; 0 where it goes on the table of the page before."""
    ends_page: bool = False
    """Nothing but a line is printed below it."""

    @property
    def runs(self) -> list[int]:
        """Numbers of all runs in its cells."""
        return [n for cells in (*self.rows, *self.merged) for ns in cells.values() for n in ns]


@dataclass(slots=True)
class _Band:
    """Runs on one line, from left to right."""

    runs: list[int]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


_Line = tuple[_Band, dict[int, list[int]]]
"""A band and its runs by columns."""


@dataclass(slots=True)
class _Rows:
    """The lines of a table sorted into columns."""

    columns: list[tuple[float, float]]
    placed: list[_Line] = field(default_factory=list)


def find_grids(runs: Sequence[Run], before: Columns | None) -> list[Grid]:
    """The tables of a page, from top to bottom.

    Args:
        runs: of the page.
        before: columns of the table that ends the page before; None where none does.
    """
    bands = _bands(runs)
    grids: list[Grid] = []
    index = 0
    while index < len(bands):
        found = _grid_at(runs, bands, index)
        if found is None and before and not grids and index <= _RUNNING_HEADS:
            found = _going_on(runs, bands, index, before)
        if found:
            grid, index = found
            grids.append(grid)
        else:
            index += 1
    return grids


def _bands(runs: Sequence[Run]) -> list[_Band]:
    bands: list[_Band] = []
    for number in sorted(range(len(runs)), key=lambda n: -(runs[n].top + runs[n].bottom)):
        run = runs[number]
        middle = (run.top + run.bottom) / 2
        if bands and bands[-1].middle - middle < (run.top - run.bottom) / 3:
            bands[-1].runs.append(number)
        else:
            bands.append(_Band([number], run.top, run.bottom))
    for band in bands:
        band.runs.sort(key=lambda n: runs[n].left)
    return bands


def _grid_at(runs: Sequence[Run], bands: list[_Band], index: int) -> tuple[Grid, int] | None:
    """The table whose headings stand at `index`, and the band behind it."""
    if not _names(runs, bands[index]):
        return None
    head = bands[index]
    below = bands[index + 1] if index + 1 < len(bands) else None
    if below and len(below.runs) > len(head.runs) and _names(runs, below):
        left, right = runs[below.runs[0]].left, runs[below.runs[-1]].right
        own = [n for n in head.runs if runs[n].right < left or right < runs[n].left]
        columns = sorted((runs[n].left, runs[n].right) for n in [*own, *below.runs])
        heads = [_spread(runs, head, own, columns), _in_order(runs, below, columns)]
        start = index + 2
    else:
        columns = [(runs[n].left, runs[n].right) for n in head.runs]
        heads = [{place: [n] for place, n in enumerate(head.runs)}]
        start = index + 1
    if corner := _unnamed(runs, bands[start : start + _FEWEST_ROWS], columns[0][0]):
        columns = [corner, *columns]
        heads = [{place + 1: ns for place, ns in cells.items()} for cells in heads]
    rows = _collected(runs, bands, start, _Rows(columns), bands[start - 1])
    return _made(runs, bands, start, rows, heads)


def _going_on(
    runs: Sequence[Run], bands: list[_Band], index: int, before: Columns
) -> tuple[Grid, int] | None:
    """The rows overleaf of the table that ends the page before."""
    rows = _collected(runs, bands, index, _Rows(list(before)), None)
    return _made(runs, bands, index, rows, [])


def _names(runs: Sequence[Run], band: _Band) -> bool:
    """Whether a line may name columns: several short names, no amount."""
    texts = [runs[n].text for n in band.runs]
    if len(texts) < 2 or any(len(t) < 2 or len(t) > _LONGEST_NAME or _ITEM.match(t) for t in texts):
        return False
    return not any(map(has_amount, texts)) and column_headings(texts) is not None


def _unnamed(
    runs: Sequence[Run], below: Sequence[_Band], edge: float
) -> tuple[float, float] | None:
    """A first column under an empty corner: the heads of the rows, left of all headings."""
    left = [n for band in below for n in band.runs if runs[n].right < edge]
    if not left:
        return None
    return min(runs[n].left for n in left), max(runs[n].right for n in left)


def _spread(
    runs: Sequence[Run], head: _Band, own: list[int], columns: list[tuple[float, float]]
) -> dict[int, list[int]]:
    """An upper row of headings over the columns that each of them spans."""
    spanning = [n for n in head.runs if n not in own]
    cells: dict[int, list[int]] = {}
    for place, (left, right) in enumerate(columns):
        same = [n for n in own if (runs[n].left, runs[n].right) == (left, right)]
        middle = (left + right) / 2
        nearest = sorted(spanning, key=lambda n: abs((runs[n].left + runs[n].right) / 2 - middle))
        cells[place] = same or nearest[:1]
    return cells


def _in_order(
    runs: Sequence[Run], band: _Band, columns: list[tuple[float, float]]
) -> dict[int, list[int]]:
    return {columns.index((runs[n].left, runs[n].right)): [n] for n in band.runs}


def _collected(
    runs: Sequence[Run], bands: list[_Band], start: int, rows: _Rows, above: _Band | None
) -> _Rows:
    """The lines from `start` on whose print stands under the columns."""
    last = above
    for band in bands[start:]:
        size = max(runs[n].size for n in band.runs)
        if last and last.bottom - band.top > _FARTHEST * size:
            break
        cells = _cells(runs, band, rows.columns)
        if cells is None or (rows.placed and _is_new_head(runs, band, rows)):
            break
        rows.placed.append((band, cells))
        last = band
    return rows


def _is_new_head(runs: Sequence[Run], band: _Band, rows: _Rows) -> bool:
    """Whether another table begins: names only, where the rows above have amounts."""
    # The rows above are looked at last: they may be many, and this is asked of every line.
    return (
        len(band.runs) == len(rows.columns)
        and _names(runs, band)
        and any(
            has_amount(runs[n].text)
            for _, cells in rows.placed
            for numbers in cells.values()
            for n in numbers
        )
    )


def _cells(
    runs: Sequence[Run], band: _Band, columns: list[tuple[float, float]]
) -> dict[int, list[int]] | None:
    """The runs of a line by columns, which grow with them; None where one is under several."""
    cells: dict[int, list[int]] = {}
    for order, number in enumerate(band.runs):
        run = runs[number]
        under = [
            c for c, (left, right) in enumerate(columns) if run.left < right and left < run.right
        ]
        if len(band.runs) == len(columns) and under in ([], [order]):
            place = order
        elif len(under) == 1:
            place = under[0]
        elif under:
            return None
        else:
            gaps = [max(left - run.right, run.left - right) for left, right in columns]
            place = gaps.index(min(gaps))
        if place in cells:  # two runs apart: a column that no heading names
            return None
        cells[place] = [number]
    for place, numbers in cells.items():
        left, right = columns[place]
        columns[place] = (
            min(left, *(runs[n].left for n in numbers)),
            max(right, *(runs[n].right for n in numbers)),
        )
    if any(one[1] > other[0] for one, other in pairwise(columns)):
        return None
    return cells


def _made(
    runs: Sequence[Run],
    bands: list[_Band],
    start: int,
    found: _Rows,
    heads: list[dict[int, list[int]]],
) -> tuple[Grid, int] | None:
    placed = found.placed
    while placed and len(placed[-1][1]) == 1 and not _goes_on(runs, placed):
        placed.pop()
    alone = not heads and len(placed) > 1 and len(placed[0][1]) == 1
    if alone and (0 in placed[0][1] or not _is_next(runs, *placed[:2])):
        return None  # a running head
    anchors = [place for place, (_, cells) in enumerate(placed) if len(cells) > 1]
    if not anchors:
        return None
    rows: list[dict[int, list[int]]] = [{} for _ in anchors]
    labels: list[tuple[float, list[int]]] = []
    for row, places in zip(rows, _parted(placed, anchors), strict=True):
        for place in places:
            band, cells = placed[place]
            if place not in anchors and 0 in cells and 0 not in placed[_near(place, anchors)][1]:
                labels.append((band.middle, cells[0]))
                continue
            for column, numbers in cells.items():
                row.setdefault(column, []).extend(numbers)
    if not _is_table(rows, runs, found.columns, heads):
        return None
    merged = _merged(rows, labels, [placed[a][0].middle for a in anchors])
    end = start + len(placed)
    empty: dict[int, list[int]] = {}
    grid = Grid(
        (*heads, *rows),
        (*(empty for _ in heads), *merged),
        tuple(found.columns),
        len(heads),
        ends_page=len(bands) - end <= 1,
    )
    return grid, end


def _goes_on(runs: Sequence[Run], placed: list[_Line]) -> bool:
    """Whether the last line goes on a cell, rather than being a note under the table."""
    return 0 not in placed[-1][1] and len(placed) > 1 and _is_next(runs, *placed[-2:])


def _is_next(runs: Sequence[Run], one: _Line, other: _Line) -> bool:
    """Whether a line stands as near below another one as the lines of a cell do."""
    size = max(runs[n].size for n in other[0].runs)
    return one[0].bottom - other[0].top < _NEXT_LINE * size


def _is_table(
    rows: list[dict[int, list[int]]],
    runs: Sequence[Run],
    columns: list[tuple[float, float]],
    heads: list[dict[int, list[int]]],
) -> bool:
    """Whether enough rows have cells in all columns, amounts among them."""
    counted = sum(
        any(has_amount(runs[n].text) for column, ns in cells.items() if column for n in ns)
        for cells in rows
    )
    full = sum(len(cells) >= len(columns) - (len(columns) > 2) for cells in rows)
    enough = 1 if not heads else _FEWEST_ROWS
    return len(rows) >= enough and 2 * counted >= len(rows) and 2 * full >= len(rows)


def _parted(placed: list[_Line], anchors: list[int]) -> Iterator[range]:
    """The lines of each row: those between two anchors part at their widest gap."""
    starts = [0]
    for one, other in pairwise(anchors):
        gaps = [placed[n][0].bottom - placed[n + 1][0].top for n in range(one, other)]
        widest = max(range(len(gaps)), key=lambda n: (round(gaps[n]), n))
        starts.append(one + widest + 1)
    for start, end in zip(starts, [*starts[1:], len(placed)], strict=True):
        yield range(start, end)


def _near(place: int, anchors: list[int]) -> int:
    return min(anchors, key=lambda anchor: abs(anchor - place))


def _merged(
    rows: list[dict[int, list[int]]], labels: list[tuple[float, list[int]]], middles: list[float]
) -> list[dict[int, list[int]]]:
    """For rows without a first cell the one that stands beside several of them."""
    merged: list[dict[int, list[int]]] = []
    for row, middle in zip(rows, middles, strict=True):
        nearest = min(labels, key=lambda label: abs(label[0] - middle), default=None)
        merged.append({0: nearest[1]} if nearest and 0 not in row else {})
    return merged
