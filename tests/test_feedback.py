import json

import pytest

from assistant.cli import main
from assistant.feedback import append_feedback, read_feedback

ANSWER = {"question": "更新の費用はいくらですか", "answer": "8億円(案)[1]", "refused": False}


def test_judgements_are_read_back_in_order_and_a_torn_line_costs_only_itself(tmp_path):
    append_feedback(tmp_path / "data", ANSWER, "down", " 金額が違う\n")
    with (tmp_path / "data" / "feedback.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"time": "2026-\n')
    append_feedback(tmp_path / "data", {**ANSWER, "question": "次"}, "up")
    found = read_feedback(tmp_path / "data")
    assert [(f.question, f.verdict, f.reason) for f in found] == [
        (ANSWER["question"], "down", "金額が違う"),
        ("次", "up", ""),
    ]
    assert found[0].answer == ANSWER
    assert read_feedback(tmp_path) == []


def test_the_command_judges_the_last_answer(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("REGIONAL_DX_DATA", str(tmp_path))
    assert main(["feedback", "down"]) == 1
    assert "直前の回答がありません" in capsys.readouterr().err
    last = json.dumps({**ANSWER, "index": None}, ensure_ascii=False)
    (tmp_path / "last-answer.json").write_text(last, encoding="utf-8")
    assert main(["feedback", "down", "--reason", "古い金額"]) == 0
    assert capsys.readouterr().out == "記録しました: 更新の費用はいくらですか(悪い)\n"
    stored = read_feedback(tmp_path)[0]
    assert (stored.answer, stored.reason) == (ANSWER, "古い金額")


@pytest.mark.parametrize("arguments", [["feedback"], ["feedback", "sideways"]])
def test_another_verdict_is_a_usage_error(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
