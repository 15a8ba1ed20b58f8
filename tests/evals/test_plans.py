import copy
import json

import pytest

from assistant.export.rows import plan_row
from assistant.records.plans import Brief
from evals.independent.plans import items, main, plan_faults


@pytest.fixture(scope="module")
def good(assistant):
    """A plan from the small documents; they give too few roles, which is a fault of its own."""
    brief = Brief(
        "みどり町", "12,000人", "光ファイバが古い。", "通信を続ける。", budget="1億2,000万円"
    )
    return json.loads(json.dumps(plan_row(assistant.draft(brief))))


@pytest.fixture
def row(good):
    return copy.deepcopy(good)


def problems(row):
    return [fault for fault in plan_faults(row)[1] if "roles have a source" not in fault]


def first(row, basis):
    return next(item for _, item in items(row) if item["basis"] == basis)


def test_a_plan_as_drafted_has_no_fault(row):
    assert plan_faults(row)[0] == len(row["citations"]) > 0
    assert problems(row) == []


@pytest.mark.parametrize(
    ("basis", "added"),
    [
        ("source", "費用は500万円である。"),
        ("source", "2031年までに行う。"),
        ("source", "あおば総合研究所が担う。"),
        ("source", "となり市も加わる。"),
        ("source", "効果がある。"),
        ("brief", "。人口は9,999人である"),
        ("brief", "。みどり大学と組む"),
        ("gap", "99か所"),
        ("computed", "、年に3,000円"),
    ],
)
def test_what_neither_brief_nor_quote_says_is_a_fault(row, basis, added):
    item = first(row, basis)
    item["text"] = added if basis == "computed" else item["text"] + added
    assert problems(row)


@pytest.mark.parametrize(
    ("old", "new"), [("120,000,000円", "130,000,000円"), ("12,000人", "13,000人"), ("約", "約1")]
)
def test_a_formula_that_does_not_add_up_is_a_fault(row, old, new):
    item = first(row, "computed")
    assert old in item["text"]
    item["text"] = item["text"].replace(old, new, 1)
    assert problems(row)


def test_a_changed_quote_is_a_fault(row):
    row["citations"][0]["quote"] += "。"
    assert problems(row)


def test_a_citation_without_quote_and_numbers_out_of_order_are_faults(row):
    first(row, "source")["citations"] = [999]
    assert problems(row)


def test_a_criterion_left_out_is_a_fault(row):
    row["coverage"].pop()
    assert problems(row)


def test_an_unmet_criterion_needs_its_question(row):
    next(r for r in row["coverage"] if r["state"] == "unmet")["question"] = None
    assert problems(row)


def test_a_kpi_without_baseline_is_no_kpi(row):
    row["kpis"][0]["basis"] = "brief"
    assert problems(row)


def test_a_file_of_plans_is_checked(row, tmp_path, monkeypatch, capsys):
    path = tmp_path / "plans.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["plans", str(path)])
    assert main() == 1
    assert "1 plans" in capsys.readouterr().out
