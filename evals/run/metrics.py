"""Metrics that need no model. All are shares between 0 and 1, higher is better, but the length.

Each is a plain function of a case, the answer as ``ask --json`` prints it and the passages found
(``search --json`` rows), taking what it needs by name. `score_row` scores a row with all of them;
`ragas_metrics` gives the same functions as Ragas metrics for use in Ragas experiments.

A metric that says nothing about a row raises `Unscorable` with the reason (Japanese, for the
report): such a row is a class of its own, neither 0 nor NaN, and is left out of the mean. Nothing
here shares code with the assistant: places are looked up in the source files again.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import Any

from evals.independent.quotes import fold, numbers, source_lines, stands
from evals.sets.cases import DATASETS

Record = Mapping[str, Any]

PRIMARY = "key_fact_recall"
_FIRST_CHARACTERS = 1000
_SPEAKER = re.compile(r"\s*[○◯〇]([^\s、。]{1,30})\s")
_STATUS_WORDS = {"案", "中間整理", "廃止", "要約"}
_LABELS = {"draft": "案", "interim": "中間整理", "withdrawn": "廃止"}


class Unscorable(Exception):  # noqa: N818  # an outcome, not an error
    """The row says nothing about the metric; the text says why."""


def top_5(case: Record, found: Sequence[Record]) -> float:
    """Whether a gold place is met by one of the passages found (five in a run)."""
    _needs_gold(case)
    return float(any(_meets(passage, place) for passage in found for place in case["gold"]))


def first_1000(case: Record, found: Sequence[Record]) -> float:
    """Whether a gold place is met within the first 1,000 characters of passages."""
    _needs_gold(case)
    characters = 0
    for rank, passage in enumerate(found, start=1):
        characters += passage["characters"]
        if characters > _FIRST_CHARACTERS and rank > 1:
            break
        if any(_meets(passage, place) for place in case["gold"]):
            return 1.0
    return 0.0


def context_recall(case: Record, found: Sequence[Record]) -> float:
    """Share of the gold places that are met by a passage found."""
    _needs_gold(case)
    met = [any(_meets(passage, place) for passage in found) for place in case["gold"]]
    return sum(met) / len(met)


def context_precision(case: Record, found: Sequence[Record]) -> float:
    """Average precision of the passages found: mean of precision@k over the ranks k that hit.

    The formula of Ragas' ContextPrecision, with places in the judge's stead; 0 without a hit.
    """
    _needs_gold(case)
    hits = [any(_meets(passage, place) for place in case["gold"]) for passage in found]
    precisions = [sum(hits[:k]) / k for k, hit in enumerate(hits, start=1) if hit]
    return sum(precisions) / len(precisions) if precisions else 0.0


def key_fact_recall(case: Record, answer: Record) -> float:
    """Share of the key facts that stand in grounded statements; 0 for a refusal.

    A statement is grounded when it has a citation and every quote it cites stands in its source.
    Facts are compared NFKC-folded, without white space and case.
    """
    _needs_gold(case)
    held = _fold("".join(_grounded(answer)))
    facts = [any(_fold(spelling) in held for spelling in fact) for fact in case["facts"]]
    return sum(facts) / len(facts)


def citation_precision(case: Record, answer: Record) -> float:
    """Share of the citations that stand at a gold place."""
    _needs_gold(case)
    citations = _citations(answer)
    return _share([any(_meets(c, place) for place in case["gold"]) for c in citations])


def citation_recall(case: Record, answer: Record) -> float:
    """Share of the gold places that are cited; 0 for a refusal."""
    _needs_gold(case)
    cited = answer["citations"]
    return _share([any(_meets(c, place) for c in cited) for place in case["gold"]])


def quote_verification(answer: Record) -> float:
    """Share of the quotes that are found in their source file at the place they claim."""
    return _share([stands(citation) for citation in _citations(answer)])


def number_faithfulness(answer: Record) -> float:
    """Share of the numbers in statements that stand in a quote the statement cites."""
    quotes = {c["number"]: c["quote"] for c in answer["citations"]}
    checks = []
    for statement in answer["statements"]:
        carried = numbers(" ".join(quotes[n] for n in statement["citations"]))
        checks += [number in carried for number in numbers(statement["text"])]
    if not checks:
        raise Unscorable("答えに数字がない")
    return _share(checks)


def refusal_recall(case: Record, answer: Record) -> float:
    """Of the questions that the documents do not answer, the share refused."""
    if case["answerable"]:
        raise Unscorable("資料に答えのある質問")
    return float(answer["refused"])


def refusal_precision(case: Record, answer: Record) -> float:
    """Of the refusals, the share of questions that the documents do not answer."""
    if not answer["refused"]:
        raise Unscorable("断っていない")
    return float(not case["answerable"])


def answered(case: Record, answer: Record) -> float:
    """Of the questions that the documents answer, the share not refused."""
    _needs_gold(case)
    return float(not answer["refused"])


def attribution_accuracy(answer: Record) -> float:
    """Share of the statements with the right voice: the speaker read from the minutes, or none.

    The speaker of a quote from minutes is the last 「○名前」 that begins a line at or above it in
    the file; elsewhere nobody speaks, unless it be those present, unnamed. Files without lines
    are unscorable.
    """
    quotes = {c["number"]: c for c in answer["citations"]}
    checks = []
    for statement in answer["statements"]:
        cited = quotes[statement["citations"][0]] if statement["citations"] else None
        if cited is None or not cited["line_start"]:
            continue
        speaker = _speaker(cited) if _status(cited) == "minutes" else ""
        given = statement["attribution"] or ""
        nobody = not given or given.startswith("出席者の意見")
        checks.append(_fold(given).startswith(_fold(speaker)) if speaker else nobody)
    if not checks:
        raise Unscorable("行のある文書からの文がない")
    return _share(checks)


def status_label_accuracy(answer: Record) -> float:
    """Share of the citations beside which the answer says what the source is (案, 要約 …).

    Each statement that rests on a draft, interim or withdrawn document or on a digest must be
    followed by the label in brackets; one that rests on final texts alone must have none.
    """
    labels = {c["number"]: _labels(c) for c in answer["citations"]}
    around = _nfkc(answer["answer"])
    for statement in answer["statements"]:
        # A quoted sentence may itself speak of a 「骨子（案）」; only what stands beside it counts.
        around = around.replace(_nfkc(statement["text"]), "", 1)
    checks = []
    for line in around.split("\n"):
        marks = [int(number) for number in re.findall(r"\[(\d+)\]", line)]
        brackets = re.findall(r"\(([^()\[\]]+)\)", line)
        shown = {part for inside in brackets for part in inside.split("・")} & _STATUS_WORDS
        due = {label for mark in marks for label in labels.get(mark, ())}
        if marks:
            checks += [label in shown for label in due] or [not shown]
    if not checks:
        raise Unscorable("出典番号の付いた行がない")
    return _share(checks)


def model_answered(answer: Record) -> float:
    """Whether the model's answer was shown; 0 when the code fell back to quoted sentences."""
    if answer["refused"]:
        raise Unscorable("断った")
    return float(answer["mode"] == "llm")


