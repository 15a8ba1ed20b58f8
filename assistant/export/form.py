"""An official form filled from a plan: its layout stays, what is missing is marked.

Only the boxes named are written to. The sources stand behind the form: on a last page of a Word
file, on a sheet of their own in an Excel file, under the numbers they have on screen.
"""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any

from assistant.export.layout import DRAFT_MARK, attributed, footnote_text, xml_text
from assistant.records.answers import Citation
from assistant.records.plans import FormBox, PlanItem, ProjectPlan

_BRIEF = "brief."
_OPEN = "【要記入】"
_YELLOW = "FFFF00"
_SOURCES = "出典"
_FORMULA = re.compile(r"^[=+\-@\t\r]")


def filled_form(form: Path, boxes: Sequence[FormBox], plan: ProjectPlan) -> bytes:
    """The form with its boxes filled.

    Args:
        form: a .docx or .xlsx file, as `assistant.planning.form.read_boxes` has read it.
        boxes: its boxes with their targets.
        plan: what to fill in; a box without a target is marked 【要記入】.
    """
    return (_filled_word if form.suffix.lower() == ".docx" else _filled_excel)(form, boxes, plan)


def box_lines(box: FormBox, plan: ProjectPlan) -> list[tuple[str, bool]]:
    """What goes into a box: texts with their citation marks, and whether each is a gap.

    Statements that the box's limit has no room for are left out; gaps always stay, and count.
    """
    if box.target is None:
        return [(_OPEN, True)]
    if box.target.startswith(_BRIEF):
        text = plan.brief.text(box.target.removeprefix(_BRIEF))
        return [(text, False)] if text else [(_OPEN, True)]
    section = next(section for section in plan.sections if section.id == box.target)
    cited = {citation.number: citation for citation in plan.citations}
    lines: list[tuple[str, bool]] = []
    gaps = sum(len(item.text) for item in section.items if item.basis == "gap")
    left = None if box.limit is None else box.limit - gaps
    for item in section.items:
        text = _marked(item, cited)
        if item.basis != "gap" and left is not None:
            if len(text) > left:
                continue
            left -= len(text)
        lines.append((text, item.basis == "gap"))
    return lines or [(_OPEN, True)]


def _filled_word(form: Path, boxes: Sequence[FormBox], plan: ProjectPlan) -> bytes:
    import docx
    from docx.enum.text import WD_COLOR_INDEX

    document = docx.Document(str(form))
    paragraphs = list(document.paragraphs)
    for box in boxes:
        numbers = [int(number) for number in re.findall(r"\d+", box.place)]
        if box.place.startswith("段落"):
            paragraph = paragraphs[numbers[0] - 1]
        else:
            table, row, column = numbers
            cell = document.tables[table - 1].rows[row - 1].cells[column - 1]
            paragraph = cell.paragraphs[-1]
        for text, gap in box_lines(box, plan):
            begun = "\n" if paragraph.text else ""
            run = paragraph.add_run(begun + xml_text(text))
            if gap:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    document.add_page_break()  # type: ignore[no-untyped-call]
    for text in _source_lines(boxes, plan):
        document.add_paragraph(xml_text(text))
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _filled_excel(form: Path, boxes: Sequence[FormBox], plan: ProjectPlan) -> bytes:
    from openpyxl import load_workbook
    from openpyxl.styles import Alignment, PatternFill

    book = load_workbook(form)
    for box in boxes:
        sheet, _, place = box.place.rpartition("!")
        cell = book[sheet][place]
        lines = box_lines(box, plan)
        texts = [*([box.hint] if box.hint else []), *(text for text, _ in lines)]
        _write(cell, "\n".join(texts))
        alignment = copy(cell.alignment)
        cell.alignment = Alignment(
            horizontal=alignment.horizontal, vertical=alignment.vertical or "top", wrap_text=True
        )
        if any(gap for _, gap in lines):
            cell.fill = PatternFill("solid", fgColor=_YELLOW)
    sources = book.create_sheet(_SOURCES)
    for row, text in enumerate(_source_lines(boxes, plan), start=1):
        _write(sources.cell(row, 1), text)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(cell: Any, text: str) -> None:
    """Text as text: a value that begins as a formula does is never calculated."""
    cell.value = xml_text(text)[:32_767]
    if _FORMULA.match(text):
        cell.data_type = "s"


def _marked(item: PlanItem, cited: Mapping[int, Citation]) -> str:
    marks = "".join(f"[{number}]" for number in item.citations)
    return f"{attributed(item, cited)}{marks}"


def _source_lines(boxes: Sequence[FormBox], plan: ProjectPlan) -> list[str]:
    """The sources that the sections filled in cite, by their numbers on screen."""
    named = {box.target for box in boxes}
    items = [item for section in plan.sections if section.id in named for item in section.items]
    used = {number for item in items for number in item.citations}
    rows = [f"[{c.number}] {footnote_text(c)}" for c in plan.citations if c.number in used]
    origin = f"資料の時点: {plan.as_of or '不明'}。索引の番号: {plan.provenance.index_id}"
    return [f"{_SOURCES}({DRAFT_MARK})", plan.template_note, *rows, origin]
