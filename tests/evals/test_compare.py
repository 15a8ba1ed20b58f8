"""The methods that need no other library, on a corpus small enough to rank by eye."""

import json
import math
from collections import Counter

import pytest

from assistant.retrieval.embeddings import WordVectors
from evals.studies.compare import _OURS, METHODS, _Bm25, figures, methods_table
from evals.studies.retrieval import read_set

DOCS = {
    "d1": "住民票の写しは市民課の窓口で交付します。",
    "d2": "粗大ごみは電話で申し込み、収集日に出します。",
    "d3": "保育園の申し込みは10月に受け付けます。",
}
QUERIES = {
    "q1": ("住民票の写しはどこで取れますか", "d1"),
    "q2": ("保育園はいつ申し込めますか", "d3"),
}


@pytest.fixture
def judged(tmp_path):
    def write(name, rows):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")

    write("corpus.jsonl", [{"_id": i, "title": "", "text": text} for i, text in DOCS.items()])
    write("queries.jsonl", [{"_id": i, "text": text} for i, (text, _) in QUERIES.items()])
    (tmp_path / "qrels").mkdir()
    rows = [f"{i}\t{doc}\t1" for i, (_, doc) in QUERIES.items()]
    write("qrels/test.tsv", [])
    (tmp_path / "qrels" / "test.tsv").write_text("\n".join(["q\td\ts", *rows]), encoding="utf-8")
    return read_set(tmp_path)


def test_bm25_is_the_formula():
    index = _Bm25([["税", "税", "町"], ["町"]])
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    norm = 1.2 * (0.25 + 0.75 * 3 / 2)
    expected = [2 * idf * 2 / (2 + norm), 0.0]
    assert index.scores({"税": 2.0, "無い": 1.0}) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "method",
    [name for name in METHODS if name.startswith(("BM25、", "基準"))],
)
def test_a_method_finds_what_shares_its_words(judged, method, index_root, monkeypatch):
    words = WordVectors(index_root / "word-vectors")
    monkeypatch.setattr("evals.studies.compare._word_vectors", lambda: words)
    assert [row["ndcg@10"] for row in figures(judged, method).values()] == [1.0, 1.0]


def test_the_table_says_how_far_ours_is_ahead(judged):
    perfect = figures(judged, "BM25、文字2-gram")
    poor = {query: {**row, "ndcg@10": 0.5} for query, row in perfect.items()}
    found = {"faq": {**dict.fromkeys(METHODS, poor), _OURS: perfect}}
    shown = methods_table(found)
    assert "faq(2)" in shown
    assert Counter(shown.split())["0.500"] == len(METHODS)
    assert "(差 +0.500、" in shown
    assert shown.splitlines()[-1] == f"| {_OURS} | **1.000 / 1.000** |"
