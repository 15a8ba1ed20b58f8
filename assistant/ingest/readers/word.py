"""Word documents: paragraphs, table rows, text boxes, footnotes, running heads, each at its place.

Read from the XML that python-docx opens: its own `Paragraph.text` leaves out tracked insertions and
content controls. Deleted and hidden text, comments and tables of contents are not read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from assistant.ingest.headings import enter, joined
from assistant.ingest.readers import ReadResult, no_text
from assistant.ingest.readers.rows import column_headings, row_text
from assistant.schema import Page

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _TABLE, _ROW, _CELL, _CONTROL = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "sdt"))
_BOX = qn("w:txbxContent")
# Nothing below these is text of the paragraph they stand in; a fallback repeats its choice.
_LEFT_OUT = {
    *(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "rt")),
    _BOX,
    f"{_COMPATIBILITY}Fallback",
}
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_HEADING_NAME = re.compile(r"(?:heading|見出し)\s*(\d)$", re.IGNORECASE)
_TITLE_NAMES = {"title", "表題"}
_TITLE_LEVEL = 0
_BODY_LEVEL = 9
"""Outline level that Word gives to ordinary text (0-based; 0 to 8 are headings)."""
_DEEPEST_STYLE = 20
_RUNNING_HEADS = {RELATIONSHIP_TYPE.HEADER: "ヘッダー", RELATIONSHIP_TYPE.FOOTER: "フッター"}
# Fewer than this are a page number with its word: 「3ページ」.
_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says of its paragraphs."""

    level: int | None = None
    """Heading level, 1 outermost; 0 for the document's title."""
    item: bool = False
    contents: bool = False
    """An entry of the table of contents."""


_PLAIN = _Style()


def read_word(path: Path) -> ReadResult:
    """Read a .docx file; the caller has checked that it is one.

    Raises:
        ReadError: no text.
    """
    document = docx.Document(str(path))
    pages = (*_body_pages(document), *_footnotes(document), *_running_heads(document))
    if not pages:
        raise no_text()
    return ReadResult(pages, document.core_properties.title or None)


def _body_pages(document: Document) -> Iterator[Page]:
    styles = _styles(document)
    path: list[tuple[int, str]] = []
    counts: Counter[str] = Counter()
    for element, prefix in _flow(document.element.body, counts):
        above = joined(*(name for _, name in path))
        if element.tag == _TABLE:
            counts[f"{prefix}表"] += 1
            yield from _table_pages(element, f"{prefix}表{counts[f'{prefix}表']}", above)
            continue
        counts[f"{prefix}段落"] += 1
        locator = f"{prefix}段落 {counts[f'{prefix}段落']}"
        style = _style_of(element, styles)
        text = _text(element)
        if text.strip() and not style.contents:
            if style.level:
                enter(path, style.level, " ".join(text.split()))
            yield _paragraph(text, locator, above, style)
        for box in _boxes(element):
            yield Page(box, locator=f"{locator} テキストボックス", section=above)


def _paragraph(text: str, locator: str, above: str | None, style: _Style) -> Page:
    if style.level is not None:
        return Page(" ".join(text.split()), locator=locator, heading=True)
    return Page(text, locator=locator, section=above, item=style.item)


def _flow(parent: Any, counts: Counter[str], prefix: str = "") -> Iterator[tuple[Any, str]]:
    """Paragraphs and tables in order, those of a content control with its name before them.

    Only paragraphs outside controls are counted as Word's users and python-docx count them.
    """
    for child in parent.iterchildren():
        if child.tag in {_P, _TABLE}:
            yield child, prefix
        elif child.tag == _CONTROL and not _is_contents(child):
            if not prefix:
                counts["コントロール"] += 1
            inner = prefix or f"コントロール{counts['コントロール']} "
            for content in child.iterchildren(qn("w:sdtContent")):
                yield from _flow(content, counts, inner)


def _is_contents(control: Any) -> bool:
    gallery = control.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


def _text(element: Any) -> str:
    """The visible text below an element."""
    parts = []
    for child in element.iterchildren():
        if child.tag in _LEFT_OUT or _is_hidden(child):
            continue
        if child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag in _MARKS:
            parts.append(_MARKS[child.tag])
        else:
            parts.append(_text(child))
    return "".join(parts)


