"""What an exported plan or evidence sheet shows, and in which order: one layout for all formats.

Citations keep the numbers they have on screen. A plan shows its items in the order in which they
were numbered, so that the automatic numbers of a Word file's footnotes are the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.answering.answer import status_label
from assistant.answering.lookup import shown_text
from assistant.export.text import NEAR, place_text, unknown_stages_text
from assistant.records.answers import Answer, Citation, Statement
from assistant.records.plans import BRIEF_NAMES, PlanItem, PlanTable, ProjectPlan

DRAFT_MARK = "AIによる下書き・要確認"
"""Stands on everything that is handed on."""

_STATES = {"source": "資料とブリーフにあり", "brief": "ブリーフにあり", "unmet": "まだない"}
_ON_PAPER = {
    "roles": (
        ("役割", "想定主体(候補)", "責任と根拠", "費用負担", "データと知財"),
        (14, 16, 32, 18, 20),
    ),
    "kpis": (("指標", "基準値", "目標値", "測り方", "資料の記述"), (24, 18, 18, 18, 22)),
    "schedule": (("段階", "期間", "すること", "次へ進む条件"), (12, 20, 34, 34)),
}
"""Headings and widths of tables whose columns on paper are not those of the plan."""
_SUMMARY = ("municipality", "problem", "goal", "partners", "period", "budget", "programme")
_SUMMARY_CHARACTERS = 200
_SUMMARY_FINDINGS = 3
_LIST_LINE = re.compile(r"^(?:[-+・*]|\d+[.)])\s+")
# XML 1.0 has no place for these.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the numbers of its citations."""

    text: str
    """May hold line breaks: the items of a list."""
    numbers: tuple[int, ...] = ()
    gap: bool = False
    """Still to be filled in by the town; shown highlighted."""

    @property
    def parts(self) -> list[str]:
        """The first line, then the items of a list without their marks."""
        first, *rest = self.text.split("\n")
        return [first, *(_LIST_LINE.sub("", text) for text in rest)]


Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part, level 2 a section."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words about the plan rather than of it: notes, counts, dates."""

    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one section."""

    lines: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    """Shares of the page's width."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""

    landscape: bool = False
    """Pages across: for tables of many columns."""


Block = Heading | Paragraph | Statements | Table | PageBreak


def plan_blocks(plan: ProjectPlan) -> list[Block]:
    """A plan from its summary to its sources."""
    cited = {citation.number: citation for citation in plan.citations}
    blocks: list[Block] = [Paragraph(DRAFT_MARK, warning=True), *_summary(plan), PageBreak()]
    blocks.append(Heading("計画の本文", 1))
    for section in plan.sections:
        limit = f" / {section.limit:,}字以内" if section.limit else ""
        blocks += [
            Heading(section.heading),
            Statements(_lines(section.items, cited)),
            Paragraph(f"{section.characters:,}字{limit}(要記入の欄を除く)", warning=section.over),
        ]
        if section.tables:
            names = "、".join(f"「{plan.table(name).heading}」" for name in section.tables)
            blocks.append(Paragraph(f"別表: {names}"))
    blocks += [PageBreak(landscape=True), Heading("別表", 1)]
    blocks += [block for table in plan.tables for block in _table(table, cited)]
    return [*blocks, PageBreak(), *_review(plan, cited), *_sources(plan)]


def answer_blocks(answer: Answer) -> list[Block]:
    """An evidence sheet (決裁用): the question, the answer, each quote and where it stands."""
    cited = {citation.number: citation for citation in answer.citations}
    lines = tuple(Line(attributed(s, cited), s.citations) for s in answer.statements)
    blocks: list[Block] = [
        Paragraph(DRAFT_MARK, warning=True),
        Heading("質問"),
        Paragraph(answer.question),
        Heading("回答"),
        Statements(lines) if lines else Paragraph(answer.answer),
    ]
    if answer.citations:
        rows = tuple(
            _row(str(c.number), c.quote, place_text(c.document, c.chunk, c))
            for c in answer.citations
        )
        blocks += [Heading("根拠"), Table(("番号", "引用(原文のまま)", "出典"), rows, (6, 54, 40))]
    if unknown := unknown_stages_text(answer.citations):
        blocks.append(Paragraph(unknown))
    if answer.nearest:
        found = tuple(
            _row(shown_text(p.chunk), place_text(p.document, p.chunk, p.chunk))
            for p in answer.nearest
        )
        heading = NEAR if answer.outcome == "near" else "近い内容の箇所"
        blocks += [Heading(heading), Table(("本文", "出典"), found, (60, 40))]
    if answer.notes:
        blocks += [Heading("注意"), *(Paragraph(f"・{note}") for note in answer.notes)]
    if answer.unverified:
        blocks.append(Paragraph("・根拠を確認できなかった記述は、この票に載せていません。"))
    blocks.append(Paragraph(_origin(answer.as_of, answer.provenance.index_id)))
    return blocks


def footnote_text(citation: Citation) -> str:
    """Title, status, publisher, date, section and place of a quote, then the quote."""
    place = place_text(citation.document, citation.chunk, citation)
    return f"{place}:「{citation.quote}」"


def xml_text(text: str) -> str:
    """Text as a file of Word or Excel can hold it."""
    return _NOT_XML.sub("", text)


