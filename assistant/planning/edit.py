"""What the town writes into a plan: its gaps filled, its tables changed.

An edited text is the town's own word (basis ``brief``): it rests on no quote, shows no citation and
is labelled `EDITED`. A sentence left as it stood keeps its citations.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.planning.walk import Items, changed
from assistant.records.plans import PlanItem, PlanRow, PlanTable, ProjectPlan

Row = dict[str, str]
"""A row of a table as edited: heading → text of the cell, one item a line or more."""

TABLES = {"roles": "役割", "kpis": "KPI", "schedule": "日程"}
_TYPE, _CANDIDATES, _GROUNDS = "想定主体", "候補", "資料の記述"
EDITED = "手で直した文"
"""Label of a table's sentence that the draft did not hold."""
_GAP = re.compile(
    r"【要記入: (?P<what>.*?)。理由: (?P<why>.*?)。探す所: (?P<where>.*)】", re.DOTALL
)
_MARKS = re.compile(r"(?:\[\d+\])+")


def gap_parts(text: str) -> tuple[str, str, str]:
    """What is missing, why it is asked for and where the town finds it; empty where not said."""
    match = _GAP.fullmatch(text)
    return (match["what"], match["why"], match["where"]) if match else (text.strip("【】"), "", "")


def gap_key(heading: str, gap: str) -> str:
    """What a filling is kept under: the same gap may stand in several sections."""
    return f"{heading}\n{gap}"


def filled(plan: ProjectPlan, fillings: Mapping[str, str]) -> ProjectPlan:
    """The plan with gaps replaced by what the town has written for them, see `gap_key`."""

    def fill(items: Items, heading: str) -> Items:
        return tuple(
            PlanItem(f"{gap_parts(item.text)[0]}: {own}", "brief")
            if item.basis == "gap" and (own := fillings.get(gap_key(heading, item.text)))
            else item
            for item in items
        )

    return changed(plan, fill)


def table_rows(plan: ProjectPlan, table_id: str) -> list[Row]:
    """A table of the plan as rows to edit; citation numbers stand behind their sentences."""
    table = plan.table(table_id)
    rows = []
    for row in table.rows:
        texts = {table.columns[0]: row.label}
        if table_id == "roles":
            texts |= {_TYPE: row.organisation_type, _CANDIDATES: "、".join(row.candidates)}
        cells = zip(_edited(table), row.cells, strict=False)
        rows.append(texts | {name: _text(cell) for name, cell in cells})
    return rows


def with_rows(plan: ProjectPlan, table_id: str, rows: list[Row]) -> ProjectPlan:
    """The plan with a table as edited; empty rows are left out.

    A sentence keeps its citations wherever in the table it was moved to, also where the rows show
    them under other numbers; the citations are not renumbered here.
    """
    table = plan.table(table_id)
    names = _edited(table)
    stood = table_items(plan, table_id)
    unseen = {row.label: row.cells[len(names) :] for row in table.rows}
    none = ((),) * (len(table.columns) - 1 - len(names))
    made = []
    for row in rows:
        if not any(text.strip() for text in row.values()):
            continue
        label = row[table.columns[0]].strip()
        cells = (*(_items(row[name], stood) for name in names), *unseen.get(label, none))
        candidates = [name.strip() for name in re.split(r"[、,\n]", row.get(_CANDIDATES, ""))]
        made.append(
            PlanRow(label, cells, row.get(_TYPE, "").strip(), tuple(filter(None, candidates)))
        )
    edited = replace(table, rows=tuple(made))
    return replace(plan, tables=tuple(edited if t is table else t for t in plan.tables))


def table_items(plan: ProjectPlan, table_id: str) -> list[PlanItem]:
    """The sentences of a table that can be edited, row by row."""
    table = plan.table(table_id)
    shown = len(_edited(table))
    return [item for row in table.rows for cell in row.cells[:shown] for item in cell]


def _edited(table: PlanTable) -> list[str]:
    """The columns of sentences that are edited: those of the KPIs' grounds only quote."""
    return [name for name in table.columns[1:] if name != _GROUNDS]


def _text(items: Items) -> str:
    return "\n".join(_line(item) for item in items)


def _line(item: PlanItem) -> str:
    return item.text + "".join(f"[{number}]" for number in item.citations)


def _items(text: str, stood: list[PlanItem]) -> Items:
    """The items of an edited cell, in its order: those that stood in the table, else own lines."""
    known = sorted(stood, key=lambda item: -len(_line(item)))
    for item in stood:
        if item.citations:
            # What was added behind a sentence's numbers is a line of its own.
            text = re.sub(rf"({re.escape(_line(item))})(?=[^\[\n])", r"\1\n", text)
    rest = text.strip("\n").split("\n")
    items = []
    while rest:
        item = (
            next((item for item in known if _begins(rest, _line(item))), None)
            # Numbers move when a sentence before them loses its citation.
            or next((item for item in known if _begins(_unmarked(rest), item.text)), None)
            or PlanItem(_MARKS.sub("", rest[0].strip()), "brief", label=EDITED)
        )
        items.append(item)
        rest = rest[item.text.count("\n") + 1 :]
    return tuple(item for item in items if item.text)


def _begins(lines: list[str], text: str) -> bool:
    wanted = text.split("\n")
    return lines[: len(wanted)] == wanted


def _unmarked(lines: list[str]) -> list[str]:
    return [_MARKS.sub("", line) for line in lines]
