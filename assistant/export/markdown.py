"""Plans and evidence sheets as Markdown; every text is inert (no link, image, HTML or formula)."""

import re
from collections.abc import Sequence

from assistant.export.layout import (
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
)
from assistant.records.answers import Answer
from assistant.records.plans import ProjectPlan

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|$~#!&@^])")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|file|javascript|data|mailto):|\bwww\.")


def plan_markdown(plan: ProjectPlan) -> str:
    """A plan with footnotes under the numbers it has on screen."""
    notes = {citation.number for citation in plan.citations}
    lines = [f"# {inert(plan.title)}", ""]
    for block in plan_blocks(plan):
        lines += [*_block(block, notes), ""]
    footnotes = (f"[^{c.number}]: {inert(footnote_text(c))}" for c in plan.citations)
    return "\n".join([*lines, *footnotes, ""])


def answer_markdown(answer: Answer) -> str:
    """An evidence sheet (決裁用): one answer with its quotes on one page."""
    return _answers("根拠資料(決裁用)", [answer])


def conversation_markdown(answers: Sequence[Answer]) -> str:
    """The answers of a conversation, each with its quotes under its own numbers."""
    return _answers("相談の記録", answers)


def _answers(title: str, answers: Sequence[Answer]) -> str:
    lines = [f"# {title}", ""]
    for answer in answers:
        for block in answer_blocks(answer):
            lines += [*_block(block, set()), ""]
    return "\n".join(lines)


def inert(text: str) -> str:
    """Text that Markdown shows as it is."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _ADDRESS.sub(lambda m: m.group().replace(":", "\\:").replace(".", "\\."), escaped)


def _block(block: Block, notes: set[int]) -> list[str]:
    match block:
        case Heading(text, level):
            return [f"{'#' * (level + 1)} {inert(text)}"]
        case Paragraph(text, warning):
            return [f"**{inert(text)}**" if warning else inert(text)]
        case Statements(lines):
            return [row for line in lines for row in _statement(line, notes)]
        case Table():
            return _table(block, notes)
        case PageBreak():
            return ["---"]


def _statement(line: Line, notes: set[int]) -> list[str]:
    """A list item; the lines of a list in it are items one level below."""
    first, *rest = line.parts
    below = [f"  - {inert(text)}" for text in rest]
    rows = [f"- {inert(first)}", *below]
    rows[-1] += _marks(line, notes)
    return [f"- **{inert(first)}**", *below] if line.gap else rows


def _table(table: Table, notes: set[int]) -> list[str]:
    rows = [
        "| " + " | ".join(inert(name) for name in table.columns) + " |",
        "|" + " --- |" * len(table.columns),
    ]
    rows += ["| " + " | ".join(_cell(cell, notes) for cell in row) + " |" for row in table.rows]
    return rows


def _cell(cell: Cell, notes: set[int]) -> str:
    texts = []
    for line in cell:
        text = "<br>".join(inert(part) for part in line.text.split("\n"))
        texts.append(f"**{text}**" if line.gap else text + _marks(line, notes))
    return "<br>".join(texts)


def _marks(line: Line, notes: set[int]) -> str:
    """Footnote marks; plain numbers where the quotes stand in a table of the same page."""
    return "".join(f"[^{n}]" if n in notes else f" \\[{n}\\]" for n in line.numbers)
