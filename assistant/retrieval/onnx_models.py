"""Models in a folder of ONNX, run on this machine's processor: no torch, and no network.

::

    FOLDER/model.onnx                          or another model*.onnx, in FOLDER or in FOLDER/onnx
    FOLDER/tokenizer.json
    FOLDER/1_Pooling/config.json               how the vectors of tokens become that of a text
    FOLDER/config_sentence_transformers.json   what goes before a question and before a passage
    FOLDER/sentence_bert_config.json           tokens of a text at most

The last three are as sentence-transformers writes them; where one is missing, what the model's card
says is known by its name (`assistant.retrieval.models.card_of`).

Texts are run one by one. Weights of 8 bits scale what flows through them by its largest value, so
that in a batch the vector of a text would depend on the others (cosine .997 on average); and on a
processor a batch saves nothing (multilingual-e5-small, 120 chunks: 1 at a time 96 s of processor
time per 1,000, in batches of 4,096 tokens 119 s; sentences 19 s and 31 s).
"""

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import EmbeddingError
from assistant.retrieval.embeddings import Matrix
from assistant.retrieval.models import card_of, unit
from assistant.retrieval.onnx_session import open_session

_TOKENS = 512
"""Of a text at most, whatever the model could take: a chunk has fewer, and attention costs the
square of them."""
_CHARACTERS = 16 * _TOKENS
"""No piece of a vocabulary is longer than 16 characters; what lies behind is not even split."""
_TAIL = 1_000_000
_POOLINGS = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}


class OnnxEmbedder:
    """An embedding model; for any number of threads."""

    def __init__(self, folder: Path) -> None:
        """Load the model and try it once.

        Raises:
            EmbeddingError: a file is missing or cannot be used, or it is not known how the model
                makes one vector of a text.
        """
        self._network = _Network(folder)
        self.name = f"onnx:{folder.name}-{self._network.digest}"
        card = card_of(f"{folder.name} {self._network.origin}")
        prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
        self._query = prompts.get("query") or card.query
        self._passage = prompts.get("passage") or prompts.get("document") or card.passage
        pooling = _read(folder / "1_Pooling" / "config.json")
        self._pooling = pooling.get("pooling_mode") or next(
            (mode for mode, key in _POOLINGS.items() if pooling.get(key)),
            None if pooling else card.pooling,
        )
        if self._pooling not in _POOLINGS and not self._network.pooled:
            raise EmbeddingError(
                f"文のベクトルの作り方(平均か先頭か)が分からないモデルです: {folder}",
                "モデルに付いている 1_Pooling/config.json も同じフォルダーに置いてください。",
            )
        self.dimensions = len(self._encode(["次元"])[0])

    def embed_passages(self, texts: list[str]) -> Matrix:
        """See `Embedder`; of each text, what lies behind its first 512 tokens does not count.

        Raises:
            EmbeddingError: the model fails, or gives no finite vector for a text.
        """
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        return self._encode([self._passage + text for text in texts])

    def embed_question(self, text: str) -> Matrix | None:
        """See `Embedder`; None for an empty text."""
        return self._encode([self._query + text])[0] if text.strip() else None

    def _encode(self, texts: Sequence[str]) -> Matrix:
        try:
            return unit(np.stack([self._vector(self._network.run(text)) for text in texts]))
        except Exception as error:  # onnxruntime and tokenizers raise errors of no common root
            raise EmbeddingError(
                f"埋め込みモデル {self.name} から文のベクトルを得られませんでした。",
                "文の埋め込みモデルかを確かめるか、"
                "REGIONAL_DX_EMBEDDING を取り消して索引を作り直してください。",
            ) from error

    def _vector(self, out: Matrix) -> Matrix:
        if self._network.pooled:
            return out
        vector: Matrix = out[0] if self._pooling == "cls" else out.mean(axis=0)
        return vector


class OnnxReranker:
    """A cross-encoder with one score; for any number of threads."""

    def __init__(self, folder: Path) -> None:
        """Load the model and try it once.

        Raises:
            EmbeddingError: a file is missing or cannot be used, or the model is no cross-encoder
                with one score.
        """
        self._name = folder.name
        self._network = _Network(folder)
        self.scores("費用", ["費用"])

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See `Reranker`: the sigmoid of the model's logit."""
        try:
            logits = np.array([self._network.run(question, text).item() for text in texts])
            if not np.isfinite(logits).all():
                raise ValueError("not a finite number")  # noqa: TRY301  # one handler
        except Exception as error:
            raise EmbeddingError(
                f"再ランキングのモデル {self._name} から点数を得られませんでした。",
                "点数を1つ出すクロスエンコーダーかを確かめるか、"
                "REGIONAL_DX_RERANKER を取り消してください。",
            ) from error
        return [float(share) for share in np.exp(-np.logaddexp(0.0, -logits))]


class _Network:
    """The model of a folder with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        configuration = _read(folder / "config.json")
        self.origin = str(configuration.get("_name_or_path", ""))
        """What the model was made from, where its configuration says it."""
        lengths = (
            _read(folder / "sentence_bert_config.json").get("max_seq_length"),
            _read(folder / "tokenizer_config.json").get("model_max_length"),
            configuration.get("max_position_embeddings"),
        )
        try:
            from tokenizers import Tokenizer

            path = next(p for f in (folder, folder / "onnx") for p in sorted(f.glob("model*.onnx")))
            tokenizer = folder / "tokenizer.json"
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(int(min([_TOKENS, *filter(None, lengths)])))
            self._session = open_session(str(path))
            self.digest = _digest(path, tokenizer)
            """Tells versions of a model of one name apart."""
        except Exception as error:
            raise EmbeddingError(
                f"モデルを読み込めません: {folder}",
                "model.onnx と tokenizer.json のあるフォルダーかを確かめてください"
                "(自動では取得しません)。",
            ) from error
        self._inputs = {given.name for given in self._session.get_inputs()}
        outputs = {given.name: len(given.shape) for given in self._session.get_outputs()}
        self._out = "sentence_embedding" if "sentence_embedding" in outputs else next(iter(outputs))
        self.pooled = outputs[self._out] == 2
        """Whether the model itself makes one vector of a text."""

    def run(self, text: str, other: str | None = None) -> Matrix:
        """What comes out for a text or a pair: (tokens, width), or (width,) where `pooled`.

        A lone half of a character outside the basic plane is read as a question mark.
        """
        texts = [
            given[:_CHARACTERS].encode(errors="replace").decode()
            for given in (text, other)
            if given is not None
        ]
        read = self._tokenizer.encode(*texts)
        feed = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": read.type_ids,
            "position_ids": range(len(read.ids)),
        }
        arrays = {name: np.array([feed[name]], np.int64) for name in self._inputs}
        (out,) = self._session.run([self._out], arrays)
        return np.asarray(out[0], dtype=np.float32)


def _read(path: Path) -> dict[str, Any]:
    """A JSON file of a model; empty where there is none."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        content.keys()
        return content
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise EmbeddingError(
            f"モデルの設定を読めません: {path}",
            "モデルのファイルを置き直してください。",
        ) from error


def _digest(*paths: Path) -> str:
    """Of the sizes and ends of files: the weights of another training differ there too."""
    found = blake2b(digest_size=4)
    for path in paths:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            found.update(size.to_bytes(8, "big") + file.read())
    return found.hexdigest()
