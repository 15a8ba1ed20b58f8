"""Real models for the search: embeddings over HTTP or on this machine, and a cross-encoder.

A model is named ``provider:name``: ``openai:text-embedding-3-large`` (any OpenAI-compatible
server), ``ollama:bge-m3``, ``local:cl-nagoya/ruri-v3-310m`` (sentence-transformers, extra
``local``). Nothing is downloaded: a local model must be a folder, or stand in the machine's cache.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np

from assistant.errors import EmbeddingError, InputError
from assistant.retrieval.embeddings import Embedder, Matrix
from assistant.settings import Settings

# What goes before a question and a passage, as each model's card asks for it.
_PREFIXES = {
    "ruri-v3": ("検索クエリ: ", "検索文書: "),
    "multilingual-e5": ("query: ", "passage: "),
    "bge-m3": ("", ""),
}
_ADDRESSES = {"openai": "https://api.openai.com/v1", "ollama": "http://127.0.0.1:11434"}
_BATCH = 64
_SECONDS = 60.0


def open_embedder(settings: Settings) -> Embedder | None:
    """The embedder of the settings; None for the built-in word vectors.

    Raises:
        InputError: the name has no known provider, or the extra ``local`` is not installed.
        EmbeddingError: the model does not answer, or cannot be loaded.
    """
    if settings.embedding is None:
        return None
    provider, _, model = settings.embedding.partition(":")
    if provider not in {"openai", "ollama", "local"} or not model:
        raise InputError(
            f"REGIONAL_DX_EMBEDDING の値を使えません: {settings.embedding}",
            "openai:名前、ollama:名前、local:名前かフォルダー のいずれかの形で書いてください。",
        )
    if provider == "local":
        return LocalEmbedder(model)
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
        InputError: the name is not ``local:…``, or the extra ``local`` is not installed.
        EmbeddingError: the model cannot be loaded, or is no cross-encoder.
    """
    if settings.reranker is None:
        return None
    provider, _, model = settings.reranker.partition(":")
    if provider != "local" or not model:
        raise InputError(
            f"REGIONAL_DX_RERANKER の値を使えません: {settings.reranker}",
            "local:名前かフォルダー の形で書いてください。",
        )
    return LocalReranker(model)


class HttpEmbedder:
    """A model behind an OpenAI-compatible or Ollama server."""

    def __init__(self, provider: str, model: str, address: str, key: str | None) -> None:
        """Nothing is sent before there is a text to embed."""
        import httpx

        self.name = f"{provider}:{model}"
        self._model = model
        self._path = "/embeddings" if provider == "openai" else "/api/embed"
        self._query, self._passage = prefixes_of(model)
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
        given = [self._passage + text for text in texts]
        parts = [self._embed(given[i : i + _BATCH]) for i in range(0, len(given), _BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def embed_question(self, text: str) -> Matrix | None:
        """See `Embedder`; None for an empty text."""
        return self._embed([self._query + text])[0] if text.strip() else None

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


class LocalEmbedder:
    """A sentence-transformers model on this machine."""

    def __init__(self, model: str) -> None:
        """Load the model.

        Raises:
            InputError: the extra ``local`` is not installed.
            EmbeddingError: the model is not on this machine, cannot be loaded, or gives no vectors.
        """
        self._model = _load("SentenceTransformer", model)
        # A tokenizer refuses to be used by two threads at once.
        self._free = Lock()
        path = Path(model)
        self.name = f"local:{path.name if path.expanduser().is_dir() else model}"
        self._query, self._passage = prefixes_of(self.name)
        self.dimensions = self.embed_passages(["次元"]).shape[1]

    def embed_passages(self, texts: list[str]) -> Matrix:
        """See `Embedder`.

        Raises:
            EmbeddingError: the model fails, or gives no finite vector for a text.
        """
        return self._encode([self._passage + text for text in texts])

    def embed_question(self, text: str) -> Matrix | None:
        """See `Embedder`; None for an empty text."""
        return self._encode([self._query + text])[0] if text.strip() else None

    def _encode(self, texts: list[str]) -> Matrix:
        try:
            with self._free:
                rows = self._model.encode(texts, batch_size=_BATCH, show_progress_bar=False)
            return unit(np.asarray(rows, dtype=np.float32))
        except (RuntimeError, ValueError) as error:
            raise EmbeddingError(
                f"埋め込みモデル {self.name} から文のベクトルを得られませんでした。",
                "文の埋め込みモデルかを確かめるか、"
                "REGIONAL_DX_EMBEDDING を取り消して索引を作り直してください。",
            ) from error


class LocalReranker:
    """A cross-encoder of sentence-transformers on this machine."""

    def __init__(self, model: str) -> None:
        """Load the model and try it once.

        Raises:
            InputError: the extra ``local`` is not installed.
            EmbeddingError: the model is not on this machine, cannot be loaded, or is no
                cross-encoder with one score.
        """
        self._name = model
        self._model = _load("CrossEncoder", model)
        self._free = Lock()
        self.scores("費用", ["費用"])

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See `Reranker`: the sigmoid of the model's logit."""
        from torch.nn import Sigmoid

        pairs = [(question, text) for text in texts]
        try:
            with self._free:
                rows = self._model.predict(
                    pairs, batch_size=_BATCH, show_progress_bar=False, activation_fn=Sigmoid()
                )
            found = np.asarray(rows, dtype=np.float32)
            if found.shape != (len(texts),) or not np.isfinite(found).all():
                raise ValueError("not one finite number for each text")  # noqa: TRY301
        except (RuntimeError, ValueError) as error:
            raise EmbeddingError(
                f"再ランキングのモデル {self._name} から点数を得られませんでした。",
                "点数を1つ出すクロスエンコーダーかを確かめるか、"
                "REGIONAL_DX_RERANKER を取り消してください。",
            ) from error
        return [float(score) for score in found]


def _load(kind: Literal["SentenceTransformer", "CrossEncoder"], model: str) -> Any:
    """A model of sentence-transformers from a folder or from the machine's cache."""
    try:
        import sentence_transformers
    except ImportError as error:
        raise InputError(
            "local: のモデルを使うための部品が入っていません。",
            "pip install 'regional-dx-assistant[local]' を実行してください。",
        ) from error
    from safetensors import SafetensorError

    path = Path(model).expanduser()
    named = str(path) if path.is_dir() else model
    try:
        return getattr(sentence_transformers, kind)(named, device="cpu", local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise EmbeddingError(
            f"モデルを読み込めません: {model}",
            "モデルのフォルダーの場所と中身を確かめてください(自動では取得しません)。",
        ) from error


def prefixes_of(model: str) -> tuple[str, str]:
    """What a model wants before a question and before a passage; nothing for an unknown one."""
    return next((given for name, given in _PREFIXES.items() if name in model.lower()), ("", ""))


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
