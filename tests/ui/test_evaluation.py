"""評価: runs on disk, two of them side by side, and what visitors disliked."""

import json

import pytest

from assistant.feedback import append_feedback
from assistant.ui import runs

QUESTIONS = {"a:1": "一つ目の問い", "a:2": "二つ目の問い", "a:3": "三つ目の問い"}


def write_run(folder, name, scores, started):
    place = folder / name
    place.mkdir(parents=True)
    mean = sum(scores.values()) / len(scores)
    figure = {"mean": mean, "low": mean - 0.1, "high": min(1.0, mean + 0.1), "n": 3, "unscored": 0}
    length = {"mean": 430.0, "low": 400.0, "high": 450.0, "n": 3, "unscored": 0}
    none = {"mean": None, "low": None, "high": None, "n": 0, "unscored": 3}
    metrics = {"key_fact_recall": figure, "answer_length": length, "refusal_recall": none}
    summary = {"rows": 3, "errored": 1, "metrics": metrics, "quotes": 7, "faulty_rows": 0}
    settings = {"name": name, "started": started, "sets": ["guidance"], "model": None}
    rows = [
        {"id": i, "question": QUESTIONS[i], "scores": {"key_fact_recall": score},
         "answer": {"answer": f"{i}の答え"}, "error": "止まった" if i == "a:2" else None}
        for i, score in scores.items()
    ]  # fmt: skip
    (place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (place / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (place / "rows.jsonl").write_text("\n".join([*lines, '{"id": "a:']), encoding="utf-8")


@pytest.fixture
def results(tmp_path, monkeypatch):
    folder = tmp_path / "results"
    write_run(folder, "1-old", {"a:1": 1.0, "a:2": 0.5, "a:3": 0.4}, "2026-11-01")
    write_run(folder, "2-new", {"a:1": 0.2, "a:2": 0.5, "a:3": 0.9}, "2026-11-02")
    (folder / "3-unfinished").mkdir()
    monkeypatch.setattr(runs, "RESULTS", folder)
    return folder


def test_the_newest_run_comes_first_and_unfinished_ones_not_at_all(results):
    found = runs.finished(results)
    assert [run.name for run in found] == ["2-new", "1-old"]
    assert [figure.metric for figure in found[0].figures] == ["key_fact_recall"]


def test_failed_rows_are_the_worst_then_the_lowest_scores(open_page, results):
    page = open_page("evaluation")
    assert not page.exception
    named = [box.label for box in page.expander if "問い" in box.label]
    assert [n for label in named for n in "123" if f":{n}" in label.replace("\\", "")] == [
        *("2", "1", "3")
    ]


def test_two_runs_stand_side_by_side_and_losses_come_first(open_page, results, texts):
    page = open_page("evaluation")
    page.selectbox(key="other_run").select("1-old").run()
    assert not page.exception
    moved = [box.label for box in page.expander if "った" in box.label]
    assert [label[:4] for label in moved] == ["下がった", "上がった"]
    assert texts(page).count("a:1の答え") == 2


def test_without_runs_the_page_says_how_to_make_one(open_page, tmp_path, monkeypatch, texts):
    monkeypatch.setattr(runs, "RESULTS", tmp_path / "none")
    assert "python -m evals run" in texts(open_page("evaluation"))


def test_thumbs_down_wait_with_their_reasons(open_page, settings, texts):
    row = {"question": "役場の*電話*は", "answer": "<b>答え</b>"}
    append_feedback(settings, row, "down", "違う")
    append_feedback(settings, {"question": "よい問い", "answer": "x"}, "up")
    page = open_page("evaluation")
    page.session_state["evaluation"] = "利用者の評価"
    page.run()
    assert not page.exception
    shown = texts(page)
    assert "評価 2件、うち「よくない」1件" in shown
    assert "&lt;b&gt;答え" in shown
    assert r"\*電話\*" in page.expander[0].label
