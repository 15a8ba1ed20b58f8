import io

import pytest

from assistant.errors import InputError
from assistant.feedback import append_feedback
from evals.sets import add_case as add_case_module
from evals.sets import cases as cases_module
from evals.sets.add_case import Marking, append_case, main, new_case, open_complaints
from evals.sets.cases import load_cases

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
    case = new_case(complaint, MARKING, tmp_path)
    assert load_cases("set") == []
    append_case("set", case)
    assert load_cases("set") == [case]
    assert (case.id, case.split, case.answerable) == ("u001", "dev", True)
    assert case.facts == (("交付金", "国の交付金"),)
    assert open_complaints(tmp_path, ["set"]) == []


@pytest.fixture
def command(complaint, tmp_path, monkeypatch, capsys):
    """Runs ``add-case`` where a person at the keyboard says `said`; gives what it printed."""
    monkeypatch.setenv("REGIONAL_DX_DATA", str(tmp_path))
    monkeypatch.setattr(add_case_module, "SETS", ("set",))
    monkeypatch.setattr(add_case_module, "roots_of", lambda _: [tmp_path])

    def command(*options, said=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        monkeypatch.setattr("sys.argv", ["add-case", *options, "--set", "set"])
        assert main() == 0
        return capsys.readouterr().out

    return command


def test_what_will_be_written_is_shown_and_only_a_yes_writes_it(command):
    options = ("1", "--gold", "a.md:2", "--fact", "交付金|国の交付金")
    for said in ("", "\n", "いいえ\n"):
        shown = command(*options, said=said)
        assert "運行費には交付金を充てる。" in shown
        assert "要点: 交付金 または 国の交付金" in shown
        assert "加えませんでした" in shown
        assert load_cases("set") == []
    assert "加えました" in command(*options, said="y\n")
    assert [case.kind for case in load_cases("set")] == ["fact"]


def test_a_question_without_gold_is_shown_as_unanswerable_before_it_becomes_a_case(command):
    shown = command("1", said="\n")
    assert "資料に答えはない" in shown
    assert load_cases("set") == []
    command("1", "--yes")
    assert [(case.kind, case.answerable) for case in load_cases("set")] == [("unanswerable", False)]


@pytest.mark.parametrize(
    ("gold", "facts", "why"),
    [
        (("a.md:9",), ("交付金",), "nothing at"),
        (("a.md:2",), ("県の補助",), "no spelling"),
        (("a.md",), ("交付金",), "根拠の場所"),
        (("a.md:2",), (), "両方そろえるか"),
    ],
)
def test_a_marking_that_the_document_does_not_bear_out_changes_nothing(
    complaint, tmp_path, gold, facts, why
):
    with pytest.raises(InputError, match=why):
        new_case(complaint, Marking("set", "fact", "townhall", gold, facts, ""), tmp_path)
    assert load_cases("set") == []
