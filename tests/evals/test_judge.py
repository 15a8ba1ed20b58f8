"""Plumbing of the judge: a scripted server in the place of a model, Ragas' own metrics between."""

import json

import pytest
from judge_server import JudgeServer

from evals.run.judge import _LABELS, Judge


def letters(text):
    """A vector that tells texts of different letters apart."""
    return [float(text.count(letter)) for letter in "人年費町案。回線更新"] or None


@pytest.fixture(scope="module")
def ragas_is_loaded():
    import ragas.metrics.collections  # noqa: F401  # takes seconds; once for all tests here


@pytest.fixture
def judged(ragas_is_loaded, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    opened = []

    def judged(fails=lambda prompt: False):
        server = JudgeServer(fails)
        judge = Judge("scripted", server.address, letters)
        opened.append((server, judge))
        return server, judge

    yield judged
    for server, judge in opened:
        judge.close()
        server.__exit__()


CASE = {"question": "更新は何年ですか。", "reference": "更新は令和8年である。", "answerable": True}


def answer(text, refused=False):
    return {
        "answer": text,
        "refused": refused,
        "citations": [{"quote": text}] if not refused else [],
    }


def test_a_supported_answer_scores_and_tokens_are_counted(judged):
    server, judge = judged()
    found = judge.score(CASE, answer("更新は令和8年である。"), ["計画: 更新は令和8年である。"])
    assert found.scores == {
        "faithfulness": 1.0,
        "answer_relevancy": pytest.approx(0.8, abs=0.2),
        "factual_correctness": 1.0,
        "judged_context_precision": 1.0,
        "judged_context_recall": 1.0,
    }
    assert found.errors == found.unscored == {}
    assert found.tokens == (100 * len(server.prompts), 10 * len(server.prompts))


def test_every_prompt_is_japanese(judged):
    server, judge = judged()
    judge.score(CASE, answer("更新は令和8年である。"), ["更新は令和8年である。"])
    for prompt in server.prompts:
        assert "Einstein" not in prompt
        assert "ください。" in prompt.partition("{")[0]


def test_a_wrong_answer_scores_low_and_a_refusal_is_judged_by_its_passages_alone(judged):
    _, judge = judged()
    wrong = judge.score(CASE, {**answer("更新は令和7年である。"), "citations": []}, ["令和8年。"])
    assert wrong.scores["faithfulness"] == wrong.scores["factual_correctness"] == 0.0
    refused = judge.score(CASE, answer("見つかりません。", refused=True), ["令和8年。"])
    assert set(refused.scores) == {"judged_context_precision", "judged_context_recall"}


def test_an_error_of_the_judge_is_an_error_of_the_metric_not_a_zero(judged):
    _, judge = judged(lambda prompt: '"verdict"' in prompt and '"statements"' in prompt)
    found = judge.score(CASE, answer("更新は令和8年である。"), ["更新は令和8年である。"])
    assert set(found.errors) == {"faithfulness", "factual_correctness"}
    assert "answer_relevancy" in found.scores


def test_no_words_to_compare_is_unscorable(ragas_is_loaded, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with JudgeServer() as server:
        judge = Judge("scripted", server.address, lambda text: None)
        found = judge.score({**CASE, "answerable": False}, answer("答え。"), [])
        judge.close()
    assert "answer_relevancy" in found.unscored
    assert "answer_relevancy" not in found.scores


def test_forty_labelled_rows_are_held_against_the_judge(judged):
    _, judge = judged()
    rows = [json.loads(line) for line in _LABELS.read_text(encoding="utf-8").splitlines()]
    found = judge.agreement()
    assert found["n"] == len(rows) >= 40
    assert found["failed"] == 0
    assert found["agreed"] == sum(part["agreed"] for part in found["metrics"].values())
    # A judge that compares characters is right about changed numbers, not about other words.
    assert found["n"] / 2 < found["agreed"] < found["n"]


def test_labels_are_balanced_and_distinct():
    rows = [json.loads(line) for line in _LABELS.read_text(encoding="utf-8").splitlines()]
    assert 0.4 < sum(row["label"] for row in rows) / len(rows) < 0.6
    assert len({json.dumps(row["input"], ensure_ascii=False) for row in rows}) == len(rows)
