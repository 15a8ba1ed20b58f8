"""The reviewer's eye: which criteria are met and by what, and what would be marked down."""

from collections.abc import Callable, Iterable

from assistant.planning.brief import KEYS
from assistant.planning.template import Criterion, Point, Template, meets
from assistant.planning.walk import Items
from assistant.schema import Brief, Coverage, CoverageState, Finding, PlanKpi, PlanSection


def coverage_of(
    template: Template, brief: Brief, sections: Iterable[PlanSection], kpis: Iterable[PlanKpi]
) -> tuple[Coverage, ...]:
    """Every criterion of the template with what meets it.

    A criterion is about the town: without what the brief must say of it, it is unmet, however much
    the documents say in general. With it, a section that also cites a source makes it ``source``.
    """
    values = values_of(brief)
    listed = list(sections)
    measured = any(kpi.basis != "gap" for kpi in kpis)
    rows = []
    for criterion in template.criterion:
        serving = [section for section in listed if criterion.id in section.criteria]
        sourced = [s for s in serving if any(item.basis == "source" for item in s.items)]
        state = _state(criterion, values, measured=measured, sourced=bool(sourced))
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
    values = {key: getattr(brief, key) for key in KEYS}
    return {
        key: "、".join(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value
    }


def _state(
    criterion: Criterion, values: dict[str, str], *, measured: bool, sourced: bool
) -> CoverageState:
    met = measured if criterion.kpi else not criterion.brief or meets(criterion, values)
    if not met:
        return "unmet"
    if sourced:
        return "source"
    return "brief" if criterion.brief or criterion.kpi else "unmet"