def statement_verification(answer: Record) -> float:
    """Of the statements that a model wrote, the share that its quotes carry and that is shown."""
    shown = len(answer["statements"]) if answer["mode"] == "llm" else 0
    written = shown + answer["provenance"]["unverified"]
    if not written:
        raise Unscorable("モデルの文がない")
    return float(shown / written)


def answer_length(answer: Record) -> float:
    """Characters of an answer that is not a refusal: reported, never guarded."""
    if answer["refused"]:
        raise Unscorable("断った")
    return float(len(answer["answer"]))


METRICS: dict[str, Callable[..., float]] = {
    function.__name__: function
    for function in (
        *(key_fact_recall, top_5, first_1000, context_recall, context_precision),
        *(citation_precision, citation_recall, quote_verification, number_faithfulness),
        *(refusal_precision, refusal_recall, answered),
        *(attribution_accuracy, status_label_accuracy, answer_length),
    )
}
MODEL_METRICS: dict[str, Callable[..., float]] = {
    "model_answered": model_answered,
    "statement_verification": statement_verification,
}
"""In addition, for runs with a model."""

JUDGED = ("faithfulness", "answer_relevancy", "factual_correctness")
"""Scores of a judge model that the gate guards; its context scores are reported only."""
GUARDED = (
    *("context_recall", "context_precision", "citation_precision", "citation_recall"),
    *("number_faithfulness", "refusal_precision", "refusal_recall", "answered"),
    *("attribution_accuracy", "status_label_accuracy"),
    *MODEL_METRICS,
    *JUDGED,
)


