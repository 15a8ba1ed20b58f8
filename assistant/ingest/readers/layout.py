"""Where the lines of a PDF page stand: columns, vertical writing, the title of a slide.

pdfium gives the text of a page in the order it was drawn. Only white space of that text is changed
here, so that every line is one run of print; the order in which a person reads the lines is kept
beside them. A quote is then found in the page whichever program reads it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2

from assistant.ingest.readers.printed import Columns, Grid, Run, find_grids
from assistant.japanese.sentences import BULLETS
from assistant.records.text import Part, PrintedTable

# Pairs of neighbouring characters looked at to tell vertical from horizontal writing.
_SAMPLED_PAIRS = 60
_VERTICAL_SHARE = 0.6
# A gap wider than this many characters separates two columns, or two cells.
_WIDE_GAP = 1.5
_DIGITS = re.compile(r"[0-9０-９.,%％]+")
# Columns of prose: at least this many lines in each, most of them as wide as the column, which is
# itself this share of the page. The lines of a table's cells are shorter or fewer.
_COLUMN_LINES = 5
_FULL_LINES = 0.75
_COLUMN_SHARE = 0.25
# A slide's title stands in the upper part and is larger than the text; few lines, few characters.
_TITLE_ZONE = 0.3
_TITLE_SIZE = 1.15
_EDGE_ZONE = 0.12
_LINE_GAP = 0.6
_LONGEST_TITLE = 80
_SHORTEST_TITLE = 4


_Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class _Print:
    """Where the characters of a page stand; each is asked for once."""

    def __init__(self, page: pypdfium2.PdfTextPage) -> None:
        self._page = page
        self._boxes: dict[tuple[int, bool], _Box] = {}

    def box(self, index: int, *, loose: bool = False) -> _Box:
        """The box of a character's print, or (loose) of the space its font gives it."""
        known = self._boxes.get((index, loose))
        if known is None:
            known = self._page.get_charbox(index, loose=loose)
            self._boxes[index, loose] = known
        return known


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of a page, one run of print a line, and how it is read."""

    text: str
    """As pdfium reads it; only white space differs."""
    order: tuple[int, ...] | None = None
    """Indices of the lines of `text` in reading order; None where it is their own."""
    title: str | None = None
    """Title of a slide; None where it has none, and elsewhere."""
    slide: bool = False
    """The page is wider than high."""
    tables: tuple[PrintedTable, ...] = ()
    """Tables printed on the page."""
    open_columns: Columns | None = None
    """Columns of the table that ends the page and may go on overleaf; None where none does."""


def read_layout(page: pypdfium2.PdfPage, before: Columns | None = None) -> Layout:
    """Read one page.

    Args:
        page: the page.
        before: `Layout.open_columns` of the page before.

    Raises:
        pypdfium2.PdfiumError: the page cannot be read.
    """
    printed = page.get_textpage()
    plain = printed.get_text_bounded().replace("\r\n", "\n").replace("\r", "\n")
    text = printed.get_text_range()
    if len(text) != printed.count_chars() or not text.strip():
        return Layout(plain)
    width, height = page.get_size()
    places = _Print(printed)
    if _is_vertical(places, text):
        columns = _vertical_runs(places, text)
        return _reordered(columns, _by_tiers(columns, height))
    runs = _horizontal_runs(places, text)
    gutter = _gutter(runs, width)
    if gutter is None:
        layout = _with_tables(plain, runs, find_grids(runs, before))
    else:
        layout = _reordered(runs, _by_columns(runs, gutter))
    slide = width > height
    return replace(layout, slide=slide, title=_slide_title(runs, width, height) if slide else None)


def _with_tables(text: str, runs: list[Run], grids: list[Grid]) -> Layout:
    """The text as it is, with where the cells of its tables stand in it."""
    places: list[int] = []
    end = 0
    for run in runs if grids else []:
        places.append(text.find(run.text, end))  # -1: printed outside the page, not in its text
        end = max(end, places[-1] + len(run.text))
    grids = [grid for grid in grids if all(places[n] >= 0 for n in grid.runs)]
    if not grids:
        return Layout(text)

    def parts(cells: dict[int, list[int]], *, merged: bool) -> list[Part]:
        return [
            Part(column, places[n], places[n] + len(runs[n].text), merged)
            for column, numbers in cells.items()
            for n in numbers
        ]

    tables = tuple(
        PrintedTable(
            tuple(
                tuple(sorted(parts(own, merged=False) + parts(shared, merged=True)))
                for own, shared in zip(grid.rows, grid.merged, strict=True)
            ),
            grid.heads,
        )
        for grid in grids
    )
    last = grids[-1]
    return Layout(text, tables=tables, open_columns=last.columns if last.ends_page else None)


def _reordered(runs: list[Run], place: Callable[[Run], tuple[float, ...]]) -> Layout:
    order = sorted(range(len(runs)), key=lambda index: place(runs[index]))
    return Layout("\n".join(run.text for run in runs), tuple(order))


def _is_vertical(printed: _Print, text: str) -> bool:
    """Whether most characters stand under the one before."""
    visible = [i for i, character in enumerate(text) if not character.isspace()]
    pairs = list(pairwise(visible))
    sample = pairs[:: max(1, len(pairs) // _SAMPLED_PAIRS)]
    if len(sample) < _SAMPLED_PAIRS // 3:
        return False
    under = sum(1 for one, other in sample if _stands_under(printed, one, other))
    return under > _VERTICAL_SHARE * len(sample)


def _stands_under(printed: _Print, one: int, other: int) -> bool:
    # Loose boxes: the print of 「、」 is small and sits in a corner of its place.
    upper, lower = printed.box(one, loose=True), printed.box(other, loose=True)
    size = max(upper[2] - upper[0], upper[3] - upper[1], 1.0)
    beside = abs((upper[0] + upper[2]) - (lower[0] + lower[2])) / 2
    below = (upper[1] + upper[3] - lower[1] - lower[3]) / 2
    return beside < 0.6 * size and 0 < below < 3 * size


def _vertical_runs(printed: _Print, text: str) -> list[Run]:
    """Columns of vertical writing, in the order of the text."""
    runs: list[list[int]] = []
    for index, character in enumerate(text):
        if character.isspace():
            continue
        if runs and _stands_under(printed, runs[-1][-1], index):
            runs[-1].append(index)
        else:
            runs.append([index])
    return [_run(printed, "".join(text[i] for i in run), run[0], run[-1]) for run in runs]


def _by_tiers(runs: list[Run], height: float) -> Callable[[Run], tuple[float, ...]]:
    """Reading order of vertical writing: the upper tier (段) first, each from right to left."""
    crossings = {
        y: sum(1 for run in runs if run.bottom < y < run.top)
        for y in (height * tenth / 100 for tenth in range(35, 66))
    }
    border = min(crossings, key=lambda y: crossings[y])
    upper = sum(1 for run in runs if run.bottom >= border)
    lower = sum(1 for run in runs if run.top <= border)
    tiers = crossings[border] * 10 <= len(runs) and min(upper, lower) >= _COLUMN_LINES
    return lambda run: (float(tiers and run.top <= border), -run.left, -run.top)


def _horizontal_runs(printed: _Print, text: str) -> list[Run]:
    """The lines of the text, cut where a wide gap parts columns or cells."""
    runs = []
    for line in re.finditer(r"[^\r\n]+", text):
        words = [
            part
            for word in re.finditer(r"\S+", line.group())
            for part in _numbers(printed, word.group(), line.start() + word.start())
        ]
        start = 0
        for number, (_, last) in enumerate(words):
            following = words[number + 1][0] if number + 1 < len(words) else None
            if following is None or _is_wide(printed, last - 1, following):
                begin = words[start][0]
                runs.append(_run(printed, text[begin:last], begin, last - 1))
                start = number + 1
    return runs


def _numbers(printed: _Print, word: str, start: int) -> list[tuple[int, int]]:
    """A word, or the numbers of several cells that pdfium writes as one (10 and 5 as 105)."""
    whole = [(start, start + len(word))]
    if len(word) < 2 or not _DIGITS.fullmatch(word):
        return whole
    one, other = printed.box(start), printed.box(start + len(word) - 1)
    if other[2] - one[0] < len(word) * (one[3] - one[1]):  # printed close together
        return whole
    cuts = [n for n in range(1, len(word)) if _is_wide(printed, start + n - 1, start + n)]
    return [(start + a, start + b) for a, b in pairwise([0, *cuts, len(word)])]


def _is_wide(printed: _Print, left: int, right: int) -> bool:
    """Whether print goes on far to the right, or back to the left: in another cell."""
    one, other = printed.box(left), printed.box(right)
    wide = other[0] - one[2] > _WIDE_GAP * max(one[3] - one[1], other[3] - other[1])
    return wide or other[2] < one[0]


def _run(printed: _Print, text: str, first: int, last: int) -> Run:
    one, other = printed.box(first), printed.box(last)
    loose = printed.box(first, loose=True)
    return Run(
        text,
        left=min(one[0], other[0]),
        bottom=min(one[1], other[1]),
        right=max(one[2], other[2]),
        top=max(one[3], other[3]),
        size=loose[3] - loose[1],
    )


def _gutter(runs: list[Run], width: float) -> float | None:
    """Where two columns of prose part that the text interleaves; None where there are none."""
    best = None
    for tenth in range(35, 66):
        x = width * tenth / 100
        left = [run for run in runs if run.right < x]
        right = [run for run in runs if run.left > x]
        crossing = len(runs) - len(left) - len(right)
        if crossing * 4 > len(runs) or not (_is_prose(left, width) and _is_prose(right, width)):
            continue
        if best is None or crossing < best[0]:
            best = (crossing, x, left)
    if best is None:
        return None
    _, x, left = best
    sides = [run in left for run in runs if run.right < x or run.left > x]
    changes = sum(1 for one, other in pairwise(sides) if one != other)
    # Text that is read column by column changes sides once or twice.
    return x if changes >= len(sides) / 3 else None


def _is_prose(runs: list[Run], width: float) -> bool:
    if len(runs) < _COLUMN_LINES:
        return False
    column = max(run.right for run in runs) - min(run.left for run in runs)
    full = sum(1 for run in runs if run.right - run.left > _FULL_LINES * column)
    return column > _COLUMN_SHARE * width and full > _FULL_LINES * (len(runs) - 1)


def _by_columns(runs: list[Run], gutter: float) -> Callable[[Run], tuple[float, ...]]:
    """Reading order: lines across both columns part the page into bands; left before right."""
    across = sorted((run.top for run in runs if run.left < gutter < run.right), reverse=True)

    def place(run: Run) -> tuple[float, ...]:
        band = sum(1 for top in across if top > run.top)
        if run.left < gutter < run.right:
            return band, -1.0, 0.0
        return band, float(run.left > gutter), -run.top

    return place


def _slide_title(runs: list[Run], width: float, height: float) -> str | None:
    """The title of a slide, its lines joined.

    The largest print in the upper part where it is larger than the text, else the first line at
    the upper edge; what stands in the right half there is a stamp (a ministry, a budget).
    """
    usual = median(run.size for run in runs)
    upper = [run for run in runs if run.bottom > (1 - _TITLE_ZONE) * height]
    large = [run for run in upper if run.size >= _TITLE_SIZE * usual and run.left < width / 2]
    edge = [run for run in upper if run.bottom > (1 - _EDGE_ZONE) * height]
    first = [run for run in edge if run.size >= usual and run.left < width / 2]
    if large:
        head = max(large, key=lambda run: (run.size, run.top))
    elif first:
        head = max(first, key=lambda run: run.top)
    else:
        return None
    lines = [head]
    for run in sorted(upper, key=lambda run: -run.top):
        gap = lines[-1].bottom - run.top
        beneath = run.left < lines[-1].right and lines[-1].left < run.right
        if run.top < head.bottom and beneath and gap < _LINE_GAP * head.size:
            if run.size < 0.9 * head.size:
                break
            lines.append(run)
    title = "".join(run.text for run in lines)
    usable = _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE
    return title if usable and not re.search(rf"。|^[{BULLETS}]", title) else None
