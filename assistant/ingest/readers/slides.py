"""PowerPoint: every visible slide with its boxes as the eye reads them, and its notes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER

from assistant.ingest.headings import joined
from assistant.ingest.readers import ReadResult, no_text
from assistant.ingest.readers.rows import row_text
from assistant.schema import Page

_FURNITURE = {PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER}
# A box with the same words on this many slides is a banner: it is read once.
_REPEATED_SLIDES = 3


def read_slides(path: Path) -> ReadResult:
    """Read a .pptx file; the caller has checked that it is one.

    Raises:
        ReadError: no text on a visible slide.
    """
    presentation = pptx.Presentation(str(path))
    slides = [(n, s) for n, s in enumerate(presentation.slides, start=1)]
    hidden = tuple(number for number, slide in slides if _is_hidden(slide))
    boxes = {n: list(_boxes(slide)) for n, slide in slides if n not in hidden}
    counts = Counter(text for texts in boxes.values() for text in set(texts))
    banners = {text for text, count in counts.items() if count >= _REPEATED_SLIDES}
    pages: list[Page] = []
    seen: set[str] = set()
    for number, slide in slides:
        if number in boxes:
            texts = [text for text in boxes[number] if text not in seen]
            seen.update(banners.intersection(texts))
            pages += _slide_pages(number, slide, texts)
    if not pages:
        raise no_text()
    reason = "非表示のスライドは取り込みません。" if hidden else ""
    return ReadResult(tuple(pages), presentation.core_properties.title or None, hidden, reason)


def _slide_pages(number: int, slide: Any, texts: list[str]) -> Iterator[Page]:
    shape = slide.shapes.title
    title = " ".join(_lines(shape.text_frame.text).split()) if shape is not None else ""
    lines = ([title] if title else []) + texts
    if lines:
        yield Page(
            "\n".join(lines),
            locator=f"slide {number}",
            section=title or f"slide {number}",
            heading=bool(title),
        )
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        section = joined(title or f"slide {number}", "ノート")
        yield Page(_lines(notes.text), locator=f"slide {number} ノート", section=section)


def _is_hidden(slide: Any) -> bool:
    return slide.element.get("show") in {"0", "false"}


def _boxes(slide: Any) -> Iterator[str]:
    """Texts of the boxes but the title, from the top down, each once."""
    title = slide.shapes.title
    found: dict[str, None] = {}
    for shape in _in_reading_order(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        text = _shape_text(shape)
        if text:
            found[text] = None
    yield from found


def _in_reading_order(shapes: Any) -> Iterator[Any]:
    """Shapes from top to bottom, then left to right; the members of a group stay together."""
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        members = getattr(shape, "shapes", None)
        if members is None:
            yield shape
        else:
            yield from _in_reading_order(members)


def _shape_text(shape: Any) -> str:
    if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
        return ""
    if getattr(shape, "has_table", False):
        rows = (row_text([_lines(cell.text) for cell in row.cells]) for row in shape.table.rows)
        return "\n".join(row for row in rows if row)
    if not shape.has_text_frame:
        return ""
    lines = (line.strip() for line in _lines(shape.text_frame.text).split("\n"))
    return "\n".join(line for line in lines if line)


def _lines(text: str) -> str:
    """Line breaks inside a paragraph arrive as vertical tabs."""
    return text.replace("\v", "\n")
