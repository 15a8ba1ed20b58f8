"""Fit the decision of `assistant.answering.decision` on questions that nobody here wrote for it.

    python -m evals evidence SAMPLES --work FOLDER [--write]

Every question is asked with its source in the library and with it left out; of encyclopaedia
paragraphs also with the whole article left out. Traps by rule (`evals.studies.traps`) and the traps
of ``natural.jsonl`` are asked with the source in. Half of the questions fit, the other half is
reported. What was searched and read stands in FOLDER, so that a second run takes minutes.
"""

import argparse
import json
import pickle
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering import decision
from assistant.answering.decision import Logistic, is_vetoed, question_row, sentence_matrix
from assistant.answering.reading import Reading, open_reader
from assistant.answering.signals import Candidate, candidates_of
from assistant.indexing import ingest
from assistant.question.read import read_question
from assistant.records.answers import Passage
from assistant.retrieval.index import Index
from assistant.retrieval.search import find
from assistant.settings import load_settings
from evals.studies.curves import draw
from evals.studies.library import FITTED, library_index, library_questions
from evals.studies.traps import digest, is_fitted, make_traps

SETS = ("jaquad_train", "jsquad_valid", "niilc", "localgovfaq", "lawqa")
_NATURAL = Path(__file__).parents[1] / "datasets" / "natural.jsonl"
_SEARCHED = 12
_PASSAGES = 8
_QUESTIONS = {"jaquad_train": 250, "jsquad_valid": 400, "niilc": 150}
_TRAPS = {"jaquad_train": 100, "jsquad_valid": 100, "niilc": 50}
_WEIGHTS = {"jaquad_train": 1.0, "jsquad_valid": 1.0, "niilc": 0.5, "natural": 3.0, "library": 3.0}
_READER = ("reader", "reader_sentence", "reader_lead", "most_read")
_LEAST_RIDGE = 1e-4
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with the candidates of each way it was asked."""

    origin: str
    key: str
    fitted: bool
    """Whether it is learned from; else it is reported."""
    present: list[Candidate]
    right: tuple[bool, ...]
    """Of the present candidates, those that hold an answer in the right document."""
    absent: tuple[list[Candidate], ...]
    """The source left out, the article left out, a trap."""
    traps: tuple[list[Candidate], ...] = ()


def main() -> None:
    """Fit, report and, where asked, write ``decision.json``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("samples", type=Path)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--answer", type=float, default=0.25, help="least of `answer`")
    options.add_argument("--near", type=float, default=0.12, help="least of `near`")
    options.add_argument("--write", action="store_true", help="write decision.json")
    given = options.parse_args()
    cache = given.work / "asked.pkl"
    if cache.is_file():
        rows: list[Asked] = pickle.loads(cache.read_bytes())  # noqa: S301  # our own file
    else:
        rows = [row for name in SETS for row in asked_of(name, given.samples, given.work)]
        rows += asked_of_library(given.samples, given.work)
        cache.write_bytes(pickle.dumps(rows))
    data: dict[str, Any] = {"run": f"python -m evals evidence, {date.today()}"}
    for kind in ("reader", "words"):
        fitted = [row for row in rows if row.fitted]
        sentence = fit_sentences(fitted, kind)
        question = fit_questions(fitted, sentence, kind)
        data[kind] = {
            "answer": given.answer,
            "near": given.near,
            "sentence": _as_data(sentence),
            "question": _as_data(question),
        }
        others = [row for row in rows if not row.fitted]
        found = weighed(others, sentence, question, kind)
        report(kind, others, sentence, found)
        draw(found, given.answer, given.work / f"curves-{kind}.png")
    if given.write:
        path = Path(decision.__file__).with_name("decision.json")
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def asked_of(name: str, samples: Path, work: Path) -> Iterable[Asked]:
    """The questions of one set, searched and read."""
    folder = samples / "data" / name
    corpus = {row["id"]: row for row in _rows(folder / "corpus.jsonl")}
    index = _index(name, corpus, work)
    readings = _Readings(work / f"readings-{name}.pkl")
    texts = {key: f"{row['title']}\n{row['text']}" for key, row in corpus.items()}
    relevant: dict[str, set[str]] = {}
    for row in _rows(folder / "qrels.jsonl"):
        relevant.setdefault(row["qid"], set()).add(row["docid"])
    if name in _QUESTIONS:
        questions = [q for q in _rows(folder / "queries.jsonl") if any(q.get("answer") or ())]
        questions = sorted(questions, key=lambda q: digest(q["id"]))[: _QUESTIONS[name]]
        sources = {q["id"]: "\n".join(texts[d] for d in relevant[q["id"]]) for q in questions}
        wordings = {q["id"]: q["text"] for q in questions}
        traps = make_traps(wordings, sources, count=_TRAPS[name], seed=7)
        by_twin = {trap.twin: trap.question for trap in traps}
        for number, q in enumerate(questions):
            gold, answers = relevant[q["id"]], [a for a in q["answer"] if a]
            yield _asked(
                name, q["id"], q["text"], gold, answers, by_twin.get(q["id"]), index, readings
            )
            if number % 200 == 0:
                print(name, number, flush=True)
    for row in _rows(_NATURAL):
        if row["set"] == name:
            gold = {str(row["docid"]), *map(str, row.get("also", ()))}
            answers = [answer for group in row["answers"] for answer in group]
            yield _asked(
                "natural", row["id"], row["question"], gold, answers, row["trap"], index, readings
            )
    readings.save()
    index.close()


