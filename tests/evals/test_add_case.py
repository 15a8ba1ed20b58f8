import pytest

from assistant.feedback import append_feedback
from evals import cases as cases_module
from evals.add_case import CaseError, Marking, add_case, open_complaints
from evals.cases import load_cases

ANSWER = {"question": "バスのお金はどこから出ますか", "answer": "書かれていません。"}
MARKING = Marking("set", "fact", "townhall", ("a.md:2",), ("交付金|国の交付金",), "交付金である。")


@pytest.fixture
def complaint(tmp_path, monkeypatch):
    monkeypatch.setattr(cases_module, "DATASETS", tmp_path)
    (tmp_path / "set.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "a.md").write_text("見出し\n運行費には交付金を充てる。\n", encoding="utf-8")
    append_feedback(tmp_path, {**ANSWER, "question": "良い答えの質問"}, "up")
    append_feedback(tmp_path, ANSWER, "down", "交付金と書いてある")
    append_feedback(tmp_path, ANSWER, "down", "もう一度")
    return open_complaints(tmp_path, ["set"])[0]


def test_a_complaint_becomes_a_case_of_the_dev_split(complaint, tmp_path):
    assert complaint.reason == "もう一度"
    case = add_case(complaint, MARKING, tmp_path)
    assert load_cases("set") == [case]
    assert (case.id, case.split, case.answerable) == ("u001", "dev", True)
    assert case.facts == (("交付金", "国の交付金"),)
    assert open_complaints(tmp_path, ["set"]) == []


def test_a_question_the_documents_do_not_answer(complaint, tmp_path):
    case = add_case(complaint, Marking("set", "unanswerable", "townhall", (), (), ""), tmp_path)
    assert not case.answerable


@pytest.mark.parametrize(
    ("gold", "facts", "why"),
    [
        (("a.md:9",), ("交付金",), "nothing at"),
        (("a.md:2",), ("県の補助",), "no spelling"),
        (("a.md",), ("交付金",), "ファイル:行-行"),
        (("a.md:2",), (), "gold and facts"),
    ],
)
def test_a_marking_that_the_document_does_not_bear_out_changes_nothing(
    complaint, tmp_path, gold, facts, why
):
    with pytest.raises(CaseError, match=why):
        add_case(complaint, Marking("set", "fact", "townhall", gold, facts, ""), tmp_path)
    assert load_cases("set") == []
