"""Plans and evidence sheets as Word files: headings, tables, footnotes, gaps highlighted."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from assistant.export.footnotes import Footnotes, element
from assistant.export.layout import (
    DRAFT_MARK,
    Block,
    Cell,
    Heading,
    Line,
    PageBreak,
    Paragraph,
    Statements,
    Table,
    answer_blocks,
    footnote_text,
    plan_blocks,
    xml_text,
)
from assistant.records.answers import Answer
from assistant.records.plans import ProjectPlan

# Every Windows since 8.1 and every Office since 2016 has it; elsewhere another gothic stands in.
_FONT = "Yu Gothic"
_BODY = Pt(10.5)
_SMALL = Pt(9)
_SMALL_STYLE = "Small"
_NARROW, _COMPACT = Mm(14), 0.86
"""An evidence sheet is to stay on one page."""
_PAGE, _MARGIN = (Mm(210), Mm(297)), Mm(20)
_SIZES = {
    "Normal": _BODY,
    "List Bullet": _BODY,
    "List Bullet 2": _BODY,
    "Table Grid": _SMALL,
    _SMALL_STYLE: _SMALL,
    "Title": Pt(18),
    "Heading 1": Pt(15),
    "Heading 2": Pt(12),
    "Header": _SMALL,
    "Footer": _SMALL,
}
_HEAD_FILL = "E8EEF4"
_WARNING = RGBColor(0xA0, 0x30, 0x00)
_INK = RGBColor(0x1F, 0x3A, 0x5F)


def plan_docx(plan: ProjectPlan) -> bytes:
    """A plan as a .docx file; its footnotes have the numbers of the citations on screen."""
    document = _document(plan.title)
    texts = {citation.number: xml_text(footnote_text(citation)) for citation in plan.citations}
    footnotes = Footnotes(document, texts)
    for block in plan_blocks(plan):
        _add(document, block, footnotes)
    footnotes.write()
    return _saved(document)


def answer_docx(answer: Answer) -> bytes:
    """An evidence sheet (決裁用) as a .docx file: one answer with its quotes on one page."""
    return _answers("根拠資料(決裁用)", [answer], compact=True)


def conversation_docx(answers: Sequence[Answer]) -> bytes:
    """The answers of a conversation as a .docx file, each with its quotes under its own numbers."""
    return _answers("相談の記録", answers)


def _answers(title: str, answers: Sequence[Answer], *, compact: bool = False) -> bytes:
    document = _document(title, compact=compact)
    for answer in answers:
        for block in answer_blocks(answer):
            _add(document, block, None)
    return _saved(document)


def _document(title: str, *, compact: bool = False) -> Document:
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = _PAGE
    margin, scale = (_NARROW, _COMPACT) if compact else (_MARGIN, 1.0)
    section.left_margin = section.right_margin = margin
    section.top_margin = section.bottom_margin = margin
    document.styles.add_style(_SMALL_STYLE, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles[
        "Normal"
    ]
    for name, size in _SIZES.items():
        _set_font(document.styles[name], Pt(size.pt * scale))
    _set_language(document.styles["Normal"])
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    properties = document.core_properties
    properties.title, properties.author = xml_text(title)[:250], "地域DXアシスタント"
    properties.comments, properties.language = DRAFT_MARK, "ja-JP"
    section.header.paragraphs[0].text = f"{DRAFT_MARK}　{xml_text(title)[:60]}"
    _add_page_number(section.footer.paragraphs[0])
    document.add_paragraph(xml_text(title), style="Title")
    return document


def _set_font(style: Any, size: Pt) -> None:
    style.font.size = size
    style.font.name = _FONT
    if style.name.startswith(("Title", "Heading")):
        style.font.color.rgb = _INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), _FONT)
        # A theme font would go before the font named.
        fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
    fonts.attrib.pop(qn("w:cstheme"), None)


def _set_language(style: Any) -> None:
    """Japanese: else punctuation and characters take Chinese shapes where the font is missing."""
    language = style.element.get_or_add_rPr().makeelement(qn("w:lang"))
    for kind in ("val", "eastAsia"):
        language.set(qn(f"w:{kind}"), "ja-JP")
    style.element.get_or_add_rPr().append(language)


def _add(document: Document, block: Block, footnotes: Footnotes | None) -> None:
    match block:
        case Heading(text, level):
            document.add_heading(xml_text(text), level)
        case Paragraph(text, warning):
            run = document.add_paragraph(style=_SMALL_STYLE).add_run(xml_text(text))
            if warning:
                run.bold, run.font.color.rgb = True, _WARNING
        case Statements(lines):
            for line in lines:
                _add_statement(document, line, footnotes)
        case Table():
            _add_table(document, block, footnotes)
        case PageBreak(landscape):
            _turn(document, landscape=landscape)


def _turn(document: Document, *, landscape: bool) -> None:
    """Begin a new page, upright or across."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    short, long = _PAGE
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)


