"""Text of pages that are pictures, by Tesseract where it is installed (extra ``ocr``).

What it reads is never certain: such pages are marked, and no quote from them counts as verified.
"""

import os
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import monotonic
from typing import Any

import pypdfium2

LANGUAGE = "jpn"
# Tesseract's manual asks for 300 dots an inch; a PDF point is 1/72 inch.
_SCALE = 300 / 72
# The reading process is stopped after 60 s and 2 s a page: pages beyond this time stay unread.
_SECONDS = 40.0
_SECONDS_PER_PAGE = 1.5
_LONGEST_PAGE = 30
# Mean confidence of a line's words, 0 to 100: vertical chart text read as noise stays below.
_LEAST_SURE = 60


@cache
def ocr_is_ready() -> bool:
    """Whether pytesseract, the program Tesseract and its Japanese data are installed."""
    try:
        import pytesseract

        return LANGUAGE in pytesseract.get_languages()
    except (ImportError, OSError, RuntimeError):  # RuntimeError: the program fails
        return False


def recognize(path: Path, numbers: tuple[int, ...]) -> dict[int, str]:
    """Read pages as pictures.

    Args:
        path: a PDF that pdfium opens.
        numbers: 1-based physical pages.

    Returns:
        Page → text with lines as printed, without the spaces Tesseract puts between characters;
        a page that holds no text, or for which no time was left, is missing.
    """
    import pytesseract

    # Tesseract's threads wait for each other: one does the same page in a third of the processor
    # time (14.5 s and 4.2 s for two pages on two cores), and every core reads a file of its own.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    stop = monotonic() + _SECONDS + _SECONDS_PER_PAGE * len(numbers)
    found: dict[int, str] = {}
    document = pypdfium2.PdfDocument(path)
    try:
        for number in numbers:
            left = stop - monotonic()
            if left <= 1:
                break
            picture = document[number - 1].render(scale=_SCALE, grayscale=True).to_pil()
            try:
                read = pytesseract.image_to_data(
                    picture,
                    lang=LANGUAGE,
                    timeout=min(left, _LONGEST_PAGE),
                    output_type=pytesseract.Output.DICT,
                )
            except RuntimeError:  # pytesseract's timeout, and pages Tesseract fails on
                continue
            lines = _sure_lines(read)
            if lines:
                found[number] = "\n".join(lines)
    finally:
        document.close()
    return found


def _sure_lines(read: dict[str, list[Any]]) -> list[str]:
    """The lines Tesseract is sure enough of; charts and pictures give lines of noise."""
    keys = zip(read["block_num"], read["par_num"], read["line_num"], strict=True)
    rows = [row for row in zip(keys, read["text"], read["conf"], strict=True) if row[1].strip()]
    lines = []
    for _, group in groupby(rows, key=itemgetter(0)):
        words = list(group)
        if sum(float(conf) for _, _, conf in words) >= _LEAST_SURE * len(words):
            lines.append(_close_up([word for _, word, _ in words]))
    return lines


def _close_up(words: list[str]) -> str:
    """Words without the spaces between Japanese characters; those between Latin words stay."""
    text = ""
    for word in words:
        gap = " " if text[-1:].isascii() and text[-1:].isalnum() and word[0].isascii() else ""
        text += gap + word
    return text
