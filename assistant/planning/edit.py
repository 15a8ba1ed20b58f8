"""What the town writes into a plan: its gaps filled, its tables changed.

An edited text is the town's own word (basis ``brief``): it rests on no quote, shows no citation and
is labelled `EDITED`. A sentence left as it stood keeps its citations.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.planning.walk import Items, changed
from assistant.schema import PlanItem, PlanKpi, PlanRole, PlanStage, ProjectPlan

Row = dict[str, str]
"""A row of a table as edited: heading → text of the cell, one item a line or more."""

TABLES = {"roles": "役割", "kpis": "KPI", "schedule": "日程"}
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


def table_rows(plan: ProjectPlan, table: str) -> list[Row]:
    """A table of the plan as rows to edit; citation numbers stand behind their sentences."""
    match table:
        case "roles":
            return [_role_row(role) for role in plan.roles]
        case "kpis":
            return [_kpi_row(kpi) for kpi in plan.kpis]
        case _:
            return [_stage_row(stage) for stage in plan.schedule]


def with_rows(plan: ProjectPlan, table: str, rows: list[Row]) -> ProjectPlan:
    """The plan with a table as edited; empty rows are left out.

    A sentence keeps its citations wherever in the table it was moved to, also where the rows show
    them under other numbers; the citations are not renumbered here.
    """
    rows = [row for row in rows if any(text.strip() for text in row.values())]
    stood = table_items(plan, table)
    match table:
        case "roles":
            return replace(plan, roles=tuple(_role(row, stood) for row in rows))
        case "kpis":
            grounds = {kpi.name: kpi.grounds for kpi in plan.kpis}
            return replace(plan, kpis=tuple(_kpi(row, stood, grounds) for row in rows))
        case _:
            return replace(plan, schedule=tuple(_stage(row, stood) for row in rows))


def table_items(plan: ProjectPlan, table: str) -> list[PlanItem]:
    """The sentences of a table that can be edited, row by row."""
    match table:
        case "roles":
            return [i for r in plan.roles for i in (*r.duties, *r.cost, *r.data)]
        case "kpis":
            return [i for k in plan.kpis for i in (*k.outcome, *k.baseline, *k.targets, *k.measure)]
        case _:
            return [i for s in plan.schedule for i in (*s.period, *s.activities, *s.exit_criteria)]


def _role_row(role: PlanRole) -> Row:
    return {
        "役割": role.role,
        "想定主体": role.organisation_type,
        "候補": "、".join(role.candidates),
        "責任": _text(role.duties),
        "費用負担": _text(role.cost),
        "データと知財": _text(role.data),
    }


def _role(row: Row, stood: list[PlanItem]) -> PlanRole:
    names = re.split(r"[、,\n]", row["候補"])
    return PlanRole(
        role=row["役割"].strip(),
        organisation_type=row["想定主体"].strip(),
        candidates=tuple(name.strip() for name in names if name.strip()),
        duties=_items(row["責任"], stood),
        cost=_items(row["費用負担"], stood),
        data=_items(row["データと知財"], stood),
    )


def _kpi_row(kpi: PlanKpi) -> Row:
    return {
        "指標": kpi.name,
        "成果": _text(kpi.outcome),
        "基準値": _text(kpi.baseline),
        "目標値": _text(kpi.targets),
        "測り方": _text(kpi.measure),
    }


def _kpi(row: Row, stood: list[PlanItem], grounds: dict[str, Items]) -> PlanKpi:
    name = row["指標"].strip()
    return PlanKpi(
        name=name,
        outcome=_items(row["成果"], stood),
        baseline=_items(row["基準値"], stood),
        targets=_items(row["目標値"], stood),
        measure=_items(row["測り方"], stood),
        grounds=grounds.get(name, ()),
    )


def _stage_row(stage: PlanStage) -> Row:
    return {
        "段階": stage.stage,
        "時期": _text(stage.period),
        "取組": _text(stage.activities),
        "次へ進む条件": _text(stage.exit_criteria),
    }


def _stage(row: Row, stood: list[PlanItem]) -> PlanStage:
    return PlanStage(
        stage=row["段階"].strip(),
        period=_items(row["時期"], stood),
        activities=_items(row["取組"], stood),
        exit_criteria=_items(row["次へ進む条件"], stood),
    )


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
