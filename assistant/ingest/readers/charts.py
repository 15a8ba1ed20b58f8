"""Charts of office files: their words, and the numbers the file stores for what is drawn."""

import math
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers.number_format import GENERAL, shown_number
from assistant.ingest.readers.parts import below, child, is_on, local, outermost, whole_number
from assistant.records.text import Page

_LABELS = ("dLbl", "dispUnitsLbl")
_CACHES = {"strCache", "numCache", "strLit", "numLit"}

_Texts = dict[int, str]
"""The points of a series by their index."""
_Series = tuple[str, _Texts, _Texts]
"""Name, categories and values."""


def chart_pages(
    root: Element, *, locator: str, above: str | None, text: Callable[[Element], str]
) -> tuple[list[Page], bool]:
    """A chart's words as one page, and a table of its numbers, a row for every category.

    Args:
        root: of the chart's part, DrawingML's own or the extended kind (waterfall, treemap …).
        locator: name of the place.
        above: headings over the chart.
        text: gives the words that are seen of a text body.

    Returns:
        The pages, and whether the file stores numbers.
    """
    titles = [_words(title, text) for title in outermost(root, "title")]
    words = [*titles, *(_words(label, text) for label in outermost(root, *_LABELS))]
    words += [v.text or "" for cache in below(root, "dlblRangeCache") for v in below(cache, "v")]
    words += [e.text or "" for line in below(root, "trendline") for e in line if local(e) == "name"]
    lines = list(dict.fromkeys(word for word in words if word))
    pages = [Page("\n".join(lines), locator=locator, section=above)] if lines else []
    caption = " ".join(dict.fromkeys(title for title in titles if title)) or None
    tables = list(_tables(root))
    count = 0
    for heads, rows in tables:
        grid = [GridRow(tuple(map(GridCell, heads)), f"{locator} 見出し", heads=True)]
        for row in rows:
            count += 1
            grid.append(GridRow(tuple(map(GridCell, row)), f"{locator} {count}行", heads=False))
        pages += table_pages(grid, above=above, caption=caption)
    return pages, bool(tables)


def _words(element: Element, text: Callable[[Element], str]) -> str:
    """The words of a title or a label, typed or taken from a cell."""
    bodies = list(below(element, "rich"))
    if bodies:
        return " ".join(" ".join(text(body) for body in bodies).split())
    stored = (child(e, "v") for e in element.iter() if local(e) in {"pt", "txData"})
    return " ".join((v.text or "").strip() for v in stored if v is not None)


def _tables(root: Element) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Headings and rows; series over the same categories stand side by side."""
    from_1904 = any(map(is_on, below(root, "date1904")))
    series = [*_series(root, from_1904=from_1904), *_extended(root)]
    while series:
        categories = series[0][1]
        same = [s for s in series if s[1] == categories]
        series = [s for s in series if s[1] != categories]
        keys = sorted({key for _, _, values in same for key in values} | set(categories))
        rows = [
            [categories.get(key, str(key + 1)), *(values.get(key, "") for _, _, values in same)]
            for key in keys
        ]
        yield ["", *(name or f"系列{n}" for n, (name, _, _) in enumerate(same, start=1))], rows


def _series(root: Element, *, from_1904: bool) -> Iterator[_Series]:
    for one in outermost(root, "ser"):
        of = {
            name: _points(child(one, name), from_1904=from_1904)
            for name in ("tx", "cat", "xVal", "val", "yVal", "bubbleSize")
        }
        typed = child(one, "tx", "v")
        name = (typed.text or "") if typed is not None else " ".join(of["tx"].values())
        categories = of["cat"] or of["xVal"]
        if values := of["val"] or of["yVal"]:
            yield name, categories, values
        if of["bubbleSize"]:
            yield f"{name} 大きさ".strip(), categories, of["bubbleSize"]


def _extended(root: Element) -> Iterator[_Series]:
    """Series of the chart kinds of 2016."""
    data = {d.get("id", ""): d for d in below(root, "data")}
    named = {
        link.get("val", ""): child(one, "tx", "txData", "v")
        for one in below(root, "series")
        for link in one
        if local(link) == "dataId"
    }
    for key, source in data.items():
        numbers = [_points(d) for d in source if local(d) == "numDim"]
        categories = [_points(d) for d in source if local(d) == "strDim"]
        name = named.get(key)
        for values in numbers:
            if values:
                title = (name.text or "") if name is not None else ""
                yield title, categories[0] if categories else {}, values


def _points(source: Element | None, *, from_1904: bool = False) -> _Texts:
    """The stored points of a reference, outer levels before inner ones."""
    if source is None:
        return {}
    levels = [*below(source, "lvl")]
    if levels:
        numeric = local(source) == "numDim"
        return _levels([_level(level, numeric=numeric) for level in levels])
    cache = next((c for c in source.iter() if local(c) in _CACHES), None)
    if cache is None:
        return {}
    return _level(cache, numeric=local(cache).startswith("num"), from_1904=from_1904)


def _levels(levels: list[_Texts]) -> _Texts:
    """The innermost level comes first; an outer one holds until its next point."""
    found = {}
    for index in sorted(levels[0]):
        outer = [
            level[max(i for i in level if i <= index)]
            for level in reversed(levels[1:])
            if any(i <= index for i in level)
        ]
        found[index] = " ".join([*outer, levels[0][index]])
    return found


def _level(cache: Element, *, numeric: bool, from_1904: bool = False) -> _Texts:
    stated = child(cache, "formatCode")
    code = cache.get("formatCode") or (stated.text if stated is not None else None) or GENERAL
    found: _Texts = {}
    for point in cache:
        if local(point) != "pt":
            continue
        value = child(point, "v")
        words = " ".join(((value.text if value is not None else point.text) or "").split())
        if words and numeric:
            words = _figure(words, point.get("formatCode", code), from_1904=from_1904)
        if words:
            found[whole_number(point.get("idx"), len(found))] = words
    return found


def _figure(text: str, code: str, *, from_1904: bool) -> str:
    """A stored number as its format shows it; what is no number as it stands."""
    try:
        value = float(text)
    except ValueError:
        return text
    return shown_number(value, code, from_1904=from_1904) if math.isfinite(value) else text
