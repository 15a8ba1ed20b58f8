"""Ask every question of a set and measure what comes back, by style, kind and split."""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from assistant import Assistant
from assistant.export.rows import answer_row
from assistant.schema import Answer, Passage
from evals.cases import Case
from evals.quotes import faults

_FIRST_CHARACTERS = 1000
_TOP = 5
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """What one question gave."""

    case: Case
    top: bool | None
    """A gold place is met by one of the first five passages; None when there is none."""
    early: bool | None
    """A gold place is met within the first 1,000 characters of passages."""
    facts: tuple[bool, ...]
    """Which key facts the answer holds."""
    refused: bool
    characters: int
    quotes: int
    faults: int


def ask_all(assistant: Assistant, cases: Sequence[Case]) -> list[Result]:
    """Search and ask every case, in order."""
    return [_result(assistant, case) for case in cases]


def table(results: Sequence[Result]) -> str:
    """The figures as Markdown: by split, style and kind, with 95 % bootstrap intervals."""
    groups: list[tuple[str, Callable[[Result], bool]]] = [("all", lambda _: True)]
    groups += [(s, lambda r, s=s: r.case.split == s) for s in ("dev", "held_out")]  # type: ignore[misc]
    groups += [
        (f"{s} {t}", lambda r, s=s, t=t: (r.case.split, r.case.style) == (s, t))  # type: ignore[misc]
        for s in ("dev", "held_out")
        for t in ("direct", "townhall")
    ]
    kinds = sorted({result.case.kind for result in results})
    groups += [(k, lambda r, k=k: r.case.kind == k) for k in kinds]  # type: ignore[misc]
    rows = [
        "| group | n | top 5 | first 1,000 | facts | length | refusals right | false refusals |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, belongs in groups:
        chosen = [result for result in results if belongs(result)]
        if chosen:
            rows.append(_row(name, chosen))
    quotes, bad = sum(r.quotes for r in results), sum(r.faults for r in results)
    return "\n".join([*rows, "", f"{quotes} quotes checked independently, {bad} faults"])


def interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean (2,000 resamples, seeded)."""
    generator = random.Random(seed)  # noqa: S311  # resampling, not secrets
    means = sorted(fmean(generator.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def _row(name: str, results: list[Result]) -> str:
    answerable = [r for r in results if r.case.answerable]
    others = [r for r in results if not r.case.answerable]
    shown = [r.characters for r in answerable if not r.refused]
    cells = [
        name,
        str(len(results)),
        _share([r.top for r in answerable]),
        _share([r.early for r in answerable]),
        _share([fact for r in answerable for fact in r.facts]),
        f"{fmean(shown):.0f}" if shown else "–",
        _share([r.refused for r in others]),
        _share([r.refused for r in answerable]),
    ]
    return "| " + " | ".join(cells) + " |"


def _share(values: Sequence[bool | None]) -> str:
    numbers = [float(value) for value in values if value is not None]
    if not numbers:
        return "–"
    low, high = interval(numbers)
    return f"{fmean(numbers):.3f} [{low:.2f}–{high:.2f}] n={len(numbers)}"


def _result(assistant: Assistant, case: Case) -> Result:
    passages = assistant.search(case.question, _TOP)
    answer = assistant.ask(case.question)
    row = answer_row(answer)
    quotes, found = faults([row])
    return Result(
        case=case,
        top=any(_meets(p, case) for p in passages) if case.answerable else None,
        early=_early(passages, case) if case.answerable else None,
        facts=tuple(_holds(answer, fact) for fact in case.facts),
        refused=answer.refused,
        characters=len(answer.answer),
        quotes=quotes,
        faults=len(found),
    )


def _meets(passage: Passage, case: Case) -> bool:
    chunk = passage.chunk
    path = Path(passage.document.source_path).as_posix()
    start, end = chunk.line_start or 0, chunk.line_end or 0
    return any(
        path.endswith(f"/{place.file}") and start <= place.line_end and end >= place.line_start
        for place in case.gold
    )


def _early(passages: Sequence[Passage], case: Case) -> bool:
    characters = 0
    for passage in passages:
        characters += len(passage.chunk.text)
        if characters > _FIRST_CHARACTERS and passage.rank > 1:
            return False
        if _meets(passage, case):
            return True
    return False


def _holds(answer: Answer, fact: Sequence[str]) -> bool:
    text = _fold(answer.answer)
    return not answer.refused and any(_fold(spelling) in text for spelling in fact)


def _fold(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
