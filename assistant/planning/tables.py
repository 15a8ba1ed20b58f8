"""The tables beside the sections: each cell from passages, each with its gaps named."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.planning.kpi import goal_row
from assistant.planning.material import Material, Used
from assistant.planning.template import Cell, RowSpec, TableSpec, load_tables
from assistant.planning.walk import Items
from assistant.records.plans import Brief, PlanRow, PlanTable

_CELL_SENTENCES = 2


def plan_tables(
    specs: Iterable[TableSpec], brief: Brief, material: Material
) -> tuple[PlanTable, ...]:
    """The tables; the brief's own goal is the first KPI, its partners stand with the roles."""
    tables = []
    for spec in specs:
        used = Used()
        rows = [
            PlanRow(
                row.label,
                tuple(_cell(cell, material, used) for cell in row.cells),
                row.organisation_type,
            )
            for row in spec.row
        ]
        if spec.id == "roles":
            rows = _with_candidates(rows, spec.row, brief)
        if spec.id == "kpis":
            rows.insert(0, goal_row(brief))
        tables.append(PlanTable(spec.id, spec.heading, spec.columns, tuple(rows)))
    return tuple(tables)


def _with_candidates(
    rows: Iterable[PlanRow], specs: Sequence[RowSpec], brief: Brief
) -> list[PlanRow]:
    """The roles with the town and its partners, each where its kind is meant first, or apart."""
    names = dict.fromkeys([*([brief.municipality] if brief.municipality else []), *brief.partners])
    roles = []
    for row, spec in zip(rows, specs, strict=True):
        candidates = [name for name in names if spec.partners and spec.partners.search(name)]
        for name in candidates:
            del names[name]
        roles.append(replace(row, candidates=tuple(candidates)))
    rest = tuple(name for name in brief.partners if name in names)
    if rest:
        spec = load_tables().unassigned
        cells = tuple(cell.gaps for cell in spec.cells)
        roles.append(PlanRow(spec.label, cells, spec.organisation_type, rest))
    return roles


def _cell(cell: Cell, material: Material, used: Used) -> Items:
    """What documents say, then what the town must; nothing found where it was asked is a gap."""
    # A row without grounds is worse than one that shares them with another row.
    found = quoted(cell.questions, material, used) or quoted(cell.questions, material, Used())
    return (*found, *cell.gaps) or (load_tables().no_source.gap,)


def quoted(questions: tuple[str, ...], material: Material, used: Used) -> Items:
    """At most two sentences that answer the questions."""
    return tuple(material.answers(questions, used, most=_CELL_SENTENCES))
