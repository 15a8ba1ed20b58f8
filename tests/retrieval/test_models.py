"""Embedding models behind a loopback server that speaks both protocols."""

import json
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from towns import Town

from assistant.errors import EmbeddingError, IndexVersionError, InputError
from assistant.indexing import ingest, rebuild
from assistant.question.read import read_question
from assistant.retrieval.index import Index
from assistant.retrieval.models import card_of, open_embedder, unit
from assistant.retrieval.search import find
from assistant.settings import Settings


def vector(text):
    return [byte - 127.5 for byte in blake2b(text.encode(), digest_size=16).digest()]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers.get("Authorization")))
        rows = [vector(text) for text in body["input"]]
        if self.path.endswith("/api/embed"):
            reply = {"embeddings": rows}
        else:
            listed = [{"index": n, "embedding": row} for n, row in enumerate(rows)]
            reply = {"data": listed[::-1]}  # a server may answer in any order
        data = json.dumps(reply if self.server.sound else {"error": "x"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.sound = [], True
    made.url = f"http://127.0.0.1:{made.server_address[1]}"
    thread = Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def configured(server, name="ollama:multilingual-e5-small"):
    return Settings(embedding=name, embedding_url=server.url, embedding_key="secret")


@pytest.mark.parametrize("name", ["openai:any", "ollama:any"])
def test_vectors_come_in_the_order_of_the_texts(server, name):
    embedder = open_embedder(configured(server, name))
    texts = [f"文{n}" for n in range(150)]  # more than one batch
    rows = embedder.embed_passages(texts)
    assert rows.shape == (150, embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[149], unit(np.array([vector("文149")], np.float32))[0])
    assert embedder.name == name
    assert server.asked[0][2] == "Bearer secret"


def test_questions_and_passages_get_the_prefix_of_their_model(server):
    embedder = open_embedder(configured(server))
    embedder.embed_question("費用は")
    embedder.embed_passages(["費用"])
    assert [body["input"] for _, body, _ in server.asked] == [["query: 費用は"], ["passage: 費用"]]


@pytest.mark.parametrize(
    ("model", "query"),
    [("cl-nagoya/ruri-v3-310m", "検索クエリ: "), ("BAAI/bge-m3", ""), ("unknown", "")],
)
def test_known_models_have_their_prefixes(model, query):
    assert card_of(model).query == query


@pytest.mark.parametrize("name", ["gpt", "openai:", "onnx:", "local:x"])
def test_an_unknown_name_is_explained(name):
    with pytest.raises(InputError):
        open_embedder(Settings(embedding=name))


def test_a_server_that_answers_nonsense_is_named(server):
    server.sound = False
    with pytest.raises(EmbeddingError):
        open_embedder(configured(server)).embed_passages(["文"])


@pytest.mark.parametrize("rows", [[[0.0, 0.0]], [[float("nan"), 1.0]], [1.0, 2.0]])
def test_what_is_no_vector_is_refused(rows):
    with pytest.raises(ValueError, match=r"."):
        unit(np.array(rows, np.float32))


def test_the_index_keeps_to_its_model(server, tmp_path, index_root):
    root, real = Town.made(tmp_path, index_root).root, configured(server)
    (tmp_path / "a.txt").write_text("光ファイバの更新には約8億円が必要である。\n", encoding="utf-8")
    ingest([tmp_path / "a.txt"], root, Settings())
    with pytest.raises(IndexVersionError) as raised:
        Index(root, open_embedder(real))
    assert "REGIONAL_DX_EMBEDDING" in raised.value.remedy
    (tmp_path / "b.txt").write_text("水田の水位を測る仕組みである。\n", encoding="utf-8")
    with pytest.raises(IndexVersionError):
        ingest([tmp_path / "b.txt"], root, real)
    rebuild(root, real)
    index = Index(root, open_embedder(real))
    assert index.manifest.embedding == real.embedding
    assert index.manifest.generation == 2
    assert (
        find(index, read_question(index, "光ファイバの更新"), 1).passages[0].why.signals["ベクトル"]
        > 0
    )
    server.sound = False
    silent = find(index, read_question(index, "光ファイバの更新"), 1)
    assert silent.passages
    assert "語だけで" in silent.notes[0]
    index.close()
    with pytest.raises(IndexVersionError):
        Index(root)
