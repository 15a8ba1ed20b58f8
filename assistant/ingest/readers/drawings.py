"""What is drawn on a sheet: shapes, SmartArt, charts with the numbers saved in them, controls.

The walk goes into every element that it does not know; what holds no words to read (pictures,
equations, charts without numbers) is counted.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.headings import joined
from assistant.ingest.readers.number_format import GENERAL, shown_number
from assistant.ingest.readers.parts import (
    Package,
    Relation,
    below,
    child,
    local,
    relation_id,
    whole_number,
)
from assistant.ingest.readers.sheet_cells import Loss
from assistant.schema import Page

Place = Callable[[int, int, int, int], str | None]
"""First row, first column, last row and last column of an anchor, 1-based → the name of the place;
None where none of it is shown."""

_ANCHORS = {"twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "relSizeAnchor", "absSizeAnchor"}
_SHAPES = {"sp", "cxnSp"}
_STRUCK = {"sngStrike", "dblStrike"}
_PICTURES = {"pic", "contentPart"}
# The hidden twin that a drawing keeps of a control, which the sheet's VML shows.
_CONTROL_TWIN = "compatExt"
_CHART_WORDS = {"title", "dLbl", "dispUnitsLbl"}
_ON = {"1", "true"}


@dataclass(slots=True)
class Drawing:
    """What was read of a drawing."""

    pages: list[Page] = field(default_factory=list)
    left_out: Counter[Loss] = field(default_factory=Counter)


@dataclass(slots=True)
class _Walk:
    """Where a walk stands."""

    package: Package
    part: str
    relations: dict[str, Relation]
    title: str
    """Name of the sheet."""
    found: Drawing

    def target(self, element: Element, name: str = "id") -> str | None:
        """The part that an element names."""
        relation = self.relations.get(relation_id(element, name))
        return None if relation is None or relation.external else relation.target


def read_drawing(package: Package, part: str, title: str, place: Place) -> Drawing:
    """Read a drawing of a sheet.

    Args:
        package: the workbook.
        part: of the drawing.
        title: name of its sheet.
        place: names an anchor.
    """
    found = Drawing()
    root = package.tree(part)
    if root is None:
        found.left_out["drawing"] += 1
        return found
    walk = _Walk(package, part, package.relations(part), title, found)
    for anchor in _seen(root):
        if local(anchor) not in _ANCHORS:
            _read(walk, anchor, title)
        elif (name := _anchored(anchor, place, title)) is not None:
            _read(walk, anchor, name)
        else:
            found.left_out["hidden"] += bool(has_words(anchor))
    return found


def read_controls(text: str, title: str) -> Iterator[Page]:
    """The captions of the buttons and boxes in a sheet's VML; comments are read elsewhere."""
    reader = _Controls()
    reader.feed(text)
    reader.close()
    for mark, words in reader.found:
        yield Page(mark + words, locator=f"{title} ボタン・チェック欄", section=title)


def paragraphs(body: Element, left_out: Counter[Loss]) -> str:
    """The words of a text body, a line for each paragraph; what is struck through is counted."""
    lines = ["".join(_words(p, left_out)) for p in below(body, "p")]
    return "\n".join(line.strip() for line in lines if line.strip())


def _seen(element: Element) -> Iterator[Element]:
    """The elements below one, of alternatives the first: the others repeat it for old programs."""
    for part in element:
        if local(part) == "AlternateContent":
            chosen = child(part, "Choice")
            chosen = chosen if chosen is not None else child(part, "Fallback")
            yield from _seen(chosen) if chosen is not None else ()
        else:
            yield part


def _anchored(anchor: Element, place: Place, title: str) -> str | None:
    """The name of an anchor's place; None where it shrinks to nothing with hidden cells."""
    start, end = child(anchor, "from"), child(anchor, "to")
    if start is None or child(start, "col") is None:
        return title
    first = _cell(start)
    moves = end is not None and anchor.get("editAs", "twoCell") == "twoCell"
    return place(*first, *(_cell(end) if moves and end is not None else first))


def _cell(marker: Element) -> tuple[int, int]:
    row, column = child(marker, "row"), child(marker, "col")
    return (
        whole_number(row.text if row is not None else None, 0) + 1,
        whole_number(column.text if column is not None else None, 0) + 1,
    )


def has_words(element: Element) -> bool:
    """Whether an element holds a run of text."""
    return any(e.text and e.text.strip() for e in below(element, "t"))


def _read(walk: _Walk, element: Element, place: str) -> None:
    """Read what stands below an element."""
    for part in _seen(element):
        name = local(part)
        if name in _SHAPES:
            _read_shape(walk, part, place)
        elif _is_hidden(part):
            walk.found.left_out["hidden"] += has_words(part)
        elif name in _PICTURES:
            walk.found.left_out["picture"] += 1
        elif name == "graphicData":
            _read_graphic(walk, part, place)
        elif name == "txBody":
            _add_text(walk, part, place, "図形")
        else:
            _read(walk, part, place)


