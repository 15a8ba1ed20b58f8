"""The shapes of a slide as a reader sees them: boxes, tables, charts, diagrams, pictures.

Walked after DrawingML's and PresentationML's own definition (ECMA-376): what is unknown is searched
for words, what cannot be read is counted, and so is what is hidden or struck through.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree import ElementTree as ET

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.headings import joined
from assistant.ingest.readers.charts import chart_pages
from assistant.ingest.readers.graphics import description, diagram_items, words
from assistant.ingest.readers.losses import CHART, EMBEDDED, STRUCK, UNSEEN, Losses
from assistant.ingest.readers.numerals import numeral
from assistant.ingest.readers.parts import (
    Package,
    Relation,
    children,
    is_set,
    local,
    outermost,
    relation_id,
)
from assistant.records.text import Page

FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
"""Placeholders that stand beside the content."""
_TITLES = {"title", "ctrTitle"}
_STRUCK = {"sngStrike", "dblStrike"}
_PAGE_FIELDS = ("slidenum", "datetime")
_ADDRESS = re.compile(r"(?:https?|ftp|mailto):", re.IGNORECASE)
_NUMERALS = (
    ("arabic", "decimal"),
    ("circleNum", "circled"),
    ("alpha", "alpha"),
    ("roman", "roman"),
    ("ea1", "kanji"),
)
# A box wider than this share of what its slide holds runs over the columns.
_ACROSS = 0.6
_LEAST_COLUMN = 2


class Frame(NamedTuple):
    """Where a shape stands on its slide, in EMU."""

    left: float = 0
    top: float = 0
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Item:
    """What is read of a shape: lines of text, or pages of their own (a table, a chart)."""

    frame: Frame
    text: str = ""
    pages: tuple[Page, ...] = ()
    members: tuple["Item", ...] = ()


@dataclass(slots=True)
class Slide:
    """A slide while it is read."""

    number: int
    root: ET.Element
    relations: dict[str, Relation]
    parts: Package
    losses: Losses
    above: tuple[ET.Element, ...]
    """Roots of its layout and its master, as far as they can be read."""
    size: tuple[int, int]
    """Width and height in EMU; 0 where the file does not say."""
    title: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    links: dict[str, None] = field(default_factory=dict)
    pictures: int = 0
    """Pictures that nothing describes."""

    @property
    def place(self) -> str:
        """Its name in locators."""
        return f"slide {self.number}"

    @property
    def section(self) -> str:
        """What its pages stand under."""
        return self.title or self.place

    def named(self, kind: str) -> str:
        """The locator of its next table, chart or diagram."""
        self.counts[kind] += 1
        return f"{self.place} {kind}{self.counts[kind]}"


def read_items(slide: Slide) -> list[Item]:
    """What stands on a slide, in reading order; its title goes to `Slide.title` instead."""
    tree = shape_tree(slide.root)
    if tree is None:
        return []
    title = next((s for s in outermost(tree, "sp") if kind_of(s) in _TITLES and is_shown(s)), None)
    if title is not None:
        slide.title = " ".join(shape_text(slide, title).split())
    inside = []
    for item in _shapes(slide, tree, title, lambda frame: frame):
        if _is_off(item.frame, *slide.size):
            slide.losses.left_out("スライドの外に置かれたもの", slide.place)
        else:
            inside.append(item)
    return list(_flat(inside))


def shape_tree(root: ET.Element) -> ET.Element | None:
    """The shapes of a slide, layout, master or notes page."""
    return root.find("{*}cSld/{*}spTree")


def kind_of(shape: ET.Element) -> str:
    """The type of a placeholder; empty for a shape that is none."""
    mark = _placeholder(shape)
    return mark.get("type", "obj") if mark is not None else ""


def is_shown(shape: ET.Element) -> bool:
    """Whether a shape is switched visible."""
    properties = shape.find("*/{*}cNvPr")
    return properties is None or not is_set(properties.get("hidden"))


def shape_text(slide: Slide, shape: ET.Element) -> str:
    """The visible lines of a shape, blank ones left out."""
    body = shape.find("{*}txBody")
    return "" if body is None else _body_text(slide, body, _chain(slide, shape, body))


def _placeholder(shape: ET.Element) -> ET.Element | None:
    return shape.find("*/{*}nvPr/{*}ph")


def _is_off(frame: Frame, width: int, height: int) -> bool:
    """Whether a shape with a known place lies wholly beside its slide."""
    if not frame.width or not width or not height:
        return False
    across = frame.left + frame.width <= 0 or frame.left >= width
    return across or frame.top + frame.height <= 0 or frame.top >= height


def _flat(items: Sequence[Item]) -> Iterator[Item]:
    """In reading order, the members of a group together."""
    for item in _in_reading_order(items):
        if item.members:
            yield from _flat(item.members)
        else:
            yield item


def _in_reading_order(items: Sequence[Item]) -> list[Item]:
    """Column by column between the boxes that run across them, else row by row."""
    if len(items) < 2:
        return list(items)
    left = min(item.frame.left for item in items)
    right = max(item.frame.left + item.frame.width for item in items)
    ordered: list[Item] = []
    band: list[Item] = []
    for item in sorted(items, key=lambda item: (item.frame.top, item.frame.left)):
        if item.frame.width > _ACROSS * (right - left):
            ordered += _band(band)
            ordered.append(item)
            band = []
        else:
            band.append(item)
    return ordered + _band(band)


def _band(items: list[Item]) -> list[Item]:
    columns = _columns(items)
    if sum(len(column) >= _LEAST_COLUMN for column in columns) > 1:
        return [item for column in columns for item in _rows(column)]
    return _rows(items)


def _columns(items: list[Item]) -> list[list[Item]]:
    """Items parted where nothing stands above or below the gap, from the left."""
    columns: list[list[Item]] = []
    right = 0.0
    for item in sorted(items, key=lambda item: item.frame.left):
        if columns and item.frame.left < right:
            columns[-1].append(item)
        else:
            columns.append([item])
        right = max(right, item.frame.left + item.frame.width)
    return columns


def _rows(items: list[Item]) -> list[Item]:
    """Items from the top down; those at about the same height from the left."""
    rows: list[list[Item]] = []
    for item in sorted(items, key=lambda item: (item.frame.top, item.frame.left)):
        first = rows[-1][0].frame if rows else None
        near = min(first.height, item.frame.height) / 2 if first else 0
        if first and item.frame.top <= first.top + near:
            rows[-1].append(item)
        else:
            rows.append([item])
    return [item for row in rows for item in sorted(row, key=lambda item: item.frame.left)]


_Placing = Callable[[Frame], Frame]
"""From a group's own measure to the slide's."""


def _shapes(
    slide: Slide, parent: ET.Element, title: ET.Element | None, placed: _Placing
) -> Iterator[Item]:
    for shape in children(parent):
        if shape is title or local(shape) in {"nvGrpSpPr", "grpSpPr", "extLst"}:
            continue
        if is_shown(shape):
            _keep_link(slide, shape.find("*/{*}cNvPr/{*}hlinkClick"))
            yield from _shape(slide, shape, title, placed)
        elif any((text.text or "").strip() for text in outermost(shape, "t")):
            slide.losses.left_out("非表示の図形", slide.place)


def _shape(
    slide: Slide, shape: ET.Element, title: ET.Element | None, placed: _Placing
) -> Iterator[Item]:
    name = local(shape)
    frame = placed(_frame(slide, shape))
    if name == "grpSp":
        members = tuple(_shapes(slide, shape, title, _inside(shape, placed)))
        if members:
            yield Item(frame if frame.width else members[0].frame, members=members)
    elif name == "graphicFrame":
        yield from _graphic(slide, shape, frame)
    elif name == "pic":
        yield from _picture(slide, shape, frame)
    elif name == "contentPart":
        slide.losses.unread("手書き", slide.place)
    elif kind_of(shape) not in FURNITURE:
        text = shape_text(slide, shape)
        if text:
            yield Item(frame, text)


def _frame(slide: Slide, shape: ET.Element) -> Frame:
    """The place a shape gives itself, or else the placeholder that it fills."""
    fitting = (_fitting(root, shape) for root in slide.above)
    for owner in (shape, *(found for found in fitting if found is not None)):
        transform = next(outermost(owner, "xfrm"), None)
        if transform is not None:
            offset, extent = transform.find("{*}off"), transform.find("{*}ext")
            return Frame(
                number_at(offset, "x"),
                number_at(offset, "y"),
                number_at(extent, "cx"),
                number_at(extent, "cy"),
            )
    return Frame()


def _fitting(root: ET.Element, shape: ET.Element) -> ET.Element | None:
    """The placeholder of a layout or master that a shape fills: by index, else by type."""
    mark, tree = _placeholder(shape), shape_tree(root)
    if mark is None or tree is None:
        return None
    kind = kind_of(shape)
    same = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}.get(kind, kind)
    marked = [(s, m) for s in outermost(tree, "sp") if (m := _placeholder(s)) is not None]
    by_index = [s for s, m in marked if mark.get("idx") and m.get("idx") == mark.get("idx")]
    by_type = [s for s, _ in marked if kind_of(s) in {kind, same}]
    return next(iter((*by_index, *by_type)), None)


def number_at(element: ET.Element | None, name: str) -> int:
    """An attribute that is a whole number; 0 where it is missing or none."""
    value = element.get(name, "") if element is not None else ""
    return int(value) if re.fullmatch(r"-?\d{1,15}", value) else 0


def _inside(group: ET.Element, placed: _Placing) -> _Placing:
    """How the members of a group are placed."""
    transform = group.find("{*}grpSpPr/{*}xfrm")
    if transform is None:
        return placed
    names = (("off", "x"), ("off", "y"), ("ext", "cx"), ("ext", "cy"))
    x, y, width, height = (number_at(transform.find(f"{{*}}{e}"), a) for e, a in names)
    names = (("chOff", "x"), ("chOff", "y"), ("chExt", "cx"), ("chExt", "cy"))
    left, top, inner_width, inner_height = (
        number_at(transform.find(f"{{*}}{e}"), a) for e, a in names
    )
    across = width / inner_width if inner_width else 1
    down = height / inner_height if inner_height else 1
    return lambda frame: placed(
        Frame(
            x + (frame.left - left) * across,
            y + (frame.top - top) * down,
            frame.width * across,
            frame.height * down,
        )
    )


def _picture(slide: Slide, shape: ET.Element, frame: Frame) -> Iterator[Item]:
    if any(local(e) in {"videoFile", "audioFile", "wavAudioFile"} for e in shape.iter()):
        slide.losses.unread("動画・音声", slide.place)
        return
    text = description(shape.find("*/{*}cNvPr"))
    if not text:
        slide.pictures += 1
        return
    section = joined(slide.section, "画像の説明")
    yield Item(frame, pages=(Page(text, locator=f"{slide.place} 画像の説明", section=section),))


def _graphic(slide: Slide, shape: ET.Element, frame: Frame) -> Iterator[Item]:
    """A table, chart, diagram or embedded file."""
    data = shape.find("{*}graphic/{*}graphicData")
    content = next(children(data), None) if data is not None else None
    if data is None or content is None:
        return
    name = local(content)
    if name == "tbl":
        yield Item(frame, pages=tuple(_table(slide, content)))
    elif name == "chart":
        pages = tuple(_chart(slide, relation_id(content, "id")))
        if pages:
            yield Item(frame, pages=pages)
        else:
            slide.losses.unread("グラフ", slide.place)
    elif name == "relIds":
        text = _diagram(slide, relation_id(content, "dm"))
        if text:
            yield Item(frame, text)
        else:
            slide.losses.unread("図表(SmartArt)", slide.place)
    elif name == "oleObj":
        slide.losses.unread(EMBEDDED, slide.place)
    else:
        texts = [_body_text(slide, body, []) for body in outermost(data, "txBody")]
        if any(texts):
            yield Item(frame, "\n".join(filter(None, texts)))
        else:
            slide.losses.unread("図", slide.place)


def _table(slide: Slide, table: ET.Element) -> Iterator[Page]:
    name = slide.named("表")
    properties = table.find("{*}tblPr")
    # Rows whose style marks their first cell and not the first row stand for themselves.
    plain = properties is not None and (
        is_set(properties.get("firstCol")) and not is_set(properties.get("firstRow"))
    )
    rows: list[GridRow] = []
    origins: list[str] = []
    for number, row in enumerate(outermost(table, "tr"), start=1):
        cells: list[GridCell] = []
        for column, cell in enumerate(outermost(row, "tc")):
            above = origins[column] if column < len(origins) else ""
            if is_set(cell.get("vMerge")):
                cells.append(GridCell(above, carried=True))
            elif is_set(cell.get("hMerge")) and cells:
                cells.append(GridCell(cells[-1].text, carried=True))
            else:
                body = cell.find("{*}txBody")
                cells.append(GridCell("" if body is None else _body_text(slide, body, [])))
        origins = [cell.text for cell in cells]
        locator = f"{name} {number}行"
        rows.append(GridRow(tuple(cells), locator, heads=False if plain else None))
    yield from table_pages(rows, above=slide.section)


def _chart(slide: Slide, relation: str) -> Iterator[Page]:
    part = slide.relations.get(relation)
    root = slide.parts.tree(part.target) if part else None
    if part is None or root is None:
        return
    locator = slide.named("グラフ")
    above = joined(slide.section, "グラフ")
    pages, counted = chart_pages(
        root, locator=locator, above=above, text=lambda body: _body_text(slide, body, [])
    )
    yield from pages
    if not counted:
        slide.losses.unread(CHART, slide.place)
    for drawn in slide.parts.relations(part.target).values():
        shapes = slide.parts.tree(drawn.target) if drawn.kind == "chartUserShapes" else None
        for body in outermost(shapes, "txBody") if shapes is not None else ():
            text = _body_text(slide, body, [])
            if text:
                yield Page(text, locator=locator, section=above)


def _diagram(slide: Slide, relation: str) -> str:
    """The points of a SmartArt graphic, each with those below it."""
    part = slide.relations.get(relation)
    root = slide.parts.tree(part.target) if part else None
    if root is None:
        drawn = [r.target for r in slide.relations.values() if r.kind == "diagramDrawing"]
        shapes = slide.parts.tree(drawn[0]) if len(drawn) == 1 else None
        bodies = outermost(shapes, "txBody") if shapes is not None else ()
        return "\n".join(filter(None, (_body_text(slide, body, []) for body in bodies)))
    items = diagram_items(root, lambda body: _body_text(slide, body, []))
    return "\n".join(text for _, text in items)


def _chain(slide: Slide, shape: ET.Element, body: ET.Element) -> list[ET.Element]:
    """The list styles that hold for a shape's text, nearest first."""
    owners = [found for root in slide.above if (found := _fitting(root, shape)) is not None]
    styles = [body.find("{*}lstStyle"), *(o.find("{*}txBody/{*}lstStyle") for o in owners)]
    kind = kind_of(shape)
    name = "titleStyle" if kind in _TITLES else "bodyStyle" if kind else "otherStyle"
    styles += [root.find(f"{{*}}txStyles/{{*}}{name}") for root in slide.above]
    return [style for style in styles if style is not None]


