"""The documents that the question sets ask about: those that come along, and the samples."""

import os
from collections.abc import Sequence
from pathlib import Path

from assistant.indexing import starter_corpus, starter_folders

SETS = ("guidance", "originals")
"""What the gate holds a change against."""
HAND_KEPT = ("first_week", "mixed")
"""Asked only where they are named: what a town hall asks of the library in its first week."""
NO_SAMPLES = "標本資料がありません"


def samples() -> Path:
    """The folder ``REGIONAL_DX_SAMPLES``; one that does not exist where it is not named."""
    return Path(os.environ.get("REGIONAL_DX_SAMPLES") or "no samples")


def documents_of(set_name: str) -> Sequence[Path]:
    """The files and folders that a set asks about."""
    if set_name == "originals":
        return [samples() / "seeds"]
    return [*starter_folders(), samples() / "pdfs"] if set_name == "mixed" else starter_folders()


def roots_of(set_name: str) -> list[Path]:
    """The folders that the gold files of a set are named from."""
    if set_name == "originals":
        return [samples() / "seeds"]
    return [starter_corpus(), *([samples() / "pdfs"] if set_name == "mixed" else [])]


def at_hand(set_name: str) -> bool:
    """Whether the documents of a set are here."""
    return all(path.is_dir() for path in documents_of(set_name))


def available_sets() -> tuple[str, ...]:
    """The sets whose documents are at hand: the originals need ``REGIONAL_DX_SAMPLES``."""
    return tuple(name for name in SETS if at_hand(name))
