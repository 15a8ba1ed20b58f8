"""A page of a PDF as a picture with quotes marked on it.

Runs in the child process only, as all reading by pdfium does.
"""

import base64
import ctypes
import io
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

from assistant.errors import ReadError
from assistant.ingest.readers import Picture
from assistant.japanese.width import squeeze, squeezed_places

_SCALE = 1.5
"""Pixels a point: 108 dots an inch, readable at full width and 17 ms a page."""
_LONGEST_SIDE = 2400
_MARKER = (255, 236, 120)
_OUTLINE = (176, 84, 0)
_MARGIN = 2

_Box = tuple[int, int, int, int]


def page_picture(path: Path, number: int, quotes: tuple[str, ...]) -> Picture:
    """Draw a page and mark quotes by colour and outline.

    Args:
        path: the PDF.
        number: physical page, 1-based.
        quotes: text as pdfium reads it, white space apart; one that is not found is not marked.

    Raises:
        ReadError: the file cannot be opened or has no such page.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise _undrawable() from error
    try:
        if not 1 <= number <= len(document):
            raise _undrawable()
        page = document[number - 1]
        scale = min(_SCALE, _LONGEST_SIDE / max(page.get_size()))
        image = page.render(scale=scale).to_pil().convert("RGB")
        found = [boxes for quote in quotes if (boxes := _boxes(page, quote, image.size))]
        marked = _marked(image, [box for boxes in found for box in boxes])
        return Picture(_png(marked), len(found))
    except pypdfium2.PdfiumError as error:
        raise _undrawable() from error
    finally:
        document.close()


def _boxes(page: Any, quote: str, size: tuple[int, int]) -> list[_Box]:
    """Where a quote stands, in pixels; empty when it is not found."""
    text = page.get_textpage()
    # One character for each of pdfium's indices, which its own way of giving text does not promise.
    characters = (chr(pdfium.FPDFText_GetUnicode(text, n)) for n in range(text.count_chars()))
    letters, places = squeezed_places("".join(characters))
    wanted = squeeze(quote)
    begin = letters.find(wanted) if wanted else -1
    if begin < 0:
        return []
    first, last = places[begin], places[begin + len(wanted) - 1]
    count = text.count_rects(first, last - first + 1)
    return [_in_pixels(page, text.get_rect(n), size) for n in range(count)]


def _in_pixels(page: Any, box: tuple[float, float, float, float], size: tuple[int, int]) -> _Box:
    """A box in PDF units as pixels of the picture, whatever the page's rotation and crop."""
    left, bottom, right, top = box
    corners = [_device(page, size, x, y) for x, y in ((left, bottom), (right, top))]
    xs, ys = zip(*corners, strict=True)
    return (min(xs) - _MARGIN, min(ys) - _MARGIN, max(xs) + _MARGIN, max(ys) + _MARGIN)


def _device(page: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value


def _marked(image: Image.Image, boxes: list[_Box]) -> Image.Image:
    if not boxes:
        return image
    wash = Image.new("RGB", image.size, "white")
    painter = ImageDraw.Draw(wash)
    for box in boxes:
        painter.rectangle(box, fill=_MARKER)
    image = ImageChops.multiply(image, wash)
    painter = ImageDraw.Draw(image)
    for box in boxes:
        painter.rectangle(box, outline=_OUTLINE, width=2)
    return image


def _png(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=False)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _undrawable() -> ReadError:
    return ReadError(
        "このページを画像にできません。", "元のPDFを開いて、ページを確かめてください。"
    )
