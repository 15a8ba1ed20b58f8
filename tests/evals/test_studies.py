import random

import numpy as np
import pytest

from evals.studies.curves import draw
from evals.studies.evidence import fit
from evals.studies.traps import make_traps

QUESTIONS = {
    "a": "県の負担額はいくらですか",
    "b": "令和5年の参加者は何人ですか",
    "c": "大阪の人口は何人ですか",
    "d": "京都の面積はどれくらいですか",
    "e": "よい方法はありますか",
}
TEXTS = {
    "a": "県の負担額は300万円である。",
    "b": "令和5年の参加者は12人である。",
    "c": "大阪の人口は多い。",
    "d": "京都の面積は広い。",
    "e": "方法はいろいろある。",
}


def test_a_trap_asks_for_what_its_text_does_not_hold():
    traps = make_traps(QUESTIONS, TEXTS, count=9, seed=1)
    assert {trap.twin for trap in traps} == {"a", "b", "c", "d"}
    for trap in traps:
        assert trap.question != QUESTIONS[trap.twin]
        changed = set(trap.question) - set(QUESTIONS[trap.twin])
        assert changed
        assert not changed & set(TEXTS[trap.twin])


def test_the_same_seed_gives_the_same_traps():
    assert make_traps(QUESTIONS, TEXTS, count=2, seed=3) == make_traps(
        QUESTIONS, TEXTS, count=2, seed=3
    )


def test_the_fit_finds_weights_that_made_the_data():
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(4000, 2))
    marks = (chance.random(4000) < 1 / (1 + np.exp(-(2 * rows[:, 0] - rows[:, 1] - 1)))).astype(
        float
    )
    model = fit(rows, marks, np.ones(4000), ("one", "other"))
    assert model.weights / model.deviation == pytest.approx([2, -1], abs=0.15)
    assert model.log_odds(rows).mean() == pytest.approx(-1, abs=0.2)


def test_examples_of_the_reader_hold_their_answers():
    train = pytest.importorskip("evals.studies.train_reader", reason="extra train is missing")
    for right, wrong in train.facts(20, random.Random(0)):
        assert right.answers
        assert {right.text.sentences[place] for place in right.where} == {right.text.sentences[0]}
        assert not wrong.answers
        assert right.text.sentences[0] not in wrong.text.sentences
        assert right.question == wrong.question


def test_a_picture_of_the_decision_is_drawn(tmp_path):
    found = {"some": {"present": [0.9, 0.8, 0.2] * 4, "absent": [0.1, 0.4] * 4, "trap": []}}
    draw(found, 0.3, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