def _body_text(slide: Slide, body: ET.Element, chain: list[ET.Element]) -> str:
    """The visible lines of a text body, numbered paragraphs with their numbers."""
    lines: list[str] = []
    counts: dict[int, tuple[str, int]] = {}
    for paragraph in outermost(body, "p"):
        own = paragraph.find("{*}pPr")
        level = number_at(own, "lvl")
        inherited = [style.find(f"{{*}}lvl{level + 1}pPr") for style in chain]
        styles = [style for style in (own, *inherited) if style is not None]
        text = _paragraph_text(slide, paragraph, styles)
        if text.strip():
            counts = {deep: count for deep, count in counts.items() if deep <= level}
            shown = "\n".join(line.strip() for line in text.split("\n") if line.strip())
            lines.append(_number(styles, level, counts) + shown)
    return "\n".join(lines)


def _number(styles: list[ET.Element], level: int, counts: dict[int, tuple[str, int]]) -> str:
    """The number that PowerPoint puts before a paragraph; `counts` is kept up to date."""
    marks = {"buNone", "buChar", "buAutoNum", "buBlip"}
    mark = next((e for style in styles for e in style if local(e) in marks), None)
    if mark is None or local(mark) != "buAutoNum":
        counts.pop(level, None)
        return ""
    kind = mark.get("type", "arabicPeriod")
    before, count = counts.get(level, ("", 0))
    count = count + 1 if before == kind else max(1, number_at(mark, "startAt"))
    counts[level] = (kind, count)
    sign = numeral(count, next((s for start, s in _NUMERALS if kind.startswith(start)), "decimal"))
    sign = sign.upper() if "Uc" in kind else sign
    if kind.endswith("ParenBoth"):
        return f"({sign}) "
    return sign + (") " if kind.endswith("ParenR") else ". " if kind.endswith("Period") else " ")


