from dataclasses import replace

import pytest

from evals.run import results
from evals.run.results import Row, Run, read_run, write_baseline
from evals.run.verdict import judge, verdict_text

SETTINGS = {
    "name": "x",
    "sets": ["guidance"],
    "mode": "extractive",
    "waived": {},
    "index_ids": {"guidance": "1"},
}


def run(count=200, change=lambda number, scores: scores, sets=("guidance",)):
    """Rows with three facts of four, every fifth question unanswerable and refused."""
    rows = []
    for name in sets:
        for number in range(count):
            scores = {"key_fact_recall": 0.75, "answered": 1.0, "quote_verification": 1.0}
            scores |= {"attribution_accuracy": 1.0, "citation_precision": 0.5}
            if number % 5 == 0:
                scores = {"refusal_recall": 1.0, "refusal_precision": 1.0}
            scores = change(number, scores)
            answer = {"answer": f"答え{number}"}
            rows.append(
                Row(
                    f"{name}:{number:03}",
                    "fact",
                    "direct",
                    "dev",
                    "問い",
                    None,
                    answer,
                    scores=scores,
                )
            )
    ids = dict.fromkeys(sets, "1")
    return Run({**SETTINGS, "sets": list(sets), "index_ids": ids}, tuple(rows))


def lowered(metric, value, every):
    def change(number, scores):
        hit = metric in scores and number % every == 1
        return {**scores, metric: value} if hit else scores

    return change


def test_an_unchanged_run_passes():
    verdict = judge(run(), run())
    assert verdict.passed
    assert verdict.questions == 200
    assert {c.difference for c in verdict.comparisons} == {0.0}


@pytest.mark.parametrize(
    ("metric", "value", "every", "named"),
    [
        ("key_fact_recall", 0.0, 10, "key_fact_recall"),
        ("citation_precision", 0.0, 10, "citation_precision"),
        ("attribution_accuracy", 0.0, 10, "attribution_accuracy"),
        ("quote_verification", 0.5, 200, "quote_verification"),
    ],
)
def test_a_fall_is_named(metric, value, every, named):
    verdict = judge(run(), run(change=lowered(metric, value, every)))
    assert [failure.split(":")[0] for failure in verdict.failures] == [named]


def test_one_question_that_falls_is_no_failure_unless_a_floor_says_so():
    assert judge(run(), run(change=lowered("citation_precision", 0.0, 200))).passed


def test_a_rise_passes():
    assert judge(run(), run(change=lowered("key_fact_recall", 1.0, 2))).passed


def test_refusals_have_a_floor_even_when_the_baseline_is_as_low():
    def careless(number, scores):
        return {**scores, "refusal_recall": 0.0} if "refusal_recall" in scores else scores

    failures = judge(run(change=careless), run(change=careless)).failures
    assert [failure.split(":")[0] for failure in failures] == ["refusal_recall"]


@pytest.mark.parametrize(("failed", "passes"), [(2, True), (3, False)])
def test_more_than_one_percent_of_errored_rows_fails(failed, passes):
    after = run()
    rows = tuple(
        replace(row, judge_errors={"faithfulness": "500"}) if number < failed else row
        for number, row in enumerate(after.rows)
    )
    verdict = judge(run(), replace(after, rows=rows))
    assert verdict.passed is passes
    assert passes or verdict.failures[0].startswith("errored")


def test_questions_that_were_not_asked_are_errored():
    after = run()
    assert judge(run(), replace(after, rows=after.rows[:190])).failures[0].startswith("errored")


def test_an_objection_of_the_independent_check_fails():
    after = run()
    rows = (replace(after.rows[0], faults=("quote 1 is not in its source",)), *after.rows[1:])
    assert judge(run(), replace(after, rows=rows)).failures == (
        "guidance:000: quote 1 is not in its source",
    )


def test_only_the_sets_that_were_run_are_compared():
    verdict = judge(run(sets=("guidance", "originals")), run())
    assert verdict.passed
    assert verdict.questions == 200


def test_the_verdict_shows_both_answers_of_a_question_that_moved():
    before, after = run(), run(change=lowered("key_fact_recall", 0.25, 200))
    rows = tuple(
        replace(row, answer={"answer": "短い答え"}) if row.id == "guidance:001" else row
        for row in after.rows
    )
    after = replace(after, rows=rows)
    text = verdict_text(judge(before, after), before, after)
    assert "動いた質問 1問" in text
    assert "key_fact_recall 0.75 → 0.25" in text
    assert "| 答え1 | 短い答え |" in text


def test_a_baseline_keeps_the_sets_not_run_and_no_text_that_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BASELINE", tmp_path)
    write_baseline(run(10, sets=("guidance", "originals")), None)
    folder = write_baseline(run(10, change=lowered("answered", 0.0, 2)), "理由")
    stored = read_run(folder)
    assert stored.settings["sets"] == ["guidance", "originals"]
    assert stored.settings["accepted_with_failures"] == "理由"
    assert len(stored.rows) == 20
    assert all((row.answer is None) == (row.set == "originals") for row in stored.rows)
    after = run(10)
    text = verdict_text(judge(stored, after), stored, after)
    assert "測定なしで受け入れ: 基準 — 理由" in text