def _is_hidden(element: Any) -> bool:
    """A run in hidden type, or a control that shows only its prompt."""
    if element.tag == qn("w:r"):
        return _is_on(element.find(f"{qn('w:rPr')}/{qn('w:vanish')}"))
    if element.tag == _CONTROL:
        return _is_on(element.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"))
    return False


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val")) not in {"0", "false", "off"}


def _boxes(element: Any) -> Iterator[str]:
    """Texts of the text boxes anchored in a paragraph."""
    for child in element.iterchildren():
        if child.tag == _BOX:
            text = "\n".join(_paragraphs(child))
            if text:
                yield text
        elif child.tag not in _LEFT_OUT:
            yield from _boxes(child)


def _paragraphs(element: Any) -> Iterator[str]:
    """Texts of the paragraphs below an element, empty ones left out."""
    for child in element.iterchildren():
        if child.tag == _P:
            text = _text(child)
            if text.strip():
                yield text
        elif child.tag not in _LEFT_OUT:
            yield from _paragraphs(child)


def _table_pages(table: Any, name: str, above: str | None) -> Iterator[Page]:
    rows = list(table.iterchildren(_ROW))
    headings = None
    spanning: dict[int, str] = {}
    for number, row in enumerate(rows, start=1):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue
        cells = _cells(row)
        carried = _carried(cells, spanning)
        filled = [cell for cell, _ in cells if cell.strip()]
        if number == 1 and len(rows) > 1:
            headings = column_headings(filled)
        section = joined(above, headings, carried)
        if len(filled) == 1:
            # A cell alone in its row frames prose: its paragraphs keep their lines.
            yield Page(filled[0], locator=f"{name} {number}行", section=section)
        elif filled:
            yield Page(row_text(filled), locator=f"{name} {number}行", section=section or "表")


def _cells(row: Any) -> list[tuple[str, bool]]:
    """Text of every cell, and whether the cell goes on the one above it."""
    cells = []
    for cell in row.iter(_CELL):
        if next(cell.iterancestors(_ROW)) is not row:
            continue  # of a table inside a cell: read with that cell
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
        cells.append(("\n".join(_paragraphs(cell)), goes_on))
    return cells


def _carried(cells: list[tuple[str, bool]], spanning: dict[int, str]) -> str | None:
    """What cells that span several rows say of this row; they are quoted in their first row only.

    Args:
        cells: of the row.
        spanning: column → text of the cell above; kept up to date.
    """
    carried = []
    for column, (text, goes_on) in enumerate(cells):
        if goes_on:
            carried.append(" ".join(spanning.get(column, "").split()))
        else:
            spanning[column] = text
    return row_text(carried) or None


def _styles(document: Document) -> dict[str, _Style]:
    found = {}
    for style in document.styles:
        if style.type == WD_STYLE_TYPE.PARAGRAPH:
            found[style.style_id] = _read_style(style)
    return found


def _read_style(style: Any) -> _Style:
    """What a style says, or else the style that it builds on."""
    level, item, contents = None, False, False
    for _ in range(_DEEPEST_STYLE):
        name = (style.name or "").strip()
        match = _HEADING_NAME.match(name)
        contents = contents or name.lower().startswith("toc ")
        properties = style.element.find(qn("w:pPr"))
        item = item or _is_numbered(properties)
        if level is None:
            level = int(match[1]) if match else _outline_level(properties)
        if level is None and name.lower() in _TITLE_NAMES:
            level = _TITLE_LEVEL
        if style.base_style is None:
            break
        style = style.base_style
    return _Style(level, item, contents)


def _style_of(paragraph: Any, styles: dict[str, _Style]) -> _Style:
    """The paragraph's style with what the paragraph says itself."""
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        return _PLAIN
    named = properties.find(qn("w:pStyle"))
    style = styles.get(named.get(qn("w:val")), _PLAIN) if named is not None else _PLAIN
    level = _outline_level(properties)
    return _Style(
        style.level if level is None else level,
        style.item or _is_numbered(properties),
        style.contents,
    )


def _outline_level(properties: Any) -> int | None:
    mark = properties.find(qn("w:outlineLvl")) if properties is not None else None
    value = mark.get(qn("w:val"), "") if mark is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < _BODY_LEVEL else None


def _is_numbered(properties: Any) -> bool:
    mark = properties.find(f"{qn('w:numPr')}/{qn('w:numId')}") if properties is not None else None
    return mark is not None and mark.get(qn("w:val")) != "0"


def _footnotes(document: Document) -> Iterator[Page]:
    """Footnotes in the order of their numbers; separators are no notes."""
    for relation in document.part.rels.values():
        if relation.reltype != RELATIONSHIP_TYPE.FOOTNOTES or relation.is_external:
            continue
        number = 0
        for note in parse_xml(relation.target_part.blob).iterchildren(qn("w:footnote")):
            if note.get(qn("w:type")) not in {None, "normal"}:
                continue
            number += 1
            text = "\n".join(_paragraphs(note))
            if text:
                yield Page(text, locator=f"脚注 {number}", section="脚注")


def _running_heads(document: Document) -> Iterator[Page]:
    """What stands at the top and foot of pages, each text once: they hold stages and dates."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for relation in document.part.rels.values():
        if relation.reltype not in _RUNNING_HEADS or relation.is_external:
            continue
        name = _RUNNING_HEADS[relation.reltype]
        text = "\n".join(_paragraphs(parse_xml(relation.target_part.blob)))
        if text not in seen and sum(c.isalpha() for c in text) >= _FEWEST_LETTERS:
            counts[name] += 1
            seen.add(text)
            yield Page(text, locator=f"{name} {counts[name]}", section=name)
