"""PDF pages: text by pdfium (fast, survives damage), labels, metadata and fallback by pypdf.

Runs in the child process only: 577 bytes are enough to abort pdfium.
"""

import logging
import re
from pathlib import Path

import pypdf
import pypdfium2
from pypdf.errors import PyPdfError

from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult
from assistant.ingest.readers.layout import Layout, read_layout
from assistant.ingest.readers.ocr import ocr_is_ready, recognize
from assistant.schema import Page

_LONGEST_PAGES = 2000
# A page with fewer visible characters has no text worth indexing (a page number, a figure label).
_FEWEST_CHARACTERS = 4
# Share of replacement, private-use and glyph-name characters that makes a page unusable; broken
# fonts give nearly 1, sound pages with a few gaiji stay below .05 (58 ministry PDFs).
_GARBAGE_SHARE = 0.3
_GLYPH_NAMES = re.compile(r"(?:/[A-Za-z]+\d*\s*|\(cid:\d+\)\s*){8,}")

logging.getLogger("pypdf").setLevel(logging.ERROR)


def read_pdf(path: Path) -> ReadResult:
    """Read the pages of a PDF; encryption with an empty password is no obstacle.

    Raises:
        ReadError: password needed, damaged beyond reading, too long, or no page with text.
    """
    labels, title, fallback = _by_pypdf(path)
    layouts = _by_pdfium(path) or fallback
    if layouts is None:
        raise ReadError(
            "PDFが壊れているため開けません。",
            "入手し直すか、元のソフトからPDFに保存し直してください。",
        )
    bad = tuple(n for n, layout in enumerate(layouts, start=1) if not _usable(layout.text))
    recognized = recognize(path, bad) if bad and ocr_is_ready() and _opens_in_pdfium(path) else {}
    recognized = {number: text for number, text in recognized.items() if _usable(text)}
    bad = tuple(number for number in bad if number not in recognized)
    if len(bad) == len(layouts):
        raise ReadError(
            "文字を取り出せるページがありません(画像だけのPDFの可能性があります)。",
            "元の文書ファイルを使うか、文字認識(OCR)の用意をして取り込み直してください"
            "(方法はREADMEにあります)。",
        )
    pages = tuple(
        Page(
            text="" if number in bad else recognized.get(number, layout.text),
            page=number,
            label=labels[number - 1] if labels and number <= len(labels) else None,
            section=layout.title,
            slide=layout.slide,
            order=None if number in bad or number in recognized else layout.order,
            ocr=number in recognized,
        )
        for number, layout in enumerate(layouts, start=1)
    )
    return ReadResult(pages, title, bad, "文字を取り出せないページがあります。" if bad else "")


def page_count(path: Path) -> int | None:
    """Pages of a PDF; None where pdfium cannot open it."""
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError):
        return None
    try:
        return len(document)
    finally:
        document.close()


def _by_pdfium(path: Path) -> list[Layout] | None:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return None
    try:
        _check_length(len(document))
        layouts = []
        for index in range(len(document)):
            try:
                layouts.append(read_layout(document[index]))
            except pypdfium2.PdfiumError:
                layouts.append(Layout(""))
        return layouts
    finally:
        document.close()


def _by_pypdf(path: Path) -> tuple[list[str] | None, str | None, list[Layout] | None]:
    """Labels (None unless the file states them), title and, where pdfium may fail, the texts.

    pypdf raises errors outside its own tree on damaged files, so every step stands alone.
    """
    try:
        reader = pypdf.PdfReader(path)
        _unlock(reader)
        labels = reader.page_labels if "/PageLabels" in reader.root_object else None
        title = reader.metadata.title if reader.metadata else None
        texts = None
        if not _opens_in_pdfium(path):
            _check_length(len(reader.pages))
            texts = [Layout(page.extract_text()) for page in reader.pages]
        return labels, title, texts
    except ReadError:
        raise
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError,
            RecursionError, AssertionError, NotImplementedError, OverflowError):  # fmt: skip
        return None, None, None


def _unlock(reader: pypdf.PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadError(
            "パスワードが必要なPDFです。",
            "パスワードを解除したPDFを作り、置き直してください。",
        )


def _opens_in_pdfium(path: Path) -> bool:
    try:
        pypdfium2.PdfDocument(path).close()
    except pypdfium2.PdfiumError:
        return False
    return True


def _check_length(pages: int) -> None:
    if pages > _LONGEST_PAGES:
        raise ReadError(
            f"ページ数が多すぎます({pages:,}ページ、上限{_LONGEST_PAGES:,}ページ)。",
            "章ごとなどに分けて保存し直してください。",
        )


def _usable(text: str) -> bool:
    visible = [c for c in text if not c.isspace()]
    if len(visible) < _FEWEST_CHARACTERS:
        return False
    odd = sum(1 for c in visible if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or ord(c) < 32)
    if odd > _GARBAGE_SHARE * len(visible):
        return False
    named = sum(len(match.group()) for match in _GLYPH_NAMES.finditer(text))
    return named < _GARBAGE_SHARE * len(text)
