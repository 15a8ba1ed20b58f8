"""An index on disk: generations built aside, verified, then swapped in.

::

    INDEX/CURRENT             name of the generation that answers
    INDEX/writer.lock         held by the one process that writes
    INDEX/word-vectors/       compact copy of the word vectors
    INDEX/cut/                chunks of each document as last cut, see `assistant.ingest.pipeline`
    INDEX/gen-7/manifest.json documents, files, counts, names of format and embedding
    INDEX/gen-7/inferences.json where the documents' fields come from
    INDEX/gen-7/vectors/      Chroma
    INDEX/gen-7/sentences/    vectors of single sentences, where the embedding has a weight for them
    INDEX/gen-7/words/        Tantivy
    INDEX/gen-7/pages/        page texts as read, one JSON file a document
    INDEX/gen-7/sif.json, vocabulary.*

A generation is never written after it became current, so readers need no lock and see no half-built
index. Reasons, measured: ``kill -9`` while Chroma 1.5.9 writes left the collection unusable in 4 of
76 tries, and a second process never sees new vectors through an open client.
"""

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout

from assistant.errors import IndexBusyError, IndexDamagedError, StorageError, cause_of
from assistant.japanese.sentences import split_sentences
from assistant.records.documents import Inference, Series, SourceDocument
from assistant.records.reports import Partly, Skipped
from assistant.records.text import Chunk, Page
from assistant.retrieval.embeddings import (
    Embedder,
    Matrix,
    SifEmbedder,
    WordVectors,
    fit_sif,
    write_word_vectors,
)
from assistant.retrieval.index import (
    FILES_COPY,
    INFERENCES,
    FileRecord,
    Index,
    Manifest,
    Progress,
    current_generation,
    other_embedding,
    read_inferences,
    read_manifest,
)
from assistant.retrieval.sentence_vectors import (
    FOLDER,
    SentenceVectors,
    sentences_with_heading,
    write_sentence_vectors,
)
from assistant.retrieval.vectors import VectorIndex
from assistant.retrieval.weights import vector_weights
from assistant.retrieval.words import IndexedWords, WordIndex, searched_text, words_in

_EMBED_BATCH = 500
_SWAP_SAMPLE = 200
# A new generation is a copy of the last one plus the change; the rest is room for both engines.
_FREE_SPACE_FACTOR = 2.5
_LOCK_SECONDS = 1.0
_SWAP_ATTEMPTS = 20
_SWAP_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """What a new generation adds and takes away."""

    documents: dict[str, SourceDocument]
    """New documents, and known ones whose description changed."""
    chunks: list[Chunk]
    """Chunks of new documents."""
    pages: dict[str, tuple[Page, ...]]
    """Pages of new documents by doc_id."""
    removed: tuple[str, ...]
    """Documents to take out; one that is also in `documents` is replaced."""
    files: tuple[FileRecord, ...]
    """All files of the new generation."""
    skipped: tuple[Skipped, ...] = ()
    partly: tuple[Partly, ...] = ()
    inferences: dict[str, tuple[Inference, ...]] = field(default_factory=dict)
    """Where the fields of the documents in `documents` come from."""
    series: tuple[Series, ...] = ()
    """All series of the new generation."""


