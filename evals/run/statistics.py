"""Intervals and paired comparisons by the bootstrap over questions (Efron & Tibshirani, 1993).

Questions are resampled, not facts or citations, since those of one question rise and fall together.
A score that is missing (None, an unscorable row) takes no part in a mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

RESAMPLES = 10_000
_RESAMPLES_OF_A_FIGURE = 2_000
_LAST_BIT = 1e-6
_Array = npt.NDArray[np.float32]
Scores = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of a metric over the rows that could be scored."""

    mean: float | None
    """None, like the bounds, when no row could be scored."""
    low: float | None
    """Bounds of the 95 % percentile interval."""
    high: float | None
    n: int
    unscored: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric before and after, over the same questions."""

    metric: str
    n: int
    """Questions scored on at least one side."""
    before: float
    after: float
    low: float
    """Bounds of the 95 % interval of the difference, after minus before."""
    high: float
    p: float
    """Share of resamples in which the metric did not fall: one-sided p-value of a drop."""

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before


def figure(scores: Sequence[float | None]) -> Figure:
    """Mean and 95 % interval (2,000 resamples, seeded)."""
    values = np.array([s for s in scores if s is not None], dtype=np.float32)
    missing = len(scores) - len(values)
    if not len(values):
        return Figure(None, None, None, 0, missing)
    means = resampling(len(values), _RESAMPLES_OF_A_FIGURE) @ values / len(values)
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(values.mean()), float(low), float(high), len(values), missing)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean; values may not be empty."""
    found = figure(values)
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def compare(before: Scores, after: Scores) -> list[Comparison]:
    """Compare two runs question by question, in the order of `before`'s metrics.

    Args:
        before: by metric, the scores in the order of the questions.
        after: scores of the same questions in the same order. A metric that has no scored row on
            one side is left out.
    """
    names = [name for name in before if _scored(before[name]) and _scored(after.get(name, ()))]
    if not names:
        return []
    olds, news = ([_filled(side[name]) for name in names] for side in (before, after))
    counts = resampling(len(before[names[0]]), RESAMPLES)
    with np.errstate(invalid="ignore", divide="ignore"):
        differences = _means(counts, news) - _means(counts, olds)
    return [
        _comparison(name, differences[:, place], olds[place], news[place])
        for place, name in enumerate(names)
    ]


def holm(p_values: Mapping[str, float], level: float) -> set[str]:
    """The names rejected by Holm's step-down procedure at a family-wise level (Holm, 1979)."""
    rejected: set[str] = set()
    for place, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        if p_values[name] > level / (len(p_values) - place):
            break
        rejected.add(name)
    return rejected


@lru_cache(maxsize=64)
def resampling(n: int, resamples: int) -> _Array:
    """How often each of n questions is drawn: shape (resamples, n), rows sum to n. Seeded."""
    generator = np.random.default_rng(0)
    counts = np.empty((resamples, n), dtype=np.float32)
    for row in range(resamples):
        counts[row] = np.bincount(generator.integers(0, n, n), minlength=n)
    return counts


def _scored(scores: Sequence[float | None]) -> bool:
    return any(score is not None for score in scores)


def _filled(scores: Sequence[float | None]) -> tuple[_Array, _Array]:
    """Scores with 0 for missing ones, and 1 where there is a score."""
    values = np.array([0.0 if s is None else s for s in scores], dtype=np.float32)
    present = np.array([s is not None for s in scores], dtype=np.float32)
    return values, present


def _means(counts: _Array, columns: Sequence[tuple[_Array, _Array]]) -> _Array:
    """Mean of every metric in every resample: shape (resamples, metrics)."""
    values = counts @ np.stack([column for column, _ in columns], axis=1)
    means: _Array = values / (counts @ np.stack([present for _, present in columns], axis=1))
    return means


def _comparison(
    name: str, differences: _Array, old: tuple[_Array, _Array], new: tuple[_Array, _Array]
) -> Comparison:
    differences = differences[np.isfinite(differences)]
    # Sums in float32 of equal rows differ in the last bit; that is no drop.
    unfallen = int((differences > -_LAST_BIT).sum())
    low, high = np.percentile(differences, [2.5, 97.5])
    return Comparison(
        name,
        int((old[1] + new[1] > 0).sum()),
        float(old[0].sum() / old[1].sum()),
        float(new[0].sum() / new[1].sum()),
        float(low),
        float(high),
        (unfallen + 1) / (len(differences) + 1),
    )
