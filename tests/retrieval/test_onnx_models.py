"""Folders of ONNX whose numbers are known: how a folder says what its model wants."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx_folders
import pytest
from onnx_folders import TABLE, ids
from towns import Town

from assistant.cli import main
from assistant.errors import EmbeddingError
from assistant.indexing import ingest
from assistant.question.read import read_question
from assistant.retrieval import onnx_models
from assistant.retrieval.index import Index
from assistant.retrieval.models import open_embedder, open_reranker
from assistant.retrieval.search import find
from assistant.settings import Settings

pytest.importorskip("onnx", reason="onnx がありません(extra dev)")

TEXTS = ["光の更新", "水田", "町の費用の更新"]
MEAN, CLS = {"pooling_mode_mean_tokens": True}, {"pooling_mode_cls_token": True}


def opened(folder):
    return open_embedder(Settings(embedding=f"onnx:{folder}"))


def judged(folder):
    return open_reranker(Settings(reranker=f"onnx:{folder}"))


def mean(text):
    row = TABLE[ids(text)].mean(axis=0)
    return row / np.linalg.norm(row)


@pytest.mark.parametrize(
    ("name", "files", "query", "passage"),
    [
        ("multilingual-e5-small", {}, "query:", "passage:"),
        ("ruri-v3-30m", {}, "検索クエリ:", "検索文書:"),
        ("mine", {"1_Pooling__config": MEAN}, "", ""),
        ("mine", {"1_Pooling__config": {"pooling_mode": "mean"}}, "", ""),
        ("mine", {"config": {"_name_or_path": "x/multilingual-e5-base"}}, "query:", "passage:"),
        (
            "bge-m3",
            {
                "1_Pooling__config": MEAN,
                "config_sentence_transformers": {"prompts": {"query": "町", "document": "田"}},
            },
            "町",
            "田",
        ),
    ],
)
def test_a_folder_says_what_its_model_wants_or_its_name_does(tmp_path, name, files, query, passage):
    model = opened(onnx_folders.embedder(tmp_path / name, **files))
    assert model.name.startswith(f"onnx:{name}-")
    assert np.allclose(model.embed_question("費用は"), mean(query + "費用は"), atol=1e-6)
    wanted = np.stack([mean(passage + text) for text in TEXTS])
    assert np.allclose(model.embed_passages(TEXTS), wanted, atol=1e-6)
    assert model.embed_question(" ") is None
    assert model.embed_passages([]).shape == (0, model.dimensions) == (0, 8)


def test_the_first_token_or_the_models_own_vector_counts_where_it_shall(tmp_path):
    first = TABLE[1] / np.linalg.norm(TABLE[1])
    for name, files in (("bge-m3", {}), ("mine", {"1_Pooling__config": CLS})):
        model = opened(onnx_folders.embedder(tmp_path / name, **files))
        assert np.allclose(model.embed_passages(TEXTS), first, atol=1e-6)
    own = opened(onnx_folders.embedder(tmp_path / "own", out="sentence_embedding"))
    assert np.allclose(own.embed_question("費用"), mean("費用"), atol=1e-6)


@pytest.mark.parametrize("files", [{}, {"1_Pooling__config": {"pooling_mode_max_tokens": True}}])
def test_a_model_of_unknown_pooling_is_refused(tmp_path, files):
    with pytest.raises(EmbeddingError) as raised:
        opened(onnx_folders.embedder(tmp_path / "mine", **files))
    assert "1_Pooling/config.json" in raised.value.remedy


def test_a_text_is_cut_at_what_the_model_reads(tmp_path):
    files = {"1_Pooling__config": MEAN, "sentence_bert_config": {"max_seq_length": 5}}
    model = opened(onnx_folders.embedder(tmp_path / "short", **files))
    row = TABLE[[*ids("費用の更新")[:4], 2]].mean(axis=0)
    assert np.allclose(model.embed_question("費用の更新"), row / np.linalg.norm(row), atol=1e-6)


def test_a_model_may_stand_one_folder_below_and_another_training_has_another_name(tmp_path):
    pooling = {"1_Pooling__config": MEAN}
    below = opened(onnx_folders.embedder(tmp_path / "m", name="onnx/model_qint8.onnx", **pooling))
    assert np.allclose(below.embed_question("費用"), mean("費用"), atol=1e-6)
    other = opened(onnx_folders.embedder(tmp_path / "x" / "m", seed=1, **pooling))
    assert below.name != other.name
    assert opened(tmp_path / "m").name == below.name


def test_the_name_of_a_fetched_model_is_enough(tmp_path):
    folder = onnx_folders.embedder(tmp_path / "models" / "bge-m3")
    model = open_embedder(Settings(embedding="onnx:bge-m3", data=tmp_path))
    assert model.name == opened(folder).name


def test_a_folder_serves_an_index_and_the_search_goes_on_when_it_fails(
    tmp_path, index_root, monkeypatch
):
    root = Town.made(tmp_path, index_root).root
    (tmp_path / "a.txt").write_text("光ファイバの更新には約8億円が必要である。\n", encoding="utf-8")
    settings = Settings(embedding=f"onnx:{onnx_folders.embedder(tmp_path / 'ruri-v3-30m')}")
    ingest([tmp_path / "a.txt"], root, settings)
    index = Index(root, open_embedder(settings))
    assert index.manifest.embedding == index.embedder.name
    assert (
        find(index, read_question(index, "光ファイバの更新"), 1).passages[0].why.signals["ベクトル"]
        > 0
    )
    nothing = np.zeros((1, 8), np.float32)
    for fault in (RuntimeError("out of memory"), nothing, nothing * np.nan):

        def run(*_, fault=fault):
            if isinstance(fault, Exception):
                raise fault
            return fault

        monkeypatch.setattr(onnx_models._Network, "run", run)
        silent = find(index, read_question(index, "光ファイバの更新"), 1)
        assert silent.passages
        assert "語だけで" in silent.notes[0]
    index.close()


def test_a_cross_encoder_gives_each_text_the_sigmoid_of_its_logit(tmp_path):
    model = judged(onnx_folders.reranker(tmp_path))
    logits = np.array([TABLE[ids("費用", text)[4:], 0].sum() for text in TEXTS])
    assert model.scores("費用", TEXTS) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)
    assert model.scores("費用", []) == []


def test_a_classifier_is_no_reranker(tmp_path):
    with pytest.raises(EmbeddingError) as raised:
        judged(onnx_folders.reranker(tmp_path, labels=3))
    assert "クロスエンコーダー" in raised.value.remedy


def test_models_may_be_asked_from_several_threads(tmp_path):
    reranker = judged(onnx_folders.reranker(tmp_path / "reranker"))
    model = opened(onnx_folders.embedder(tmp_path / "bge-m3"))
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(lambda _: reranker.scores("費用は", TEXTS), range(20)))
        rows = list(pool.map(lambda _: model.embed_passages(TEXTS), range(20)))
    assert all(one == scores[0] for one in scores)
    assert all(np.array_equal(one, rows[0]) for one in rows)


def test_search_explains_what_the_cross_encoder_adds(tmp_path, index_root, monkeypatch, capsys):
    command = ["search", "光ファイバの更新の費用", "-k", "20", "--index", str(index_root)]
    assert main([*command, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)["results"]
    monkeypatch.setenv("REGIONAL_DX_RERANKER", f"onnx:{onnx_folders.reranker(tmp_path)}")
    assert main([*command, "--explain", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    added = [result["why"]["signals"]["再ランキング"] for result in results]
    assert all(0 <= one <= 1 for one in added)
    assert len(set(added)) > 1
    assert {row["chunk_id"] for row in results} == {row["chunk_id"] for row in plain}
    assert main([*command, "--explain"]) == 0
    assert "再ランキング +" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["embedding", "reranker"])
@pytest.mark.parametrize("fault", ["no folder", "model.onnx", "tokenizer.json", "cut", "config"])
def test_a_model_that_cannot_be_loaded_is_two_lines(
    index_root, monkeypatch, capsys, tmp_path, name, fault
):
    make = onnx_folders.embedder if name == "embedding" else onnx_folders.reranker
    folder = make(tmp_path / "bge-m3") if fault != "no folder" else tmp_path / "none"
    if fault == "cut":
        model = (folder / "model.onnx").read_bytes()
        (folder / "model.onnx").write_bytes(model[: len(model) // 2])
    elif fault == "config":
        (folder / "config.json").write_text("[1]", encoding="utf-8")
    elif fault != "no folder":
        (folder / fault).unlink()
    monkeypatch.setenv(f"REGIONAL_DX_{name.upper()}", f"onnx:{folder}")
    assert main(["search", "費用", "--index", str(index_root)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    error, remedy = shown.err.splitlines()[-2:]
    assert (error[:4], remedy[:3]) == ("エラー:", "対処:")
    assert str(folder) in error
