"""multilingual-e5-small itself: its numbers, its words, and texts meant to break it."""

import shutil
from pathlib import Path
from time import perf_counter

import numpy as np
import onnx_folders
import pytest

from assistant.japanese.sentences import split_sentences
from assistant.retrieval.models import open_embedder
from assistant.settings import Settings

CASES = Path(__file__).parents[2] / "corpus" / "cases"
HOSTILE = {
    "one sign that stands for eighteen": "\ufdfa" * 10_000,
    "NUL": "補助金\0の\0申請" * 100,
    "lone halves of characters": "\ud800補助\udc00金" * 100,
    "60,000 characters": "補助金の申請。" * 8_572,
    "one word of 60,000 letters": "a" * 60_000,
    "nothing that is printed": "\u200b\ufeff\u3000\u0085" * 1_000,
    "marks heaped on one letter": "か" + "\u0301" * 20_000,
}


def opened(folder):
    return open_embedder(Settings(embedding=f"onnx:{folder}"))


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    folder = onnx_folders.real(tmp_path_factory.mktemp("int8") / "multilingual-e5-small")
    return folder, opened(folder)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    folder = tmp_path_factory.mktemp("float32") / "multilingual-e5-small"
    return folder, opened(onnx_folders.real(folder, narrow=False))


@pytest.fixture(scope="module")
def sentences():
    """200 sentences of the starter corpus, 40 characters at most."""
    found = []
    for path in sorted(CASES.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        found += [text[start:end][:40] for start, end in split_sentences(text)]
    return found[:: len(found) // 200][:200]


def reference(folder, texts):
    """The same network in numpy, one text at a time."""
    from tokenizers import Tokenizer

    from evals.studies.e5_model import EPSILON, HEADS, LAYERS, WIDTH, base_weights

    weights = base_weights(folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def erf(x):
        """Abramowitz and Stegun, formula 7.1.26: off by 1.5e-7 at most."""
        t = 1 / (1 + 0.3275911 * np.abs(x))
        factors = (0, 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
        rest = np.polynomial.polynomial.polyval(t, factors) * np.exp(-x * x)
        return np.sign(x) * (1 - rest)

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        spread = np.sqrt(x.var(-1, keepdims=True) + EPSILON)
        scaled = (x - x.mean(-1, keepdims=True)) / spread
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x):
        return x.reshape(len(x), HEADS, WIDTH // HEADS).transpose(1, 0, 2)

    rows = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        x = norm(weights["word.weight"][ids] + weights["pos.weight"][: len(ids)], "ln")
        for n in range(LAYERS):
            name = f"layers.{n}."
            q, k, v = (heads(linear(x, name + part)) for part in "qkv")
            near = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(WIDTH // HEADS))
            mixed = near / near.sum(-1, keepdims=True) @ v
            flat = mixed.transpose(1, 0, 2).reshape(len(ids), WIDTH)
            x = norm(x + linear(flat, f"{name}ao"), f"{name}aln")
            inner = linear(x, f"{name}fi")
            bent = inner * (1 + erf(inner / np.sqrt(2))) / 2
            x = norm(x + linear(bent, f"{name}fo"), f"{name}oln")
        mean = x.mean(0)
        rows.append(mean / np.linalg.norm(mean))
    return np.stack(rows)


def test_the_numbers_are_those_of_the_weights(wide, sentences):
    folder, embedder = wide
    found = embedder.embed_passages(sentences)
    wanted = reference(folder, [f"passage: {text}" for text in sentences])
    assert len(sentences) == 200
    assert (found * wanted).sum(axis=1).min() > 0.999


def test_8_bits_lose_little(narrow, wide, sentences):
    cosines = (narrow[1].embed_passages(sentences) * wide[1].embed_passages(sentences)).sum(axis=1)
    assert cosines.mean() > 0.99
    assert cosines.min() > 0.97


def test_a_text_has_one_vector_whatever_stands_beside_it(narrow, sentences):
    embedder = narrow[1]
    together = embedder.embed_passages(sentences[:8])
    alone = np.concatenate([embedder.embed_passages([text]) for text in sentences[:8]])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_no_more_than_a_long_one(narrow, text):
    embedder = narrow[1]
    began = perf_counter()
    embedder.embed_passages(["補助金の申請は" * 400])
    longest = perf_counter() - began
    began = perf_counter()
    row = embedder.embed_passages([text])
    assert perf_counter() - began < 5 * longest + 1
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)
    question = embedder.embed_question(text)
    assert question is None or np.isfinite(question).all()


def test_other_words_for_the_same_thing_are_near(narrow):
    embedder = narrow[1]
    question = embedder.embed_question("役場の人手が足りない")
    texts = [
        "職員の不足を補うため、窓口の事務を自動化した。",
        "水田の水位をセンサーで測り、水門を遠くから動かす。",
        "観光客の位置情報を集め、周遊の道筋を調べた。",
    ]
    assert np.argmax(embedder.embed_passages(texts) @ question) == 0


def test_the_folder_says_the_same_as_its_name(narrow, tmp_path):
    folder, embedder = narrow
    bare = tmp_path / folder.name
    bare.mkdir()
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(folder / name, bare / name)
    renamed = shutil.copytree(folder, tmp_path / "renamed")
    for copied in (bare, renamed):
        model = opened(copied)
        assert np.array_equal(model.embed_question("費用"), embedder.embed_question("費用"))
        assert np.array_equal(model.embed_passages(["費用"]), embedder.embed_passages(["費用"]))
