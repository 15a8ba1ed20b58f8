"""What is drawn on a sheet: shapes, SmartArt, charts with the numbers saved in them, controls.

The walk goes into every element that it does not know; what holds no words to read (pictures,
charts without numbers) is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from assistant.ingest.headings import joined
from assistant.ingest.readers.charts import chart_pages
from assistant.ingest.readers.graphics import description, diagram_items, has_words, paragraphs
from assistant.ingest.readers.parts import (
    Package,
    Relation,
    below,
    child,
    children,
    local,
    relation_id,
    whole_number,
)
from assistant.ingest.readers.sheet_cells import Loss
from assistant.records.text import Page

Place = Callable[[int, int, int, int], str | None]
"""First row, first column, last row and last column of an anchor, 1-based → the name of the place;
None where none of it is shown."""

_ANCHORS = {"twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "relSizeAnchor", "absSizeAnchor"}
_SHAPES = {"sp", "cxnSp"}
_PICTURES = {"pic", "contentPart"}
# The hidden twin that a drawing keeps of a control, which the sheet's VML shows.
_CONTROL_TWIN = "compatExt"
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

    def text(self, body: Element) -> str:
        """The words that are seen of a text body; the rest is counted."""
        return paragraphs(body, lambda: self.found.left_out.update(struck=1))


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
    for anchor in children(root):
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


def _read(walk: _Walk, element: Element, place: str) -> None:
    """Read what stands below an element."""
    for part in children(element):
        name = local(part)
        if name in _SHAPES:
            _read_shape(walk, part, place)
        elif _is_hidden(part):
            walk.found.left_out["hidden"] += has_words(part)
        elif name in _PICTURES:
            _read_picture(walk, part, place)
        elif name == "graphicData":
            _read_graphic(walk, part, place)
        elif name == "txBody":
            _add_text(walk, part, place, "図形")
        else:
            _read(walk, part, place)


def _read_picture(walk: _Walk, picture: Element, place: str) -> None:
    """What the author says that a picture shows stands for it."""
    text = description(child(picture, "nvPicPr", "cNvPr"))
    if text:
        section = joined(walk.title, "画像の説明")
        walk.found.pages.append(Page(text, locator=f"{place} 画像の説明", section=section))
    else:
        walk.found.left_out["picture"] += 1


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
    text = walk.text(body)
    if text:
        walk.found.pages.append(Page(text, locator=f"{place} {name}", section=walk.title))


def _read_graphic(walk: _Walk, data: Element, place: str) -> None:
    """A chart, a SmartArt graphic, or something else that is drawn by its own program."""
    before = len(walk.found.pages)
    losses = walk.found.left_out.total()
    for part in children(data):
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
    for above, text in diagram_items(root, walk.text) if root is not None else ():
        section = joined(walk.title, *above)
        walk.found.pages.append(Page(text, locator=f"{place} SmartArt", section=section))


def _read_chart(walk: _Walk, part: str | None, place: str) -> None:
    """A chart: its words, and a table of the numbers that the file stores for it."""
    root = walk.package.tree(part) if part else None
    if root is None or part is None:
        return
    place = f"{place} グラフ"
    pages, counted = chart_pages(root, locator=place, above=walk.title, text=walk.text)
    walk.found.pages += pages
    walk.found.left_out["chart"] += not counted
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
