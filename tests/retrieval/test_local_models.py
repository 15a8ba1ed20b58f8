"""Models of sentence-transformers, made here with random weights: the code that loads real ones."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from towns import Town

from assistant.cli import main
from assistant.errors import EmbeddingError
from assistant.indexing import ingest
from assistant.question.read import read_question
from assistant.retrieval.index import Index
from assistant.retrieval.models import open_embedder, open_reranker, unit
from assistant.retrieval.search import find
from assistant.settings import Settings

pytest.importorskip("sentence_transformers", reason="extra local がありません")

LETTERS = "".join(chr(code) for code in range(33, 127)) + "光水田費用の更新検索文書クエリ町"
TEXTS = ["光の更新", "水田", "町の費用の更新"]
# What the card of each model asks for before a question and before a passage.
PREFIXES = [
    ("ruri-v3-310m", "検索クエリ: ", "検索文書: "),
    ("multilingual-e5-small", "query: ", "passage: "),
    ("bge-m3", "", ""),
]


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """Writes a BERT of one layer with its tokenizer, as ``save_pretrained`` does."""
    import torch
    from transformers import BertConfig, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))

    def write(kind, path, **settings):
        torch.manual_seed(0)
        sizes = {"hidden_size": 16, "num_hidden_layers": 1, "intermediate_size": 16}
        heads = {"num_attention_heads": 2, "initializer_range": 1.0}
        kind(BertConfig(vocab_size=len(vocabulary), **heads, **sizes, **settings)).save_pretrained(
            path
        )
        tokenizer.save_pretrained(path)
        return path

    return write


@pytest.fixture(scope="module")
def bi_encoder(bert, tmp_path_factory):
    from transformers import BertModel

    def make(name):
        return bert(BertModel, tmp_path_factory.mktemp("models") / name)

    return make


@pytest.fixture(scope="module")
def cross_encoder(bert, tmp_path_factory):
    from transformers import BertForSequenceClassification

    def make(labels=1):
        path = tmp_path_factory.mktemp("models") / f"reranker-{labels}"
        return bert(BertForSequenceClassification, path, num_labels=labels)

    return make


@pytest.mark.parametrize(("name", "query", "passage"), PREFIXES)
def test_questions_and_passages_get_the_prefix_of_their_model(bi_encoder, name, query, passage):
    from sentence_transformers import SentenceTransformer

    folder = bi_encoder(name)
    plain = SentenceTransformer(str(folder), device="cpu")
    embedder = open_embedder(Settings(embedding=f"local:{folder}"))
    assert (embedder.name, embedder.dimensions) == (f"local:{name}", 16)
    wanted = unit(plain.encode([passage + text for text in TEXTS]))
    assert np.allclose(embedder.embed_passages(TEXTS), wanted, atol=1e-5)
    asked = unit(plain.encode([query + "費用は"]))[0]
    assert np.allclose(embedder.embed_question("費用は"), asked, atol=1e-5)
    bare = np.allclose(asked, unit(plain.encode(["費用は"]))[0], atol=1e-5)
    assert bare == (query == "")
    assert embedder.embed_question(" ") is None


def test_a_local_model_serves_an_index(bi_encoder, tmp_path, index_root):
    root = Town.made(tmp_path, index_root).root
    (tmp_path / "a.txt").write_text("光ファイバの更新には約8億円が必要である。\n", encoding="utf-8")
    settings = Settings(embedding=f"local:{bi_encoder('bge-m3')}")
    ingest([tmp_path / "a.txt"], root, settings)
    index = Index(root, open_embedder(settings))
    (passage,) = find(index, read_question(index, "光ファイバの更新"), 1).passages
    assert index.manifest.embedding == "local:bge-m3"
    assert passage.why.signals["ベクトル"] > 0
    index.close()


def test_a_cross_encoder_gives_each_text_a_share_of_one(cross_encoder):
    reranker = open_reranker(Settings(reranker=f"local:{cross_encoder()}"))
    scores = reranker.scores("費用は", TEXTS)
    assert all(0 <= score <= 1 for score in scores)
    assert len(set(scores)) == len(TEXTS)
    assert reranker.scores("費用は", TEXTS[::-1])[::-1] == pytest.approx(scores, abs=1e-5)
    assert reranker.scores("費用は", []) == []


def test_models_may_be_asked_from_several_threads(bi_encoder, cross_encoder):
    reranker = open_reranker(Settings(reranker=f"local:{cross_encoder()}"))
    embedder = open_embedder(Settings(embedding=f"local:{bi_encoder('bge-m3')}"))
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(lambda _: reranker.scores("費用は", TEXTS), range(20)))
        rows = list(pool.map(lambda _: embedder.embed_passages(TEXTS), range(20)))
    assert np.allclose(scores, scores[0], atol=1e-5)
    assert np.allclose(rows, rows[0], atol=1e-5)


def test_search_explains_what_the_cross_encoder_adds(
    cross_encoder, index_root, monkeypatch, capsys
):
    command = ["search", "光ファイバの更新の費用", "-k", "20", "--index", str(index_root)]
    assert main([*command, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)["results"]
    monkeypatch.setenv("REGIONAL_DX_RERANKER", f"local:{cross_encoder()}")
    assert main([*command, "--explain", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    added = [result["why"]["signals"]["再ランキング"] for result in results]
    assert all(0 <= one <= 1 for one in added)
    assert len(set(added)) > 1
    assert {row["chunk_id"] for row in results} == {row["chunk_id"] for row in plain}
    assert main([*command, "--explain"]) == 0
    assert "再ランキング +" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["embedding", "reranker"])
@pytest.mark.parametrize("fault", ["no folder", "no weights", "cut weights", "no description"])
def test_a_model_that_cannot_be_loaded_is_two_lines(
    cross_encoder, index_root, monkeypatch, capsys, tmp_path, name, fault
):
    folder = cross_encoder() if fault != "no folder" else tmp_path / "none"
    if fault == "no weights":
        (folder / "model.safetensors").unlink()
    elif fault == "cut weights":
        weights = (folder / "model.safetensors").read_bytes()
        (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    elif fault == "no description":
        (folder / "config.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv(f"REGIONAL_DX_{name.upper()}", f"local:{folder}")
    assert main(["search", "費用", "--index", str(index_root)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    error, remedy = shown.err.splitlines()[-2:]
    assert (error[:4], remedy[:3]) == ("エラー:", "対処:")
    assert str(folder) in error


def test_a_classifier_is_no_reranker(cross_encoder):
    with pytest.raises(EmbeddingError) as raised:
        open_reranker(Settings(reranker=f"local:{cross_encoder(labels=3)}"))
    assert "クロスエンコーダー" in raised.value.remedy
