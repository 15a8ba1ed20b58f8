"""Results of evaluation runs as they stand on disk, see ``evals/README.md``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "evals" / "results"
"""Where a checkout keeps its runs; an installed package has none."""

# Characters, not a share: it has no place among scores from 0 to 1.
_NO_SHARE = {"answer_length"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of a run with its 95 % interval, all from 0 to 1."""

    metric: str
    """Its Japanese name where the run gives one."""
    mean: float
    low: float
    high: float
    rows: int
    """Rows that could be scored."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One question of a run."""

    id: str
    question: str
    answer: str
    error: str
    """Why it failed; empty when it did not."""
    faults: tuple[str, ...]
    scores: dict[str, float]

    @property
    def badness(self) -> tuple[bool, int, float]:
        """Failed rows first, then those with faulty quotes, then the lowest mean score."""
        shares = [value for name, value in self.scores.items() if name not in _NO_SHARE]
        return (not self.error, -len(self.faults), sum(shares) / len(shares) if shares else 1.0)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run."""

    folder: Path
    settings: dict[str, Any]
    summary: dict[str, Any]

    @property
    def name(self) -> str:
        """Date and name, as its folder is called."""
        return self.folder.name

    @property
    def figures(self) -> list[Figure]:
        """The shares of the run; a metric that no row could be scored by is left out."""
        return [
            Figure(
                self.summary.get("names", {}).get(metric, metric),
                found["mean"],
                found["low"],
                found["high"],
                found["n"],
            )
            for metric, found in self.summary["metrics"].items()
            if found["n"] and metric not in _NO_SHARE
        ]


def finished(folder: Path) -> list[Run]:
    """The finished runs of a folder, the newest first; one that cannot be read is left out."""
    return sorted(_read(folder), key=lambda run: str(run.settings.get("started")), reverse=True)


def rows_of(run: Run) -> dict[str, Scored]:
    """The rows of a run by id; a row written twice counts once, the later one."""
    rows = {}
    for line in (run.folder / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was stopped
        answer = row.get("answer") or {}
        rows[row["id"]] = Scored(
            id=row["id"],
            question=row["question"],
            answer=answer.get("answer", ""),
            error=row.get("error") or "",
            faults=tuple(row.get("faults", ())),
            scores=row.get("scores", {}),
        )
    return rows


def _read(folder: Path) -> Iterator[Run]:
    for path in folder.glob("*/summary.json"):
        try:
            settings = json.loads((path.parent / "settings.json").read_text(encoding="utf-8"))
            yield Run(path.parent, settings, json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
