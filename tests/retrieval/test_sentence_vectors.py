"""Vectors of sentences: written with the chunks, carried over, checked, and used by the search."""

import shutil
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest
from towns import LIBRARY, Town

from assistant.errors import IndexDamagedError
from assistant.japanese.sentences import split_sentences
from assistant.japanese.words import content_words
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, Segment
from assistant.retrieval import generations, search
from assistant.retrieval.generations import Change, build_generation, verify, writer_lock
from assistant.retrieval.index import Index
from assistant.retrieval.sentence_vectors import SentenceVectors, write_sentence_vectors
from assistant.retrieval.weights import VectorWeights


class Letters:
    """A model of sorts: the pairs of letters of a text, hashed into 256 numbers."""

    name = "letters"
    dimensions = 256

    def __init__(self):
        self.read = []

    def embed_passages(self, texts):
        self.read += texts
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text):
        found = np.full(self.dimensions, 1e-3, np.float32)
        for pair in pairwise(text):
            found[blake2b("".join(pair).encode(), digest_size=1).digest()[0]] += 1
        return found / np.linalg.norm(found)


def chunk(name, text, section=None):
    return Chunk(f"{name}-0000", name, text, (Segment(0, 0, 0, len(text)),), section=section)


def built(root, index_root, chunks, embedder):
    if not (root / "word-vectors").is_dir():
        shutil.copytree(index_root / "word-vectors", root / "word-vectors")
    documents = {c.doc_id: SourceDocument(c.doc_id, "", "") for c in chunks}
    with writer_lock(root):
        build_generation(root, Change(documents, chunks, {}, (), ()), embedder=embedder)
    return Index(root, embedder)


@pytest.fixture
def weighed(monkeypatch):
    def weigh(chunks, sentences):
        for module in (generations, search):
            monkeypatch.setattr(
                module, "vector_weights", lambda _: VectorWeights(chunks, sentences)
            )

    return weigh


@pytest.fixture
def town(tmp_path, index_root, weighed):
    """A town whose index was made before there were sentences, and changed since."""
    weighed(0.3, 0.3)
    copied = Town.copied(tmp_path, index_root)
    copied.ingest(copied.write("first.txt", "かえで町の役場は朝9時に開く。\n昼も開いている。\n"))
    return copied


def test_an_index_of_before_gets_its_sentences_with_the_next_change(town):
    assistant = town.opened()
    index = assistant._index
    question = index.embedder.embed_question("山間部の光ファイバの更新の費用")
    chunks = index.vectors.chunks(index.vectors.ids())
    found = index.sentence_vectors.nearest(question, [*chunks, "unknown-0000"])
    assert found.keys() == chunks.keys()
    for chunk_id, one in chunks.items():
        sentences = [one.text[start:end] for start, end in split_sentences(one.text)]
        rows = index.sentences.embed_passages([f"{one.section or ''}\n{s}" for s in sentences])
        assert found[chunk_id] == pytest.approx((rows @ question).max(), abs=2e-3)
    assistant.close()


def test_a_model_reads_each_sentence_with_its_last_heading(tmp_path, index_root, weighed):
    weighed(0.3, 0.3)
    model = Letters()
    text = "図書館は9時に開く。\n休館日は月曜である。"
    index = built(tmp_path, index_root, [chunk("a", text, "施設 > 図書館")], model)
    index.close()
    assert model.read[1:] == ["図書館\n図書館は9時に開く。", "図書館\n休館日は月曜である。"]


def test_a_model_without_a_weight_for_sentences_reads_none(tmp_path, index_root, weighed):
    weighed(0.3, 0.0)
    model = Letters()
    index = built(tmp_path, index_root, [chunk("a", "開館は9時。休館は月曜。")], model)
    index.close()
    assert (len(model.read), index.sentence_vectors) == (1, None)
    assert not (index.folder / "sentences").exists()


class Knows(Letters):
    """Knows one sentence as the answer to every question; all else is the same to it."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def embed_question(self, text):
        return np.eye(self.dimensions, dtype=np.float32)[0]

    def embed_passages(self, texts):
        self.read += texts
        return np.eye(self.dimensions, dtype=np.float32)[[int(t != self.answer) for t in texts]]


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_chunk_gains_by_its_nearest_sentence(tmp_path, index_root, weighed, weight):
    weighed(0.0, weight)
    texts = ["図書館の窓口は東にある。\n本は貸す。", "図書館の窓口は西にある。\n本は返す。"]
    chunks = [chunk(name, text) for name, text in zip("ab", texts, strict=True)]
    index = built(tmp_path, index_root, chunks, Knows("図書館の窓口は西にある。"))
    found = search.search(index, "図書館の窓口", 2)
    index.close()
    assert [p.chunk.doc_id for p in found] == (["b", "a"] if weight else ["a", "b"])
    assert [p.why.signals.get("文", 0.0) for p in found] == [weight, 0.0]


def rows_by_chunk(folder):
    vectors = SentenceVectors(folder)
    return {i: vectors.rows([span]) for i, span in vectors.spans(vectors.chunk_ids).items()}


def test_an_update_carries_over_what_stays_and_drops_what_goes(town):
    path = town.write("new.txt", LIBRARY.format(hours=110))
    town.ingest()
    before = rows_by_chunk(town.folder())
    path.write_text(LIBRARY.format(hours=120), encoding="utf-8")
    town.ingest()
    after = rows_by_chunk(town.folder())
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    assert (len(gone), len(come)) == (1, 1)
    assert all(np.array_equal(before[i], after[i]) for i in before.keys() & after.keys())
    assert verify(town.root) == ([], town.manifest().chunks)


@pytest.mark.parametrize("name", ["rows.npy", "spans.npy", "chunk_ids.npy"])
@pytest.mark.parametrize("bytes_left", [None, 0, 200])
def test_damaged_files_are_named(town, name, bytes_left):
    path = town.folder() / "sentences" / name
    data = path.read_bytes()
    path.unlink()
    if bytes_left is not None:
        path.write_bytes(data[:bytes_left])
    with pytest.raises(IndexDamagedError) as raised:
        town.opened()
    assert "rebuild" in raised.value.remedy


@pytest.mark.parametrize("value", [0.0, np.nan, 3.0])
def test_the_check_sees_vectors_that_are_none(town, value):
    path = town.folder() / "sentences" / "rows.npy"
    rows = np.load(path)
    rows[1] = value
    np.save(path, rows)
    (problem,) = verify(town.root)[0]
    assert "1件" in problem


def test_a_file_of_other_chunks_does_not_pass(town):
    folder = town.folder()
    shutil.rmtree(folder / "sentences")
    write_sentence_vectors(folder, {"a-0000": 1}, 4, [np.full((1, 4), 0.5)])
    with pytest.raises(IndexDamagedError):
        town.opened()


def test_too_few_vectors_for_the_sentences_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="1 vectors for 2 sentences"):
        write_sentence_vectors(tmp_path, {"a-0000": 2}, 4, [np.full((1, 4), 0.5)])


def test_words_of_no_meaning_have_a_vector_too(tmp_path, index_root, weighed):
    weighed(0.3, 0.3)
    index = built(tmp_path, index_root, [chunk("a", "……\n---"), chunk("b", "水門の警報。")], None)
    assert content_words("……") == []
    assert index.manifest.sentences == len(index.sentence_vectors) == 3
    assert index.sentence_vectors.damaged_rows() == 0
    index.close()