@contextmanager
def writer_lock(root: Path) -> Iterator[None]:
    """Hold the right to write an index; the lock goes with its process, even a killed one.

    Raises:
        IndexBusyError: another process holds it.
        StorageError: the folder cannot be made or written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / "writer.lock")
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        raise IndexBusyError(
            "ほかの処理がこの索引を更新しています。",
            "その処理が終わってから、もう一度実行してください。",
        ) from None
    except OSError as error:
        raise storage_error(error) from error
    try:
        yield
    finally:
        lock.release()


def build_generation(
    root: Path,
    change: Change,
    *,
    embedder: Embedder | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Manifest:
    """Build the next generation aside, verify it and make it current. Needs the writer lock.

    Args:
        root: folder of the index.
        change: what to add and remove.
        embedder: makes the vectors; None for the built-in word vectors.
        fresh: start from nothing and fit the word statistics anew; otherwise the current
            generation is copied and the change applied to the copy.
        progress: told about the embedding of chunks.

    Raises:
        StorageError: the disk is full or may not be written; the old generation still answers.
        IndexDamagedError: the new generation does not pass its checks and was thrown away.
        IndexVersionError: the current generation was made with another embedder.
        EmbeddingError: the embedder failed; the old generation still answers.
    """
    previous = _answering(root)
    before = None if fresh else current_generation(root)
    number = 1 + max((_number(path) for path in root.glob("gen-*")), default=0)
    folder = root / f"gen-{number}"
    try:
        _require_space(root, before)
        _ensure_word_vectors(root)
        manifest = _build(root, folder, number, before, change, embedder, progress)
        _check_generation(folder, manifest, [chunk.chunk_id for chunk in change.chunks])
        _write_json(root / FILES_COPY, {"files": [asdict(record) for record in manifest.files]})
        _swap(root, folder)
    except (OSError, ChromaError, ValueError) as error:
        if _answering(root) != folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise storage_error(error) from error
    except BaseException:
        # Ctrl-C may come after the swap: what answers now is never taken away.
        if _answering(root) != folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    _remove_old(root, keep=folder, previous=previous)
    return manifest


def verify(root: Path) -> tuple[list[str], int]:
    """Check the current generation: counts, page texts, and all vectors; chunks by querying them.

    Returns:
        Japanese descriptions of the problems found, and the number of chunks.

    Raises:
        AssistantError: there is no index, or it cannot be opened at all.
    """
    index = Index(root, searching=False)
    problems = _count_problems(index.manifest, index.vectors, index.words)
    problems += _sentence_problems(index.folder, index.manifest)
    lost = index.vectors.lost_vectors()
    if lost:
        problems.append(f"自分のベクトルで見つからない文章が{len(lost)}件あります(例: {lost[0]})。")
    for doc_id, document in index.manifest.documents.items():
        try:
            index.pages(doc_id)
        except IndexDamagedError:
            problems.append(f"本文の控えを読めません: {document.title}")
    index.close()
    return problems, index.manifest.chunks


def storage_error(error: Exception) -> StorageError:
    """The Japanese explanation of a failure to write."""
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return StorageError(
            "ディスクの空きが足りないため、索引を書き込めませんでした。",
            "空きを増やすか、--index で別の場所を指定してください。今までの索引は使えます。",
        )
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StorageError(
            "索引のフォルダーに書き込む権限がありません。",
            "フォルダーの権限を確かめるか、--index で別の場所を指定してください。",
        )
    cause = cause_of(error) if isinstance(error, OSError) else type(error).__name__
    return StorageError(
        f"索引を書き込めませんでした({cause})。",
        "ディスクの空きと権限を確かめて、もう一度実行してください。今までの索引は使えます。",
    )


def _build(
    root: Path,
    folder: Path,
    number: int,
    before: Path | None,
    change: Change,
    embedder: Embedder | None,
    progress: Progress | None,
) -> Manifest:
    word_vectors = WordVectors(root / "word-vectors")
    words = [words_in(chunk) for chunk in change.chunks]
    known: dict[str, SourceDocument] = {}
    speakers: set[str] = set()
    if before:
        shutil.copytree(before, folder, ignore=shutil.ignore_patterns(FOLDER))
        manifest = read_manifest(before)
        known, speakers = manifest.documents, set(manifest.speakers)
        sif = SifEmbedder.load(folder / "sif.json", word_vectors)
        embedder = embedder or sif
        if manifest.embedding != embedder.name:
            raise other_embedding(manifest.embedding, embedder.name)
    else:
        folder.mkdir(parents=True)
        (folder / "pages").mkdir()
        sif = fit_sif([row.searched for row in words], word_vectors)
        sif.save(folder / "sif.json")
        embedder = embedder or sif
    kept = {doc_id: known[doc_id] for doc_id in known if doc_id not in change.removed}
    documents = {**kept, **change.documents}
    for doc_id in change.removed:
        (folder / "pages" / f"{doc_id}.json").unlink(missing_ok=True)
    for doc_id, pages in change.pages.items():
        _write_json(folder / "pages" / f"{doc_id}.json", [asdict(page) for page in pages])
    _write_vocabulary(folder, words, word_vectors)
    chunks, sentences = _write_engines(folder, before, change, words, documents, embedder, progress)
    described = [asdict(documents[doc_id]) | {"source_path": ""} for doc_id in sorted(documents)]
    digest = hashlib.sha256(json.dumps([embedder.name, described]).encode())
    manifest = Manifest(
        index_id=digest.hexdigest()[:12],
        generation=number,
        embedding=embedder.name,
        chunks=chunks,
        documents=documents,
        files=change.files,
        speakers=tuple(sorted(speakers | {c.speaker for c in change.chunks if c.speaker})),
        skipped=change.skipped,
        partly=change.partly,
        series=change.series,
        sentences=sentences,
    )
    _write_inferences(folder, change, set(documents))
    _write_json(folder / "manifest.json", asdict(manifest))
    return manifest


def _write_inferences(folder: Path, change: Change, alive: set[str]) -> None:
    known = read_inferences(folder) if (folder / INFERENCES).is_file() else {}
    merged = known | change.inferences
    _write_json(
        folder / INFERENCES,
        {i: [asdict(row) for row in rows] for i, rows in merged.items() if i in alive},
    )


def _write_engines(
    folder: Path,
    before: Path | None,
    change: Change,
    words: list[IndexedWords],
    documents: dict[str, SourceDocument],
    embedder: Embedder,
    progress: Progress | None,
) -> tuple[int, int]:
    """Write words and vectors; how many chunks, and sentences with a vector, there are now."""
    vectors = VectorIndex(folder / "vectors", create=True)
    try:
        if change.removed:
            vectors.replace([], np.empty((0, 0), np.float32), vectors.ids_of(list(change.removed)))
        for begin in range(0, len(change.chunks), _EMBED_BATCH):
            batch = change.chunks[begin : begin + _EMBED_BATCH]
            if isinstance(embedder, SifEmbedder):
                read = words[begin : begin + _EMBED_BATCH]
                embedded = embedder.embed_words(row.searched for row in read)
            else:
                embedded = embedder.embed_passages([searched_text(chunk) for chunk in batch])
            vectors.replace(batch, embedded, [])
            if progress:
                progress("索引に登録", begin + len(batch), len(change.chunks))
        # Tantivy commits once: its commit is the expensive part.
        index = WordIndex(folder / "words", create=True)
        index.replace(change.chunks, words, documents, list(change.removed))
        sentences = _write_sentences(folder, before, change, words, vectors, embedder, progress)
        return vectors.count(), sentences
    finally:
        vectors.close()


def _write_sentences(
    folder: Path,
    before: Path | None,
    change: Change,
    words: list[IndexedWords],
    store: VectorIndex,
    embedder: Embedder,
    progress: Progress | None,
) -> int:
    """Carry the vectors of sentences over and add those of all other chunks; how many there are.

    The generation before may hold none: an earlier version kept none.
    """
    ids = store.ids()
    if not ids or not vector_weights(embedder.name).sentences:
        return 0
    old = SentenceVectors(before) if before and read_manifest(before).sentences else None
    fresh = {chunk.chunk_id for chunk in change.chunks}
    kept = old.spans(i for i in ids if i not in fresh) if old else {}
    unseen = store.chunks([i for i in ids if i not in fresh and i not in kept])
    chunks = [*change.chunks, *unseen.values()]
    read = [*words, *map(words_in, unseen.values())]
    counts = {i: last - first for i, (first, last) in kept.items()}
    counts |= {c.chunk_id: len(row.sentences) or 1 for c, row in zip(chunks, read, strict=True)}

    def batches() -> Iterator[npt.NDArray[np.floating]]:
        spans = list(kept.values())
        for begin in range(0, len(spans), _EMBED_BATCH):
            assert old is not None
            yield old.rows(spans[begin : begin + _EMBED_BATCH])
        for begin in range(0, len(chunks), _EMBED_BATCH):
            part = slice(begin, begin + _EMBED_BATCH)
            yield _sentence_vectors(embedder, chunks[part], read[part])
            if progress:
                progress("文ごとに登録", min(begin + _EMBED_BATCH, len(chunks)), len(chunks))

    write_sentence_vectors(folder, counts, embedder.dimensions, batches())
    return sum(counts.values())


def _sentence_vectors(embedder: Embedder, chunks: list[Chunk], words: list[IndexedWords]) -> Matrix:
    """Vectors of the sentences of some chunks, each with its heading; at least one a chunk."""
    if isinstance(embedder, SifEmbedder):
        return embedder.embed_words(
            (*row.section, *sentence) for row in words for sentence in row.sentences or ((),)
        )
    texts = [
        text
        for chunk in chunks
        for text in sentences_with_heading(
            chunk.section, [chunk.text[a:b] for a, b in split_sentences(chunk.text)] or [chunk.text]
        )
    ]
    return embedder.embed_passages(texts)


def _write_vocabulary(folder: Path, chunks: list[IndexedWords], words: WordVectors) -> None:
    path = folder / "vocabulary.txt"
    known = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    terms = {term for term in known if term}
    for chunk in chunks:
        terms.update(chunk.searched)
    listed = sorted(terms)
    rows = words.rows(listed)
    kept = [term for term, row in zip(listed, rows.tolist(), strict=True) if row >= 0]
    path.write_text("\n".join(kept), encoding="utf-8")
    np.save(folder / "vocabulary.npy", rows[rows >= 0])


def _check_generation(folder: Path, manifest: Manifest, touched: list[str]) -> None:
    """Open the new generation as a reader would and check it before anyone depends on it."""
    vectors = VectorIndex(folder / "vectors")
    try:
        problems = _count_problems(manifest, vectors, WordIndex(folder / "words"))
        problems += _sentence_problems(folder, manifest)
        missing = set(touched) - set(vectors.ids())
        lost = vectors.lost_vectors(_SWAP_SAMPLE)
    finally:
        vectors.close()
    if problems or missing or lost:
        raise IndexDamagedError(
            f"新しい索引の検査に通りませんでした({'; '.join(problems) or '欠けた文章'})。",
            "もう一度実行してください。今までの索引は使えます。",
        )


def _count_problems(manifest: Manifest, vectors: VectorIndex, words: WordIndex) -> list[str]:
    counts = {"ベクトル": vectors.count(), "語": words.count()}
    return [
        f"{name}の件数({count:,})が一覧({manifest.chunks:,})と合いません。"
        for name, count in counts.items()
        if count != manifest.chunks
    ]


def _sentence_problems(folder: Path, manifest: Manifest) -> list[str]:
    if not manifest.sentences:
        return []
    vectors = SentenceVectors(folder)
    problems = []
    if (len(vectors.chunk_ids), len(vectors)) != (manifest.chunks, manifest.sentences):
        problems.append(
            f"文のベクトルの件数({len(vectors):,})が一覧({manifest.sentences:,})と合いません。"
        )
    if damaged := vectors.damaged_rows():
        problems.append(f"壊れている文のベクトルが{damaged:,}件あります。")
    return problems


def _swap(root: Path, folder: Path) -> None:
    """Make a generation current in one step that a crash cannot cut in half."""
    _sync(folder / "manifest.json")
    pointer = root / "CURRENT.new"
    pointer.write_text(folder.name, encoding="utf-8")
    _sync(pointer)
    for attempt in range(_SWAP_ATTEMPTS):
        try:
            pointer.replace(root / "CURRENT")
            return
        except PermissionError:
            # Windows refuses while a reader has CURRENT open; readers hold it for microseconds.
            if attempt == _SWAP_ATTEMPTS - 1:
                raise
            time.sleep(_SWAP_PAUSE)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _answering(root: Path) -> Path | None:
    """The generation that readers may have open; None where there is none or it is damaged."""
    try:
        return current_generation(root)
    except IndexDamagedError:
        return None


def _remove_old(root: Path, *, keep: Path, previous: Path | None) -> None:
    """Remove all but the current and the previous generation, which readers may still have open.

    What Windows does not let go yet is removed at the next change.
    """
    for path in root.glob("gen-*"):
        if path not in {keep, previous}:
            shutil.rmtree(path, ignore_errors=True)


def _require_space(root: Path, before: Path | None) -> None:
    size = sum(f.stat().st_size for f in before.rglob("*") if f.is_file()) if before else 0
    if shutil.disk_usage(root).free < _FREE_SPACE_FACTOR * size:
        raise OSError(errno.ENOSPC, "not enough space for a new generation")


def _ensure_word_vectors(root: Path) -> None:
    """Write the word vectors where they are missing or damaged."""
    folder = root / "word-vectors"
    try:
        WordVectors(folder)
    except IndexDamagedError:
        building = root / "word-vectors.new"
        shutil.rmtree(building, ignore_errors=True)
        write_word_vectors(building)
        shutil.rmtree(folder, ignore_errors=True)
        building.replace(folder)


def _number(folder: Path) -> int:
    name = folder.name.removeprefix("gen-")
    return int(name) if name.isdigit() else 0


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
