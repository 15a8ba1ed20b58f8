import json

import pytest

from assistant.retrieval.search import search
from evals.__main__ import main
from evals.studies.retrieval import against, found_by, indexed, read_set

CORPUS = [
    ("d1", "住民票の写し", "住民票の写しは市民課の窓口で交付します。"),
    ("d2", "粗大ごみ", "粗大ごみは電話で申し込み、収集日に出します。"),
    ("d3", "保育園", "保育園の申し込みは10月に受け付けます。"),
]
QUERIES = [("q1", "住民票の写しはどこで取れますか", "d1"), ("q2", "粗大ごみの出し方", "d2")]


@pytest.fixture
def folder(tmp_path):
    def write(name, rows):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    write("corpus.jsonl", [{"id": i, "title": t, "text": x} for i, t, x in CORPUS])
    write("queries.jsonl", [{"id": i, "text": x} for i, x, _ in QUERIES])
    write("qrels.jsonl", [{"qid": i, "docid": d, "rel": 1} for i, _, d in QUERIES])
    return tmp_path


def test_figures_are_saved_and_compared_with(folder, monkeypatch, capsys):
    def run(*options):
        monkeypatch.setattr("sys.argv", ["evals", "retrieval", str(folder), *map(str, options)])
        assert main() == 0
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    first = run("--save", folder / "saved.json")
    assert (first["queries"], first["metrics"]["ndcg@10"]) == (2, 1.0)
    assert "against" not in first
    second = run("--json", "--against", folder / "saved.json")
    compared = second["against"]["ndcg@10"]
    assert compared == {
        "before": 1.0,
        "after": 1.0,
        "difference": 0.0,
        "interval": [0.0, 0.0],
        "n": 2,
    }


def test_a_document_folded_into_another_is_found_too(folder, monkeypatch, capsys):
    text = "空き家の解体と改修と家財の処分の費用は、補助金の申請の窓口で審査の後に支払う。"
    rows = [{"id": i, "title": "", "text": text} for i in ("d4", "d5")]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(lines)
    query = {"id": "q3", "text": "空き家の解体の補助金"}
    judged = [{"qid": "q3", "docid": i, "rel": 1} for i in ("d4", "d5")]
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    rows = "\n".join(json.dumps(row) for row in judged)
    (folder / "qrels.jsonl").write_text(rows, encoding="utf-8")
    with indexed(read_set(folder)) as index:
        (passage, *_) = search(index, query["text"], 10)
        assert len(passage.also) == 1
        assert found_by([passage]) == ["d4", "d5"]
    monkeypatch.setattr("sys.argv", ["evals", "retrieval", str(folder)])
    assert main() == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["recall@5"] == 1.0


class Contrary:
    """Prefers what is about the nursery, whatever is asked."""

    def scores(self, question, texts):
        return [float("保育園" in text) for text in texts]


def test_beirs_form_is_read_and_the_models_of_the_settings_are_measured(
    folder, monkeypatch, capsys
):
    def run(*options):
        monkeypatch.setattr("sys.argv", ["evals", "retrieval", str(folder), *map(str, options)])
        return main(), capsys.readouterr()

    (folder / "qrels.jsonl").unlink()
    (folder / "qrels").mkdir()
    rows = [f"{i}\t{d}\t1" for i, _, d in QUERIES]
    text = "\n".join(["query-id\tcorpus-id\tscore", *rows])
    (folder / "qrels" / "test.tsv").write_text(text, encoding="utf-8")
    rows = [{"_id": i, "title": t, "text": x} for i, t, x in CORPUS]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "corpus.jsonl").write_text(text, encoding="utf-8")
    assert run("--save", folder / "saved.json")[0] == 0
    monkeypatch.setattr("evals.studies.retrieval.open_reranker", lambda _: Contrary())
    weight = "assistant.retrieval.search.reranker_weight"
    monkeypatch.setattr(weight, lambda: 9.0)
    compared = json.loads(run("--against", folder / "saved.json")[1].out)["against"]["mrr@10"]
    assert compared["before"] == 1.0
    assert compared["after"] < 1.0
    monkeypatch.setenv("REGIONAL_DX_EMBEDDING", "nonsense")
    code, shown = run()
    assert code == 1
    assert [line[:3] for line in shown.err.splitlines()] == ["エラー", "対処:"]


def test_only_queries_of_both_runs_are_compared_and_a_fall_shows():
    saved = {f"q{n}": {"ndcg@10": 0.9} for n in range(50)}
    rows = {f"q{n}": {"ndcg@10": 0.9 - 0.2 * (n % 2)} for n in range(10, 60)}
    found = against(rows, saved)["ndcg@10"]
    assert found["n"] == 40
    assert found["difference"] == -0.1
    assert found["interval"][1] < 0
    assert against(rows, {}) == {}
