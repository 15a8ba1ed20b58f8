"""PDF pages: text by pdfium (fast, survives damage), labels, metadata and fallback by pypdf.

Runs in the child process only: 577 bytes are enough to abort pdfium.
"""

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Literal, cast

import pypdf
import pypdfium2

from assistant.errors import ReadError
from assistant.ingest.readers import Properties, ReadResult
from assistant.ingest.readers.layers import without_hidden_layers
from assistant.ingest.readers.layout import Layout, read_layout
from assistant.ingest.readers.losses import STRUCK, Losses
from assistant.ingest.readers.ocr import ocr_is_ready, recognize
from assistant.ingest.readers.printed import Columns
from assistant.ingest.readers.properties import DAMAGE, pdf_properties
from assistant.ingest.readers.visible import Unseen, marked_up, take_out_hidden
from assistant.records.text import Page

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

_MOST_LISTED = 10
"""Page numbers named in one sentence."""

_FILLED_IN = "入力欄に記入された内容は読みません。"
_REMEDY = "元の文書ファイルを使うか、文字認識(OCR)の用意をして取り込み直してください"

logging.getLogger("pypdf").setLevel(logging.ERROR)


_Hidden = Literal["picture", "outlines", "letters", "nothing"]
"""What a page without usable text holds instead: a picture; letters drawn as shapes; letters that
their font gives no meaning; nothing but, at most, lines, input fields and a page number."""
_WHY: dict[_Hidden | None, str] = {
    "picture": "画像だけ",
    "outlines": "文字が図形になった",
    "letters": "文字の情報が欠けた",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page."""

    layout: Layout
    hides: _Hidden | None = None
    """None for a page with usable text."""
    unseen: Unseen = field(default=Unseen())


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
    """… and one of them is filled in, ticked or chosen."""
    attached: int = 0
    """Files attached."""
    collection: bool = False
    """It is a cover for the files attached (a portfolio)."""
    layered: int = 0
    """Runs of letters left out because their layer is switched off."""
    source: bytes | None = None
    """The file in another form to be read instead: unlocked, without hidden layers."""
    seen: Callable[[], list[_Seen] | None] | None = None
    """Reads the pages by pypdf, where pdfium cannot; None where pypdf cannot open them either."""


def read_pdf(path: Path) -> ReadResult:
    """Read the pages of a PDF; encryption with an empty password is no obstacle.

    What a reader of the page does not see is left out and counted.

    Raises:
        ReadError: password needed, damaged beyond reading, too long, or no page with text.
    """
    stated = _by_pypdf(path)
    seen = drawn = _by_pdfium(stated.source or path)
    if seen is None and stated.seen:
        seen = stated.seen()
    if seen is None:
        raise ReadError(
            "PDFが壊れているため開けません。",
            "入手し直すか、元のソフトからPDFに保存し直してください。",
        )
    bad = tuple(n for n, page in enumerate(seen, start=1) if page.hides in _WHY)
    drawable = drawn is not None and not stated.source
    recognized = recognize(path, bad) if bad and drawable and ocr_is_ready() else {}
    recognized = {number: text for number, text in recognized.items() if _usable(text)}
    bad = tuple(number for number in bad if number not in recognized)
    if not recognized and all(page.hides for page in seen):
        raise _no_text({page.hides for page in seen}, stated)
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
    left_out = _left_out(seen, bad, stated)
    return ReadResult(pages, stated.title, bad, left_out, stated.properties)


def _left_out(seen: Sequence[_Seen], bad: tuple[int, ...], stated: _Stated) -> str:
    """What was not read and where (Japanese); empty where all was."""
    said = []
    if bad:
        kinds = {seen[number - 1].hides for number in bad}
        why = "、".join(name for kind, name in _WHY.items() if kind in kinds)
        pages = "、".join(map(str, bad[:_MOST_LISTED])) + "ページ"
        more = f"ほか{len(bad) - _MOST_LISTED:,}ページ" if len(bad) > _MOST_LISTED else ""
        said.append(f"{pages}{more}の文字を取り出せません({why})。{_REMEDY}。")
    losses = Losses()
    for number, page in enumerate(seen, start=1):
        losses.left_out(STRUCK, f"{number}ページ", page.unseen.struck)
        losses.left_out("見えない文字とページの外の文字", f"{number}ページ", page.unseen.hidden)
        losses.unread("注釈(付箋など)の文", f"{number}ページ", page.unseen.comments)
    losses.left_out("表示しない設定のレイヤーの文字", times=stated.layered)
    said.append(losses.reason)
    if stated.filled:
        said.append(_FILLED_IN)
    if stated.attached:
        said.append(
            f"添付ファイル{stated.attached:,}個は読みません。取り出して別に取り込んでください。"
        )
    return "".join(said)


def _no_text(hidden: set[_Hidden | None], stated: _Stated) -> ReadError:
    """The error of a PDF without a page of text, by what its pages hold instead."""
    if stated.attached and (stated.collection or not hidden & set(_WHY)):
        return ReadError(
            f"ページに文章がなく、添付ファイル({stated.attached:,}個)だけのPDFです。",
            "添付ファイルを取り出し、それぞれを取り込んでください。",
        )
    why = next((name for kind, name in _WHY.items() if kind in hidden), None)
    if why:
        return ReadError(
            f"文字を取り出せるページがありません({why}PDFの可能性があります)。".replace(
                "画像だけPDF", "画像だけのPDF"
            ),
            f"{_REMEDY}(方法はREADMEにあります)。",
        )
    if stated.form:
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


def _by_pdfium(source: Path | bytes) -> list[_Seen] | None:
    try:
        document = pypdfium2.PdfDocument(source)
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
        hidden = take_out_hidden(page)
        layout, unseen = marked_up(page, read_layout(page, before))
        unseen = replace(unseen, hidden=hidden)
        hides = None if _usable(layout.text) else _hidden(page, layout.text)
        return _Seen(layout, hides, unseen)
    except pypdfium2.PdfiumError:
        return _Seen(Layout(""), "letters")


def _hidden(page: pypdfium2.PdfPage, text: str) -> _Hidden:
    """What a page without usable text holds."""
    segments, pictures = 0, False
    letters = len("".join(text.split())) >= _FEWEST_CHARACTERS
    for thing in page.get_objects(max_depth=_DEEPEST_FORM):
        if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
            pictures = True
        if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
            segments += pypdfium2.raw.FPDFPath_CountSegments(thing)
        elif thing.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT and not text.strip():
            left, bottom, right, top = thing.get_bounds()
            letters = letters or (right > left and top > bottom)  # a space covers no area
    if letters:
        return "letters"
    return "outlines" if segments >= _OUTLINED_TEXT else "picture" if pictures else "nothing"


def _by_pypdf(path: Path) -> _Stated:
    """What the file states of itself, and how its pages are read where pdfium cannot open it.

    pypdf raises errors outside its own tree on damaged files, so every step stands alone.
    """
    try:
        reader, source = _opened(path)
    except DAMAGE:
        return _Stated()
    stated = _Stated(properties=pdf_properties(reader), source=source)
    with suppress(*DAMAGE):
        stated = replace(stated, title=reader.metadata.title if reader.metadata else None)
    with suppress(*DAMAGE):
        if "/PageLabels" in reader.root_object:
            stated = replace(stated, labels=tuple(reader.page_labels))
    with suppress(*DAMAGE):
        if "/AcroForm" in reader.root_object:
            stated = replace(stated, form=True)
            stated = replace(stated, filled=any(map(_is_filled, _fields(reader))))
    with suppress(*DAMAGE):
        collection = "/Collection" in reader.root_object
        attached = sum(1 for _ in reader.attachment_list)
        stated = replace(stated, collection=collection, attached=attached)
    with suppress(*DAMAGE):
        found = without_hidden_layers(reader)
        if found:
            stated = replace(stated, source=found[0], layered=found[1])

    def seen() -> list[_Seen] | None:
        with suppress(*DAMAGE):
            _check_length(len(reader.pages))
            texts = [Layout(page.extract_text()) for page in reader.pages]
            return [_Seen(one, None if _usable(one.text) else "letters") for one in texts]
        return None

    return replace(stated, seen=seen)


def _fields(reader: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    return list((reader.get_fields() or {}).values())


def _is_filled(entry: pypdf.generic.DictionaryObject) -> bool:
    """Whether a field holds text, is ticked or has something chosen."""
    value = entry.get("/V")
    if entry.get("/FT") == "/Sig":
        return False
    if isinstance(value, list):
        return any(value)
    return value is not None and str(value).strip() not in {"", "/Off"}


def _opened(path: Path) -> tuple[pypdf.PdfReader, bytes | None]:
    """The file opened by pypdf, and its bytes for pdfium where it would ask for a password.

    Where only attachments are encrypted (crypt filter EFF), the rest is as plain as in any file:
    the entry that asks for the password is made unknown, byte for byte in its place.
    """
    reader = pypdf.PdfReader(path)
    if not reader.is_encrypted or reader.decrypt(""):
        return reader, None
    rules = cast("pypdf.generic.DictionaryObject", reader.trailer["/Encrypt"].get_object())
    plain = all(rules.get(key, "/Identity") == "/Identity" for key in ("/StmF", "/StrF"))
    if rules.get("/V", 0) < 4 or not plain:  # crypt filters came with version 4
        raise ReadError(
            "パスワードが必要なPDFです。",
            "パスワードを解除したPDFを作り、置き直してください。",
        )
    source = path.read_bytes().replace(b"/Encrypt", b"/Encrypx")
    return pypdf.PdfReader(BytesIO(source)), source


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
