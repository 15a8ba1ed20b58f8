"""The tables beside the sections: each cell from passages, each with its gaps named."""

import re

from assistant.planning.kpi import goal_row
from assistant.planning.material import Material, Used
from assistant.planning.template import Cell, Fact, Tables
from assistant.planning.walk import Items
from assistant.schema import (
    Brief,
    PlanItem,
    PlanKpi,
    PlanRole,
    PlanRow,
    PlanStage,
    PlanTable,
)

NO_SOURCE = Fact(
    what="この項目に使える資料",
    why="取り込んだ資料に、この項目の問いに答える記述が見つからない",
    where="国や県の公募要領・手引き・計画を regional-dx ingest で取り込む",
)
UNASSIGNED = Fact(
    what="連携する相手の役割と責任",
    why="名前だけで役割のない団体は、体制として評価されない",
    where="相手方との協議",
)
_UNASSIGNED_ROLE = "役割がまだ決まっていない相手"
_CELL_SENTENCES = 2


def roles(tables: Tables, brief: Brief, material: Material) -> tuple[PlanRole, ...]:
    """The role table; partners of the brief stand where their kind is meant, or apart."""
    used = Used()
    rows = []
    placed: set[str] = set()
    for spec in tables.role:
        names = [*([brief.municipality] if brief.municipality else []), *brief.partners]
        candidates = [n for n in names if n not in placed and re.search(spec.partners, n)]
        placed.update(candidates)
        rows.append(
            PlanRole(
                role=spec.role,
                organisation_type=spec.organisation_type,
                candidates=tuple(candidates),
                duties=_cell(spec.duties, material, used),
                cost=_cell(spec.cost, material, used),
                data=_cell(spec.data, material, used),
            )
        )
    rest = tuple(name for name in brief.partners if name not in placed)
    if rest:
        gap = (PlanItem(UNASSIGNED.gap, "gap"),)
        rows.append(PlanRole(_UNASSIGNED_ROLE, "ブリーフの連携先", rest, gap, gap, gap))
    return tuple(rows)


def kpis(tables: Tables, brief: Brief, material: Material) -> tuple[PlanKpi, ...]:
    """The KPI table: the brief's own goal first."""
    used = Used()
    rows = (
        PlanKpi(
            name=spec.name,
            outcome=_cell(spec.outcome, material, used),
            baseline=_cell(spec.baseline, material, used),
            targets=_cell(spec.targets, material, used),
            measure=_cell(spec.measure, material, used),
            grounds=_cell(spec.grounds, material, used),
        )
        for spec in tables.kpi
    )
    return (goal_row(brief), *rows)


def stages(tables: Tables, material: Material) -> tuple[PlanStage, ...]:
    """The stages of the schedule with the conditions for leaving them."""
    used = Used()
    return tuple(
        PlanStage(
            stage=spec.stage,
            period=_cell(spec.period, material, used),
            activities=_cell(spec.activities, material, used),
            exit_criteria=_cell(spec.exit_criteria, material, used),
        )
        for spec in tables.stage
    )


def other_tables(tables: Tables, material: Material) -> tuple[PlanTable, ...]:
    """People, running costs, security and personal data, risks."""
    found = []
    for spec in tables.table:
        used = Used()
        rows = tuple(
            PlanRow(row.label, tuple(_cell(cell, material, used) for cell in row.cells))
            for row in spec.row
        )
        found.append(PlanTable(spec.id, spec.heading, spec.columns, rows))
    return tuple(found)


def _cell(cell: Cell, material: Material, used: Used) -> Items:
    """What documents say, then what the town must; nothing found where it was asked is a gap."""
    # A row without grounds is worse than one that shares them with another row.
    found = quoted(cell.questions, material, used) or quoted(cell.questions, material, Used())
    facts = [*cell.facts, *([NO_SOURCE] if not found and not cell.facts else [])]
    return (*found, *(PlanItem(fact.gap, "gap") for fact in facts))


def quoted(questions: tuple[str, ...], material: Material, used: Used) -> Items:
    """At most two sentences that answer the questions."""
    return tuple(material.answers(questions, used, most=_CELL_SENTENCES))