def _paragraph_text(slide: Slide, paragraph: ET.Element, styles: list[ET.Element]) -> str:
    parts: list[str] = []
    dropped = ""
    for run in children(paragraph):
        name = local(run)
        if name == "br":
            parts.append("\n")
        elif name in {"m", "oMath", "oMathPara"}:
            parts.append(words(run, lambda: slide.losses.left_out(STRUCK, slide.place)))
        elif name == "r" or (name == "fld" and not run.get("type", "").startswith(_PAGE_FIELDS)):
            text = "".join(t.text or "" for t in outermost(run, "t")).replace("\v", "\n")
            properties = run.find("{*}rPr")
            why = _unseen(properties, styles) if text.strip() else ""
            if why and why != dropped:
                slide.losses.left_out(why, slide.place)
            dropped = why
            if not why:
                parts.append(text)
                _keep_link(slide, run.find("{*}rPr/{*}hlinkClick"), text)
    return "".join(parts)


def _unseen(properties: ET.Element | None, styles: list[ET.Element]) -> str:
    """Why the words of a run are not valid or not seen; empty where they are."""
    inherited = [style.find("{*}defRPr") for style in styles]
    owners = [e for e in (properties, *inherited) if e is not None]
    strike = next((e.get("strike") for e in owners if e.get("strike")), None)
    if strike in _STRUCK:
        return STRUCK
    fills = {"noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill"}
    fill = next((f for e in owners for f in e if local(f) in fills), None)
    alpha = fill.find("*/{*}alpha") if fill is not None else None
    clear = alpha is not None and re.fullmatch(r"0%?", alpha.get("val", ""))
    outlined = any(e.find("{*}ln/{*}solidFill") is not None for e in owners)
    if fill is not None and (local(fill) == "noFill" or clear) and not outlined:
        return UNSEEN
    return ""


def _keep_link(slide: Slide, link: ET.Element | None, shown: str = "") -> None:
    """Keep the address behind a shape or its words, unless the words are the address."""
    relation = slide.relations.get(relation_id(link, "id")) if link is not None else None
    if relation is None or not relation.external or not _ADDRESS.match(relation.target):
        return
    if relation.target.rstrip("/") not in shown:
        slide.links[relation.target] = None
