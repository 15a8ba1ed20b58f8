import copy

import pytest

from assistant.export.rows import answer_row
from evals.independent.quotes import faults, numbers

QUESTION = "光ファイバの整備率と更新の費用はどれくらいですか"


@pytest.fixture
def row(assistant):
    row = answer_row(assistant.ask(QUESTION))
    assert row["citations"]
    return copy.deepcopy(row)


def test_a_true_answer_has_no_fault(row):
    assert faults([row]) == (len(row["citations"]), [])


@pytest.mark.parametrize("digit", range(10))
def test_a_changed_digit_in_a_quote_is_found(row, digit):
    citation = next(c for c in row["citations"] if any(d.isdecimal() for d in c["quote"]))
    changed = "".join(str(digit) if c.isdecimal() else c for c in citation["quote"])
    citation["quote"] = changed
    assert any("is not in its source" in fault for fault in faults([row])[1])


def test_a_quote_claimed_for_other_lines_is_found(row):
    for citation in row["citations"]:
        citation["line_start"] = citation["line_end"] = 1
    assert len(faults([row])[1]) >= len(row["citations"])


def test_a_number_that_no_quote_carries_is_found(row):
    row["statements"][0]["text"] += "負担は4,567円である。"
    assert f"{QUESTION}: 4567 is in no quote" in faults([row])[1]


@pytest.mark.parametrize(
    ("said", "quoted", "carried"),
    [
        ("15,000人", "１万５,０００人", True),
        ("1億2,000万円", "120,000,000円", True),
        ("1.5万人", "15,000人", True),
        ("3.50%", "3.5％", True),
        ("2,000万円", "1億2,000万円", False),
        ("1万人", "1人", False),
    ],
)
def test_numbers_are_compared_by_value(said, quoted, carried):
    assert (numbers(said) <= numbers(quoted)) == carried


def test_an_extract_that_is_not_its_quotes_is_found(row):
    row["statements"][0]["text"] += "住民は望んでいない。"
    assert faults([row])[1] == [f"{QUESTION}: a statement is not its quotes"]


def test_a_cell_that_no_quote_holds_is_found(row):
    row["statements"][0]["cells"] = [["地区", "北地区"], ["金額", "4,567円"]]
    assert f"{QUESTION}: the cell under 金額 is in no quote" in faults([row])[1]
    row["statements"][0]["cells"] = [["地区", "北地区"]]
    assert faults([row])[1] == []


def test_a_statement_without_a_citation_is_found(row):
    row["statements"][0]["citations"] = []
    assert any("has no citation" in fault for fault in faults([row])[1])
