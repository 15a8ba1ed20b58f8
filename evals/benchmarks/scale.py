"""Ten and a hundred thousand chunks: latency with and without filters, memory, size on disk.

``python -m evals bench-scale`` generates chunks from sentences of the starter corpus with
other places and figures, indexes them, and asks the questions of the guidance set. Building and
measuring run in processes of their own, so that memory is that of an assistant that answers.
``--langchain`` measures LangChain's `EnsembleRetriever` (BM25Retriever, Chroma) beside it on the
same chunks and vectors (extra ``compare``).
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from assistant.indexing import starter_corpus
from assistant.japanese.sentences import split_sentences
from assistant.records.answers import Filters
from assistant.records.documents import KINDS, STATUSES, SourceDocument
from assistant.records.text import Chunk, Segment
from assistant.retrieval.generations import Change, build_generation, writer_lock
from assistant.retrieval.index import Index
from assistant.retrieval.search import search
from evals.sets.cases import load_cases
from evals.sets.overlap import body

_CHUNKS_OF_A_DOCUMENT = 100
_SENTENCES = 4
_TOP = 10
_ASKED = 300
_WARM_UP = 30
_FILTERS = (
    Filters(kind="report"),
    Filters(status="final", since="2023-01-01"),
    Filters(kind="minutes", until="2024-12-31"),
    Filters(speaker="委員"),
)
_KANJI = "東西南北上中下大小高松山川田野原島谷沢崎浜津"
_AIMS = {"p50": 15.0, "p95": 40.0, "p95 filtered": 60.0, "MB": 900.0, "ratio": 3.0}
"""Milliseconds, megabytes, and how many times slower the larger index may be at the median."""


def generated(count: int) -> tuple[dict[str, SourceDocument], list[Chunk]]:
    """Documents with `count` chunks of about 250 characters; the same for every call."""
    generator = random.Random(0)  # noqa: S311  # text, not secrets
    sentences = [s for s in _starter_sentences() if 20 <= len(s) <= 120]
    documents: dict[str, SourceDocument] = {}
    chunks = []
    for place in range(count):
        number, ordinal = divmod(place, _CHUNKS_OF_A_DOCUMENT)
        doc_id = f"{number:012x}"
        kind, status = KINDS[number % len(KINDS)], STATUSES[number % len(STATUSES)]
        if doc_id not in documents:
            published = f"{2020 + number % 6}-{1 + number % 12:02}-01"
            title = f"{_town(generator)}の計画 第{number}号"
            documents[doc_id] = SourceDocument(
                doc_id, title, f"/{doc_id}.txt", None, published, kind, status
            )
        text = "\n".join(
            f"{_town(generator)}では、{sentence}(令和{generator.randint(2, 8)}年度、"
            f"{generator.randint(1, 9999):,}件)"
            for sentence in generator.sample(sentences, _SENTENCES)
        )
        speaker = f"{generator.choice(_KANJI)}田委員" if kind == "minutes" else None
        segments = (Segment(0, 0, 0, len(text)),)
        chunk_id = f"{doc_id}-{ordinal:04d}"
        chunks.append(Chunk(chunk_id, doc_id, text, segments, speaker=speaker))
    return documents, chunks


def build(folder: Path, count: int) -> dict[str, float]:
    """Index generated chunks; seconds and size on disk."""
    documents, chunks = generated(count)
    began = time.perf_counter()
    with writer_lock(folder):
        build_generation(folder, Change(documents, chunks, {}, (), ()), fresh=True)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"seconds": round(time.perf_counter() - began, 1), "disk MB": round(size / 1e6)}


def measure(folder: Path) -> dict[str, float]:
    """Latency (milliseconds) and resident memory (MB) of an open index."""
    index = Index(folder)

    def ask(question: str, filters: Filters | None = None) -> None:
        search(index, question, _TOP, filters)

    plain = _times(ask, _ASKED)
    filtered = sorted(
        value
        for filters in _FILTERS
        for value in _times(lambda q, f=filters: ask(q, f), _ASKED // len(_FILTERS))  # type: ignore[misc]
    )
    found = {
        "p50": _percentile(plain, 0.5),
        "p95": _percentile(plain, 0.95),
        "p50 filtered": _percentile(filtered, 0.5),
        "p95 filtered": _percentile(filtered, 0.95),
        "MB": round(psutil.Process().memory_info().rss / 1e6),
    }
    index.close()
    return found


def measure_langchain(count: int) -> dict[str, float]:
    """The same of LangChain's ensemble, held in memory as its quick start has it."""
    from evals.studies.compare import langchain_ensemble

    _, chunks = generated(count)
    began = time.perf_counter()
    rank = langchain_ensemble([c.chunk_id for c in chunks], [c.text for c in chunks])
    seconds = time.perf_counter() - began
    times = _times(rank, 40)
    return {
        "seconds": round(seconds, 1),
        "p50": _percentile(times, 0.5),
        "p95": _percentile(times, 0.95),
        "MB": round(psutil.Process().memory_info().rss / 1e6),
    }


def _times(ask: Callable[[str], object], count: int) -> list[float]:
    """Sorted milliseconds of `count` questions after a warm-up with others."""
    questions = [case.question for case in load_cases("guidance")]
    for question in questions[-min(_WARM_UP, count) :]:
        ask(question)
    times = []
    for question in questions[:count]:
        began = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)


def _percentile(times: Sequence[float], share: float) -> float:
    return round(times[min(int(share * len(times)), len(times) - 1)], 1)


def _starter_sentences() -> list[str]:
    texts = [body(path) for path in sorted(starter_corpus().rglob("*.md"))]
    lines = [line.strip("- *#") for text in texts for line in text.split("\n")]
    return [line[start:end] for line in lines for start, end in split_sentences(line)]


def _town(generator: random.Random) -> str:
    return "".join(generator.sample(_KANJI, 2)) + generator.choice("市町村")


def _child(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "evals", "bench-scale", *arguments]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603  # ourselves
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print a table with the aims, or do one step for the process that asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--langchain", action="store_true")
    parser.add_argument("--step", choices=("build", "measure", "langchain"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        count = options.chunks[0]
        steps: dict[str, Callable[[], dict[str, float]]] = {
            "build": lambda: build(options.folder, count),
            "measure": lambda: measure(options.folder),
            "langchain": lambda: measure_langchain(count),
        }
        print(json.dumps(steps[options.step]()))
        return
    medians = []
    for count in options.chunks:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            place = ("--chunks", str(count), "--folder", name)
            print(f"{count:,} chunks: built {_child('--step', 'build', *place)}", flush=True)
            found = _child("--step", "measure", *place)
            print(f"{count:,} chunks: {found}", flush=True)
            medians.append(found["p50"])
        if options.langchain:
            other = _child("--step", "langchain", "--chunks", str(count))
            print(f"{count:,} chunks, LangChain ensemble: {other}", flush=True)
    print(f"ratio of the medians: {medians[-1] / medians[0]:.2f}; aims: {_AIMS}")
