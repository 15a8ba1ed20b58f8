"""A cross-encoder in the search: it changes the order of the best chunks and nothing else."""

from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retrieval.test_find import FILTERS, QUESTIONS, passes

from assistant import Assistant
from assistant.errors import EmbeddingError, InputError
from assistant.question.read import read_question
from assistant.retrieval.models import open_reranker
from assistant.retrieval.search import _READ_AGAIN, find, search
from assistant.settings import Settings


class Dice:
    """Scores that have nothing to do with the words."""

    def __init__(self, seed=0):
        self.seed = seed
        self.read = []

    def scores(self, question, texts):
        self.read.append((question, list(texts)))
        salt = self.seed.to_bytes(8, "big")
        return [
            blake2b(text.encode(), digest_size=1, salt=salt).digest()[0] / 255 for text in texts
        ]


class Broken:
    def scores(self, question, texts):
        raise EmbeddingError("モデルが止まりました。", "確かめてください。")


def ids(passages):
    return [p.chunk.chunk_id for passage in passages for p in (passage, *passage.also)]


@settings(max_examples=60, deadline=None)
@given(
    filters=FILTERS,
    question=st.sampled_from(QUESTIONS),
    count=st.sampled_from([1, 5, 50]),
    seed=st.integers(0, 999),
)
def test_only_the_order_of_the_best_changes(index, filters, question, count, seed):
    asked = read_question(index, question, filters)
    plain = find(index, asked, 50)
    found = find(index, asked, count, reranker=Dice(seed))
    assert all(passes(p, found.filters) for p in found.passages)
    assert set(ids(found.passages)) <= set(ids(plain.passages))
    if count == 50:
        assert sorted(ids(found.passages)) == sorted(ids(plain.passages))
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    for passage in found.passages:
        assert sum(passage.why.signals.values()) == pytest.approx(passage.score)


def test_what_the_model_prefers_comes_first_and_the_rest_stays_behind(index):
    question = " ".join(QUESTIONS)
    plain, dice = search(index, question, 50), Dice()
    found = search(index, question, 50, reranker=dice)
    assert ids(found) != ids(plain)
    ((asked, texts),) = dice.read
    assert (asked, len(texts)) == (question, min(_READ_AGAIN, len(ids(plain))))
    added = [passage.why.signals.get("再ランキング") for passage in found]
    assert None not in added[: len(texts) // 2]
    first = next((n for n, one in enumerate(added) if one is None), len(added))
    assert all(one is None for one in added[first:])


def test_a_model_that_fails_leaves_the_order_and_says_so(index):
    asked = read_question(index, QUESTIONS[0])
    plain = find(index, asked, 5)
    found = find(index, asked, 5, reranker=Broken())
    assert found.passages == plain.passages
    assert "再ランキングをせず" in found.notes[-1]


@pytest.mark.parametrize("ask", [Assistant.search, Assistant.ask])
def test_the_assistant_uses_it_for_search_and_answers(index_root, monkeypatch, ask):
    dice = Dice()
    monkeypatch.setattr("assistant.assistant.open_reranker", lambda _: dice)
    assistant = Assistant.open(index_root, Settings())
    ask(assistant, QUESTIONS[0])
    assistant.close()
    assert dice.read[0][0] == QUESTIONS[0]


def test_an_answer_names_the_model_that_ordered_its_passages(index_root, monkeypatch):
    monkeypatch.setattr("assistant.assistant.open_reranker", lambda _: Dice())
    for reranker in (None, "onnx:dice"):
        assistant = Assistant.open(index_root, Settings(reranker=reranker))
        assert assistant.ask(QUESTIONS[0]).provenance.reranker == reranker
        assistant.close()


def test_none_is_opened_unless_one_is_named():
    assert open_reranker(Settings()) is None


@pytest.mark.parametrize("name", ["bge-reranker-v2-m3", "onnx:", "local:any"])
def test_a_name_of_another_form_is_explained(name):
    with pytest.raises(InputError) as raised:
        open_reranker(Settings(reranker=name))
    assert "onnx:" in raised.value.remedy