def score_row(
    case: Record, answer: Record, found: Sequence[Record], *, model: bool = False
) -> tuple[dict[str, float], dict[str, str]]:
    """Score a row with every metric.

    Args:
        case: the case as a mapping.
        answer: as ``ask --json`` prints it.
        found: the passages of the search, best first, each with ``characters``.
        model: whether a model was to write the answer.

    Returns:
        The scores by metric, to four digits, and for each metric that says nothing about this row
        the reason.
    """
    given = {"case": case, "answer": answer, "found": found}
    scores: dict[str, float] = {}
    unscored: dict[str, str] = {}
    for name, function in (METRICS | (MODEL_METRICS if model else {})).items():
        try:
            needs = signature(function).parameters
            scores[name] = round(function(**{need: given[need] for need in needs}), 4)
        except Unscorable as reason:
            unscored[name] = str(reason)
    return scores, unscored


def ragas_metrics() -> dict[str, Any]:
    """The same metrics for Ragas experiments: ``metric.score(case=…, answer=…)``.

    An unscorable row gives a ``MetricResult`` of value None with the reason, as Ragas wants it.
    Ragas takes seconds to import and is therefore imported here.
    """
    import os

    os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
    from ragas.metrics import numeric_metric

    wide = {"answer_length": (0.0, 1e9)}
    return {
        name: numeric_metric(name=name, allowed_values=wide.get(name, (0.0, 1.0)))(function)
        for name, function in (METRICS | MODEL_METRICS).items()
    }


def places_cited(answer: Record) -> tuple[str, ...]:
    """The places an answer cites, ``file:first-last`` or ``file#page``, without folders."""
    places = []
    for c in answer["citations"]:
        name = Path(c["source_path"]).name
        lines = f"{name}:{c['line_start']}-{c['line_end']}"
        places.append(lines if c["line_start"] else f"{name}#{c['locator'] or c['page']}")
    return tuple(dict.fromkeys(places))


def _needs_gold(case: Record) -> None:
    if not case["answerable"]:
        raise Unscorable("資料に答えのない質問")


def _citations(answer: Record) -> Sequence[Record]:
    if not answer["citations"]:
        raise Unscorable("引用がない")
    citations: Sequence[Record] = answer["citations"]
    return citations


def _share(checks: Sequence[bool]) -> float:
    return sum(checks) / len(checks)


def _meets(source: Record, place: Record) -> bool:
    """Whether a passage or citation touches the lines of a gold place, or is of its page."""
    path = Path(source["source_path"]).as_posix()
    if place.get("page"):
        return bool(source["page"] == place["page"]) and path.endswith(f"/{place['file']}")
    start, end = source["line_start"] or 0, source["line_end"] or 0
    touches = start <= place["line_end"] and end >= place["line_start"]
    return touches and path.endswith(f"/{place['file']}")


def _grounded(answer: Record) -> list[str]:
    standing = {c["number"] for c in answer["citations"] if stands(c)}
    return [
        (statement["attribution"] or "") + statement["text"]
        for statement in answer["statements"]
        if statement["citations"] and standing.issuperset(statement["citations"])
    ]


def _speaker(citation: Record) -> str:
    lines = source_lines(Path(citation["source_path"]))
    for text in reversed(lines[: citation["line_start"]]):
        match = _SPEAKER.match(text)
        if match:
            return match[1]
    return ""


def _labels(citation: Record) -> set[str]:
    """The labels due beside a citation; what a digest is, is read from the file itself."""
    status = _digest_status(citation["source_path"])
    digest = {"要約"} if status is not None or citation["edition"] == "digest" else set()
    return digest | {_LABELS.get(status or _status(citation), "")} - {""}


@lru_cache(maxsize=1024)
def _digest_status(path: str) -> str | None:
    """The status a Markdown file gives itself in its front matter; None if it is no digest."""
    text = "\n".join(source_lines(Path(path))) if path.endswith(".md") else ""
    head = tomllib.loads(text.split("+++", 2)[1]) if text.startswith("+++") else {}
    return head.get("status", "unknown") if head.get("edition") == "digest" else None


def _status(citation: Record) -> str:
    declared = _declared_statuses().get(Path(citation["source_path"]).name)
    return declared or str(citation["status"])


@lru_cache(maxsize=1)
def _declared_statuses() -> dict[str, str]:
    """Status of the originals as their own text gives it: ``datasets/statuses.toml``."""
    text = (DATASETS / "statuses.toml").read_text(encoding="utf-8")
    declared: dict[str, str] = tomllib.loads(text)
    return declared


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _fold(text: str) -> str:
    return fold(text).lower()
