"""PDF pages: text by pdfium (fast, survives damage), labels, metadata and fallback by pypdf.

Runs in the child process only: 577 bytes are enough to abort pdfium.
"""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pypdf
import pypdfium2

from assistant.errors import ReadError
from assistant.ingest.readers import Properties, ReadResult
from assistant.ingest.readers.layout import Layout, read_layout
from assistant.ingest.readers.ocr import ocr_is_ready, recognize
from assistant.ingest.readers.printed import Columns
from assistant.ingest.readers.properties import DAMAGE, pdf_properties
from assistant.schema import Page

_LONGEST_PAGES = 2000
# A page with fewer visible characters has no text worth indexing (a page number, a figure label).
_FEWEST_CHARACTERS = 4
# Share of replacement, private-use and glyph-name characters that makes a page unusable; broken
# fonts give nearly 1, sound pages with a few gaiji stay below .05 (58 ministry PDFs).
_GARBAGE_SHARE = 0.3
_GLYPH_NAMES = re.compile(r"(?:/[A-Za-z]+\d*\s*|\(cid:\d+\)\s*){8,}")
# Text turned into outlines (usual in printed matter) is read as a picture: a rule has 2 segments, a
# rectangle 5, a kanji 40 and more, so this is 25 letters or 200 rectangles.
_OUTLINED_TEXT = 1_000
_DEEPEST_FORM = 15

_UNREADABLE = "文字を取り出せないページがあります。"
_FILLED_IN = "入力欄に記入された内容は読みません。"

logging.getLogger("pypdf").setLevel(logging.ERROR)


_Hidden = Literal["picture", "letters", "nothing"]
"""What a page without usable text holds instead: a picture or letters drawn as shapes; letters that
their font gives no meaning; nothing but, at most, lines, input fields and a page number."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page."""

    layout: Layout
    hides: _Hidden | None = None
    """None for a page with usable text."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a file says of itself, as far as it can be read."""

    labels: tuple[str, ...] = ()
    """Printed page numbers; empty unless the file states them."""
    title: str | None = None
    properties: Properties = field(default=Properties())
    form: bool = False
    """The file has input fields …"""
    filled: bool = False
    """… and text in one of them."""
    seen: list[_Seen] | None = None
    """The pages, where only pypdf can read them."""


def read_pdf(path: Path) -> ReadResult:
    """Read the pages of a PDF; encryption with an empty password is no obstacle.

    Raises:
        ReadError: password needed, damaged beyond reading, too long, or no page with text.
    """
    seen = _by_pdfium(path)
    stated = _by_pypdf(path, unread=seen is None)
    seen = seen if seen is not None else stated.seen
    if seen is None:
        raise ReadError(
            "PDFが壊れているため開けません。",
            "入手し直すか、元のソフトからPDFに保存し直してください。",
        )
    bad = tuple(n for n, page in enumerate(seen, start=1) if page.hides in {"picture", "letters"})
    recognized = recognize(path, bad) if bad and not stated.seen and ocr_is_ready() else {}
    recognized = {number: text for number, text in recognized.items() if _usable(text)}
    bad = tuple(number for number in bad if number not in recognized)
    if not recognized and all(page.hides for page in seen):
        raise _no_text({page.hides for page in seen}, form=stated.form)
    pages = tuple(
        Page(
            text="" if number in bad else recognized.get(number, layout.text),
            page=number,
            label=stated.labels[number - 1] if number <= len(stated.labels) else None,
            section=layout.title,
            slide=layout.slide,
            order=None if number in bad or number in recognized else layout.order,
            ocr=number in recognized,
            tables=() if number in bad or number in recognized else layout.tables,
        )
        for number, layout in enumerate((page.layout for page in seen), start=1)
    )
    left_out = [_UNREADABLE] * bool(bad) + [_FILLED_IN] * stated.filled
    return ReadResult(pages, stated.title, bad, "".join(left_out), stated.properties)


def _no_text(hidden: set[_Hidden | None], *, form: bool) -> ReadError:
    """The error of a PDF without a page of text, by what its pages hold instead."""
    if hidden & {"picture", "letters"}:
        why = "画像だけの" if "picture" in hidden else "文字の情報が欠けた"
        return ReadError(
            f"文字を取り出せるページがありません({why}PDFの可能性があります)。",
            "元の文書ファイルを使うか、文字認識(OCR)の用意をして取り込み直してください"
            "(方法はREADMEにあります)。",
        )
    if form:
        return ReadError(
            "入力欄だけのPDFです。記入された内容も読みません。",
            "元の文書ファイルを使うか、「印刷」からPDFに保存し直してください。",
        )
    return ReadError(
        "文章のあるページがありません(白紙か、数文字だけのPDFです)。",
        "中身のあるファイルを置き直してください。",
    )


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


def _by_pdfium(path: Path) -> list[_Seen] | None:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return None
    try:
        _check_length(len(document))
        seen: list[_Seen] = []
        for index in range(len(document)):
            before = seen[-1].layout.open_columns if seen else None
            seen.append(_seen(document, index, before))
        return seen
    finally:
        document.close()


def _seen(document: pypdfium2.PdfDocument, index: int, before: Columns | None) -> _Seen:
    try:
        page = document[index]
        layout = read_layout(page, before)
        return _Seen(layout, None if _usable(layout.text) else _hidden(page, layout.text))
    except pypdfium2.PdfiumError:
        return _Seen(Layout(""), "letters")


def _hidden(page: pypdfium2.PdfPage, text: str) -> _Hidden:
    """What a page without usable text holds."""
    segments = 0
    letters = len("".join(text.split())) >= _FEWEST_CHARACTERS
    for thing in page.get_objects(max_depth=_DEEPEST_FORM):
        if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
            return "picture"
        if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
            segments += pypdfium2.raw.FPDFPath_CountSegments(thing)
        elif thing.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT and not text.strip():
            left, bottom, right, top = thing.get_bounds()
            letters = letters or (right > left and top > bottom)  # a space covers no area
    return "picture" if segments >= _OUTLINED_TEXT else "letters" if letters else "nothing"


def _by_pypdf(path: Path, *, unread: bool) -> _Stated:
    """What the file states of itself, and the texts where pdfium cannot open it (`unread`).

    pypdf raises errors outside its own tree on damaged files, so every step stands alone.
    """
    try:
        reader = pypdf.PdfReader(path)
        _unlock(reader)
    except DAMAGE:
        return _Stated()
    stated = _Stated(properties=pdf_properties(reader))
    with suppress(*DAMAGE):
        stated = replace(stated, title=reader.metadata.title if reader.metadata else None)
    with suppress(*DAMAGE):
        if "/PageLabels" in reader.root_object:
            stated = replace(stated, labels=tuple(reader.page_labels))
    with suppress(*DAMAGE):
        if "/AcroForm" in reader.root_object:
            filled = any((reader.get_form_text_fields() or {}).values())
            stated = replace(stated, form=True, filled=filled)
    if unread:
        with suppress(*DAMAGE):
            _check_length(len(reader.pages))
            texts = [Layout(page.extract_text()) for page in reader.pages]
            seen = [_Seen(one, None if _usable(one.text) else "letters") for one in texts]
            stated = replace(stated, seen=seen)
    return stated


def _unlock(reader: pypdf.PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadError(
            "パスワードが必要なPDFです。",
            "パスワードを解除したPDFを作り、置き直してください。",
        )


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