def _summary(plan: ProjectPlan) -> list[Block]:
    """The plan on one page."""
    rows = [_row(BRIEF_NAMES[key], (_brief_line(plan, key),)) for key in _SUMMARY]
    met = [row for row in plan.coverage if row.state != "unmet"]
    gaps = len({gap for section in plan.sections for gap in section.gaps})
    counts = (
        f"審査の観点 {len(plan.coverage)}件のうち、{len(met)}件はブリーフか資料に記述があります。"
        f"本文の要記入は{gaps}か所、引用は{len(plan.citations)}件です。"
    )
    rows.append(_row("下書きの状態", counts))
    blocks: list[Block] = [Heading("一枚の要約", 1)]
    blocks.append(Table(("項目", "内容"), tuple(rows), (22, 78)))
    if plan.findings:
        blocks.append(Heading("先に直すところ"))
        shown = plan.findings[:_SUMMARY_FINDINGS]
        blocks += [Paragraph(f"・{finding.point}。{finding.advice}") for finding in shown]
    blocks += [
        Paragraph(plan.template_note),
        Paragraph(_origin(plan.as_of, plan.provenance.index_id)),
    ]
    blocks += [
        Paragraph(f"前回から更新された根拠: {change}", warning=True) for change in plan.changes
    ]
    return blocks


def _brief_line(plan: ProjectPlan, key: str) -> Line:
    text = plan.brief.text(key)
    if not text:
        return Line("【要記入】", gap=True)
    return Line(text[:_SUMMARY_CHARACTERS] + ("…" if len(text) > _SUMMARY_CHARACTERS else ""))


def _table(table: PlanTable, cited: dict[int, Citation]) -> list[Block]:
    share = 82 // (len(table.columns) - 1)
    widths = (18, *(share for _ in table.columns[1:]))
    columns, widths = _ON_PAPER.get(table.id, (table.columns, widths))
    rows = []
    for row in table.rows:
        cells = [(Line(row.label),), *(_lines(cell, cited) for cell in row.cells)]
        if table.id == "roles":
            names = (Line(f"({name})") for name in row.candidates)
            cells.insert(1, (Line(row.organisation_type), *names))
        if table.id == "kpis":  # what comes of it stands below its name
            cells[:2] = [cells[0] + cells[1]]
        rows.append(tuple(cells))
    return [Heading(table.heading), Table(columns, tuple(rows), widths)]


def _review(plan: ProjectPlan, cited: dict[int, Citation]) -> list[Block]:
    headings = {section.id: section.heading for section in plan.sections}
    rows = tuple(
        _row(
            row.criterion,
            (Line(_STATES[row.state], gap=row.state == "unmet"),),
            "、".join(_number_of(headings[name]) for name in row.sections),
            row.question or "なし",
        )
        for row in plan.coverage
    )
    columns = ("審査の観点", "状態", "本文の欄", "自治体に聞くこと")
    blocks: list[Block] = [
        Heading("審査の目での点検", 1),
        Heading("観点ごとの充足"),
        Table(columns, rows, (24, 20, 18, 38)),
    ]
    if plan.findings:
        findings = tuple(_row(f.point, f.advice, _lines(f.grounds, cited)) for f in plan.findings)
        found = Table(("減点されそうな点", "直し方", "資料の記述"), findings, (24, 30, 46))
        blocks += [Heading("減点されそうな点"), found]
    if plan.withheld:
        blocks.append(Heading("確かめられず、載せなかった記述"))
        blocks += [Paragraph(f"・{w.place}: {w.text}({w.reason})") for w in plan.withheld]
    return blocks


def _sources(plan: ProjectPlan) -> list[Block]:
    """Every document cited with the numbers of its citations."""
    cited: dict[str, list[Citation]] = {}
    for citation in plan.citations:
        cited.setdefault(citation.document.doc_id, []).append(citation)
    rows = []
    for citations in cited.values():
        document = citations[0].document
        label = status_label(document)
        title = document.title + (f"【{label}】" if label else "")
        original = document.original
        if original:
            title += f"(もとの資料: {original.title}、{original.date or '日付不明'})"
        numbers = "、".join(str(citation.number) for citation in citations)
        rows.append(
            _row(title, document.publisher or "不明", document.published or "不明", numbers)
        )
    columns = ("資料", "発行者", "日付", "引用の番号")
    blocks: list[Block] = [Heading("付録: 出典の一覧", 1)]
    if rows:
        blocks.append(Table(columns, tuple(rows), (50, 18, 14, 18)))
    else:
        blocks.append(Paragraph("引用した資料はありません。"))
    blocks += [Paragraph(f"・{note}") for note in plan.notes]
    return [*blocks, Paragraph(_origin(plan.as_of, plan.provenance.index_id))]


def _row(*cells: str | Cell) -> tuple[Cell, ...]:
    return tuple((Line(cell),) if isinstance(cell, str) else cell for cell in cells)


def _lines(items: Iterable[PlanItem], cited: dict[int, Citation]) -> Cell:
    return tuple(
        Line(attributed(item, cited), item.citations, gap=item.basis == "gap") for item in items
    )


def attributed(item: PlanItem | Statement, cited: Mapping[int, Citation]) -> str:
    """The text with who said it and its labels (案, 要約, 論点, 仮説)."""
    status = status_label(cited[item.citations[0]].document) if item.citations else ""
    label = "・".join(part for part in (status, item.label) if part)
    text = item.shown if isinstance(item, Statement) else item.text
    said = f"{item.attribution}:「{text}」" if item.attribution else text
    return said + (f"({label})" if label else "")


def _number_of(heading: str) -> str:
    return heading.split(" ", 1)[0] if heading[:1].isdigit() else heading


def _origin(as_of: str | None, index_id: str) -> str:
    return f"資料の時点: {as_of or '不明'}。索引の番号: {index_id}。{DRAFT_MARK}。"
