from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.read import read_question
from assistant.records.answers import Filters
from assistant.retrieval.search import _spread, find, search
from assistant.retrieval.weights import VectorWeights, vector_weights

QUESTIONS = ("光ファイバの更新の費用", "佐藤構成員は何と言いましたか", "協議会の役割", "農業とバス")
FILTERS = st.builds(
    Filters,
    kind=st.sampled_from([None, "minutes", "outline", "slides", "law"]),
    status=st.sampled_from([None, "draft", "minutes", "final"]),
    since=st.sampled_from([None, "2023-01-01", "2024-03-15"]),
    until=st.sampled_from([None, "2023-12-31", "2024-12-31"]),
    speaker=st.sampled_from([None, "佐藤", "高橋", "いない"]),
)


def passes(passage, filters):
    document, speaker = passage.document, passage.chunk.speaker or ""
    published = document.published or ""
    return (
        (filters.kind is None or document.kind == filters.kind)
        and (filters.status is None or document.status == filters.status)
        and (filters.since is None or published >= filters.since)
        and (filters.until is None or (published and published <= filters.until))
        and (filters.speaker is None or filters.speaker in speaker)
    )


@settings(max_examples=60, deadline=None)
@given(filters=FILTERS, question=st.sampled_from(QUESTIONS))
def test_no_passage_outside_the_filters_is_ever_found(index, filters, question):
    found = find(index, read_question(index, question, filters), 50)
    everything = [p for passage in found.passages for p in (passage, *passage.also)]
    assert all(passes(passage, filters) for passage in everything)


def test_only_the_named_speaker_is_heard(index):
    found = find(index, read_question(index, "佐藤構成員は何と言いましたか"), 50)
    assert {passage.chunk.speaker for passage in found.passages} == {"佐藤構成員"}
    assert "佐藤構成員" in found.notes[0]


def test_a_restriction_that_leaves_nothing_is_given_up_aloud(index):
    question = "令和元年度の報告書では光ファイバの更新の費用はいくらですか"
    found = find(index, read_question(index, question, today=date(2026, 11, 21)), 5)
    assert found.passages
    assert found.filters == Filters()
    assert "条件を外して" in found.notes[0]


def test_a_restriction_that_was_given_is_never_given_up(index):
    asked = read_question(index, QUESTIONS[0], Filters(kind="law"))
    assert find(index, asked, 5).passages == ()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_signals_of_a_passage_add_up_to_its_score(index, question):
    for passage in find(index, read_question(index, question), 20).passages:
        assert sum(passage.why.signals.values()) == pytest.approx(passage.score)


def test_the_words_that_met_the_question_are_named(index):
    (best, *_) = search(index, "役場の光ファイバ", 1)
    met = {match.concept: match.held for match in best.why.matches}
    assert met["光ファイバー"]
    assert all(0 < match.met <= 1 for match in best.why.matches)


@pytest.mark.parametrize(
    "question",
    [
        "のはがを",
        "。！？",
        "😀👩",
        "'; DROP TABLE chunks; --",
        'AND OR NOT *:* ~^"(',
        "あ" * 5000,
        "光ファイバの更新の費用。" * 420,
        "\x00\ufeff\u202e",
    ],
)
def test_any_text_is_searched_within_bounds(index, question):
    found = find(index, read_question(index, question), 5)
    assert len(found.passages) <= 5


def test_a_model_that_was_not_measured_has_a_weight_and_no_sentences():
    assert vector_weights("ollama:bge-m3") == VectorWeights(chunks=0.3, sentences=0.0)
    assert vector_weights("onnx:multilingual-e5-small-806a23c4").sentences > 0


def test_cosines_in_a_narrow_band_are_told_apart():
    assert _spread({"a": 0.88, "b": 0.83, "c": 0.78}) == pytest.approx({"a": 1, "b": 0.5, "c": 0})
    assert _spread({"a": 0.8, "b": 0.8}) == {"a": 1, "b": 1}
    assert _spread({}) == {}
