"""A small model that reads a question and a passage and says whether the passage answers.

The reader is a cross-encoder of 31 MB that comes with the program (see ``reader/NOTICE``). It gives
one logit for the passage and one for each token; the mean over a sentence says how far that
sentence holds the answer. It runs on the processor by onnxruntime; where its file is missing or
cannot be run, answers rest on the other signals (see `assistant.answering.decision`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering.lookup import rows_of
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import comparable
from assistant.records.answers import Passage
from assistant.records.text import Chunk, row_shown
from assistant.retrieval.onnx_session import open_session
from assistant.retrieval.remembered import Remembered

FOLDER = Path(__file__).with_name("reader")
"""Where the model and its tokenizer stand."""

_QUESTION_TOKENS = 64
_TITLE_TOKENS = 40
_TOKENS = 320
"""As trained; what is longer is cut at the end."""
_SENTENCES = 30
_REMEMBERED = 4_000
_START, _END = 0, 2
_UNREAD = -12.0
"""Logit of a sentence that the model did not see."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage."""

    logit: float
    """Log odds that the passage answers the question."""
    spans: tuple[tuple[int, int], ...]
    """Sentences of the chunk's text: (start, end) in characters."""
    logits: tuple[float, ...]
    """For each of them, how far it holds the answer; comparable within the passage."""


class Reader:
    """The model, opened once; for any number of threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the model in `folder`.

        Raises:
            OSError: a file is missing.
            Exception: onnxruntime or tokenizers cannot use it; their errors have no common root.
        """
        from tokenizers import Tokenizer

        model = (folder / "reader.onnx").read_bytes()
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._session = open_session(model)
        self._read = Remembered[Reading](_REMEMBERED)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read the passages with a question in view.

        Args:
            question: any text; its first 64 tokens count.
            passages: in any order.

        Returns:
            One reading a passage, in their order.
        """
        keys = [f"{question}\n{passage.chunk.chunk_id}" for passage in passages]
        known = self._read.known(keys)
        asked = [key for key in keys if key not in known]
        by_key = dict(zip(keys, passages, strict=True))
        if asked:
            found = self._read_anew(question, [by_key[key] for key in asked])
            fresh = dict(zip(asked, found, strict=True))
            self._read.keep(fresh)
            known |= fresh
        return [known[key] for key in keys]

    def _read_anew(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One by one: in a batch, the numbers of one passage would depend on the others.

        The weights are 8 bits wide and what flows through them is scaled by the largest value in
        the batch; and what pads a shorter passage costs as much as words do.
        """
        head = [_START, *self._ids(question)[:_QUESTION_TOKENS], _END, _END]
        readings = []
        for passage in passages:
            ids, sentence, spans = self._input(head, passage)
            row = np.array([ids], dtype=np.int64)
            feed = {"ids": row, "mask": np.ones_like(row), "posids": np.arange(len(ids))}
            answerable, tokens = self._session.run(None, feed)
            logits = _by_sentence(tokens.reshape(-1), sentence, len(spans))
            readings.append(Reading(float(answerable.reshape(-1)[0]), spans, logits))
        return readings

    def _ids(self, text: str) -> list[int]:
        # Half-width kana and letters printed one by one are no words to the model.
        plain = comparable(text)
        ids: list[int] = self._tokenizer.encode(plain, add_special_tokens=False).ids
        return ids

    def _input(
        self, head: list[int], passage: Passage
    ) -> tuple[list[int], npt.NDArray[np.int64], tuple[tuple[int, int], ...]]:
        """Token ids, the sentence of each token (-1 for none), and the sentences."""
        read = _sentences(passage.chunk)[:_SENTENCES]
        spans = tuple((start, end) for start, end, _ in read)
        ids = [*head, *self._ids(_heading(passage))[:_TITLE_TOKENS]]
        sentence = [-1] * len(ids)
        for number, (_, _, words) in enumerate(read):
            room = _TOKENS - 1 - len(ids)
            if room <= 0:
                break
            found = self._ids(words)[:room]
            ids += found
            sentence += [number] * len(found)
        return [*ids, _END], np.array([*sentence, -1]), spans


def _sentences(chunk: Chunk) -> list[tuple[int, int, str]]:
    """Start, end and words of the sentences; a table's row is read with its column headings."""
    rows = rows_of(chunk)
    found = [
        (start, end, chunk.text[start:end])
        for start, end in split_sentences(chunk.text)
        if not any(row.start <= start < row.end for row in rows)
    ]
    found += [(row.start, row.end, row_shown(row.pairs)) for row in rows]
    return sorted(found) or [(0, len(chunk.text), chunk.text)]


def _by_sentence(
    logits: npt.NDArray[np.float32], sentence: npt.NDArray[np.int64], count: int
) -> tuple[float, ...]:
    means = []
    for number in range(count):
        own = logits[sentence == number]
        means.append(max(_UNREAD, float(own.mean())) if own.size else _UNREAD)
    return tuple(means)


def _heading(passage: Passage) -> str:
    section = (passage.chunk.section or "").split(" > ")[-1]
    title = passage.document.title
    return title if not section or section == title else f"{title} {section}"


@lru_cache(maxsize=1)
def open_reader() -> Reader | None:
    """The reader that comes with the program; None where it is missing or cannot be run."""
    try:
        return Reader()
    except Exception:  # noqa: BLE001  # onnxruntime and tokenizers raise errors of no common root
        return None
