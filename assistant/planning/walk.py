"""A plan's items in reading order, and plans with their items changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from operator import attrgetter

from assistant.records.plans import PlanItem, PlanTable, ProjectPlan

Items = tuple[PlanItem, ...]
Change = Callable[[Items, str], Items]
"""Given the items of one place (a section, a cell) and its heading, gives those to keep."""


def changed(plan: ProjectPlan, change: Change) -> ProjectPlan:
    """The plan with `change` applied to every group of items, in reading order."""
    return replace(
        plan,
        sections=tuple(
            replace(section, items=change(section.items, section.heading))
            for section in plan.sections
        ),
        tables=tuple(_table(table, change) for table in plan.tables),
        findings=tuple(
            replace(finding, grounds=change(finding.grounds, finding.point))
            for finding in plan.findings
        ),
    )


def _table(table: PlanTable, change: Change) -> PlanTable:
    rows = tuple(
        replace(row, cells=tuple(change(cell, row.label) for cell in row.cells))
        for row in table.rows
    )
    return replace(table, rows=rows)


def items_of(plan: ProjectPlan) -> Iterator[PlanItem]:
    """Every item of the plan in reading order."""
    cells = (cell for table in plan.tables for row in table.rows for cell in row.cells)
    grounds = (finding.grounds for finding in plan.findings)
    return chain.from_iterable(chain((s.items for s in plan.sections), cells, grounds))


def renumbered(plan: ProjectPlan) -> ProjectPlan:
    """The plan with its citations numbered by first use, those of no item left out."""
    used = dict.fromkeys(n for item in items_of(plan) for n in item.citations)
    numbers = {old: new for new, old in enumerate(used, start=1)}

    def renumber(items: Items, _: str) -> Items:
        return tuple(
            replace(item, citations=tuple(numbers[n] for n in item.citations)) for item in items
        )

    kept = (replace(c, number=numbers[c.number]) for c in plan.citations if c.number in numbers)
    citations = tuple(sorted(kept, key=attrgetter("number")))
    return replace(changed(plan, renumber), citations=citations)
