"""From lines to paragraphs and list items: wrapped lines joined, offsets kept."""

import re
from dataclasses import dataclass, replace

from assistant.ingest.clean import ADDRESS, Line
from assistant.japanese.sentences import BULLETS
from assistant.japanese.width import display_width
from assistant.schema import Block, Cell, Page, Segment

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
    start: int
    """Offset in the page's text."""
    level: int | None = None
    """Heading level, 1 outermost; None for running text."""
    row: bool = False
    """A row of a table: it stands for itself."""
    cells: tuple[Cell, ...] = ()
    """The row's cells, where they are known, within `text`."""


def make_blocks(
    pieces: list[Piece], pages: tuple[Page, ...], *, markdown: bool = False
) -> tuple[Block, ...]:
    """Join wrapped lines into paragraphs and list items."""
    blocks: list[Block] = []
    dense = pages[pieces[0].line.page].page is not None
    widest = _local_widths(pieces) if dense else []
    for index, piece in enumerate(pieces):
        page = pages[piece.line.page]
        block = _as_block(piece, markdown=markdown)
        block = replace(block, item=True) if page.item else block
        previous = pieces[index - 1] if index else None
        if (
            blocks
            and previous
            and page.locator is None
            and _continues(previous, piece, widest[index - 1] if dense else None)
        ):
            blocks[-1] = _joined(blocks[-1], block)
        else:
            blocks.append(block)
    return tuple(blocks)


def starts_item(text: str) -> bool:
    """Whether a line begins an item of a list, or one of a list of dates."""
    return bool(BULLET.match(text) or _DATED.match(text))


def _continues(previous: Piece, piece: Piece, widest: int | None) -> bool:
    """Whether a line goes on with the paragraph or item of the line before."""
    if ADDRESS.match(piece.text) and not _OPEN_END.search(previous.text):
        return False
    if ADDRESS.match(previous.text) and not _REST_OF_ADDRESS.match(piece.text):
        return False
    ended = bool(_LINE_END.search(previous.text))
    if piece.row or previous.row or starts_item(piece.text) or piece.text.startswith(("|", "【")):
        return False
    if piece.line.page != previous.line.page or (piece.line.first and not piece.line.blank_before):
        # A page border cuts sentences anywhere; only an ended sentence ends the paragraph.
        return not ended and not _is_short(previous, widest)
    if piece.line.blank_before or (piece.line.indent and ended):
        return False
    return not (ended and widest is not None) and not _is_short(previous, widest)


def _is_short(piece: Piece, widest: int | None) -> bool:
    return widest is not None and display_width(piece.text) < FULL_LINE * widest


def _local_widths(pieces: list[Piece]) -> list[int]:
    """For every piece the width of the widest of itself and its three neighbours either side."""
    widths = [display_width(piece.text) for piece in pieces]
    return [max(widths[max(0, i - 3) : i + 4]) for i in range(len(widths))]


def _as_block(piece: Piece, *, markdown: bool) -> Block:
    """The piece's text, in Markdown with the emphasis marks left out."""
    text, segments, position = "", [], 0
    emphasised = markdown and piece.text.count("**") >= 2
    parts = piece.text.split("**") if emphasised else [piece.text]
    for part in parts:
        if part:
            segments.append(Segment(len(text), piece.line.page, piece.start + position, len(part)))
            text += part
        position += len(part) + 2
    # Without emphasis marks the text is the piece's own, and so are the places of its cells.
    cells = piece.cells if text == piece.text else ()
    return Block(text, tuple(segments), starts_item(piece.text) and not cells, cells)


def _joined(first: Block, second: Block) -> Block:
    gap = " " if _latin_edge(first.text[-1:], second.text[:1]) else ""
    shift = len(first.text) + len(gap)
    moved = tuple(replace(s, start=s.start + shift) for s in second.segments)
    return Block(first.text + gap + second.text, first.segments + moved, first.item)


def _latin_edge(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
