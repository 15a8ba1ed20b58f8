from assistant.planning.walk import items_of
from assistant.schema import Brief


def test_a_plan_has_its_14_sections_sourced_or_their_gaps_named(starter, brief):
    plan = starter.draft(brief)
    assert len(plan.sections) == 14
    justified = [s for s in plan.sections if s.gaps or any(i.basis == "source" for i in s.items)]
    assert len(justified) == 14
    assert sum(role.basis == "source" for role in plan.roles) >= 6
    assert plan.withheld == ()
    assert [citation.number for citation in plan.citations] == list(
        range(1, len(plan.citations) + 1)
    )


def test_an_empty_brief_gives_a_plan_full_of_gaps(starter):
    plan = starter.draft(Brief())
    assert all(section.gaps for section in plan.sections)
    assert not [item for item in items_of(plan) if item.basis in {"brief", "computed"}]
    assert all(row.state == "unmet" and row.question for row in plan.coverage)