def asked_of_library(samples: Path, work: Path) -> Iterable[Asked]:
    """The questions over ministry PDFs, seeds, guidebooks and the starter corpus."""
    index = Index(library_index(samples, work / "library", set()))
    readings = _Readings(work / "readings-library.pkl")
    for row in library_questions():
        answers = [spelling for fact in row["facts"] for spelling in fact]
        gold, fitted = {Path(row["file"]).stem}, row["file"] in FITTED
        question = row["question"]
        yield _asked("library", row["id"], question, gold, answers, None, index, readings, fitted)
    readings.save()
    index.close()


def _asked(
    origin: str,
    key: str,
    question: str,
    gold: set[str],
    answers: Sequence[str],
    trap: str | None,
    index: Index,
    readings: "_Readings",
    fitted: bool | None = None,
) -> Asked:
    asked = read_question(index, question)
    passages = list(find(index, asked, _SEARCHED).passages)
    read = readings.of(question, passages)
    candidates = candidates_of(index, asked, passages, read)
    titles = {p.document.title for p in passages if _source(p) in gold}
    present = _within(candidates, passages[:_PASSAGES], read)
    right = tuple(_source(c.passage) in gold and _holds(c, answers) for c in present)
    left = [p for p in passages if _source(p) not in gold]
    without = _within(candidates, left[:_PASSAGES], read)
    other = [p for p in left if p.document.title not in titles]
    article = _within(candidates, other[:_PASSAGES], read) if len(other) < len(left) else []
    trapped: list[Candidate] = []
    if trap:
        asked = read_question(index, trap)
        found = list(find(index, asked, _PASSAGES).passages)
        trapped = candidates_of(index, asked, found, readings.of(trap, found))
    absent = tuple(group for group in (without, article) if group)
    fitted = is_fitted(key) if fitted is None else fitted
    return Asked(origin, key, fitted, present, right, absent, (trapped,) if trapped else ())


def _within(
    candidates: Sequence[Candidate], passages: Sequence[Passage], _read: object
) -> list[Candidate]:
    """The candidates of some passages, what is relative to the others measured anew."""
    kept = {passage.chunk.chunk_id for passage in passages}
    some = [c for c in candidates if c.passage.chunk.chunk_id in kept]
    best = max((c.signals.score for c in some), default=1.0) or 1.0
    first = passages[0].chunk.chunk_id if passages else ""
    by_document: dict[str, float] = {}
    for c in some:
        known = by_document.get(c.passage.document.doc_id, -8.0)
        by_document[c.passage.document.doc_id] = max(known, c.signals.reader)

    def anew(c: Candidate) -> Candidate:
        others = [v for d, v in by_document.items() if d != c.passage.document.doc_id]
        signals = replace(
            c.signals,
            score=c.signals.score / best,
            first_passage=float(c.passage.chunk.chunk_id == first),
            reader_lead=c.signals.reader - max(others, default=-8.0),
        )
        return replace(c, signals=signals)

    return [anew(c) for c in some]


