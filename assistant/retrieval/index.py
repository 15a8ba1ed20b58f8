"""An open index: one generation with its manifest, engines, embedder and vocabulary."""

import json
import os
import shutil
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexDamagedError, IndexMissingError, IndexVersionError
from assistant.japanese.width import squeeze
from assistant.records.documents import (
    Attendee,
    Inference,
    Member,
    Original,
    Proceedings,
    Series,
    SourceDocument,
)
from assistant.records.reports import Partly, Skipped
from assistant.records.text import Page, page_of
from assistant.retrieval.embeddings import Embedder, SifEmbedder, WordVectors
from assistant.retrieval.sentence_vectors import SentenceVectors
from assistant.retrieval.vectors import VectorIndex
from assistant.retrieval.words import WordIndex

FORMAT = 7
"""Raised whenever an older index can no longer be read."""

FILES_COPY = "files.json"
"""Copy of the manifest's files beside the generations: what `rebuild` goes by after damage."""
INFERENCES = "inferences.json"
"""Why the documents of a generation are described as they are, see `read_inferences`."""
_REMEMBERED_WORDS = 10_000

Progress = Callable[[str, int, int], None]
"""Called with a Japanese label, the steps done and the steps in all."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when indexed."""

    path: str
    sha256: str
    doc_id: str
    starter: bool = False
    """Belongs to the starter corpus that came with the program."""
    sidecar: str | None = None
    """SHA-256 of the file beside it that corrects its description; None without one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds."""

    index_id: str
    """First 12 hex digits of the SHA-256 over embedding, documents and their descriptions: same
    contents, same id."""
    generation: int
    embedding: str
    chunks: int
    documents: dict[str, SourceDocument]
    files: tuple[FileRecord, ...]
    speakers: tuple[str, ...] = ()
    """Speakers as printed, of all minutes ever in the index."""
    skipped: tuple[Skipped, ...] = ()
    partly: tuple[Partly, ...] = ()
    series: tuple[Series, ...] = ()
    """Documents that belong together, also those known of but not indexed."""
    sentences: int = 0
    """Sentences with a vector of their own; 0 where the generation keeps none."""
    format: int = FORMAT


