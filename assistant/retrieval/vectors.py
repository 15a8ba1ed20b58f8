"""The vectors side of an index: chunk records and their vectors in Chroma.

Vectors are always passed in: a collection with an embedding function of its own would download one.
"""

import json
import math
from collections.abc import Set
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from assistant.errors import IndexDamagedError
from assistant.records.text import Cell, Chunk, Segment
from assistant.retrieval.embeddings import Matrix
from assistant.retrieval.remembered import Remembered

_COLLECTION = "chunks"
# Chroma leaves the last rows below `sync_threshold` (1,000) for the next reader to write into the
# graph; with 2, its least, the writer's own check has written all of them (no slower: 5,000 rows).
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "sync_threshold": 2, "batch_size": 2}}
# Chroma 1.5.9 refuses to add more than 5,461 rows at once, and to read more than 32,766 by id.
_BATCH = 2000
# Of rows with equal vectors (a long table of numbers) HNSW leaves some out of reach: 17 % of 1,126
# chunks. That is no damage, and words still find them; a graph that is gone loses all.
_MOST_UNREACHED = 0.5
# Milliseconds of processor time in 100,000 chunks: a search within 200 ids takes 69, within 1,000
# 28, within 10,000 16, within 30,000 27; reading and comparing the vectors of 200 ids takes 4, of
# 500 9; the nearest 1,500 of all take 9. So few are compared and many sifted from the nearest.
_FEW = 500
_FEW_OF_ALL = 0.05
_MOST_SIFTED = 1_500
_SPARE = 1.25
_REMEMBERED_CHUNKS = 2_000
_OPTIONAL = (
    *("section", "speaker", "role", "organisation", "agenda", "voice", "claim"),
    *("page", "page_label"),
    *("line_start", "line_end", "locator"),
)


