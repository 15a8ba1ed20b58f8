"""What the town writes into a plan: it is the town's, and cites nothing."""

from dataclasses import replace

import pytest

from assistant.planning.brief import brief_from
from assistant.planning.edit import (
    EDITED,
    TABLES,
    filled,
    gap_key,
    gap_parts,
    table_rows,
    with_rows,
)
from assistant.planning.walk import items_of, renumbered
from assistant.records.plans import PlanItem, PlanRow


@pytest.fixture(scope="module")
def plan(assistant):
    return assistant.draft(
        brief_from({"municipality": "みどり町", "problem": "バスの便が減った。"})
    )


def test_the_parts_of_a_gap_are_told_apart():
    text = "【要記入: 人口。理由: 規模が分かる。探す所: 住民基本台帳】"
    assert gap_parts(text) == ("人口", "規模が分かる", "住民基本台帳")
    assert gap_parts("【要記入】") == ("要記入", "", "")


def test_a_filled_gap_is_the_towns_own_word_in_its_section_only(plan):
    section = next(section for section in plan.sections if section.gaps)
    gap = section.gaps[0]
    after = filled(plan, {gap_key(section.heading, gap): "12世帯"})
    own = [item for item in items_of(after) if "12世帯" in item.text]
    assert [(item.text, item.basis, item.citations) for item in own] == [
        (f"{gap_parts(gap)[0]}: 12世帯", "brief", ())
    ]
    assert [s for s in after.sections if s.id != section.id] == [
        s for s in plan.sections if s.id != section.id
    ]


def with_roles(plan, *rows):
    roles = replace(plan.table("roles"), rows=rows)
    return replace(plan, tables=(roles, *plan.tables[1:]))


def with_cost(plan, *items):
    """The plan with these sentences on who pays in the first row of its roles."""
    first, *rest = plan.table("roles").rows
    duties, _, data = first.cells
    return with_roles(plan, replace(first, cells=(duties, items, data)), *rest)


def cost(plan):
    return plan.table("roles").rows[0].cells[1]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_left_alone_stays_as_it_was(plan, table):
    assert with_rows(plan, table, table_rows(plan, table)) == plan


def test_an_edited_cell_loses_the_citation_of_the_sentence_that_was_changed_only(plan):
    cited = PlanItem("国が払う。", "source", (1,))
    before = with_cost(plan, cited, PlanItem("町も払う。", "source", (2,)))
    rows = table_rows(before, "roles")
    assert rows[0]["費用負担"] == "国が払う。[1]\n町も払う。[2]"
    rows[0]["費用負担"] = "国が半分払う。[1]\n町も払う。[2]"
    after = cost(with_rows(before, "roles", rows))
    assert [(item.text, item.basis, item.citations) for item in after] == [
        ("国が半分払う。", "brief", ()),
        ("町も払う。", "source", (2,)),
    ]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("国が払う。[1]町も払う。", [("国が払う。", (1,)), ("町も払う。", ())]),
        ("国が払う。[9]", [("国が払う。", (1,))]),
        ("国が[1]半分払う。[1][2]", [("国が半分払う。", ())]),
        ("国が払う。[1][2]", [("国が払う。", (1,))]),
    ],
)
def test_no_number_of_a_citation_is_left_in_the_towns_own_words(plan, cell, items):
    before = with_cost(plan, PlanItem("国が払う。", "source", (1,)))
    rows = table_rows(before, "roles")
    rows[0]["費用負担"] = cell
    after = cost(with_rows(before, "roles", rows))
    assert [(item.text, item.citations) for item in after] == items


@pytest.mark.parametrize("table", TABLES)
def test_rows_can_be_added_and_taken_out(plan, table):
    rows = table_rows(plan, table)
    new = dict.fromkeys(rows[0], "") | {next(iter(rows[0])): "町内会"}
    after = with_rows(plan, table, [*rows[1:], new, dict.fromkeys(rows[0], " ")])
    names = [next(iter(row.values())) for row in table_rows(after, table)]
    assert names == [*[next(iter(row.values())) for row in rows[1:]], "町内会"]
    assert table_rows(after, table)[:-1] == rows[1:]
    sourced = {item for item in items_of(plan) if item.basis == "source"}
    assert {item for item in items_of(after) if item.basis == "source"} <= sourced


def test_a_sentence_written_over_is_labelled_and_the_numbers_after_it_move_up(plan):
    first, second = (PlanItem(f"{n}文目。", "source", (n,)) for n in (1, 2))
    pool = tuple(replace(plan.citations[0], number=n) for n in (1, 2))
    base = replace(plan, sections=(), findings=(), tables=plan.tables[:1], citations=pool)
    base = with_roles(base, PlanRow("代表", ((first, second), (), ())))
    rows = [table_rows(base, "roles")[0] | {"責任": "町が書いた文。\n2文目。[2]"}]
    after = renumbered(with_rows(base, "roles", rows))
    assert [(i.text, i.label, i.citations) for i in after.table("roles").rows[0].cells[0]] == [
        ("町が書いた文。", EDITED, ()),
        ("2文目。", None, (1,)),
    ]
    assert [citation.number for citation in after.citations] == [1]
    # The rows as they now stand on the screen mean the same.
    again = with_rows(base, "roles", table_rows(after, "roles"))
    assert renumbered(again) == after
