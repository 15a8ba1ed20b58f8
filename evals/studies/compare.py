"""What people would pick instead, side by side: ``python -m evals compare SETS`` prints the table.

SETS is a folder of judged sets (`read_set`). Every method indexes title and text and gives its
first ten documents. Needs the extra ``compare``; LlamaIndex and LangChain are used as they come, so
that their default tokenisers (white space, English words) show what they do to Japanese. The recipe
is an implementation of its own, without the assistant's index.
"""

import argparse
import atexit
import json
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.japanese.width import fold
from assistant.japanese.words import content_words, word_pairs
from assistant.retrieval.embeddings import WordVectors, fit_sif, write_word_vectors
from assistant.settings import Settings
from evals.run.statistics import compare
from evals.run.tables import table
from evals.studies.retrieval import DEPTH, JudgedSet, measure, metrics_of, read_set

Ranker = Callable[[str], Sequence[str]]
"""A question in, document ids out, best first."""

# Lucene's defaults (Robertson & Zaragoza, 2009, recommend the same range).
_K1, _B = 1.2, 0.75
_NEIGHBOURS, _LEAST_COSINE = 5, 0.6
_EXPANSION_WEIGHT, _PAIR_WEIGHT, _VECTOR_WEIGHT = 0.3, 0.2, 0.3
_OURS = "本アシスタント"

PUBLISHED = {
    "Kuromoji BM25": (0.494, 0.600),
    "multilingual-e5-small": (0.522, 0.642),
    "multilingual-e5-large": (0.571, 0.682),
    "ruri-v3-310m": (0.597, 0.706),
    "bge-m3": (0.620, 0.735),
    "openai text-embedding-3-large": (0.649, 0.762),
    "gemini-embedding-2": (0.725, 0.821),
}
"""nDCG@10 and recall@10 published for localgovfaq, on all of its 749 queries (November 2026)."""


