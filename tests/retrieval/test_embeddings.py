import shutil

import numpy as np
import pytest

from assistant.errors import IndexDamagedError
from assistant.japanese.words import content_words
from assistant.retrieval.embeddings import SifEmbedder, WordVectors, fit_sif, weighted_mean

TEXTS = [
    "市内のバス路線は12路線から7路線に減った。",
    "山間部の光ファイバの整備費用を市が負担している。",
    "個人に関する情報を扱うときは住民の同意を得る。",
    "協議会には地元企業と金融機関の参加を求める。",
    "水田の水位を遠くから見たいという声がある。",
]


def fitted(texts, word_vectors):
    return fit_sif([content_words(text) for text in texts], word_vectors)


@pytest.fixture(scope="module")
def embedder(word_vectors):
    return fitted(TEXTS, word_vectors)


def test_unknown_words_have_no_row(word_vectors):
    known = word_vectors.rows(["通信", "qzxvqzxv", "農業"]) >= 0
    assert known.tolist() == [True, False, True]


def test_no_words_have_no_rows(word_vectors):
    assert word_vectors.rows([]).tolist() == []


def test_words_asked_for_again_have_the_same_rows(word_vectors):
    words = ["通信", "qzxvqzxv", "通信", "農業"]
    assert word_vectors.rows(words).tolist() == word_vectors.rows(words).tolist()
    assert word_vectors.rows(words[::-1]).tolist() == word_vectors.rows(words).tolist()[::-1]


def test_word_vectors_are_unit_vectors(word_vectors):
    found = word_vectors.vectors(word_vectors.rows(["通信", "農業", "企業"]))
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize("texts", [TEXTS, ["😀"], ["", "通信"], ["abc123xyz"]])
def test_every_text_gets_a_unit_vector(embedder, texts):
    vectors = embedder.embed_passages(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1] * len(texts), abs=1e-5)


@pytest.mark.parametrize("question", ["", "😀😀", "これはそれですか", "qzxvqzxv"])
def test_a_question_without_a_known_word_has_no_vector(embedder, question):
    assert embedder.embed_question(question) is None


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("公共交通の本数", 0),
        ("ブロードバンド設備の費用", 1),
        ("プライバシーの保護", 2),
        ("銀行や会社の参画", 3),
        ("田んぼの見回り", 4),
    ],
)
def test_the_nearest_text_speaks_of_the_same_thing_in_other_words(embedder, question, nearest):
    similarities = embedder.embed_passages(TEXTS) @ embedder.embed_question(question)
    assert similarities.argmax() == nearest


def test_what_all_texts_share_is_removed(word_vectors):
    texts = [f"みどり市のデジタル化の推進について{text}" for text in TEXTS]
    plain = SifEmbedder(word_vectors, {}, np.zeros(300, np.float32)).embed_passages(texts)
    less = fitted(texts, word_vectors).embed_passages(texts)
    others = ~np.eye(len(texts), dtype=bool)
    assert (less @ less.T)[others].mean() < (plain @ plain.T)[others].mean() - 0.3


def test_too_few_texts_have_nothing_in_common_to_remove(word_vectors):
    text = TEXTS[0]
    same = fitted([text, text], word_vectors)
    raw = weighted_mean(content_words(text), word_vectors, {})
    assert same.embed_passages([text])[0] @ raw / np.linalg.norm(raw) > 0.9


def test_a_frequent_word_weighs_less(word_vectors):
    mean = weighted_mean(["通信", "農業"], word_vectors, {"通信": 0.5})
    communication, farming = word_vectors.vectors(word_vectors.rows(["通信", "農業"]))
    assert mean @ farming > mean @ communication


def test_saved_statistics_give_the_same_vectors(embedder, word_vectors, tmp_path):
    embedder.save(tmp_path / "sif.json")
    loaded = SifEmbedder.load(tmp_path / "sif.json", word_vectors)
    assert np.array_equal(loaded.embed_passages(TEXTS), embedder.embed_passages(TEXTS))


@pytest.mark.parametrize("content", [None, "", "{}", '{"frequencies": {}, "component": [0.1, '])
def test_damaged_statistics_are_named(word_vectors, tmp_path, content):
    path = tmp_path / "sif.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamagedError):
        SifEmbedder.load(path, word_vectors)


@pytest.mark.parametrize("name", ["keys.npy", "rows.npy", "table.npy"])
@pytest.mark.parametrize("bytes_left", [None, 0, 200])
def test_damaged_word_vectors_are_named(index_root, tmp_path, name, bytes_left):
    folder = tmp_path / "word-vectors"
    shutil.copytree(index_root / "word-vectors", folder)
    if bytes_left is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:bytes_left])
    with pytest.raises(IndexDamagedError):
        WordVectors(folder)