def _read_shape(walk: _Walk, shape: Element, place: str) -> None:
    if _is_hidden(shape):
        twin = any(below(shape, _CONTROL_TWIN))
        walk.found.left_out["hidden"] += not twin and has_words(shape)
        return
    _read(walk, shape, place)


def _is_hidden(element: Element) -> bool:
    """Whether an object is switched off in the selection pane."""
    return any(
        properties.get("hidden") in _ON
        for part in element
        if local(part).startswith("nv")
        for properties in part
        if local(properties) == "cNvPr"
    )


def _add_text(walk: _Walk, body: Element, place: str, name: str) -> None:
    text = paragraphs(body, walk.found.left_out)
    if text:
        walk.found.pages.append(Page(text, locator=f"{place} {name}", section=walk.title))


def _words(element: Element, left_out: Counter[Loss]) -> Iterator[str]:
    """The words of a paragraph in order."""
    for part in _seen(element):
        name = local(part)
        if name in {"oMath", "oMathPara"}:
            left_out["equation"] += 1
        elif name == "br":
            yield "\n"
        elif name == "t":
            yield part.text or ""
        elif name in {"r", "fld"} and (properties := child(part, "rPr")) is not None:
            if properties.get("strike") in _STRUCK:
                left_out["struck"] += has_words(part)
            else:
                yield from _words(part, left_out)
        else:
            yield from _words(part, left_out)


def _read_graphic(walk: _Walk, data: Element, place: str) -> None:
    """A chart, a SmartArt graphic, or something else that is drawn by its own program."""
    before = len(walk.found.pages)
    losses = walk.found.left_out.total()
    for part in _seen(data):
        if local(part) == "chart":
            _read_chart(walk, walk.target(part), place)
        elif local(part) == "relIds":
            _read_smart_art(walk, walk.target(part, "dm"), place)
        else:
            _read(walk, part, place)
    if len(walk.found.pages) == before and walk.found.left_out.total() == losses:
        walk.found.left_out["drawing"] += 1


def _read_smart_art(walk: _Walk, part: str | None, place: str) -> None:
    """A SmartArt graphic: every box under the boxes that hold it."""
    root = walk.package.tree(part) if part else None
    if root is None:
        return
    points = {p.get("modelId", ""): p for p in below(root, "pt")}
    inner: dict[str, list[tuple[int, str]]] = {}
    for link in below(root, "cxn"):
        if link.get("type", "parOf") == "parOf":
            order = whole_number(link.get("srcOrd"), 0)
            inner.setdefault(link.get("srcId", ""), []).append((order, link.get("destId", "")))
    owned = {name for links in inner.values() for _, name in links}
    waiting: list[tuple[str, tuple[str, ...]]]
    waiting = [(name, ()) for name in reversed(points) if name not in owned]
    while waiting:
        name, above = waiting.pop()
        point = points.pop(name, None)
        if point is None:
            continue
        body = child(point, "t")
        text = paragraphs(body, walk.found.left_out) if body is not None else ""
        if text:
            section = joined(walk.title, *above)
            walk.found.pages.append(Page(text, locator=f"{place} SmartArt", section=section))
            above = (*above, " ".join(text.split()))
        waiting += [(below_it, above) for _, below_it in sorted(inner.get(name, ()), reverse=True)]


def _read_chart(walk: _Walk, part: str | None, place: str) -> None:
    """A chart: its words, and a table of the numbers that the file stores for it."""
    root = walk.package.tree(part) if part else None
    if root is None or part is None:
        return
    place = f"{place} グラフ"
    title = _chart_text(child(root, "chart", "title"), walk)
    words = [_chart_text(t, walk) for t in root.iter() if local(t) in _CHART_WORDS]
    words += [t.text or "" for c in below(root, "dlblRangeCache") for t in below(c, "v")]
    words += [t.text or "" for line in below(root, "trendline") for t in line if local(t) == "name"]
    lines = list(dict.fromkeys(word for word in words if word))
    if lines:
        walk.found.pages.append(Page("\n".join(lines), locator=place, section=walk.title))
    tables = list(_tables(root))
    if not tables:
        walk.found.left_out["chart"] += 1
    above = joined(walk.title, title)
    for heads, rows in tables:
        grid = [_grid_row(heads, place, 0)]
        grid += [_grid_row(row, place, count) for count, row in enumerate(rows, start=1)]
        walk.found.pages += table_pages(grid, above=above)
    relations = walk.package.relations(part)
    for shapes in below(root, "userShapes"):
        relation = relations.get(relation_id(shapes))
        if relation and (drawn := walk.package.tree(relation.target)) is not None:
            inner = _Walk(
                walk.package,
                relation.target,
                walk.package.relations(relation.target),
                walk.title,
                walk.found,
            )
            _read(inner, drawn, place)


def _grid_row(texts: list[str], place: str, count: int) -> GridRow:
    locator = f"{place} {count}行" if count else f"{place} 見出し"
    return GridRow(tuple(GridCell(text) for text in texts), locator, heads=not count)


