"""The source of a quote: the page as a picture, or the text around it, and all that is known."""

import base64
from pathlib import Path

import streamlit as st

from assistant.answering.cite import source_is_unchanged
from assistant.assistant import Assistant
from assistant.errors import AssistantError, ReadError
from assistant.export.text import place_text, where_text
from assistant.ingest.readers import PDF_SUFFIXES
from assistant.ingest.sandbox import Sandbox
from assistant.japanese.width import squeeze, squeezed_places
from assistant.records.answers import Citation, Passage
from assistant.records.text import Page
from assistant.settings import load_settings
from assistant.ui import labels
from assistant.ui.inert import label, marked, pairs, paragraph

_AROUND = 300
"""Characters shown before and after a quote."""
_PLACES_AROUND = 2
"""Paragraphs, rows or slides shown before and after a quote, where those are the pages."""
_SHORT_TITLE = 14
_PICTURES = 8
"""Page pictures a session remembers."""


def panel(assistant: Assistant, citation: Citation) -> None:
    """Draw everything about one quote."""
    document = citation.document
    st.subheader(label(f"[{citation.number}] {document.title}"), anchor=False)
    with st.container(horizontal=True, gap="small"):
        for word in labels.stages(document):
            st.badge(word, icon=labels.stage_icon(word), color="gray")
    voice = "、".join(part for part in (citation.chunk.speaker, citation.chunk.role) if part)
    known = (document.published or "日付不明", voice, where_text(citation))
    paragraph("、".join(part for part in known if part), "text")
    if citation.ocr:
        paragraph(
            "画像のページを文字認識(OCR)で読み取った文です。誤りがあり得ます。"
            "原本の画像と見比べてください。",
            "note",
        )
    elif not citation.verified:
        paragraph(
            "元のファイルは、取り込んだ後に変わったか、なくなっています。"
            "下の文は、取り込んだ時点のものです。",
            "note",
        )
    if not (_is_drawable(citation) and _drawn(citation)):
        _in_surroundings(assistant, citation)
    st.caption("引用文と出典(右上のボタンで写せます)")
    place = place_text(document, citation.chunk, citation)
    st.code(f"「{citation.quote}」({place})", language=None, wrap_lines=True)
    pairs(_facts(citation))


def short_title(citation: Citation) -> str:
    """The title of what is cited, cut to fit a button."""
    title = citation.document.title
    return title if len(title) <= _SHORT_TITLE else title[: _SHORT_TITLE - 1] + "…"


def as_citation(passage: Passage) -> Citation:
    """A passage found near a question that had no answer, shown like a quote."""
    chunk = passage.chunk
    return Citation(
        number=passage.rank,
        quote=chunk.text,
        chunk=chunk,
        document=passage.document,
        page=chunk.page,
        page_label=chunk.page_label,
        line_start=chunk.line_start,
        line_end=chunk.line_end,
        verified=source_is_unchanged(passage.document),
        locator=chunk.locator,
    )


def surroundings(pages: tuple[Page, ...], citation: Citation) -> tuple[str, str, str] | None:
    """The text before a quote, the quote as it stands in its source, and the text after it.

    Args:
        pages: of the document, as read.
        citation: what to look for, at the place it names.

    Returns:
        None when the quote is not there.
    """
    number = _page_index(pages, citation)
    if number is None:
        return None
    text = pages[number].text
    begin = _offset_of_line(text, citation.line_start)
    letters, places = squeezed_places(text[begin:])
    wanted = squeeze(citation.quote)
    found = letters.find(wanted)
    if found < 0 or not wanted:
        return None
    first, last = begin + places[found], begin + places[found + len(wanted) - 1] + 1
    before, after = text[:first], text[last:]
    if pages[number].locator is not None:
        near = pages[max(0, number - _PLACES_AROUND) : number]
        later = pages[number + 1 : number + 1 + _PLACES_AROUND]
        before = "".join(f"{page.text}\n" for page in near) + before
        after += "".join(f"\n{page.text}" for page in later)
    return before[-_AROUND:], text[first:last], after[:_AROUND]


