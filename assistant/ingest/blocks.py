"""From lines to paragraphs and list items: wrapped lines joined, offsets kept."""

import re
from dataclasses import dataclass, replace

from assistant.ingest.clean import ADDRESS, Line
from assistant.ingest.markdown import beginning_in, read_marks, shown
from assistant.japanese.sentences import BULLETS
from assistant.japanese.width import display_width
from assistant.records.text import Block, Cell, Page, Segment

BULLET = re.compile(
    rf"^(?:[{BULLETS}※→⇒]|[-*+]\s"
    r"|[①-⑳]|[（(](?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2}|[ア-ンa-zａ-ｚ])[）)]"
    r"|[0-9０-９]{1,2}[.．)）](?![0-9０-９])|[ア-ン][．.)）]|[a-zａ-ｚ][.．)）])"
)
"""The mark or number that begins an item of a list."""
_DATED = re.compile(r"^[0-9０-９]{1,2}月[0-9０-９]{1,2}日\S*\s")
# An address may be wrapped, and may stand in the middle of a sentence or in its brackets.
_REST_OF_ADDRESS = re.compile(r"^(?:[!-~]+$|[)）」』、。])")
_OPEN_END = re.compile(r"[(（「『、はがをにでと]$")
_LINE_END = re.compile(r"[。！？!?：:」）)】]$")
# A line this much shorter than the longest nearby was ended by its author, not by the margin.
FULL_LINE = 0.78


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line with what it turned out to be."""

    line: Line
    text: str
    """As it stands in the page, marks of Markdown included."""
    start: int
    """Offset in the page's text."""
    level: int | None = None
    """Heading level, 1 outermost; None for running text."""
    row: bool = False
    """A row of a table: it stands for itself."""
    cells: tuple[Cell, ...] = ()
    """The row's cells, where they are known, within what is seen of `text`."""
    under: str | None = None
    """A heading of its own: the columns of its table, the words of the link that leads there."""


def make_blocks(
    pieces: list[Piece], pages: tuple[Page, ...], *, markdown: bool = False
) -> tuple[Block, ...]:
    """Join wrapped lines into paragraphs and list items."""
    blocks: list[Block] = []
    dense = pages[pieces[0].line.page].page is not None
    widest = _local_widths(pieces) if dense else []
    previous: Piece | None = None
    for index, piece in enumerate(pieces):
        page = pages[piece.line.page]
        block = _as_block(piece, page, markdown=markdown)
        if not block.segments or not block.text.strip():  # all of it struck out
            continue
        block = replace(block, item=True) if page.item else block
        if (
            previous
            and page.locator is None
            and _continues(blocks[-1].text, previous, block.text, piece, _width(widest, index))
        ):
            blocks[-1] = _joined(blocks[-1], block)
        else:
            blocks.append(block)
        previous = piece
    return tuple(blocks)


def starts_item(text: str) -> bool:
    """Whether a line begins an item of a list, or one of a list of dates."""
    return bool(BULLET.match(text) or _DATED.match(text))


def _continues(before: str, previous: Piece, text: str, piece: Piece, widest: int | None) -> bool:
    """Whether a line goes on with the paragraph or item of the line before."""
    if ADDRESS.match(text) and not _OPEN_END.search(before):
        return False
    if ADDRESS.match(before) and not _REST_OF_ADDRESS.match(text):
        return False
    ended = bool(_LINE_END.search(before))
    if piece.row or previous.row or starts_item(text) or text.startswith(("|", "【")):
        return False
    if piece.line.page != previous.line.page or (piece.line.first and not piece.line.blank_before):
        # A page border cuts sentences anywhere; only an ended sentence ends the paragraph.
        return not ended and not _is_short(previous, widest)
    if piece.line.blank_before or (piece.line.indent and ended):
        return False
    return not (ended and widest is not None) and not _is_short(previous, widest)


def _width(widest: list[int], index: int) -> int | None:
    """The widest line around the piece before; None where line ends are the author's own."""
    return widest[index - 1] if widest and index else None


def _is_short(piece: Piece, widest: int | None) -> bool:
    return widest is not None and display_width(piece.text) < FULL_LINE * widest


def _local_widths(pieces: list[Piece]) -> list[int]:
    """For every piece the width of the widest of itself and its three neighbours either side."""
    widths = [display_width(piece.text) for piece in pieces]
    return [max(widths[max(0, i - 3) : i + 4]) for i in range(len(widths))]


def _as_block(piece: Piece, page: Page, *, markdown: bool) -> Block:
    """What is seen of a piece."""
    if not markdown:
        if "\n" in piece.text:
            return _row_block(piece)
        segments = (Segment(0, piece.line.page, piece.start, len(piece.text)),)
        item = starts_item(piece.text) and not piece.cells
        return Block(piece.text, segments if piece.text else (), item, piece.cells)
    text, seen = "", []
    marks = read_marks(page.text)
    address = beginning_in(marks.links, piece.start, piece.start + 1)  # shown for itself
    hidden = () if address else marks.hidden
    for offset, part in shown(page.text, hidden, piece.start, piece.start + len(piece.text)):
        if offset >= 0:
            seen.append(Segment(len(text), piece.line.page, offset, len(part)))
        text += part
    return Block(text, tuple(seen), starts_item(text) and not piece.cells, piece.cells)


def _row_block(piece: Piece) -> Block:
    """A row whose cells hold line breaks, on one line; offsets stay."""
    segments = tuple(
        Segment(line.start(), piece.line.page, piece.start + line.start(), len(line.group()))
        for line in re.finditer(r"[^\n]+", piece.text)
    )
    return Block(piece.text.replace("\n", " "), segments, cells=piece.cells)


def _joined(first: Block, second: Block) -> Block:
    gap = " " if _latin_edge(first.text[-1:], second.text[:1]) else ""
    shift = len(first.text) + len(gap)
    moved = tuple(replace(s, start=s.start + shift) for s in second.segments)
    return Block(first.text + gap + second.text, first.segments + moved, first.item)


def _latin_edge(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