class VectorIndex:
    """One Chroma collection with cosine distance."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the store in `folder`.

        Args:
            folder: where the store stands.
            create: make an empty store where there is none; a reader never does.

        Raises:
            IndexDamagedError: there is no store, or Chroma cannot open it.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "chroma.sqlite3").is_file():
            raise _damaged()
        try:
            self._client = chromadb.PersistentClient(
                path=str(folder), settings=ChromaSettings(anonymized_telemetry=False)
            )
            if create:
                self._collection = self._client.get_or_create_collection(
                    _COLLECTION, embedding_function=None, configuration=_CONFIGURATION
                )
            else:
                self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        except (ChromaError, ValueError, OSError) as error:
            raise _damaged() from error
        self._read = Remembered[Chunk](_REMEMBERED_CHUNKS)
        self._rows: int | None = None

    def close(self) -> None:
        """Release the files, so that the folder can be copied or removed."""
        cast("Any", self._client).close()  # present in 1.5.9, absent from its types

    def replace(self, chunks: list[Chunk], vectors: Matrix, removed_ids: list[str]) -> None:
        """Remove rows, then add chunks with their vectors (adding never overwrites)."""
        self._read.clear()
        self._rows = None
        for begin in range(0, len(removed_ids), _BATCH):
            self._collection.delete(ids=removed_ids[begin : begin + _BATCH])
        for begin in range(0, len(chunks), _BATCH):
            part = chunks[begin : begin + _BATCH]
            self._collection.add(
                ids=[chunk.chunk_id for chunk in part],
                embeddings=cast("Any", vectors[begin : begin + _BATCH]),
                documents=[chunk.text for chunk in part],
                metadatas=[_metadata(chunk) for chunk in part],
            )

    def count(self) -> int:
        """Chunks in the store, counted once: a generation does not change while it is read.

        Raises:
            IndexDamagedError: the store cannot be read.
        """
        if self._rows is None:
            try:
                self._rows = int(self._collection.count())
            except ChromaError as error:
                raise _damaged() from error
        return self._rows

    def search(self, vector: Matrix, limit: int, ids: Set[str] | None) -> dict[str, float]:
        """Cosine similarity of the nearest chunks, best first.

        Args:
            vector: unit vector.
            limit: how many at most.
            ids: restrict to these chunks; None for all.

        Raises:
            IndexDamagedError: the store cannot be read.
        """
        try:
            if ids is None:
                return self._nearest(vector, limit)
            if not ids:
                return {}
            limit = min(limit, len(ids))
            share = len(ids) / max(self.count(), 1)
            if len(ids) <= _FEW and share < _FEW_OF_ALL:
                return self._compared(vector, limit, ids)
            sifted = math.ceil(_SPARE * limit / share)
            if sifted <= _MOST_SIFTED:
                near = self._nearest(vector, sifted)
                kept = [chunk_id for chunk_id in near if chunk_id in ids][:limit]
                if len(kept) == limit:
                    return {chunk_id: near[chunk_id] for chunk_id in kept}
            return self._nearest(vector, limit, list(ids))
        except ChromaError as error:
            raise _damaged() from error

    def _compared(self, vector: Matrix, limit: int, ids: Set[str]) -> dict[str, float]:
        rows = self._collection.get(ids=list(ids), include=["embeddings"])
        similarities = np.asarray(rows["embeddings"], dtype=np.float32) @ vector
        best = np.argsort(-similarities, kind="stable")[:limit]
        return {rows["ids"][place]: float(similarities[place]) for place in best}

    def _nearest(
        self, vector: Matrix, limit: int, ids: list[str] | None = None
    ) -> dict[str, float]:
        found = self._collection.query(
            query_embeddings=cast("Any", vector[np.newaxis]),
            n_results=limit,
            ids=ids,
            include=["distances"],
        )
        distances = found["distances"]
        assert distances is not None
        return {
            chunk_id: 1.0 - distance
            for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        }

    def chunks(self, ids: list[str]) -> dict[str, Chunk]:
        """The records of some chunks; unknown ids are left out.

        Raises:
            IndexDamagedError: the store cannot be read.
        """
        found = self._read.known(ids)
        missing = [chunk_id for chunk_id in ids if chunk_id not in found]
        for begin in range(0, len(missing), _BATCH):
            try:
                rows = self._collection.get(ids=missing[begin : begin + _BATCH])
            except ChromaError as error:
                raise _damaged() from error
            texts, metadatas = rows["documents"], rows["metadatas"]
            assert texts is not None
            assert metadatas is not None
            for chunk_id, text, metadata in zip(rows["ids"], texts, metadatas, strict=True):
                found[chunk_id] = _chunk(chunk_id, text, dict(metadata))
        self._read.keep(found)
        return found

    def ids(self) -> list[str]:
        """Ids of all chunks."""
        return list(self._collection.get(include=[])["ids"])

    def ids_of(self, doc_ids: list[str]) -> list[str]:
        """Ids of all chunks of some documents."""
        if not doc_ids:
            return []
        return list(
            self._collection.get(where=cast("Any", {"doc_id": {"$in": doc_ids}}), include=[])["ids"]
        )

    def lost_vectors(self, sample: int | None = None) -> list[str]:
        """Ids of chunks whose own vector does not find them, where the graph is lost; else none.

        Counts alone prove nothing: a store whose HNSW folder is gone still counts right and answers
        wrongly without an error. A graph is lost when more than half of the chunks are not found.

        Args:
            sample: check about this many, evenly spread; None for all.

        Raises:
            IndexDamagedError: the store cannot be queried at all.
        """
        try:
            return self._lost(sample)
        except ChromaError as error:
            raise _damaged() from error

    def _lost(self, sample: int | None) -> list[str]:
        ids = self.ids()
        step = max(1, len(ids) // sample) if sample else 1
        lost: list[str] = []
        chosen = ids[::step]
        for begin in range(0, len(chosen), _BATCH):
            rows = self._collection.get(ids=chosen[begin : begin + _BATCH], include=["embeddings"])
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found = self._collection.query(
                query_embeddings=cast("Any", vectors), n_results=1, include=["distances"]
            )
            distances = found["distances"]
            assert distances is not None
            # Equal vectors (the same short sentence twice) may find each other: distance decides.
            lost += [
                chunk_id
                for chunk_id, near in zip(rows["ids"], distances, strict=True)
                if not near or near[0] > 1e-4
            ]
        return lost if len(lost) > _MOST_UNREACHED * len(chosen) else []


def _metadata(chunk: Chunk) -> dict[str, str | int]:
    segments = [[s.start, s.page, s.source_start, s.length] for s in chunk.segments]
    optional = {name: getattr(chunk, name) for name in _OPTIONAL}
    return {
        "doc_id": chunk.doc_id,
        "segments": json.dumps(segments, separators=(",", ":")),
        "tokens": chunk.tokens,
        **({"cells": json.dumps(chunk.cells, ensure_ascii=False)} if chunk.cells else {}),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _chunk(chunk_id: str, text: str, metadata: dict[str, Any]) -> Chunk:
    segments = tuple(Segment(*row) for row in json.loads(metadata["segments"]))
    optional = {name: metadata.get(name) for name in _OPTIONAL}
    return Chunk(
        chunk_id=chunk_id,
        doc_id=metadata["doc_id"],
        text=text,
        segments=segments,
        tokens=metadata["tokens"],
        cells=tuple(Cell(*row) for row in json.loads(metadata.get("cells", "[]"))),
        **optional,
    )


def _damaged() -> IndexDamagedError:
    return IndexDamagedError(
        "索引のベクトルの部分が壊れています。",
        "regional-dx index rebuild を実行してください。",
    )
