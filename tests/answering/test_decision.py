from dataclasses import fields, replace

import numpy as np
import pytest

from assistant.answering import decision
from assistant.answering.decision import decide, is_vetoed, load_decision
from assistant.answering.signals import Candidate, Signals
from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk

NONE = Signals(**{field.name: 0.0 for field in fields(Signals)})
HELD = replace(
    NONE,
    held_sentence=1.0,
    held_heading=1.0,
    held_before=1.0,
    held_passage=1.0,
    nouns_held=1.0,
    last_noun_held=1.0,
    near_sentence=1.0,
    near_passage=1.0,
    score=1.0,
    first_passage=1.0,
    whole=1.0,
    words=0.5,
    reader=4.0,
    reader_lead=6.0,
)


def candidate(signals, rank=1):
    chunk = Chunk(f"d-{rank:04d}", "d", "光回線の料金は月に5,500円である。", ())
    return Candidate(Passage(rank, 1.0, chunk, SourceDocument("d", "d", "/d")), 0, 20, signals, ())


@pytest.mark.parametrize("kind", ["reader", "words"])
def test_the_shipped_weights_name_the_signals_in_order(kind):
    models = load_decision()[kind]
    assert models.sentence.names[:-1] == decision.SENTENCE_SIGNALS
    assert models.question.names == decision.QUESTION_SIGNALS
    assert 0 < models.near < models.answer < 1


def test_without_a_reader_its_signals_weigh_nothing():
    models = load_decision()["words"]
    names = (*models.sentence.names, *models.question.names)
    weights = (*models.sentence.weights, *models.question.weights)
    reader = [w for name, w in zip(names, weights, strict=True) if "read" in name]
    assert reader
    assert not np.any(reader)


def test_what_holds_all_words_and_is_read_as_an_answer_answers():
    verdict = decide([candidate(HELD)], with_reader=True)
    assert verdict.outcome == "answer"


def test_what_holds_nothing_is_refused():
    nothing = replace(NONE, reader=-6.0, reader_sentence=-3.0, words=0.5)
    assert decide([candidate(nothing)], with_reader=True).outcome == "refused"


def test_the_better_sentence_leads():
    worse = candidate(replace(HELD, reader=-4.0, reader_lead=-5.0), rank=2)
    verdict = decide([worse, candidate(HELD)], with_reader=True)
    assert [c.passage.rank for _, c in verdict.ranked] == [1, 2]


@pytest.mark.parametrize(
    "other",
    [{"other_name": 1.0}, {"other_number": 1.0}, {"other_date": 0.5}],
)
def test_another_one_in_the_place_of_the_one_asked_about_is_a_veto(other):
    assert is_vetoed(replace(HELD, **other))
    assert decide([candidate(replace(HELD, **other))], with_reader=True).ranked == ()


def test_what_is_merely_missing_is_no_veto():
    missing = {"names_missing": 1.0, "numbers_unheld": 1.0, "dates_unheld": 1.0}
    assert not is_vetoed(replace(HELD, **missing))


def test_no_candidates_are_refused():
    assert decide([], with_reader=False).outcome == "refused"