def _page_index(pages: tuple[Page, ...], citation: Citation) -> int | None:
    same = (
        number
        for number, page in enumerate(pages)
        if (page.page, page.locator) == (citation.page, citation.locator)
    )
    return next(same, None)


def _offset_of_line(text: str, line: int | None) -> int:
    """Where a 1-based line begins; 0 when no line is named."""
    return sum(len(row) + 1 for row in text.split("\n")[: (line or 1) - 1])


def _facts(citation: Citation) -> list[tuple[str, str]]:
    document, chunk = citation.document, citation.chunk
    speaker = "、".join(part for part in (chunk.speaker, chunk.role) if part)
    original = document.original
    rows = [
        ("発行", document.publisher),
        ("日付", document.published or "不明"),
        ("種類", labels.KINDS[document.kind]),
        ("もとの資料", f"{original.title}({original.date or '日付不明'})" if original else None),
        ("新しい資料", document.superseded_by),
        ("発言者", speaker),
        ("見出し", chunk.section),
        ("印刷ページ", citation.page_label),
        ("PDFのページ", f"{citation.page}枚目" if citation.page else None),
        ("行", _lines(citation)),
        ("場所", citation.locator),
        ("ファイル", Path(document.source_path).name),
    ]
    return [(name, value) for name, value in rows if value]


def _lines(citation: Citation) -> str | None:
    if citation.line_start is None or citation.line_start == citation.line_end:
        return f"{citation.line_start}行目" if citation.line_start else None
    return f"{citation.line_start}〜{citation.line_end}行目"


def _is_drawable(citation: Citation) -> bool:
    suffix = Path(citation.document.source_path).suffix.lower()
    return suffix in PDF_SUFFIXES and citation.page is not None and citation.verified


def _drawn(citation: Citation) -> bool:
    """Show the page with the quote marked; False when it cannot be drawn."""
    try:
        with st.spinner("ページを描いています…"):
            png, found = _picture(citation)
    except ReadError:
        return False
    alt = f"PDF {citation.page}枚目。印を付けた引用: {citation.quote}"
    st.image(png, width="stretch", alt=alt)
    if st.button("ページを大きく見る", icon=":material/zoom_in:", key="enlarge"):
        _enlarged(png, alt)
    if not found:
        st.caption("このページの中で、引用の位置を示せませんでした。下の文を探してください。")
    return True


@st.dialog("出典のページ", width="large")
def _enlarged(png: bytes, alt: str) -> None:
    st.image(png, width="stretch", alt=alt)


def _picture(citation: Citation) -> tuple[bytes, bool]:
    """The picture of the page, and whether the quote is marked on it; kept for this session."""
    pictures: dict[tuple[str, int | None, str], tuple[bytes, bool]]
    pictures = st.session_state.setdefault("pictures", {})
    asked = (citation.document.doc_id, citation.page, citation.quote)
    if asked not in pictures:
        settings = load_settings()
        assert citation.page is not None
        with Sandbox(seconds=settings.read_seconds, megabytes=settings.read_megabytes) as child:
            drawn = child.picture(
                Path(citation.document.source_path), citation.page, (citation.quote,)
            )
        while len(pictures) >= _PICTURES:
            del pictures[next(iter(pictures))]
        pictures[asked] = (base64.b64decode(drawn.png), drawn.marked > 0)
    return pictures[asked]


def _in_surroundings(assistant: Assistant, citation: Citation) -> None:
    try:
        found = surroundings(assistant.pages(citation.document.doc_id), citation)
    except AssistantError:
        found = None
        st.caption("この文書は今の索引にないため、前後は示せません。")
    if found:
        st.caption("引用の前後(【 】が引用)")
        marked(*found)
    else:
        marked("", citation.chunk.text, "")