class _Readings:
    """The reader's readings of a set, kept between runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        known = path.is_file()
        self._known: dict[tuple[str, str], Reading] = (
            pickle.loads(path.read_bytes()) if known else {}  # noqa: S301  # our own file
        )

    def of(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        fresh = [p for p in passages if (question, p.chunk.chunk_id) not in self._known]
        if fresh:
            reader = open_reader()
            assert reader is not None, "the reader is missing"
            for passage, reading in zip(fresh, reader.read(question, fresh), strict=True):
                self._known[question, passage.chunk.chunk_id] = reading
        return [self._known[question, passage.chunk.chunk_id] for passage in passages]

    def save(self) -> None:
        self._path.write_bytes(pickle.dumps(self._known))


def fit_sentences(rows: Sequence[Asked], kind: str) -> Logistic:
    """Which sentence answers: the best right one of each question against all others."""
    groups, marks, weights = [], [], []
    for row in rows:
        weight = _WEIGHTS[row.origin]
        chosen = _best_right(row)
        if chosen is not None:
            kept = [n for n in range(len(row.present)) if n == chosen or not row.right[n]]
            groups.append(sentence_matrix([row.present[n] for n in kept]))
            marks.append(np.array([float(n == chosen) for n in kept]))
            weights.append(np.full(len(kept), weight))
        for group in (*row.absent, *row.traps):
            groups.append(sentence_matrix(group))
            marks.append(np.zeros(len(group)))
            weights.append(np.full(len(group), weight))
    names = (*decision.SENTENCE_SIGNALS, "reader x words")
    matrix = _without_reader(np.concatenate(groups), names, kind)
    return fit(matrix, np.concatenate(marks), np.concatenate(weights), names)


def fit_questions(rows: Sequence[Asked], sentence: Logistic, kind: str) -> Logistic:
    """Whether the best sentence answers: questions with their source against those without."""
    found, marks, weights = [], [], []
    for row in rows:
        groups = [(row.present, 1.0), *((g, 0.0) for g in (*row.absent, *row.traps))]
        for group, mark in groups:
            seen = _question(group, sentence, kind)
            if seen is not None:
                found.append(seen)
                marks.append(mark)
                weights.append(_WEIGHTS[row.origin])
    names = decision.QUESTION_SIGNALS
    matrix = _without_reader(np.concatenate(found), names, kind)
    return fit(matrix, np.array(marks), np.array(weights), names, ridge=2e-3)


def fit(
    matrix: Matrix,
    marks: Matrix,
    weights: Matrix,
    names: Sequence[str],
    ridge: float = _LEAST_RIDGE,
) -> Logistic:
    """Logistic regression by Newton's method with halved steps and an L2 penalty.

    Args:
        matrix: (n, signals).
        marks: (n,), 1 for what answers.
        weights: (n,) of the rows.
        names: of the signals.
        ridge: penalty on the squared weights of standardised signals, times the sum of `weights`.
    """
    mean = np.average(matrix, axis=0, weights=weights)
    spread = np.sqrt(np.average((matrix - mean) ** 2, axis=0, weights=weights))
    spread = np.where(spread > 1e-6, spread, 1.0)  # a signal that never changes weighs nothing
    rows = np.clip((matrix - mean) / spread, -8, 8)
    rows = np.column_stack([np.ones(len(rows)), rows])
    penalty = np.eye(rows.shape[1]) * ridge * weights.sum()
    penalty[0, 0] = 0.0

    def loss(at: Matrix) -> float:
        odds = rows @ at
        return float(weights @ (np.logaddexp(0, odds) - marks * odds) + at @ penalty @ at / 2)

    at = np.zeros(rows.shape[1])
    now = loss(at)
    for _ in range(60):
        shown = 1 / (1 + np.exp(-np.clip(rows @ at, -30, 30)))
        slope = rows.T @ (weights * (shown - marks)) + penalty @ at
        curve = (rows * (weights * np.maximum(shown * (1 - shown), 1e-6))[:, None]).T @ rows
        step = np.linalg.solve(curve + penalty, slope)
        size = 1.0
        while size > 1e-4 and loss(at - size * step) > now:
            size /= 2
        at = at - size * step
        before, now = now, loss(at)
        if before - now < 1e-7 * abs(before):
            break
    return Logistic(tuple(names), mean, spread, at[1:], float(at[0]))


Weighed = dict[str, dict[str, list[float]]]
"""Origin → ``present``, ``absent`` and ``trap`` → the probability of each question."""


def weighed(rows: Sequence[Asked], sentence: Logistic, question: Logistic, kind: str) -> Weighed:
    """How likely the decision finds each question answered, however it was asked."""
    found: Weighed = {}
    for row in rows:
        into = found.setdefault(row.origin, {"present": [], "absent": [], "trap": []})
        groups = [("present", row.present), *(("absent", g) for g in row.absent[:1])]
        for name, group in [*groups, *(("trap", g) for g in row.traps)]:
            seen = _question(group, sentence, kind)
            odds = -60.0
            if seen is not None:
                known = _without_reader(seen, question.names, kind)
                odds = float(question.log_odds(known)[0])
            into[name].append(decision.sigmoid(odds))
    return found


def report(kind: str, rows: Sequence[Asked], sentence: Logistic, found: Weighed) -> None:
    """Print, for thresholds on the probability, what is answered and what is refused."""
    first: dict[str, list[float]] = {}
    for row in rows:
        first.setdefault(row.origin, []).append(float(_first_is_right(row, sentence, kind)))
    origins = sorted(found)
    print(
        f"\n{kind}: first sentence right:", {o: round(float(np.mean(first[o])), 3) for o in origins}
    )
    print("least probability | answered / refused without the source / trap refused")
    for least in (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6):
        cells = []
        for origin in origins:
            p = {name: np.array(values) for name, values in found[origin].items()}
            trap = f"{np.mean(p['trap'] < least):.3f}" if p["trap"].size else "-"
            cells.append(
                f"{origin} {np.mean(p['present'] >= least):.3f} / "
                f"{np.mean(p['absent'] < least):.3f} / {trap}"
            )
        print(f"{least:.2f} | " + " | ".join(cells))


def _first_is_right(row: Asked, sentence: Logistic, kind: str) -> bool:
    ranked = _ranked(row.present, sentence, kind)
    return bool(ranked) and row.right[ranked[0][1]]


def _ranked(group: Sequence[Candidate], sentence: Logistic, kind: str) -> list[tuple[float, int]]:
    """Log odds and place of each candidate that is not vetoed, best first."""
    standing = [n for n, c in enumerate(group) if not is_vetoed(c.signals)]
    if not standing:
        return []
    matrix = _without_reader(sentence_matrix([group[n] for n in standing]), sentence.names, kind)
    odds = sentence.log_odds(matrix)
    return sorted(((float(o), n) for o, n in zip(odds, standing, strict=True)), reverse=True)


def _question(group: Sequence[Candidate], sentence: Logistic, kind: str) -> Matrix | None:
    ranked = _ranked(group, sentence, kind)
    if not ranked:
        return None
    return question_row([group[n] for _, n in ranked], [odds for odds, _ in ranked])


def _without_reader(matrix: Matrix, names: Sequence[str], kind: str) -> Matrix:
    """The matrix as it is where no reader has read."""
    if kind == "reader":
        return matrix
    kept = np.array([0.0 if name.startswith(_READER) else 1.0 for name in names])
    without: Matrix = matrix * kept
    return without


def _best_right(row: Asked) -> int | None:
    """The right candidate that the signals favour: an answer's words may stand elsewhere too."""
    places = [n for n, right in enumerate(row.right) if right]

    def favour(n: int) -> float:
        signals = row.present[n].signals
        return signals.held_before + 0.15 * signals.reader_sentence

    return max(places, key=favour, default=None)


def _as_data(model: Logistic) -> dict[str, Any]:
    columns = (model.names, model.mean, model.deviation, model.weights)
    return {
        "bias": round(model.bias, 5),
        "signals": [
            {
                "name": name,
                "mean": round(float(mean), 5),
                "deviation": round(float(deviation), 5),
                "weight": round(float(weight), 5),
            }
            for name, mean, deviation, weight in zip(*columns, strict=True)
        ],
    }


def _index(name: str, corpus: dict[str, dict[str, Any]], work: Path) -> Index:
    root, source = work / "index" / name, work / "source" / name
    if not root.is_dir():
        source.mkdir(parents=True, exist_ok=True)
        for key, row in corpus.items():
            head = f"# {row['title']}\n\n" if row["title"] else ""
            (source / f"{key}.md").write_text(f"{head}{row['text']}\n", encoding="utf-8")
        ingest([source], root, load_settings())
    return Index(root)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _source(passage: Passage) -> str:
    return Path(passage.document.source_path).stem


def _holds(candidate: Candidate, answers: Sequence[str]) -> bool:
    text = _fold(candidate.passage.chunk.text[candidate.start : candidate.end])
    return any(_fold(answer) in text for answer in answers)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
