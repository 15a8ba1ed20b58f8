"""Passages with what stands beside them: as much of their section or turn as a budget allows.

A chunk is small so that it can be found; a model, or a reader, needs the sentence before a 「その」
and the rest of a list. What is added is of the same section, speaker and voice, so that no filter,
attribution or label changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.ingest.chunk import count_tokens, cut_cells, cut_segments, moved_cells
from assistant.japanese.sentences import split_sentences
from assistant.records.answers import Passage
from assistant.records.text import Cell, Chunk, Segment

Chunks = Callable[[list[str]], Mapping[str, Chunk]]
"""Chunks by their ids, unknown ones left out (`VectorIndex.chunks`)."""

_TOKENS = 4000
"""Of the passages of a prompt with their neighbours; twelve chunks alone have about 3,000."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Chunks that follow each other in one section: one found, others found or put beside it."""

    passage: Passage
    """The best of those found."""
    chunks: tuple[Chunk, ...]
    """In order; the first may lack its beginning, the last its end."""
    open_end: bool = True
    """Whether the last chunk is there to its end, so that the next one follows it."""
    open_start: bool = True


def in_context(passages: Sequence[Passage], chunks: Chunks, room: int) -> list[Passage]:
    """The passages of a prompt, grown as far as half the room of a model and 4,000 tokens go.

    Args:
        passages: best first; none is left out for the sake of another's neighbours.
        chunks: gives the neighbours.
        room: tokens of the model's context.
    """
    alone = sum(_cost(passage.chunk) for passage in passages)
    return grown(passages, chunks, max(alone, min(_TOKENS, room // 2)))


def grown(passages: Sequence[Passage], chunks: Chunks, tokens: int) -> list[Passage]:
    """Passages with their neighbours, merged where they touch, in the order of the best of each.

    Args:
        passages: chunks as found, best first.
        chunks: gives the neighbours.
        tokens: what all texts together may have (`count_tokens`); passages beyond it are left out,
            the last first.

    Returns:
        Each chunk at most once. A grown passage has the id of the chunk it grew from, and in
        `Passage.grown` the chunks it was put together from.
    """
    runs: list[_Run] = []
    left = tokens
    for passage in passages:
        left -= _cost(passage.chunk)
        if left < 0:
            break
        runs.append(_Run(passage, (passage.chunk,)))
    wanted = [_beside(run.passage.chunk, step) for run in runs for step in (-1, 1)]
    neighbours = chunks(list(dict.fromkeys(wanted)))
    runs = _merged(runs)
    held = {chunk.chunk_id for run in runs for chunk in run.chunks}
    left = tokens - sum(_cost(chunk) for run in runs for chunk in run.chunks)
    for place, run in enumerate(runs):
        for step in (-1, 1):
            edge = run.chunks[0 if step < 0 else -1]
            neighbour = neighbours.get(_beside(edge, step))
            if not neighbour or neighbour.chunk_id in held or _part(neighbour) != _part(edge):
                continue
            piece = next((p for p in _pieces(neighbour, step) if _cost(p) <= left), None)
            if piece:
                left -= _cost(piece)
                held.add(piece.chunk_id)
                runs[place] = run = _longer(run, piece, step, whole=piece is neighbour)
    return [_as_passage(run) for run in _merged(runs)]


def _cost(chunk: Chunk) -> int:
    """Tokens of a chunk and of the line break that joins it to another."""
    return count_tokens(chunk.text + "\n")


def _place(chunk: Chunk) -> tuple[str, int]:
    return chunk.doc_id, int(chunk.chunk_id.rpartition("-")[2])


def _beside(chunk: Chunk, step: int) -> str:
    """The id that the chunk before (-1) or after (1) would have; it may have none."""
    doc_id, ordinal = _place(chunk)
    return f"{doc_id}-{ordinal + step:04d}"


def _part(chunk: Chunk) -> tuple[object, ...]:
    """What chunks of one section or turn have in common."""
    speaker = (chunk.speaker, chunk.role, chunk.organisation, chunk.agenda)
    return (chunk.doc_id, chunk.section, *speaker, chunk.voice, chunk.claim)


def _pieces(chunk: Chunk, step: int) -> Iterator[Chunk]:
    """A chunk and, ever shorter, its sentences nearest to the one before (1) or after it (-1)."""
    sentences = split_sentences(chunk.text)
    yield chunk
    for count in range(len(sentences) - 1, 0, -1):
        kept = sentences[-count:] if step < 0 else sentences[:count]
        start, end = kept[0][0], kept[-1][1]
        segments = cut_segments(chunk.segments, start, end)
        cells = cut_cells(chunk.cells, start, end)
        yield replace(chunk, text=chunk.text[start:end], segments=segments, cells=cells)


def _longer(run: _Run, piece: Chunk, step: int, *, whole: bool) -> _Run:
    if step < 0:
        return replace(run, chunks=(piece, *run.chunks), open_start=whole)
    return replace(run, chunks=(*run.chunks, piece), open_end=whole)


def _merged(runs: Sequence[_Run]) -> list[_Run]:
    """Runs of which one ends where the other begins put together, where the better one stood."""
    merged: list[tuple[int, _Run]] = []
    in_order = sorted(enumerate(runs), key=lambda item: _place(item[1].chunks[0]))
    for rank, run in in_order:
        if merged and _touch(merged[-1][1], run):
            best, before = merged.pop()
            passage = before.passage if best < rank else run.passage
            chunks = before.chunks + run.chunks
            both = _Run(passage, chunks, run.open_end, before.open_start)
            merged.append((min(best, rank), both))
        else:
            merged.append((rank, run))
    return [run for _, run in sorted(merged, key=lambda item: item[0])]


def _touch(before: _Run, after: _Run) -> bool:
    last, first = before.chunks[-1], after.chunks[0]
    follows = first.chunk_id == _beside(last, 1) and _part(first) == _part(last)
    return follows and before.open_end and after.open_start


def _as_passage(run: _Run) -> Passage:
    if len(run.chunks) == 1:
        return run.passage
    text = ""
    segments: list[Segment] = []
    cells: list[Cell] = []
    for chunk in run.chunks:
        text += "\n" if text else ""
        segments += [replace(s, start=s.start + len(text)) for s in chunk.segments]
        cells += moved_cells(chunk.cells, len(text))
        text += chunk.text
    first, last = run.chunks[0], run.chunks[-1]
    chunk = replace(
        run.passage.chunk,
        text=text,
        segments=tuple(segments),
        cells=tuple(cells),
        page=first.page,
        page_label=first.page_label,
        locator=first.locator,
        line_start=first.line_start,
        line_end=last.line_end,
        tokens=count_tokens(text),
    )
    return replace(run.passage, chunk=chunk, grown=run.chunks)
