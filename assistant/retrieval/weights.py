"""What each model counts beside the words: ``weights.toml``."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class VectorWeights:
    """What the nearest vectors add where the best match of words counts 1."""

    chunks: float
    """Of vectors of whole chunks."""
    sentences: float
    """Of vectors of single sentences; 0: the index keeps none."""


@lru_cache(maxsize=16)
def vector_weights(embedding: str) -> VectorWeights:
    """Weights of the vectors of a model, by the longest name that begins its own."""
    rows = [row for row in _weights()["weight"] if embedding.startswith(row["embedding"])]
    row = max(rows, key=lambda row: len(row["embedding"]))
    return VectorWeights(float(row["chunks"]), float(row["sentences"]))


def reranker_weight() -> float:
    """Weight of a cross-encoder's score beside everything else."""
    return float(_weights()["reranker"]["weight"])


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    path = Path(__file__).with_name("weights.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
