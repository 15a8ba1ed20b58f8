"""The one decision: how likely a sentence answers a question, and whether the best one is shown.

Two small logistic models, with and without a reader, weigh the signals of `assistant.answering.
signals`. The first says how likely each sentence is the one that answers; the second, from the best
sentence and what all passages hold together, how likely the question is answered at all. Weights,
thresholds and the run they come from stand in ``decision.json``, written by
``python -m evals evidence``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering.signals import Candidate, Signals
from assistant.records.answers import Outcome

SENTENCE_SIGNALS = tuple(field.name for field in fields(Signals))
"""Names of the columns of `sentence_matrix`, less the last: the reader's word on long questions."""
QUESTION_SIGNALS = (
    "sentence",
    "most_held",
    "most_read",
    "held_before",
    "held_passage",
    "nouns_held",
    "last_noun_held",
    "rarest_unheld",
    "names_unheld",
    "names_missing",
    "numbers_unheld",
    "dates_unheld",
    "other_date",
    "exchanged",
    "no_amount",
    "no_date",
    "no_person",
    "short",
    "whole",
    "words",
)
"""Names of the columns of `question_row`: the log odds of the best sentence, the most that a
passage holds, the reader's best log odds, and signals of the best sentence."""

_MOST_DEVIATIONS = 8.0
"""A signal further than this from its mean counts as being there."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named, standardised signals."""

    names: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    deviation: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    bias: float

    def log_odds(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Log odds of each row; (n, signals) → (n,)."""
        standard = (rows - self.mean) / self.deviation
        result: npt.NDArray[np.float64] = (
            np.clip(standard, -_MOST_DEVIATIONS, _MOST_DEVIATIONS) @ self.weights + self.bias
        )
        return result


@dataclass(frozen=True, slots=True)
class Decision:
    """The models and thresholds for answers with, or without, a reader."""

    sentence: Logistic
    question: Logistic
    answer: float
    """From this probability on the best sentence is shown as an answer …"""
    near: float
    """… and from this one on as the nearest that is said, which is a refusal all the same."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the decision says of the candidates of one question."""

    outcome: Outcome
    probability: float
    """That the best candidate answers, 0 to 1."""
    ranked: tuple[tuple[float, Candidate], ...]
    """Log odds of each candidate and the candidate, best first; none that is vetoed."""


def sentence_matrix(candidates: Sequence[Candidate]) -> npt.NDArray[np.float64]:
    """The signals of candidates as rows: `SENTENCE_SIGNALS`, and ``reader`` times ``words``."""
    rows = [[getattr(c.signals, name) for name in SENTENCE_SIGNALS] for c in candidates]
    matrix = np.array(rows, dtype=np.float64).reshape(len(rows), len(SENTENCE_SIGNALS))
    both = matrix[:, SENTENCE_SIGNALS.index("reader")] * matrix[:, SENTENCE_SIGNALS.index("words")]
    return np.column_stack([matrix, both])


def question_row(
    candidates: Sequence[Candidate], log_odds: Sequence[float]
) -> npt.NDArray[np.float64]:
    """What the second model sees of a question: `QUESTION_SIGNALS`.

    Args:
        candidates: at least one, best first.
        log_odds: theirs by the first model.
    """
    best = candidates[0].signals
    whole: Mapping[str, float] = {
        "sentence": log_odds[0],
        "most_held": max(c.signals.held_passage for c in candidates),
        "most_read": max(c.signals.reader for c in candidates),
    }
    values = [whole.get(name, getattr(best, name, 0.0)) for name in QUESTION_SIGNALS]
    return np.array([values], dtype=np.float64)


def is_vetoed(signals: Signals) -> bool:
    """Whether a sentence speaks of another name, number or date than the one asked about.

    Missing words make an answer unlikely; another member in their place rules it out.
    """
    return bool(signals.other_name or signals.other_number or signals.other_date)


def decide(candidates: Sequence[Candidate], *, with_reader: bool) -> Verdict:
    """Rank the candidates and say whether the best one answers.

    Args:
        candidates: in any order.
        with_reader: whether the reader has read the passages.
    """
    decision = load_decision()["reader" if with_reader else "words"]
    standing = [c for c in candidates if not is_vetoed(c.signals)]
    if not standing:
        return Verdict("refused", 0.0, ())
    log_odds = decision.sentence.log_odds(sentence_matrix(standing))
    order = sorted(
        range(len(standing)),
        key=lambda n: (-log_odds[n], standing[n].passage.rank, standing[n].start),
    )
    ranked = tuple((float(log_odds[n]), standing[n]) for n in order)
    row = question_row([c for _, c in ranked], [odds for odds, _ in ranked])
    probability = sigmoid(float(decision.question.log_odds(row)[0]))
    outcome: Outcome = (
        "answer"
        if probability >= decision.answer
        else "near"
        if probability >= decision.near
        else "refused"
    )
    return Verdict(outcome, probability, ranked)


def sigmoid(log_odds: float) -> float:
    """Log odds → probability."""
    return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, log_odds))))


@lru_cache(maxsize=1)
def load_decision() -> dict[str, Decision]:
    """The models that come with the program: ``reader`` and ``words`` (without a reader)."""
    data = json.loads(Path(__file__).with_name("decision.json").read_text(encoding="utf-8"))
    return {
        name: Decision(
            _logistic(data[name]["sentence"]),
            _logistic(data[name]["question"]),
            float(data[name]["answer"]),
            float(data[name]["near"]),
        )
        for name in ("reader", "words")
    }


def _logistic(data: dict[str, Any]) -> Logistic:
    rows = data["signals"]
    return Logistic(
        tuple(row["name"] for row in rows),
        np.array([row["mean"] for row in rows]),
        np.array([row["deviation"] for row in rows]),
        np.array([row["weight"] for row in rows]),
        float(data["bias"]),
    )