class Index:
    """An open generation; holds the connections to both engines until nothing refers to it."""

    def __init__(
        self, root: Path, embedder: Embedder | None = None, *, searching: bool = True
    ) -> None:
        """Open the current generation of the index in `root`.

        Args:
            root: folder of the index.
            embedder: the model that made its vectors; None for the built-in word vectors.
            searching: questions will be embedded, so the model must be the one of the index.

        Raises:
            IndexMissingError: there is none, or it holds no document.
            IndexVersionError: made by another version or embedding.
            IndexDamagedError: files are missing or unreadable.
        """
        folder, self.manifest = open_manifest(root)
        if self.manifest.chunks == 0:
            raise IndexMissingError(
                f"索引に文書が入っていません: {root}",
                "regional-dx ingest で文書を入れてください。",
            )
        word_vectors = WordVectors(root / "word-vectors")
        self.folder = folder
        self._copy = _private_copy(folder)
        engines = Path(self._copy.name) if self._copy else folder
        self.vectors = VectorIndex(engines / "vectors")
        self.words = WordIndex(engines / "words")
        self.sentences = SifEmbedder.load(folder / "sif.json", word_vectors)
        """Compares sentences, whichever model made the vectors of the chunks."""
        self.embedder: Embedder = embedder or self.sentences
        if searching and self.embedder.name != self.manifest.embedding:
            self.close()
            raise other_embedding(self.manifest.embedding, self.embedder.name)
        self._vocabulary = Vocabulary.load(folder, word_vectors)
        self.sentence_vectors = SentenceVectors(folder) if self.manifest.sentences else None
        """None where the generation keeps none."""
        counts = {self.vectors.count(), self.words.count()}
        if self.sentence_vectors:
            counts.add(len(self.sentence_vectors.chunk_ids))
        if counts != {self.manifest.chunks}:
            self.close()
            raise damaged("文章の一部")
        weakref.finalize(self, self.vectors.close)
        self.hidden = _yielding_digests(self.manifest)
        """Digests that yield to their indexed original."""

    @property
    def chunks(self) -> int:
        """How many chunks it holds."""
        return self.manifest.chunks

    @property
    def speakers(self) -> tuple[str, ...]:
        """Speakers as printed."""
        return self.manifest.speakers

    @property
    def documents(self) -> dict[str, SourceDocument]:
        """The documents by doc_id."""
        return self.manifest.documents

    def frequency(self, *words: str) -> int:
        """How many chunks hold all the words side by side."""
        return self.words.document_frequency(*words)

    def nearest(self, words: list[str], count: int) -> dict[str, list[tuple[str, float]]]:
        """For each word at most `count` others of the index with their cosine, nearest first."""
        return self._vocabulary.nearest(words, count)

    def close(self) -> None:
        """Release the files."""
        self.vectors.close()
        if self._copy:
            self._copy.cleanup()

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages of a document as they were read."""
        return _read_pages(self.folder / "pages" / f"{doc_id}.json")


def _private_copy(generation: Path) -> "TemporaryDirectory[str] | None":
    """A copy of both engines where the index may only be read (a shared folder); None elsewhere.

    Both engines put lock files and rows beside their data when they are opened.
    """
    parts = [generation / "vectors", generation / "words"]
    files = [generation / "vectors" / "chroma.sqlite3", *parts]
    if all(os.access(path, os.W_OK) for path in files if path.exists()):
        return None
    copy = TemporaryDirectory(prefix="regional-dx-", ignore_cleanup_errors=True)
    try:
        for part in parts:
            # Contents only: a copied read-only mark would be no better than the original.
            shutil.copytree(part, Path(copy.name) / part.name, copy_function=shutil.copyfile)
    except (OSError, shutil.Error) as error:
        copy.cleanup()
        raise damaged("検索の部分") from error
    return copy


class Vocabulary:
    """The words of an index that have a word vector, for query expansion."""

    def __init__(self, terms: list[str], rows: npt.NDArray[np.int64], words: WordVectors) -> None:
        self._words = words
        self._by_row: dict[int, list[str]] = {}
        for term, row in zip(terms, rows.tolist(), strict=True):
            self._by_row.setdefault(row, []).append(term)
        self._rows = np.array(sorted(self._by_row), dtype=np.int64)
        self._matrix = words.vectors(self._rows)
        self._nearest: dict[tuple[str, int], list[tuple[str, float]]] = {}

    @classmethod
    def load(cls, folder: Path, words: WordVectors) -> "Vocabulary":
        """Read what a generation's vocabulary files hold.

        Raises:
            IndexDamagedError: the files are missing or damaged.
        """
        try:
            terms = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
            rows = np.load(folder / "vocabulary.npy")
            return cls([term for term in terms if term], rows, words)
        except (OSError, EOFError, ValueError) as error:
            raise damaged("語彙") from error

    def nearest(self, words: list[str], count: int) -> dict[str, list[tuple[str, float]]]:
        """The words of the index whose vectors are nearest to each word's, itself left out.

        Args:
            words: need not be in the index; asked for together, they take one pass over it.
            count: how many at most for each.

        Returns:
            word → (word of the index, cosine similarity), best first; nothing for a word without
            a vector.
        """
        found = {word: self._nearest.get((word, count)) for word in words}
        unseen = [word for word, near in found.items() if near is None]
        known = {word: near for word, near in found.items() if near is not None}
        if unseen:
            fresh = self._find_nearest(unseen, count)
            if len(self._nearest) >= _REMEMBERED_WORDS:
                self._nearest.clear()
            self._nearest.update({(word, count): near for word, near in fresh.items()})
            known |= fresh
        return known

    def _find_nearest(self, words: list[str], count: int) -> dict[str, list[tuple[str, float]]]:
        found: dict[str, list[tuple[str, float]]] = {word: [] for word in words}
        rows = self._words.rows(words)
        asked = [word for word, row in zip(words, rows.tolist(), strict=True) if row >= 0]
        if not asked or not len(self._rows):
            return found
        last = min(count, len(self._rows) - 1)
        similarities = self._words.vectors(rows[rows >= 0]) @ self._matrix.T
        best = np.sort(np.argpartition(-similarities, last)[:, : last + 1])
        for word, places, row in zip(asked, best, similarities, strict=True):
            for place in places[np.argsort(-row[places], kind="stable")]:
                near = self._by_row[int(self._rows[place])]
                similarity = min(float(row[place]), 1.0)
                found[word] += [(term, similarity) for term in near if term != word]
            del found[word][count:]
        return found


def document_of(chunk_id: str) -> str:
    """The doc_id in a chunk_id."""
    return chunk_id.rpartition("-")[0]


def read_files(root: Path) -> tuple[FileRecord, ...]:
    """The files an index was made from, even one that is damaged or of another version.

    Read from the current manifest, else from the copy beside the generations.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: neither can be read.
    """
    if not (root / "CURRENT").is_file() and not (root / FILES_COPY).is_file():
        raise no_index(root)
    try:
        folder = current_generation(root)
    except IndexDamagedError:
        folder = None
    for path in (*([folder / "manifest.json"] if folder else []), root / FILES_COPY):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return tuple(FileRecord(**row) for row in data["files"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    raise IndexDamagedError(
        "索引が壊れていて、元の文書の場所も分かりません。",
        "索引のフォルダーを消して、regional-dx ingest で取り込み直してください。",
    )


def current_generation(root: Path) -> Path | None:
    """Folder of the generation that answers; None where there is no index.

    Raises:
        IndexDamagedError: CURRENT names a generation that is not there.
    """
    pointer = root / "CURRENT"
    try:
        if not pointer.is_file():
            return None
        folder = root / pointer.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise damaged("一覧") from error
    except OSError:  # a name no system can look up (too long)
        return None
    if not (folder / "manifest.json").is_file():
        raise damaged("一覧")
    return folder


def open_manifest(root: Path) -> tuple[Path, Manifest]:
    """The generation that answers, and its manifest.

    Raises:
        IndexMissingError: there is no index.
        IndexVersionError, IndexDamagedError: see `read_manifest`.
    """
    folder = current_generation(root)
    if folder is None:
        raise no_index(root)
    return folder, read_manifest(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest.

    Raises:
        IndexVersionError: written in another format.
        IndexDamagedError: not readable.
    """
    try:
        data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise IndexVersionError(
                "この索引は、別の版のプログラムで作られています。",
                "regional-dx index rebuild で作り直してください(元の索引は成功するまで残ります)。",
            )
        return _manifest(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged("一覧") from error


def read_inferences(folder: Path) -> dict[str, tuple[Inference, ...]]:
    """Where the fields of a generation's documents come from, by doc_id.

    Kept beside the manifest: an answer never needs them.

    Raises:
        IndexDamagedError: not readable.
    """
    try:
        data = json.loads((folder / INFERENCES).read_text(encoding="utf-8"))
        return {doc_id: tuple(Inference(**row) for row in rows) for doc_id, rows in data.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise damaged("書誌情報の根拠") from error


def _yielding_digests(manifest: Manifest) -> frozenset[str]:
    """Digests whose original is indexed too."""
    titles = {squeeze(d.title) for d in manifest.documents.values() if d.edition == "original"}
    return frozenset(
        doc_id
        for doc_id, document in manifest.documents.items()
        # A guidebook draws on several documents; one of them does not make it superfluous.
        if document.edition == "digest"
        and document.kind != "guidebook"
        and document.original
        and squeeze(document.original.title) in titles
    )


@lru_cache(maxsize=256)
def _read_pages(path: Path) -> tuple[Page, ...]:
    try:
        return tuple(page_of(row) for row in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise damaged("本文の控え") from error


def _manifest(data: dict[str, Any]) -> Manifest:
    documents = {}
    for doc_id, row in data["documents"].items():
        original = Original(**row["original"]) if row["original"] else None
        held = row["proceedings"]
        proceedings = _proceedings(held) if held else None
        documents[doc_id] = SourceDocument(
            **{**row, "original": original, "proceedings": proceedings}
        )
    return Manifest(
        index_id=data["index_id"],
        generation=data["generation"],
        embedding=data["embedding"],
        chunks=data["chunks"],
        documents=documents,
        files=tuple(FileRecord(**row) for row in data["files"]),
        speakers=tuple(data["speakers"]),
        skipped=tuple(Skipped(**row) for row in data["skipped"]),
        partly=tuple(Partly(**{**row, "pages": tuple(row["pages"])}) for row in data["partly"]),
        series=tuple(
            Series(**{**row, "members": tuple(Member(**member) for member in row["members"])})
            for row in data["series"]
        ),
        sentences=data.get("sentences", 0),
        format=data["format"],
    )


def _proceedings(row: dict[str, Any]) -> Proceedings:
    attendees = tuple(Attendee(**attendee) for attendee in row["attendees"])
    return Proceedings(row["verbatim"], tuple(row["agenda"]), attendees)


def other_embedding(made: str, given: str) -> IndexVersionError:
    """The error for an index whose vectors come from another model."""
    return IndexVersionError(
        f"この索引の文のベクトルは {made} で作られていて、今の設定の {given} では探せません。",
        "REGIONAL_DX_EMBEDDING を元に戻すか、regional-dx index rebuild で作り直してください。",
    )


def no_index(root: Path) -> IndexMissingError:
    """The error for a folder without an index."""
    return IndexMissingError(
        f"索引がありません: {root}",
        "先に regional-dx ingest 資料のフォルダー --index 索引のフォルダー を実行してください。",
    )


def damaged(part: str) -> IndexDamagedError:
    """The error for an index of which a part (Japanese name) cannot be read."""
    return IndexDamagedError(
        f"索引が壊れています({part}を読めません)。",
        "regional-dx index rebuild で作り直してください。",
    )