def _add_statement(document: Document, line: Line, footnotes: Footnotes | None) -> None:
    first, *rest = line.parts
    paragraph = document.add_paragraph(style="List Bullet")
    _add_text(paragraph, first, gap=line.gap)
    for text in rest:
        paragraph = document.add_paragraph(style="List Bullet 2")
        _add_text(paragraph, text, gap=line.gap)
    _add_marks(paragraph, line, footnotes)


def _add_table(document: Document, block: Table, footnotes: Footnotes | None) -> None:
    table = document.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    section = document.sections[-1]
    room = (section.page_width or _PAGE[0]) - 2 * (section.left_margin or _MARGIN)
    widths = [room * share // sum(block.widths) for share in block.widths]
    for cell, name in zip(table.rows[0].cells, block.columns, strict=True):
        cell.paragraphs[0].style = _SMALL_STYLE
        cell.paragraphs[0].add_run(xml_text(name)).bold = True
        _shade(cell)
    _repeat(table.rows[0])
    for row in block.rows:
        for cell, lines in zip(table.add_row().cells, row, strict=True):
            _fill(cell, lines, footnotes)
    # Word goes by the cells' widths, LibreOffice by the columns'.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Length(width)
        for cell in column.cells:
            cell.width = Length(width)
    document.add_paragraph()


def _fill(cell: Any, lines: Cell, footnotes: Footnotes | None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = _SMALL_STYLE
    for place, line in enumerate(lines):
        if place:
            paragraph = cell.add_paragraph(style=_SMALL_STYLE)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        _add_text(paragraph, line.text, gap=line.gap)
        _add_marks(paragraph, line, footnotes)


def _add_text(paragraph: WordParagraph, text: str, *, gap: bool) -> None:
    run = paragraph.add_run(xml_text(text))
    if gap:
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _add_marks(paragraph: WordParagraph, line: Line, footnotes: Footnotes | None) -> None:
    for place, number in enumerate(line.numbers):
        if footnotes is None:
            paragraph.add_run(f"[{number}]").font.superscript = True
            continue
        if place:
            paragraph.add_run(",").font.superscript = True
        footnotes.mark(paragraph, number)


def _add_page_number(paragraph: WordParagraph) -> None:
    for part in (
        element("fldChar", fldCharType="begin"),
        element("instrText", "PAGE"),
        element("fldChar", fldCharType="end"),
    ):
        paragraph.add_run()._r.append(part)  # noqa: SLF001  (python-docx has no fields)


def _shade(cell: Any) -> None:
    shading = element("shd", val="clear", color="auto", fill=_HEAD_FILL)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001  (python-docx has no shading)


def _repeat(row: Any) -> None:
    """Repeat a heading row on every page of its table."""
    row._tr.get_or_add_trPr().append(element("tblHeader"))  # noqa: SLF001


def _saved(document: Document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()
