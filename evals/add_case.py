"""A bad answer becomes a test: a stored thumbs-down is added to a question set.

What users saw is known, so the case goes to the ``dev`` split. The gold places, facts and reference
are a person's work: they are read in the document, not in the answer.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.feedback import Feedback, read_feedback
from evals import cases
from evals.cases import Case, Place, load_cases
from evals.check_sets import problems

_PLACE = re.compile(r"(?P<file>.+):(?P<first>\d+)(?:-(?P<last>\d+))?")


class CaseError(Exception):
    """The case cannot be added; the text says why (Japanese)."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What a person says about a question: what kind it is and what its answer must hold."""

    set_name: str
    kind: str
    style: str
    gold: tuple[str, ...]
    """``file:first-last``; none for a question that the documents do not answer."""
    facts: tuple[str, ...]
    """Each with its accepted spellings, separated by ``|``."""
    reference: str


def open_complaints(folder: Path, set_names: Sequence[str]) -> list[Feedback]:
    """The thumbs-down of a data folder whose questions are not yet in a set, oldest first."""
    known = {case.question for name in set_names for case in load_cases(name)}
    downs = [f for f in read_feedback(folder) if f.verdict == "down" and f.question not in known]
    return list({feedback.question: feedback for feedback in downs}.values())


def add_case(feedback: Feedback, marking: Marking, root: Path) -> Case:
    """Add a question to its set and return the case.

    Args:
        feedback: the complaint.
        marking: what its answer must hold.
        root: folder that gold files are named from.

    Raises:
        CaseError: a gold place or fact does not stand in the documents, or the case is not valid.
    """
    path = cases.DATASETS / f"{marking.set_name}.jsonl"
    existing = load_cases(marking.set_name)
    case = Case(
        id=_next_id(existing),
        question=feedback.question,
        kind=marking.kind,
        style=marking.style,
        split="dev",
        answerable=bool(marking.gold),
        gold=tuple(_places(marking.gold)),
        facts=tuple(tuple(fact.split("|")) for fact in marking.facts),
        reference=marking.reference,
    )
    found = list(problems([case], root))
    if found:
        raise CaseError("、".join(found))
    before = path.read_text(encoding="utf-8")
    line = json.dumps(asdict(case), ensure_ascii=False) + "\n"
    path.write_text(before + line, encoding="utf-8", newline="\n")
    try:
        load_cases(marking.set_name)
    except ValueError as error:
        path.write_text(before, encoding="utf-8", newline="\n")
        raise CaseError(str(error)) from error
    return case


def _next_id(existing: Sequence[Case]) -> str:
    """``u001``, ``u002`` …: cases that come from use."""
    numbers = [int(case.id[1:]) for case in existing if re.fullmatch(r"u\d+", case.id)]
    return f"u{max(numbers, default=0) + 1:03}"


def _places(texts: Sequence[str]) -> Iterator[Place]:
    for text in texts:
        match = _PLACE.fullmatch(text)
        if not match:
            raise CaseError(f"根拠は ファイル:行-行 の形で書いてください: {text}")
        yield Place(match["file"], int(match["first"]), int(match["last"] or match["first"]))
