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


@pytest.mark.parametrize("table", TABLES)
def test_a_table_left_alone_stays_as_it_was(plan, table):
    assert with_rows(plan, table, table_rows(plan, table)) == plan


def test_an_edited_cell_loses_the_citation_of_the_sentence_that_was_changed_only(plan):
    cited = replace(plan.roles[0].cost[0], text="国が払う。", basis="source", citations=(1,))
    kept = replace(cited, text="町も払う。", citations=(2,))
    before = replace(plan, roles=(replace(plan.roles[0], cost=(cited, kept)), *plan.roles[1:]))
    rows = table_rows(before, "roles")
    assert rows[0]["費用負担"] == "国が払う。[1]\n町も払う。[2]"
    rows[0]["費用負担"] = "国が半分払う。[1]\n町も払う。[2]"
    cost = with_rows(before, "roles", rows).roles[0].cost
    assert [(item.text, item.basis, item.citations) for item in cost] == [
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
    cited = replace(plan.roles[0].cost[0], text="国が払う。", basis="source", citations=(1,))
    before = replace(plan, roles=(replace(plan.roles[0], cost=(cited,)), *plan.roles[1:]))
    rows = table_rows(before, "roles")
    rows[0]["費用負担"] = cell
    cost = with_rows(before, "roles", rows).roles[0].cost
    assert [(item.text, item.citations) for item in cost] == items


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
    base = replace(plan, sections=(), tables=(), findings=(), kpis=(), schedule=())
    cited = replace(plan.roles[0].duties[0], basis="source", label=None)
    first, second = (replace(cited, text=f"{n}文目。", citations=(n,)) for n in (1, 2))
    pool = tuple(replace(plan.citations[0], number=n) for n in (1, 2))
    role = replace(plan.roles[0], duties=(first, second), cost=(), data=())
    base = replace(base, roles=(role,), citations=pool)
    rows = [table_rows(base, "roles")[0] | {"責任": "町が書いた文。\n2文目。[2]"}]
    after = renumbered(with_rows(base, "roles", rows))
    assert [(i.text, i.label, i.citations) for i in after.roles[0].duties] == [
        ("町が書いた文。", EDITED, ()),
        ("2文目。", None, (1,)),
    ]
    assert [citation.number for citation in after.citations] == [1]
    # The rows as they now stand on the screen mean the same.
    again = with_rows(base, "roles", table_rows(after, "roles"))
    assert renumbered(again) == after
