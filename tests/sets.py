"""The hand-made sets of tests/data/sets."""

from pathlib import Path


def read_set(name: str) -> list[list[str]]:
    """The rows of a set, each a list of its columns; comments left out."""
    path = Path(__file__).parent / "data" / "sets" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