def _chart_text(element: Element | None, walk: _Walk) -> str:
    """The words of a title or a label, typed or taken from a cell."""
    if element is None:
        return ""
    bodies = [*below(element, "rich")]
    if bodies:
        return " ".join(" ".join(paragraphs(b, walk.found.left_out) for b in bodies).split())
    stored = [*below(element, "pt"), *below(element, "txData")]
    values = [child(point, "v") for point in stored]
    return " ".join((v.text or "").strip() for v in values if v is not None)


Table = tuple[list[str], list[list[str]]]
"""Headings of the columns, and the rows below them."""


def _tables(root: Element) -> Iterator[Table]:
    """The numbers of a chart; series over the same categories stand side by side."""
    series = [*_series(root), *_extended_series(root)]
    while series:
        categories = series[0][1]
        same = [s for s in series if s[1] == categories]
        series = [s for s in series if s[1] != categories]
        keys = sorted({k for _, _, values in same for k in values} | set(categories))
        rows = [
            [categories.get(k, str(k + 1)), *(values.get(k, "") for _, _, values in same)]
            for k in keys
        ]
        yield ["", *(name or f"系列{n}" for n, (name, _, _) in enumerate(same, start=1))], rows


Series = tuple[str, dict[int, str], dict[int, str]]
"""Name, categories and values by their index."""


def _series(root: Element) -> Iterator[Series]:
    plot = child(root, "chart", "plotArea")
    for kind in plot if plot is not None else ():
        for one in kind:
            if local(one) != "ser":
                continue
            names = _points(child(one, "tx"))
            typed = child(one, "tx", "v")
            name = (typed.text or "") if typed is not None else " ".join(names.values())
            values = _points(child(one, "val")) or _points(child(one, "yVal"))
            sizes = _points(child(one, "bubbleSize"))
            if values:
                merged = {k: f"{v}({sizes[k]})" if k in sizes else v for k, v in values.items()}
                yield name, _points(child(one, "cat")) or _points(child(one, "xVal")), merged


def _points(source: Element | None) -> dict[int, str]:
    """The stored points of a reference by their index, outer levels before inner ones."""
    if source is None:
        return {}
    levels = [*below(source, "lvl")]
    if levels:
        return _levels([_level(level, GENERAL) for level in levels])
    caches = [c for c in source.iter() if local(c) in {"strCache", "numCache", "strLit", "numLit"}]
    return _level(caches[0], _code(caches[0])) if caches else {}


def _levels(levels: list[dict[int, str]]) -> dict[int, str]:
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


def _code(cache: Element) -> str:
    code = child(cache, "formatCode")
    return (code.text or GENERAL) if code is not None else GENERAL


def _level(cache: Element, code: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for point in cache:
        value = child(point, "v")
        text = (value.text if value is not None else point.text) or ""
        if local(point) == "pt" and text.strip():
            index = whole_number(point.get("idx"), len(found))
            numeric = local(cache).startswith("num") or cache.get("formatCode") is not None
            own = point.get("formatCode", cache.get("formatCode", code))
            found[index] = _figure(text.strip(), own) if numeric else text.strip()
    return found


def _figure(text: str, code: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return shown_number(value, code) if math.isfinite(value) else text


def _extended_series(root: Element) -> Iterator[Series]:
    """Series of the chart kinds of 2016 (waterfall, treemap, funnel …)."""
    data = {d.get("id", ""): d for d in below(root, "data")}
    for one in below(root, "series"):
        link = child(one, "dataId")
        source = data.get(link.get("val", "")) if link is not None else None
        if source is None:
            continue
        texts = [_points(d) for d in source if local(d) == "strDim"]
        numbers = [_points(d) for d in source if local(d) == "numDim"]
        name = child(one, "tx", "txData", "v")
        if numbers and numbers[0]:
            yield (
                (name.text or "") if name is not None else "",
                texts[0] if texts else {},
                numbers[0],
            )


class _Controls(HTMLParser):
    """Words and state of each control in VML, which Excel does not write as well-formed XML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._shape: list[str] | None = None
        self._inside = ""
        self._kind = ""
        self._checked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "v:shape":
            self._shape, self._kind, self._checked = [], "", False
        elif tag == "x:clientdata":
            self._kind = dict(attrs).get("objecttype") or ""
        elif tag in {"v:textbox", "x:checked"}:
            self._inside = tag
        elif tag in {"br", "div"} and self._shape:
            self._shape.append(" ")

    def handle_data(self, data: str) -> None:
        if self._inside == "v:textbox" and self._shape is not None:
            self._shape.append(data)
        elif self._inside == "x:checked":
            self._checked = data.strip() == "1"

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""
        elif tag == "v:shape" and self._shape is not None:
            words = " ".join("".join(self._shape).split())
            mark = ("☑ " if self._checked else "☐ ") if self._kind in {"Checkbox", "Radio"} else ""
            if words and self._kind not in {"Note", ""}:
                self.found.append((mark, words))
            self._shape = None