def langchain_bm25(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """LangChain's `BM25Retriever` as it comes: words are what white space separates."""
    retriever = _langchain_bm25(ids, texts)
    return lambda question: [d.metadata["id"] for d in retriever.invoke(question)]


def langchain_ensemble(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """LangChain's usual pair: `BM25Retriever` and Chroma, ranks fused half and half.

    Chroma's own default model would be downloaded; the vectors are the assistant's offline ones.
    """
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_core.embeddings import Embeddings

    sif = fit_sif([content_words(text) for text in texts], _word_vectors())

    class Offline(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(v) for v in vector] for vector in sif.embed_passages(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    store = Chroma(f"compare-{len(ids)}-{abs(hash(texts[0])) % 10**6}", Offline(), client=client)
    for start in range(0, len(ids), 5000):
        stop = start + 5000
        rows = [{"id": doc_id} for doc_id in ids[start:stop]]
        store.add_texts(list(texts[start:stop]), metadatas=rows, ids=list(ids[start:stop]))
    near = store.as_retriever(search_kwargs={"k": DEPTH})
    both = EnsembleRetriever(retrievers=[_langchain_bm25(ids, texts), near], weights=[0.5, 0.5])
    return lambda question: [d.metadata["id"] for d in both.invoke(question)][:DEPTH]


def llamaindex_bm25(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """LlamaIndex's `BM25Retriever` as it comes: English stemmer, words of two letters or more."""
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(id_=i, text=text) for i, text in zip(ids, texts, strict=True)]
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH)
    return lambda question: [hit.node.node_id for hit in retriever.retrieve(question)]


def bigrams(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """BM25 over pairs of characters, width folded."""
    index = _Bm25([_bigrams(text) for text in texts])
    return lambda question: _best(ids, index.scores(Counter(_bigrams(question))))


def sudachi_bm25(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """BM25 over the normalised content words of Sudachi's mode A."""
    index = _Bm25([content_words(text) for text in texts])
    return lambda question: _best(ids, index.scores(Counter(content_words(question))))


def recipe(ids: Sequence[str], texts: Sequence[str]) -> Ranker:
    """The reference: words, expansion by word vectors, word pairs and SIF vectors.

    A question's word adds its five nearest words of the corpus (cosine above .6) at .3 × cosine;
    pairs count .2; scores are divided by their maximum and .3 × cosine of SIF vectors is added.
    """
    tokens = [content_words(text) for text in texts]
    words = _Bm25(tokens)
    pairs = _Bm25([word_pairs(row) for row in tokens])
    vectors = _word_vectors()
    sif = fit_sif(tokens, vectors)
    passages = sif.embed_words(tokens)
    rows = vectors.rows(words.vocabulary)
    known = [word for word, row in zip(words.vocabulary, rows, strict=True) if row >= 0]
    table = vectors.vectors(rows[rows >= 0])

    def expanded(terms: Sequence[str]) -> dict[str, float]:
        weights: dict[str, float] = dict(Counter(terms))
        for term in dict.fromkeys(terms):
            row = vectors.rows([term])
            if row[0] < 0:
                continue
            cosines = table @ vectors.vectors(row)[0]
            for place in np.argsort(-cosines)[: _NEIGHBOURS + 1]:
                if known[place] != term and cosines[place] > _LEAST_COSINE:
                    added = _EXPANSION_WEIGHT * float(cosines[place])
                    weights[known[place]] = weights.get(known[place], 0.0) + added
        return weights

    def rank(question: str) -> Sequence[str]:
        terms = content_words(question)
        scores = words.scores(expanded(terms))
        scores = scores + _PAIR_WEIGHT * pairs.scores(Counter(word_pairs(terms)))
        scores = scores / max(float(scores.max()), 1e-9)
        vector = sif.embed_question(question)
        if vector is not None:
            cosines = passages @ vector
            scores = scores + _VECTOR_WEIGHT * cosines / max(float(cosines.max()), 1e-9)
        return _best(ids, scores)

    return rank


METHODS: dict[str, Callable[[Sequence[str], Sequence[str]], Ranker]] = {
    "LangChain BM25Retriever(既定)": langchain_bm25,
    "LangChain BM25Retriever + Chroma(EnsembleRetriever)": langchain_ensemble,
    "LlamaIndex BM25Retriever(既定)": llamaindex_bm25,
    "BM25、文字2-gram": bigrams,
    "BM25、Sudachi A単位の内容語": sudachi_bm25,
    "基準の方法(拡張・語の並び・文ベクトル)": recipe,
}


class _Bm25:
    """BM25 with Lucene's idf over given tokens."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        lengths = np.array([len(row) for row in rows], dtype=np.float32)
        norms = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1e-9))
        postings: dict[str, list[tuple[int, int]]] = {}
        for place, row in enumerate(rows):
            for term, count in Counter(row).items():
                postings.setdefault(term, []).append((place, count))
        self._size = len(rows)
        self._postings: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]] = {}
        for term, found in postings.items():
            places = np.array([place for place, _ in found])
            counts = np.array([count for _, count in found], dtype=np.float32)
            idf = math.log(1 + (len(rows) - len(found) + 0.5) / (len(found) + 0.5))
            self._postings[term] = places, idf * counts / (counts + norms[places])

    @property
    def vocabulary(self) -> list[str]:
        return list(self._postings)

    def scores(self, terms: Mapping[str, float]) -> npt.NDArray[np.float32]:
        """The score of every row for weighted terms."""
        total = np.zeros(self._size, dtype=np.float32)
        for term, weight in terms.items():
            if term in self._postings:
                places, shares = self._postings[term]
                total[places] += weight * shares
        return total


def figures(judged: JudgedSet, method: str) -> dict[str, dict[str, float]]:
    """The metrics of every query with one of `METHODS`."""
    ids = [row["id"] for row in judged.corpus]
    texts = [f"{row['title']}\n{row['text']}".strip() for row in judged.corpus]
    rank = METHODS[method](ids, texts)
    return {
        query_id: metrics_of(list(rank(text)), judged.relevant[query_id])
        for query_id, text in judged.queries
    }


def methods_table(found: dict[str, dict[str, dict[str, dict[str, float]]]]) -> str:
    """Methods by set as Markdown: nDCG@10 / recall@10, and how far ours is ahead.

    Args:
        found: by set, by method, by query id the metrics; ours under its own name.
    """
    counts = {name: len(rows[_OURS]) for name, rows in found.items()}
    head = ("方法", *(f"{name}({n})" for name, n in counts.items()))
    return table(
        head,
        (
            (method, *(_cell(rows[method], rows[_OURS]) for rows in found.values()))
            for method in [*METHODS, _OURS]
        ),
    )


def _cell(rows: dict[str, dict[str, float]], ours: dict[str, dict[str, float]]) -> str:
    means = [fmean(row[name] for row in rows.values()) for name in ("ndcg@10", "recall@10")]
    cell = " / ".join(f"{mean:.3f}" for mean in means)
    if rows is ours:
        return f"**{cell}**"
    queries = sorted(ours)
    before, after = ([side[q]["ndcg@10"] for q in queries] for side in (rows, ours))
    ahead = compare({"ndcg@10": before}, {"ndcg@10": after})[0]
    return f"{cell}(差 {ahead.difference:+.3f}、{ahead.low:+.3f}–{ahead.high:+.3f})"


def _langchain_bm25(ids: Sequence[str], texts: Sequence[str]) -> Any:
    from langchain_community.retrievers import BM25Retriever

    rows = [{"id": doc_id} for doc_id in ids]
    return BM25Retriever.from_texts(list(texts), metadatas=rows, k=DEPTH)


def _bigrams(text: str) -> list[str]:
    letters = "".join(fold(text).split())
    return [letters[start : start + 2] for start in range(len(letters) - 1)]


def _best(ids: Sequence[str], scores: npt.NDArray[np.float32]) -> list[str]:
    return [ids[place] for place in np.argsort(-scores, kind="stable")[:DEPTH]]


@cache
def _word_vectors() -> WordVectors:
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    write_word_vectors(Path(folder.name) / "words")
    return WordVectors(Path(folder.name) / "words")


def main() -> None:
    """Measure every method on every set and print the table and the published figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of judged sets")
    parser.add_argument("--save", type=Path, help="write the figures of every query here")
    options = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(path for path in options.folder.iterdir() if path.is_dir()):
        judged = read_set(path)
        found[path.name] = {method: figures(judged, method) for method in METHODS}
        found[path.name][_OURS] = measure(path, Settings())["rows"]
    if options.save:
        options.save.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    published = ((name, f"{ndcg:.3f} / {recall:.3f}") for name, (ndcg, recall) in PUBLISHED.items())
    print(methods_table(found))
    print()
    print(table(("公表値(localgovfaq、全749問)", "nDCG@10 / R@10"), published))
