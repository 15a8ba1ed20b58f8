"""What a reader sees of a PDF page: letters that show nothing go, words written onto it come in.

Three things hide letters here: the text state (rendering mode, transparency), the edges of the
page, and annotations that strike them out. Layers are another matter, see `layers`.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, compress

import pypdfium2
from pypdfium2 import raw

from assistant.ingest.readers.layout import Layout
from assistant.records.text import PrintedTable

_DEEPEST_FORM = 15
_INVISIBLE = {raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP}
_HOLDING = {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE}
_NOT_SHOWN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
# Fields are looked at elsewhere, links hold no words, and a popup shows those of its parent.
_WORDLESS = {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP}

_Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """How much of a page was left out, each in places."""

    hidden: int = 0
    """Runs of letters that show nothing or stand outside the page."""
    struck: int = 0
    """Annotations that strike letters out."""
    comments: int = 0
    """Annotations whose words are not read."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """The annotations of a page."""

    written: tuple[tuple[float, str], ...] = ()
    """Words written onto the page, each with the height of its middle."""
    struck: tuple[_Box, ...] = ()
    comments: int = 0


def take_out_hidden(page: pypdfium2.PdfPage) -> int:
    """Take the letters that nobody sees off a page, before its text is read.

    Invisible letters over a picture stay, and on a page that has no others: they are what character
    recognition read.

    Returns:
        how many runs of letters were taken out.
    """
    things = list(_things(page.raw, None, 0))
    edges_of, edges = _Edges().of, page.get_bbox()
    outside, unseen, shown = [], [], []
    for kind, thing, form in things:
        if kind != raw.FPDF_PAGEOBJ_TEXT:
            continue
        # What stands in a form has coordinates of its own.
        if form is None and _is_outside(edges_of(thing), edges):
            outside.append((thing, form))
        elif _shows_nothing(thing):
            unseen.append((thing, form))
        else:
            shown.append(thing)
    if unseen:
        pictures = [edges_of(thing) for kind, thing, _ in things if kind == raw.FPDF_PAGEOBJ_IMAGE]
        unseen = [
            (thing, form)
            for thing, form in unseen
            if not _is_empty(edges_of(thing))
            and not (pictures if form else any(_meet(edges_of(thing), one) for one in pictures))
        ]
    visible = bool(unseen) and not all(_is_empty(edges_of(thing)) for thing in shown)
    for thing, form in outside + (unseen if visible else []):
        if form is None:
            raw.FPDFPage_RemoveObject(page.raw, thing)
        else:
            raw.FPDFFormObj_RemoveObject(form, thing)
        raw.FPDFPageObj_Destroy(thing)
    return len(outside) + len(unseen) * visible


def marked_up(page: pypdfium2.PdfPage, layout: Layout) -> tuple[Layout, Unseen]:
    """The text of a page with what annotations write onto it, without what they strike out."""
    marks = _marks(page)
    if not marks.written and not marks.struck:
        return layout, Unseen(comments=marks.comments)
    printed = page.get_textpage()
    letters = [chr(raw.FPDFText_GetUnicode(printed, i)) for i in range(printed.count_chars())]
    places = [index for index, letter in enumerate(letters) if not letter.isspace()]
    wanted = [letter for letter in layout.text if not letter.isspace()]
    if [letters[index] for index in places] != wanted:
        layout = Layout("".join(letters).replace("\r\n", "\n").replace("\r", "\n"))
    boxes = [printed.get_charbox(index) for index in places]
    struck = [any(_holds(area, box) for area in marks.struck) for box in boxes]
    layout = _with_notes(layout, boxes, marks.written)
    return _without_struck(layout, struck), Unseen(0, len(marks.struck), marks.comments)


def _without_struck(layout: Layout, struck: list[bool]) -> Layout:
    """The layout without the letters struck out; one flag a letter, white space not counted."""
    flags = iter(struck)
    # The notes come last in the text, beyond the letters that were counted.
    kept = [c.isspace() or not next(flags, False) for c in layout.text]
    places = [0, *accumulate(kept)]
    text = "".join(compress(layout.text, kept))
    tables = (_moved(table, places) for table in layout.tables)
    return replace(layout, text=text, tables=tuple(table for table in tables if table))


def _moved(table: PrintedTable, places: list[int]) -> PrintedTable | None:
    """A table whose offsets are now others (`places`); None where no row or heading is left."""
    rows, heads = [], table.heads
    for number, row in enumerate(table.rows):
        moved = (part._replace(start=places[part.start], end=places[part.end]) for part in row)
        left = tuple(part for part in moved if part.start < part.end)
        if any(not part.merged for part in left):
            rows.append(left)
        elif number < table.heads:
            heads -= 1
    return PrintedTable(tuple(rows), heads) if rows and bool(heads) == bool(table.heads) else None


def _with_notes(layout: Layout, boxes: list[_Box], notes: tuple[tuple[float, str], ...]) -> Layout:
    """The layout with lines for the notes, read after the last line that stands no lower."""
    lines = layout.text.rstrip("\n").split("\n")
    heights: list[float] = []
    letter = 0
    for line in lines:
        count = sum(1 for c in line if not c.isspace())
        above = heights[-1] if heights else float("inf")
        heights.append((boxes[letter][1] + boxes[letter][3]) / 2 if count else above)
        letter += count
    order = [index for index in (layout.order or range(len(lines))) if index < len(lines)]
    reach = {index: heights[index] if boxes else 0.0 for index in order}
    for height, words in sorted(notes, reverse=True):
        own = [line for line in words.replace("\r", "\n").split("\n") if line.strip()]
        before = [place for place, index in enumerate(order) if reach[index] >= height - 4]
        at = before[-1] + 1 if before else 0
        new = range(len(lines), len(lines) + len(own))
        reach |= dict.fromkeys(new, height)
        lines += own
        order[at:at] = new
    return replace(layout, text="\n".join(lines), order=tuple(order) if notes else layout.order)


def _marks(page: pypdfium2.PdfPage) -> _Marks:
    written, struck, comments = [], [], 0
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind in _WORDLESS or raw.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN:
                continue
            words = _contents(annotation).strip()
            if kind == raw.FPDF_ANNOT_STRIKEOUT:
                struck += _areas(annotation)
            if kind == raw.FPDF_ANNOT_FREETEXT and words:
                rectangle = raw.FS_RECTF()
                raw.FPDFAnnot_GetRect(annotation, rectangle)
                written.append(((rectangle.top + rectangle.bottom) / 2, words))
            elif words or kind == raw.FPDF_ANNOT_FREETEXT:
                comments += 1
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return _Marks(tuple(written), tuple(struck), comments)


def _contents(annotation: raw.FPDF_ANNOTATION) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(
        annotation, b"Contents", ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
    )
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _areas(annotation: raw.FPDF_ANNOTATION) -> list[_Box]:
    """The stretches that an annotation covers, each as the box around its four corners."""
    areas = []
    for index in range(raw.FPDFAnnot_CountAttachmentPoints(annotation)):
        quad = raw.FS_QUADPOINTSF()
        if raw.FPDFAnnot_GetAttachmentPoints(annotation, index, quad):
            across = (quad.x1, quad.x2, quad.x3, quad.x4)
            up = (quad.y1, quad.y2, quad.y3, quad.y4)
            areas.append((min(across), min(up), max(across), max(up)))
    return areas


def _things(
    page: raw.FPDF_PAGE, form: raw.FPDF_PAGEOBJECT | None, depth: int
) -> Iterator[tuple[int, raw.FPDF_PAGEOBJECT, raw.FPDF_PAGEOBJECT | None]]:
    """(kind, object, form it stands in) of the text and pictures of a page, forms opened."""
    if form is None:
        held, count, at = page, raw.FPDFPage_CountObjects(page), raw.FPDFPage_GetObject
    else:
        held, count, at = form, raw.FPDFFormObj_CountObjects(form), raw.FPDFFormObj_GetObject
    kind_of = raw.FPDFPageObj_GetType
    for index in range(count):
        thing = at(held, index)
        kind = kind_of(thing)
        if kind in _HOLDING:
            yield kind, thing, form
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            yield from _things(page, thing, depth + 1)


def _shows_nothing(thing: raw.FPDF_PAGEOBJECT) -> bool:
    mode = raw.FPDFTextObj_GetTextRenderMode(thing)
    if mode != raw.FPDF_TEXTRENDERMODE_FILL:
        return mode in _INVISIBLE
    if not raw.FPDFPageObj_HasTransparency(thing):
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = raw.FPDFPageObj_GetFillColor(thing, red, green, blue, alpha)
    return bool(known) and alpha.value == 0


class _Edges:
    """Where objects stand; one set of numbers for all, as making them costs more than asking."""

    def __init__(self) -> None:
        self._sides = [ctypes.c_float() for _ in range(4)]

    def of(self, thing: raw.FPDF_PAGEOBJECT) -> _Box:
        raw.FPDFPageObj_GetBounds(thing, *self._sides)
        left, bottom, right, top = self._sides
        return left.value, bottom.value, right.value, top.value


def _is_outside(box: _Box, edges: _Box) -> bool:
    return not _is_empty(box) and not _meet(box, edges)


def _is_empty(box: _Box) -> bool:
    """A space covers no area."""
    return box[2] <= box[0] or box[3] <= box[1]


def _meet(one: _Box, other: _Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _holds(area: _Box, box: _Box) -> bool:
    """Whether the middle of a letter lies in an area."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
