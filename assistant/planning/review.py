"""The reviewer's eye: which criteria are met and by what, and what would be marked down."""

from collections.abc import Callable, Iterable, Sequence

from assistant.planning.brief import KEYS
from assistant.planning.template import Criterion, Point, Template, meets
from assistant.planning.walk import Items
from assistant.records.plans import Brief, Coverage, CoverageState, Finding, ProjectPlan, kpi_basis


def coverage_of(
    template: Template, plan: ProjectPlan, written: Sequence[str]
) -> tuple[Coverage, ...]:
    """Every criterion of the template with what meets it.

    A criterion is about the town: without what the town must say of it, it is unmet, however much
    the documents say in general. With it, a section that also cites a source makes it ``source``.

    Args:
        template: gives the criteria.
        plan: the brief, sections and KPIs to judge.
        written: what the town has written into the plan beside its brief.
    """
    values = values_of(plan.brief)
    measured = any(kpi_basis(kpi) != "gap" for kpi in plan.table("kpis").rows)
    rows = []
    for criterion in template.criterion:
        serving = [section for section in plan.sections if criterion.id in section.criteria]
        sourced = [s for s in serving if any(item.basis == "source" for item in s.items)]
        said = criterion.mentions
        told = meets(criterion, values) or (said and any(said.search(text) for text in written))
        met = measured if criterion.kpi else told or not criterion.brief
        state = _state(criterion, met=bool(met), sourced=bool(sourced))
        shown = sourced if state == "source" else serving
        rows.append(
            Coverage(
                id=criterion.id,
                criterion=criterion.name,
                state=state,
                sections=tuple(section.id for section in shown),
                question=None if state == "source" else criterion.question,
            )
        )
    return tuple(rows)


def findings_of(
    points: Iterable[Point], brief: Brief, answers: Callable[[tuple[str, ...]], Items]
) -> tuple[Finding, ...]:
    """The points a reviewer would mark down, each with the passages that say why.

    Args:
        points: what to look for.
        brief: what the town says.
        answers: finds sentences of the documents for questions.
    """
    values = values_of(brief)
    return tuple(
        Finding(point.point, point.advice, answers(point.questions))
        for point in points
        if meets(point, values) == (point.raised == "present")
    )


def values_of(brief: Brief) -> dict[str, str]:
    """The brief's values by key, lists joined; keys without a value are left out."""
    return {key: text for key in KEYS if (text := brief.text(key))}


def _state(criterion: Criterion, *, met: bool, sourced: bool) -> CoverageState:
    if not met:
        return "unmet"
    if sourced:
        return "source"
    return "brief" if criterion.brief or criterion.kpi else "unmet"
