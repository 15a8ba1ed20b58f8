"""How often does the gate fail for nothing, and which drop does it catch? By simulation.

``python -m evals simulate`` resamples pairs of runs from the rows of the accepted baseline. The
questions of a pair are drawn with replacement. A model does not answer the same way twice: on each
side, with probability `churn`, a question's scores are replaced by those of another question of
its set and kind, so that both sides stay equal in expectation. A true drop takes all key facts
from a share of the answers of the later side, the case of the largest variance.
"""

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from evals.run.metrics import PRIMARY
from evals.run.results import Row, Run, baseline_folder, read_run
from evals.run.verdict import judge

_CHURNS = (0.0, 0.1, 0.3, 1.0)
_DROPS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Of so many pairs, how many failed."""

    failed: int
    pairs: int

    def __str__(self) -> str:
        """The share with three digits."""
        return f"{self.failed / self.pairs:.3f}"


def failure_rate(run: Run, pairs: int, *, churn: float, drop: float = 0.0, seed: int = 0) -> Rate:
    """The share of simulated pairs that the gate fails.

    Args:
        run: recorded rows.
        pairs: how many pairs to draw.
        churn: share of the questions answered otherwise, 0 to 1, on either side.
        drop: true fall of key-fact recall on the later side.
        seed: makes the draw repeatable.
    """
    generator = random.Random(seed)  # noqa: S311  # resampling, not secrets
    pools: dict[tuple[str, str], list[Row]] = {}
    for row in run.rows:
        pools.setdefault((row.set, row.kind), []).append(row)
    facts = [row.scores[PRIMARY] for row in run.rows if PRIMARY in row.scores]
    lost = drop / fmean(facts)
    failed = 0
    for _ in range(pairs):
        drawn = [
            replace(row, id=f"{row.id}-{place}")
            for place, row in enumerate(generator.choices(run.rows, k=len(run.rows)))
        ]
        before = _churned(drawn, pools, churn, generator)
        after = [_dropped(r, lost, generator) for r in _churned(drawn, pools, churn, generator)]
        verdict = judge(replace(run, rows=tuple(before)), replace(run, rows=tuple(after)))
        failed += not verdict.passed
    return Rate(failed, pairs)


def _churned(
    rows: Sequence[Row],
    pools: Mapping[tuple[str, str], list[Row]],
    churn: float,
    generator: random.Random,
) -> list[Row]:
    return [
        replace(row, scores=generator.choice(pools[row.set, row.kind]).scores)
        if generator.random() < churn
        else row
        for row in rows
    ]


def _dropped(row: Row, lost: float, generator: random.Random) -> Row:
    if PRIMARY not in row.scores or generator.random() >= lost:
        return row
    return replace(row, scores={**row.scores, PRIMARY: 0.0})


def main() -> None:
    """Simulate and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000, help="pairs of an unchanged system")
    parser.add_argument("--pairs-of-a-drop", type=int, default=200)
    options = parser.parse_args()
    run = read_run(baseline_folder("extractive"))
    scored = sum(PRIMARY in row.scores for row in run.rows)
    print(f"{len(run.rows)} questions, {scored} with key facts\n")
    print("| churn | unchanged: share failed |" + "".join(f" −{d:.2f} |" for d in _DROPS))
    print("|---" * (len(_DROPS) + 2) + "|")
    for churn in _CHURNS:
        cells = [str(failure_rate(run, options.pairs, churn=churn))]
        cells += [
            str(failure_rate(run, options.pairs_of_a_drop, churn=churn, drop=drop))
            for drop in _DROPS
        ]
        print(f"| {churn:.1f} | " + " | ".join(cells) + " |", flush=True)
