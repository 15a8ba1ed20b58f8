"""The documents that the question sets ask about: those that come along, and the samples."""

import os
from collections.abc import Sequence
from pathlib import Path

from assistant.indexing import starter_corpus, starter_folders

SETS = ("guidance", "originals")
NO_SAMPLES = "標本資料がありません"


def samples() -> Path:
    """The folder ``REGIONAL_DX_SAMPLES``; one that does not exist where it is not named."""
    return Path(os.environ.get("REGIONAL_DX_SAMPLES") or "no samples")


def documents_of(set_name: str) -> Sequence[Path]:
    """The files and folders that a set asks about."""
    return [samples() / "seeds"] if set_name == "originals" else starter_folders()


def root_of(set_name: str) -> Path:
    """The folder that the gold files of a set are named from."""
    return samples() / "seeds" if set_name == "originals" else starter_corpus()


def available_sets() -> tuple[str, ...]:
    """The sets whose documents are at hand: the originals need ``REGIONAL_DX_SAMPLES``."""
    return tuple(name for name in SETS if all(path.is_dir() for path in documents_of(name)))
