"""Rows of tables as answers: where they stand in a chunk, and which of their cells are asked for.

A row is one unit of an answer. Its columns are not all asked about: what is judged and shown is the
head of the row with the cells under the headings that the question names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ingest.readers.rows import has_amount
from assistant.records.text import Cell, Chunk, is_row, row_shown, words_of

_DIGIT = re.compile(r"\d")
Pairs = tuple[tuple[str, str], ...]
"""Column heading (or empty) and words, cell by cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table within the text of its chunk."""

    start: int
    """Offsets into the chunk's text."""
    end: int
    pairs: Pairs
    """In the order of the columns, merged cells that hold here included."""

    @property
    def headed(self) -> bool:
        """Whether something says what a cell means: then the row states something."""
        return bool(self.named)

    @property
    def named(self) -> Pairs:
        """The cells with what names them; empty where nothing does.

        A row without headings may pair a name with its entry: 電話番号 | 0000-12-3456.
        """
        if any(heading for heading, _ in self.pairs[1:]):
            return self.pairs
        if len(self.pairs) != 2 or has_amount(self.pairs[0][1]):
            return ()
        (_, name), (_, entry) = self.pairs
        return (("", name), (name, entry))


def rows_of(chunk: Chunk) -> list[Row]:
    """The rows of tables in a chunk, in order; each stands on a line of its own."""
    rows = []
    start = 0
    for line in chunk.text.split("\n"):
        end = start + len(line)
        cells = [cell for cell in chunk.cells if start <= cell.start and cell.end <= end]
        if cells and is_row(chunk.text, cells):
            rows.append(Row(start, end, _pairs(chunk.text, cells)))
        start = end + 1
    return rows


def shown_text(chunk: Chunk) -> str:
    """The text of a chunk as a person reads it: rows of tables with their headings."""
    shown, position = "", 0
    for row in rows_of(chunk):
        shown += chunk.text[position : row.start] + row_shown(row.pairs)
        position = row.end
    return shown + chunk.text[position:]


def _pairs(text: str, cells: Sequence[Cell]) -> Pairs:
    return tuple((cell.heading, words_of(cell, text)) for cell in cells)


def asked_cells(
    pairs: Pairs, by_heading: Sequence[frozenset[int]], by_words: Sequence[frozenset[int]]
) -> Pairs:
    """The cells of a row that a question asks for, its head first; all where it names no column.

    Args:
        pairs: the row.
        by_heading: for each cell what of the question its heading holds, as numbers …
        by_words: … and what its words hold.

    Of the headings that hold something the row does not, those count that no other one outdoes:
    「令和7年度 町負担」 is asked for, not 「令和6年度 町負担」. Cells that hold something of the
    question stay beside them: they say which row it is.
    """
    held = frozenset[int]().union(*by_words)
    new = [heading - held for heading in by_heading]
    asked = {
        place
        for place, one in enumerate(new)
        if place and one and not any(one < other for other in new[1:])
    }
    if not asked:
        return pairs
    # A unit beside every number (1,480人) does not tell which row it is.
    shown, known = [pairs[0]], by_words[0].union(*(by_words[place] for place in asked))
    for place in range(1, len(pairs)):
        # Which row it is, the second cell may say as well: 「中沢」 | 「図書館」.
        names = place == 1 < min(asked) and not _DIGIT.search(pairs[1][1])
        if place in asked or names or by_words[place] - known:
            shown.append(pairs[place])
            known |= by_words[place]
    return tuple(shown)
