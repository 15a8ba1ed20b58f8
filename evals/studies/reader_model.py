"""The network of the reader: as torch trains it and as onnxruntime runs it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto
from torch import nn
from torch.nn import functional

from evals.studies.e5_model import (
    EPSILON,
    FAR,
    HEADS,
    INNER,
    LAYERS,
    POSITIONS,
    WIDTH,
    Graph,
    base_weights,
)

TOKENS = 22_633
_PAD = 1


class _Layer(nn.Module):  # type: ignore[misc]  # torch is an extra
    """A transformer layer of BERT's kind."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.fi, self.fo = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.aln, self.oln = (nn.LayerNorm(WIDTH, eps=EPSILON) for _ in range(2))

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
        self.ln = nn.LayerNorm(WIDTH, eps=EPSILON)
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
        mask = torch.where(ids == _PAD, FAR, 0.0)[:, None, None, :]
        if torch.is_autocast_enabled(ids.device.type):
            mask = mask.to(torch.bfloat16)
        x = self.ln(self.word(ids) + self.pos(torch.arange(ids.shape[1], device=ids.device)))
        for layer in self.layers:
            x = layer(x, mask)
        tokens = self.token(x)[..., 0].float()
        sums = torch.zeros(len(ids), sentences, device=ids.device).scatter_add_(1, places, tokens)
        counts = torch.zeros_like(sums).scatter_add_(1, places, torch.ones_like(tokens))
        means = (sums / counts.clamp(min=1)).masked_fill(counts == 0, FAR)
        return self.answerable(x[:, 0])[:, 0].float(), means


def start_from_base(tokenizer: Path) -> Mapping[str, torch.Tensor]:
    """The weights of multilingual-e5-small for the pieces that `tokenizer` names; no heads."""
    weights = base_weights(tokenizer)
    return {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in weights.items()}


def save_onnx(network: Network, path: Path) -> None:
    """Write the network with products of 8 bits and embeddings of 8 bits by row."""
    weights = {name: t.detach().float().cpu().numpy() for name, t in network.state_dict().items()}
    graph = Graph(weights)
    x = graph.encode("ids", graph.node("Gather", ["pos", "posids"]), "mask")
    first = graph.node("Gather", [x, graph.hold("zero", np.array(0, np.int64))], axis=1)
    graph.head(first, "answerable", "a", "answerable")
    tokens = graph.head(x, "token", "s")
    graph.node("Squeeze", [tokens, graph.hold("ax2", np.array([2], np.int64))], out="token")
    ints, floats = TensorProto.INT64, TensorProto.FLOAT
    graph.save(
        path,
        [("ids", ints, ["b", "t"]), ("posids", ints, ["t"]), ("mask", ints, ["b", "t"])],
        [("answerable", floats, ["b", 1]), ("token", floats, ["b", "t"])],
    )
