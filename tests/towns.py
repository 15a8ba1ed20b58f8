"""A town's documents and index that a test may change: copied, never the shared ones."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant
from assistant.indexing import ingest, rebuild
from assistant.retrieval.index import current_generation, read_manifest
from assistant.settings import Settings

LIBRARY = "かえで町の図書館では、蔵書の点検に年間{hours}時間を使っている。\n"
LIBRARY_QUESTION = "かえで町の図書館では蔵書の点検に年間何時間を使っていますか"


@dataclass(frozen=True)
class Town:
    documents: Path
    root: Path

    @classmethod
    def made(cls, folder: Path, index_root: Path, documents: Path | None = None) -> "Town":
        """Documents of the town's own (copies, or none yet) and a place for its index."""
        town = cls(folder / "documents", folder / "index")
        shutil.copytree(
            index_root / "word-vectors", town.root / "word-vectors", copy_function=_copied
        )
        if documents:
            shutil.copytree(documents, town.documents)
        else:
            town.documents.mkdir()
        return town

    @classmethod
    def copied(cls, folder: Path, index_root: Path) -> "Town":
        """A copy of the shared index, whose documents stand elsewhere; none of its own yet."""
        town = cls(folder / "documents", folder / "index")
        town.documents.mkdir()
        shutil.copytree(index_root, town.root, copy_function=_copied)
        return town

    def write(self, name: str, text: str) -> Path:
        path = self.documents / name
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *paths: Path):
        return ingest(paths or [self.documents], self.root, Settings())

    def rebuild(self):
        return rebuild(self.root, Settings())

    def opened(self) -> Assistant:
        return Assistant.open(self.root, Settings())

    def ask(self, question: str, filters=None):
        assistant = self.opened()
        try:
            return assistant.ask(question, filters)
        finally:
            assistant.close()

    def search(self, question: str, k: int = 5):
        assistant = self.opened()
        try:
            return assistant.search(question, k)
        finally:
            assistant.close()

    def folder(self) -> Path:
        return current_generation(self.root)

    def manifest(self):
        return read_manifest(self.folder())

    def generations(self) -> list[str]:
        return sorted(path.name for path in self.root.glob("gen-*"))


def _copied(source: str, target: str) -> None:
    """Word vectors are linked, which saves 3 s and 30 MB; the rest is copied."""
    (os.link if source.endswith(".npy") and "word-vectors" in source else shutil.copy2)(
        source, target
    )
