"""Charts of office files: their words, and the numbers the file stores for what is drawn."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from xml.etree import ElementTree as ET

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.headings import joined
from assistant.ingest.readers.parts import local, outermost
from assistant.schema import Page

_SERIAL_START = date(1899, 12, 30)
_LAST_DAY = 2_958_466
_MOST_POINTS = 10_000
# Of a number format what is quoted or stands in brackets is no sign for a digit or a day.
_DIGITS = re.compile(r"(?P<whole>[#0?](?:[#0?,]*[#0?])?)(?P<scale>,*)(?:\.(?P<fraction>[#0?]+))?")
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def chart_pages(root: ET.Element, *, locator: str, above: str | None) -> Iterator[Page]:
    """The title and axes of a chart as one page, and one for every category with its values.

    Args:
        root: of the chart's part, DrawingML's own or the newer extended kind.
        locator: name of the place, for all its pages.
        above: headings over the chart.
    """
    words = [" ".join(text.split()) for text in _titles(root)]
    words = list(dict.fromkeys(word for word in words if word))
    section = joined(above, "グラフ")
    if words:
        yield Page("\n".join(words), locator=locator, section=section)
    columns = list(_extended(root)) or list(_series(root))
    for labels, series in _alike(columns):
        head = ["", *(name for name, _ in series)]
        rows = [[label, *_values(series, i)] for i, label in enumerate(labels)]
        cells = [tuple(GridCell(text) for text in row) for row in [head, *rows]]
        named = any(head)
        grid = [
            GridRow(row, locator, heads=named and not index)
            for index, row in enumerate(cells)
            if index or named
        ]
        yield from table_pages(grid, above=section, caption=" ".join(words) or None)


_Series = tuple[str, list[str]]


def _alike(columns: list[tuple[list[str], _Series]]) -> list[tuple[list[str], list[_Series]]]:
    """Series over the same categories side by side."""
    found: list[tuple[list[str], list[_Series]]] = []
    for labels, series in columns:
        if found and found[-1][0] == labels:
            found[-1][1].append(series)
        else:
            found.append((labels, [series]))
    return found


def _values(series: Sequence[_Series], index: int) -> list[str]:
    return [values[index] if index < len(values) else "" for _, values in series]


def _titles(root: ET.Element) -> Iterator[str]:
    """Words that stand in titles and in labels written by hand."""
    for element in outermost(root, "title", "dLbl"):
        for body in outermost(element, "p", "strCache", "txData"):
            yield "".join(t.text or "" for t in body.iter() if local(t) in {"t", "v"})


def _series(root: ET.Element) -> Iterator[tuple[list[str], _Series]]:
    """Categories, name and values of every series of a chart."""
    for series in outermost(root, "ser"):
        name = series.find("{*}tx")
        title = " ".join(_points(name)) if name is not None else ""
        values = _of(series, "val", "yVal")
        size = max(len(values), len(_of(series, "cat", "xVal")))
        labels = _of(series, "cat", "xVal") or [str(n + 1) for n in range(size)]
        if values:
            yield labels, (title, values)
        sizes = _of(series, "bubbleSize")
        if sizes:
            yield labels, (f"{title} 大きさ".strip(), sizes)


def _of(series: ET.Element, *names: str) -> list[str]:
    element = next((e for name in names if (e := series.find(f"{{*}}{name}")) is not None), None)
    return _points(element) if element is not None else []


def _points(element: ET.Element) -> list[str]:
    """The texts that a relation_id has stored, levels of categories joined outermost first."""
    levels = list(outermost(element, "lvl")) or [element]
    columns = [_level(level) for level in levels]
    if len(columns) > 1:
        # An outer category is stored once, at the first of those below it.
        columns = [columns[0], *(_filled(column, len(columns[0])) for column in columns[1:])]
    size = max(map(len, columns), default=0)
    return [" ".join(c[i] for c in reversed(columns) if i < len(c) and c[i]) for i in range(size)]


def _level(level: ET.Element) -> list[str]:
    texts: dict[int, str] = {}
    code = next((e.text for e in level.iter() if local(e) == "formatCode"), None) or ""
    for point in level.iter():
        if local(point) != "pt":
            continue
        value = point.find("{*}v")
        text = (value.text if value is not None else point.text) or ""
        own = point.get("formatCode") or level.get("formatCode") or code
        texts[int(point.get("idx") or len(texts))] = _shown(text, own)
    if not texts:
        literal = level.find("{*}v")
        return [literal.text or ""] if literal is not None else []
    size = min(max(texts) + 1, _MOST_POINTS)
    return [texts.get(index, "") for index in range(size)]


def _filled(column: list[str], size: int) -> list[str]:
    filled, last = [], ""
    for index in range(size):
        last = (column[index] if index < len(column) else "") or last
        filled.append(last)
    return filled


def _extended(root: ET.Element) -> Iterator[tuple[list[str], _Series]]:
    """The same of a chart of the extended kind (waterfall, treemap …)."""
    titles = {}
    for series in outermost(root, "series"):
        held = next((e.get("val") for e in series.iter() if local(e) == "dataId"), None)
        titles[held] = next((e.text or "" for e in series.iter() if local(e) == "v"), "")
    for data in outermost(root, "data"):
        words, numbers = data.find("{*}strDim"), data.find("{*}numDim")
        if numbers is None:
            continue
        values = _points(numbers)
        labels = _points(words) if words is not None else []
        labels = labels or [str(n + 1) for n in range(len(values))]
        yield labels, (titles.get(data.get("id"), ""), values)


def _shown(text: str, code: str) -> str:
    """A stored number as the chart's number format shows it; dates in ISO form."""
    try:
        number = float(text)
    except ValueError:
        return " ".join(text.split())
    code = code.split(";")[0]
    plain = _LITERAL.sub("", code).lower().replace("general", "")
    if re.search(r"[ymdg]|e(?![+-])", plain) and 1 <= number < _LAST_DAY:
        return (_SERIAL_START + timedelta(days=int(number))).isoformat()
    digits = _DIGITS.search(code)
    if digits is None:
        return f"{number:.15g}"
    places = len(re.sub(r"[^0#?]", "", digits["fraction"] or ""))
    number *= 100 if "%" in plain else 1
    number /= 1000 ** len(digits["scale"])
    shown = f"{number:{',' if ',' in digits['whole'] else ''}.{places}f}"
    return _words(code[: digits.start()]) + shown + _words(code[digits.end() :])


def _words(code: str) -> str:
    """What a number format writes beside the digits: 「人」, 「%」."""
    return re.sub(r'"|\[[^\]]*\]|[_*].|\\', "", code)
