"""Real models for the search: embeddings over HTTP or on this machine, and a cross-encoder.

A model is named ``provider:name``: ``openai:text-embedding-3-large`` (any OpenAI-compatible
server), ``ollama:bge-m3``, ``onnx:FOLDER`` (`assistant.retrieval.onnx_models`). Nothing is fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from assistant.errors import EmbeddingError, InputError
from assistant.retrieval.embeddings import Embedder, Matrix
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Card:
    """What a model's card asks for."""

    query: str = ""
    """Goes before a question."""
    passage: str = ""
    """Goes before a passage."""
    pooling: Literal["mean", "cls"] | None = None
    """How the vectors of tokens become that of a text: their mean, or the first; None: unknown."""


_CARDS = {
    "ruri-v3": Card("検索クエリ: ", "検索文書: ", "mean"),
    "multilingual-e5": Card("query: ", "passage: ", "mean"),
    "bge-m3": Card(pooling="cls"),
}
_ADDRESSES = {"openai": "https://api.openai.com/v1", "ollama": "http://127.0.0.1:11434"}
_BATCH = 64
_SECONDS = 60.0


def open_embedder(settings: Settings) -> Embedder | None:
    """The embedder of the settings; None for the built-in word vectors.

    Raises:
        InputError: the name has no known provider.
        EmbeddingError: the model does not answer, or cannot be loaded.
    """
    if settings.embedding is None:
        return None
    provider, _, model = settings.embedding.partition(":")
    if provider not in {"openai", "ollama", "onnx"} or not model:
        raise InputError(
            f"REGIONAL_DX_EMBEDDING の値を使えません: {settings.embedding}",
            "openai:名前、ollama:名前、onnx:フォルダー のいずれかの形で書いてください。",
        )
    if provider == "onnx":
        from assistant.retrieval.onnx_models import OnnxEmbedder

        return OnnxEmbedder(_folder(model, settings))
    key = settings.embedding_key.get_secret_value() if settings.embedding_key else None
    return HttpEmbedder(provider, model, settings.embedding_url or _ADDRESSES[provider], key)


class Reranker(Protocol):
    """Reads a question and a text together and says how well the text answers."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score from 0 to 1 for each text.

        Raises:
            EmbeddingError: the model fails.
        """


def open_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder of the settings; None where none is set, and nothing is loaded then.

    Raises:
        InputError: the name is not ``onnx:…``.
        EmbeddingError: the model cannot be loaded, or is no cross-encoder.
    """
    if settings.reranker is None:
        return None
    provider, _, model = settings.reranker.partition(":")
    if provider != "onnx" or not model:
        raise InputError(
            f"REGIONAL_DX_RERANKER の値を使えません: {settings.reranker}",
            "onnx:フォルダー の形で書いてください。",
        )
    from assistant.retrieval.onnx_models import OnnxReranker

    return OnnxReranker(_folder(model, settings))


def _folder(model: str, settings: Settings) -> Path:
    """The folder named, or that of a fetched model of the name."""
    named, fetched = Path(model).expanduser(), settings.models_folder / model
    return fetched if not named.is_dir() and fetched.is_dir() else named


class HttpEmbedder:
    """A model behind an OpenAI-compatible or Ollama server."""

    def __init__(self, provider: str, model: str, address: str, key: str | None) -> None:
        """Nothing is sent before there is a text to embed."""
        import httpx

        self.name = f"{provider}:{model}"
        self._model = model
        self._path = "/embeddings" if provider == "openai" else "/api/embed"
        self._card = card_of(model)
        self._client = httpx.Client(
            base_url=address.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=_SECONDS,
        )

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector: asked from the server once."""
        return int(self._embed(["次元"]).shape[1])

    def embed_passages(self, texts: list[str]) -> Matrix:
        """See `Embedder`.

        Raises:
            EmbeddingError: the server cannot be reached, refuses, or does not speak the protocol.
        """
        given = [self._card.passage + text for text in texts]
        parts = [self._embed(given[i : i + _BATCH]) for i in range(0, len(given), _BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def embed_question(self, text: str) -> Matrix | None:
        """See `Embedder`; None for an empty text."""
        return self._embed([self._card.query + text])[0] if text.strip() else None

    def _embed(self, texts: Sequence[str]) -> Matrix:
        import httpx

        try:
            reply = self._client.post(self._path, json={"model": self._model, "input": list(texts)})
            reply.raise_for_status()
            rows = _rows(reply.json())
            if len(rows) != len(texts):
                raise ValueError("another number of vectors than of texts")  # noqa: TRY301
            return unit(np.asarray(rows, dtype=np.float32))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EmbeddingError(
                f"埋め込みモデル {self.name} から文のベクトルを得られませんでした。",
                "REGIONAL_DX_EMBEDDING_URL と鍵、モデルの名前を確かめてください。",
            ) from error


def card_of(model: str) -> Card:
    """The card of the model whose name holds a known one; an empty card for an unknown one."""
    return next((card for name, card in _CARDS.items() if name in model.lower()), Card())


def unit(rows: Matrix) -> Matrix:
    """Rows of length 1, float32.

    Raises:
        ValueError: not a matrix of numbers, or a row is all zeros.
    """
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError("not a matrix of finite numbers")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("a vector of zeros")
    divided: Matrix = (rows / lengths).astype(np.float32)
    return divided


def _rows(reply: dict[str, Any]) -> list[list[float]]:
    """The vectors of a reply in the order of the texts."""
    if "embeddings" in reply:
        rows: list[list[float]] = reply["embeddings"]
        return rows
    return [row["embedding"] for row in sorted(reply["data"], key=lambda row: row["index"])]
