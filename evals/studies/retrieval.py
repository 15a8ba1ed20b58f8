"""Retrieval measured on a set in the usual form: corpus, queries and graded judgements."""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, Segment
from assistant.retrieval.embeddings import Embedder
from assistant.retrieval.generations import Change, build_generation, writer_lock
from assistant.retrieval.index import Index
from assistant.retrieval.models import open_embedder, open_reranker
from assistant.retrieval.search import search
from assistant.settings import Settings, load_settings
from evals.run.statistics import compare, interval
from evals.sets.rows import read_rows

DEPTH = 10


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A corpus with queries and graded judgements; queries without a judgement are left out."""

    corpus: list[dict[str, Any]]
    """Rows with ``id``, ``title`` (may be empty) and ``text``."""
    queries: list[tuple[str, str]]
    """(id, text)."""
    relevant: dict[str, dict[str, int]]
    """By query id the grade of each relevant document."""


def read_set(folder: Path) -> JudgedSet:
    """Read corpus.jsonl, queries.jsonl and qrels.jsonl (or BEIR's qrels/test.tsv)."""
    corpus = [
        {"id": _id(row), "title": row.get("title") or "", "text": row["text"]}
        for row in read_rows(folder / "corpus.jsonl")
    ]
    relevant = _qrels(folder)
    queries = [(_id(row), row["text"]) for row in read_rows(folder / "queries.jsonl")]
    return JudgedSet(corpus, [q for q in queries if relevant.get(q[0])], relevant)


def measure(folder: Path, settings: Settings, *, half: int | None = None) -> dict[str, Any]:
    """Index the corpus of a set and search every query.

    Args:
        folder: holds a set, see `read_set`.
        settings: name the embedding model and the cross-encoder.
        half: 0 or 1 takes every second query; None takes all.

    Returns:
        ``queries``, ``metrics`` (means), ``intervals`` (95 %), ``queries_per_second``, ``rows``
        (by query id the value of every metric).
    """
    judged = read_set(folder)
    queries = judged.queries if half is None else judged.queries[half::2]
    reranker = open_reranker(settings)
    with indexed(judged, open_embedder(settings)) as index:
        began = perf_counter()
        found = [
            (query_id, found_by(search(index, text, DEPTH, reranker=reranker)))
            for query_id, text in queries
        ]
        seconds = perf_counter() - began
    rows = {query_id: metrics_of(ids, judged.relevant[query_id]) for query_id, ids in found}
    names = list(next(iter(rows.values())))
    columns = {name: [row[name] for row in rows.values()] for name in names}
    return {
        "queries": len(rows),
        "metrics": {name: round(fmean(column), 4) for name, column in columns.items()},
        "intervals": {
            name: [round(v, 4) for v in interval(column)] for name, column in columns.items()
        },
        "queries_per_second": round(len(rows) / seconds, 1),
        "rows": rows,
    }


def against(
    rows: dict[str, dict[str, float]], saved: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """Compare with a saved run, query by query.

    Args:
        rows: figures of every query, as `measure` gives them.
        saved: the same of an earlier run; only queries in both are compared.

    Returns:
        By metric ``before``, ``after``, ``difference``, its 95 % ``interval`` (paired bootstrap,
        10,000 resamples) and ``n``.
    """
    shared = sorted(rows.keys() & saved.keys())
    names = list(rows[shared[0]]) if shared else []
    before, after = (
        {name: [side[query][name] for query in shared] for name in names} for side in (saved, rows)
    )
    return {
        found.metric: {
            "before": round(found.before, 4),
            "after": round(found.after, 4),
            "difference": round(found.difference, 4),
            "interval": [round(found.low, 4), round(found.high, 4)],
            "n": found.n,
        }
        for found in compare(before, after)
    }


def found_by(passages: Sequence[Passage]) -> list[str]:
    """The documents of a search in order, ten at most; those folded follow what they repeat."""
    documents = [part.chunk.doc_id for passage in passages for part in (passage, *passage.also)]
    return documents[:DEPTH]


@contextmanager
def indexed(judged: JudgedSet, embedder: Embedder | None = None) -> Iterator[Index]:
    """The corpus of a set in an index of its own: one chunk a document, text as it is.

    Args:
        judged: the set.
        embedder: makes the vectors; None for the built-in word vectors.
    """
    documents, chunks = {}, []
    for row in judged.corpus:
        doc_id, title = row["id"], row["title"]
        # Titles are searched with the text, as a heading is; they are no title of a source.
        documents[doc_id] = SourceDocument(doc_id, "", "")
        segments = (Segment(0, 0, 0, len(row["text"])),)
        chunks.append(Chunk(f"{doc_id}-0000", doc_id, row["text"], segments, section=title or None))
    change = Change(documents, chunks, {}, (), ())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = Path(name)
        with writer_lock(root):
            build_generation(root, change, embedder=embedder, fresh=True)
        index = Index(root, embedder)
        try:
            yield index
        finally:
            index.close()


def metrics_of(ids: list[str], relevant: dict[str, int]) -> dict[str, float]:
    """NDCG with gain 2^rel − 1, success and recall at the usual depths, reciprocal rank."""
    gains = [2 ** relevant.get(i, 0) - 1 for i in ids]
    ideal = sorted((2**rel - 1 for rel in relevant.values()), reverse=True)[:DEPTH]
    first = next((n for n, gain in enumerate(gains, start=1) if gain), None)
    hits = [relevant.get(i, 0) > 0 for i in ids]
    positives = sum(1 for rel in relevant.values() if rel > 0)
    return {
        "ndcg@10": _dcg(gains) / _dcg(ideal),
        "success@1": float(any(hits[:1])),
        "recall@1": sum(hits[:1]) / positives,
        "recall@5": sum(hits[:5]) / positives,
        "recall@10": sum(hits) / positives,
        "mrr@10": 1 / first if first else 0.0,
    }


def _dcg(gains: list[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = {}
    if (folder / "qrels.jsonl").is_file():
        for row in read_rows(folder / "qrels.jsonl"):
            relevant.setdefault(str(row["qid"]), {})[str(row["docid"])] = int(row["rel"])
        return relevant
    lines = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        qid, docid, rel = line.split("\t")
        relevant.setdefault(qid, {})[docid] = int(rel)
    return relevant


def _id(row: dict[str, Any]) -> str:
    return str(row.get("id", row.get("_id")))


def main() -> None:
    """Measure a set and print one JSON object, compared with figures saved before if wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second query only")
    parser.add_argument("--save", type=Path, help="write the figures of every query here")
    parser.add_argument("--against", type=Path, help="compare with figures saved before")
    parser.add_argument("--json", action="store_true", help="accepted for scripts; always JSON")
    options = parser.parse_args()
    saved = json.loads(options.against.read_text(encoding="utf-8")) if options.against else None
    shown = measure(options.folder, load_settings(), half=options.half)
    rows = shown.pop("rows")
    if options.save:
        options.save.write_text(json.dumps(rows), encoding="utf-8")
    if saved is not None:
        shown["against"] = against(rows, saved)
    print(json.dumps(shown, ensure_ascii=False))
