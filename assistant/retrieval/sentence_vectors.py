"""Vectors of single sentences, each with its heading: memory-mapped files of a generation.

What answers is often one sentence of a chunk, and lies nearer to the question than the chunk as a
whole. Only the candidates of the words are looked up, so no graph is needed: a question costs one
product with some thousand rows.

::

    sentences/rows.npy       unit vectors in half precision, shape (sentences, dimensions)
    sentences/chunk_ids.npy  ids of all chunks, ascending
    sentences/spans.npy      first row of each chunk and the row behind its last, shape (chunks, 2)
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib.format import open_memmap

from assistant.errors import IndexDamagedError
from assistant.retrieval.embeddings import Matrix

FOLDER = "sentences"
_CHECKED = 20_000
# Half precision keeps 11 bits: a unit vector of 4,096 numbers stays within a thousandth.
_MOST_OFF = 0.01


class SentenceVectors:
    """The sentence vectors of a generation, read only; any number of threads."""

    def __init__(self, generation: Path) -> None:
        """Open what `write_sentence_vectors` wrote.

        Raises:
            IndexDamagedError: a file is missing or not what it should be.
        """
        folder = generation / FOLDER
        try:
            self.chunk_ids: npt.NDArray[np.str_] = np.load(folder / "chunk_ids.npy")
            self._spans: npt.NDArray[np.int64] = np.load(folder / "spans.npy")
            self._rows = np.asarray(np.load(folder / "rows.npy", mmap_mode="r"))
            fits = self._spans.shape == (len(self.chunk_ids), 2) and self._rows.ndim == 2
            if not fits or self._spans.max(initial=0) != len(self._rows):
                raise ValueError("the files do not belong together")  # noqa: TRY301  # one handler
        except (OSError, EOFError, ValueError) as error:
            raise IndexDamagedError(
                "索引の中の文のベクトルを読めません。",
                "regional-dx index rebuild を実行してください。",
            ) from error

    def __len__(self) -> int:
        """Sentences."""
        return len(self._rows)

    def nearest(self, vector: Matrix, chunk_ids: Iterable[str]) -> dict[str, float]:
        """Cosine of the sentence of each chunk that is nearest to a vector.

        Args:
            vector: unit vector of shape (dimensions,).
            chunk_ids: chunks to compare; unknown ones are left out.
        """
        spans = self.spans(chunk_ids)
        if not spans:
            return {}
        rows = self.rows(spans.values()).astype(np.float32)
        lengths = [last - first for first, last in spans.values()]
        begins = np.cumsum([0, *lengths[:-1]])
        best = np.maximum.reduceat(rows @ vector, begins)
        return dict(zip(spans, best.tolist(), strict=True))

    def spans(self, chunk_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
        """First row of each chunk and the row behind its last; unknown chunks are left out."""
        asked = np.array(list(chunk_ids), dtype=np.str_)
        places = np.searchsorted(self.chunk_ids, asked)
        places = np.minimum(places, len(self.chunk_ids) - 1)
        known = self.chunk_ids[places] == asked
        spans = self._spans[places[known]].tolist()
        return {i: (a, b) for i, (a, b) in zip(asked[known].tolist(), spans, strict=True)}

    def rows(self, spans: Iterable[tuple[int, int]]) -> npt.NDArray[np.float16]:
        """The vectors in some spans, one after another."""
        return np.concatenate([self._rows[first:last] for first, last in spans])

    def damaged_rows(self) -> int:
        """How many vectors are not of length 1."""
        parts = (self._rows[i : i + _CHECKED] for i in range(0, len(self), _CHECKED))
        lengths = (np.linalg.norm(part.astype(np.float32), axis=1) for part in parts)
        # A comparison with NaN is false.
        return sum(int((~(np.abs(found - 1) < _MOST_OFF)).sum()) for found in lengths)


def write_sentence_vectors(
    generation: Path,
    counts: Mapping[str, int],
    dimensions: int,
    batches: Iterable[npt.NDArray[np.floating]],
) -> None:
    """Write the sentence vectors of a generation.

    Args:
        generation: its folder.
        counts: chunk_id → sentences, at least one each and one chunk in all, in the order of the
            rows.
        dimensions: length of a vector.
        batches: the vectors, in any number of parts.
    """
    folder = generation / FOLDER
    folder.mkdir()
    ends = np.cumsum(list(counts.values()))
    rows = open_memmap(
        folder / "rows.npy", mode="w+", dtype=np.float16, shape=(int(ends[-1]), dimensions)
    )
    place = 0
    for batch in batches:
        rows[place : place + len(batch)] = batch
        place += len(batch)
    if place != len(rows):
        raise ValueError(f"{place} vectors for {len(rows)} sentences")
    rows.flush()
    chunk_ids = np.array(list(counts), dtype=np.str_)
    order = np.argsort(chunk_ids)
    spans = np.column_stack([ends - list(counts.values()), ends])
    np.save(folder / "chunk_ids.npy", chunk_ids[order])
    np.save(folder / "spans.npy", spans[order])


def sentences_with_heading(section: str | None, sentences: Sequence[str]) -> list[str]:
    """Each sentence as a model reads it: with the last of its chunk's headings before it."""
    heading = (section or "").rpartition(" > ")[2]
    return [f"{heading}\n{text}" if heading else text for text in sentences]
