"""Question sets: one JSON object a line, checked on loading."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import ConfigDict, TypeAdapter

DATASETS = Path(__file__).parents[1] / "datasets"
# fmt: off
Kind = Literal[
    "fact", "number", "list", "who_said", "status", "wrong_year", "period", "comparison",
    "multi_document", "followup", "nonexistent", "unanswerable", "plan_section", "injection",
    "amount", "neighbour",
]
# fmt: on
"""``amount``: what a programme was given. ``neighbour``: unanswerable, where only the amounts or
measures of neighbouring programmes are stated."""
Style = Literal["direct", "townhall"]
"""``direct`` in the documents' words, ``townhall`` in everyday words."""
KINDS, STYLES = get_args(Kind), get_args(Style)


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
    """One question with its gold places and the facts an answer must hold.

    Raises:
        ValueError: an answerable case lacks gold or facts, or another has some.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    question: str
    kind: Kind
    style: Style
    split: Literal["dev", "held_out"]
    """``dev`` for choosing weights, ``held_out`` for reporting."""
    answerable: bool
    gold: tuple[Place, ...]
    facts: tuple[tuple[str, ...], ...]
    """Each fact as its accepted spellings."""
    reference: str
    history: tuple[dict[str, str], ...] = ()
    """What was asked before, oldest first, each ``{"question", "answer"}``."""

    def __post_init__(self) -> None:
        if not self.answerable == bool(self.gold) == bool(self.facts):
            raise ValueError("an answerable case has gold and facts, another has neither")


_CASE = TypeAdapter(Case)


def load_cases(name: str) -> list[Case]:
    """The cases of ``datasets/<name>.jsonl``.

    Raises:
        ValueError: a line is not a valid case, or an id or question stands twice.
    """
    path = DATASETS / f"{name}.jsonl"
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            cases.append(_CASE.validate_json(line))
        except ValueError as error:
            raise ValueError(f"{path.name}:{number}: {error}") from error
    for values in ([case.id for case in cases], [case.question for case in cases]):
        repeated = {value for value in values if values.count(value) > 1}
        if repeated:
            raise ValueError(f"{path.name}: more than once: {sorted(repeated)[0]}")
    return cases
