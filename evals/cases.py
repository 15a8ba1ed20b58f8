"""Question sets: one JSON object a line, checked on loading."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATASETS = Path(__file__).parent / "datasets"
KINDS = frozenset(
    {
        *("fact", "number", "list", "who_said", "status", "wrong_year", "period", "comparison"),
        *("multi_document", "followup", "nonexistent", "unanswerable", "plan_section", "injection"),
        *("amount", "neighbour"),
    }
)
"""``amount``: what a programme was given. ``neighbour``: unanswerable, where only the amounts or
measures of neighbouring programmes are stated."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: 1-based lines of a text, both ends included, or a page of a PDF.

    Raises:
        ValueError: neither lines nor a page, or both.
    """

    file: str
    line_start: int = 0
    line_end: int = 0
    page: int | None = None

    def __post_init__(self) -> None:
        if bool(self.page) == bool(self.line_start and self.line_end):
            raise ValueError(f"neither lines nor a page: {self.file}")


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its gold places and the facts an answer must hold."""

    id: str
    question: str
    kind: str
    style: str
    """``direct`` in the documents' words, ``townhall`` in everyday words."""
    split: str
    """``dev`` for choosing weights, ``held_out`` for reporting."""
    answerable: bool
    gold: tuple[Place, ...]
    facts: tuple[tuple[str, ...], ...]
    """Each fact as its accepted spellings."""
    reference: str
    history: tuple[dict[str, str], ...] = ()


def load_cases(name: str) -> list[Case]:
    """The cases of ``datasets/<name>.jsonl``.

    Raises:
        ValueError: a line is not a valid case, or an id or question stands twice.
    """
    path = DATASETS / f"{name}.jsonl"
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}:{number}: {error}") from error
    for values in ([case.id for case in cases], [case.question for case in cases]):
        repeated = {value for value in values if values.count(value) > 1}
        if repeated:
            raise ValueError(f"{path.name}: more than once: {sorted(repeated)[0]}")
    return cases


def _case(row: dict[str, Any]) -> Case:
    gold = tuple(Place(**place) for place in row["gold"])
    case = Case(
        **{
            **row,
            "gold": gold,
            "facts": tuple(tuple(fact) for fact in row["facts"]),
            "history": tuple(row.get("history", ())),
        }
    )
    if case.kind not in KINDS or case.style not in {"direct", "townhall"}:
        raise ValueError(f"unknown kind or style: {case.kind}, {case.style}")
    if case.split not in {"dev", "held_out"}:
        raise ValueError(f"unknown split: {case.split}")
    if case.answerable != bool(case.gold) or case.answerable != bool(case.facts):
        raise ValueError("an answerable case has gold and facts, another has neither")
    return case
