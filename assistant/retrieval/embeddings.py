"""Vectors without a model: SIF sentence vectors over the chiVe word vectors inside ``ja-ginza``.

SIF (Arora, Liang, Ma: "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017):
the mean of word vectors weighted a / (a + p(word)), minus the projection on the first principal
component. On Japanese retrieval sets it helps only at low weight beside BM25 (nDCG@10 alone .389,
fused .542 on city FAQs); a real embedding model earns more and fits the same protocol.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexDamagedError
from assistant.japanese.words import content_words

Matrix = npt.NDArray[np.float32]

# a = 1e-3 is the value recommended in the SIF paper (section 4.1).
_SMOOTHING = 1e-3
_DIMENSIONS = 300
_REMEMBERED_WORDS = 100_000


class Embedder(Protocol):
    """Turns texts into vectors; the seam for real embedding models."""

    name: str
    """Model and version; an index remembers it and refuses another."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed_passages(self, texts: list[str]) -> Matrix:
        """Unit vectors of shape (len(texts), dimensions)."""

    def embed_question(self, text: str) -> Matrix | None:
        """A unit vector of shape (dimensions,); None when the model knows no word of it."""


class WordVectors:
    """Word → vector, memory-mapped: opens in a millisecond and needs no spaCy."""

    def __init__(self, folder: Path) -> None:
        """Open a copy written by `write_word_vectors`.

        Raises:
            IndexDamagedError: a file is missing or not what it should be.
        """
        self._seen: dict[str, int] = {}
        try:
            self._keys = np.load(folder / "keys.npy", mmap_mode="r")
            self._rows = np.load(folder / "rows.npy", mmap_mode="r")
            self._table = np.load(folder / "table.npy", mmap_mode="r")
            if len(self._keys) != len(self._rows) or self._rows.max() >= len(self._table):
                raise ValueError("the files do not belong together")  # noqa: TRY301  # one handler
        except (OSError, EOFError, ValueError) as error:
            raise IndexDamagedError(
                "索引の中の語のベクトルを読めません。",
                "regional-dx index rebuild を実行してください。",
            ) from error

    def rows(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Row of each word in the table, -1 for an unknown word."""
        if len(self._seen) >= _REMEMBERED_WORDS:
            self._seen = {}  # another thread may still read the old one
        seen = self._seen
        unseen = [word for word in words if word not in seen]
        if unseen:
            keys = np.array([_key(word) for word in unseen], dtype=np.uint64)
            places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            found = np.where(self._keys[places] == keys, self._rows[places], -1)
            seen.update(zip(unseen, found.tolist(), strict=True))
        return np.array([seen[word] for word in words], dtype=np.int64)

    def vectors(self, rows: npt.NDArray[np.int64]) -> Matrix:
        """Unit vectors of known rows, shape (len(rows), 300)."""
        return np.asarray(self._table[rows], dtype=np.float32)


class SifEmbedder:
    """SIF sentence vectors with the word frequencies and component of one index."""

    dimensions = _DIMENSIONS

    def __init__(
        self, words: WordVectors, frequencies: dict[str, float], component: Matrix
    ) -> None:
        """Take the statistics fitted on a corpus.

        Args:
            words: the word vectors.
            frequencies: share of each word among the content words of the corpus, 0 to 1.
            component: unit vector of shape (300,), or zeros, to be removed from every sentence.
        """
        self.name = f"sif-{word_vector_name()}"
        self.words = words
        self._frequencies = frequencies
        self._component = component

    def embed_passages(self, texts: list[str]) -> Matrix:
        """See `Embedder`; a text without a known word gets the component itself (far from all)."""
        return self.embed_words([content_words(text) for text in texts])

    def embed_words(self, texts: Iterable[Sequence[str]]) -> Matrix:
        """The same of texts given as their content words."""
        return np.stack([self._embed(terms) for terms in texts])

    def embed_question(self, text: str) -> Matrix | None:
        """See `Embedder`."""
        terms = content_words(text)
        if not (self.words.rows(terms) >= 0).any():
            return None
        return self._embed(terms)

    def _embed(self, terms: Sequence[str]) -> Matrix:
        raw = weighted_mean(terms, self.words, self._frequencies)
        rest = raw - (raw @ self._component) * self._component
        length = float(np.linalg.norm(rest))
        if length < 1e-6:
            return self._component if self._component.any() else _even()
        return (rest / length).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the statistics as JSON."""
        data = {"frequencies": self._frequencies, "component": self._component.tolist()}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path, words: WordVectors) -> "SifEmbedder":
        """Read statistics written by `save`.

        Raises:
            IndexDamagedError: the file is missing or damaged.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            component = np.array(data["component"], dtype=np.float32)
            return cls(words, data["frequencies"], component)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamagedError(
                "索引の中の語の統計を読めません。",
                "regional-dx index rebuild を実行してください。",
            ) from error


def fit_sif(texts: Sequence[Sequence[str]], words: WordVectors) -> SifEmbedder:
    """Fit word frequencies and the first principal component on a corpus.

    Fewer than three texts have no meaningful component; none is removed then.

    Args:
        texts: the content words of each text.
        words: the word vectors.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    total = max(sum(counts.values()), 1)
    frequencies = {word: count / total for word, count in counts.items()}
    component: Matrix = np.zeros(_DIMENSIONS, dtype=np.float32)
    if len(texts) >= 3:
        sample = texts[:: max(1, len(texts) // 20_000)]
        raw = np.stack([weighted_mean(text, words, frequencies) for text in sample])
        directions = np.linalg.eigh(raw.T @ raw).eigenvectors
        component = np.array(directions[:, -1], dtype=np.float32)
    return SifEmbedder(words, frequencies, component)


def weighted_mean(
    terms: Sequence[str], words: WordVectors, frequencies: dict[str, float]
) -> Matrix:
    """Mean of the vectors of a text's content words, each weighted a / (a + p(word))."""
    rows = words.rows(terms)
    known = rows >= 0
    if not known.any():
        return np.zeros(_DIMENSIONS, dtype=np.float32)
    weights = np.array(
        [_SMOOTHING / (_SMOOTHING + frequencies.get(term, 0.0)) for term in terms],
        dtype=np.float32,
    )[known]
    mean: Matrix = weights @ words.vectors(rows[known]) / np.float32(len(weights))
    return mean


def word_vector_name() -> str:
    """Name and version of the word vectors installed."""
    return f"chive-ja-ginza-{version('ja-ginza')}"


def write_word_vectors(folder: Path) -> None:
    """Write a compact copy of the word vectors that ``ja-ginza`` ships (about 30 MB, 3 s).

    The table holds unit vectors in float32; keys are 64-bit hashes in ascending order. The only
    place that imports spaCy.
    """
    from spacy.vocab import Vocab

    spec = find_spec("ja_ginza")
    assert spec is not None
    assert spec.origin is not None
    vocab = Vocab().from_disk(next(Path(spec.origin).parent.glob("ja_ginza-*")) / "vocab")
    vectors = vocab.vectors
    table = np.asarray(vectors.data, dtype=np.float32)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table = table / np.maximum(lengths, 1e-9)
    pairs = [(vocab.strings[key], row) for key, row in vectors.key2row.items() if row >= 0]
    keys = np.fromiter((_key(word) for word, _ in pairs), np.uint64, len(pairs))
    rows = np.fromiter((row for _, row in pairs), np.int32, len(pairs))
    order = np.argsort(keys)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "keys.npy", keys[order])
    np.save(folder / "rows.npy", rows[order])
    np.save(folder / "table.npy", table)


def _key(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")


def _even() -> Matrix:
    return np.full(_DIMENSIONS, _DIMENSIONS**-0.5, dtype=np.float32)
