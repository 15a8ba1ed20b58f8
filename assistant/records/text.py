"""What a document says: pages, tables, headings, chunks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple

from assistant.records.documents import Inference, SourceDocument

Voice = Literal["report", "opinion", "reply", "procedure"]
"""What a turn of a meeting is: an official or presenter explaining a document, a member's view, an
official's or presenter's other words (an answer, a remark), or the chair's and the secretariat's
leading through the meeting."""
Claim = Literal["question", "finding", "proposal"]
"""What a section of a committee paper says: 論点, 現状・課題, 対応の方向性."""


class Cell(NamedTuple):
    """A cell of a table's row, within the text of that row."""

    heading: str
    """Of its column, with the unit the table states; empty where nothing names the column."""
    start: int
    """Offset of its words in the text that holds the row …"""
    end: int
    """… and the one behind them."""
    words: str = ""
    """Set where they do not stand in one piece of the row, and `start` equals `end`: those of a
    merged cell that begins in another row, the lines of a cell that print parts."""


def words_of(cell: Cell, text: str) -> str:
    """What holds in a cell of the row in `text`, on one line."""
    return " ".join((cell.words or text[cell.start : cell.end]).split())


def is_row(text: str, cells: Sequence[Cell]) -> bool:
    """Whether a table's row says several things; one cell alone frames prose."""
    return len({words_of(cell, text) for cell in cells}) > 1


class Part(NamedTuple):
    """A run of print in a cell of a table on a page."""

    column: int
    """0-based."""
    start: int
    """Offset of its words in the page's text …"""
    end: int
    """… and the one behind them."""
    merged: bool = False
    """The cell is counted in another row or column and holds here, too."""


class PrintedTable(NamedTuple):
    """A table that a page prints among its text."""

    rows: tuple[tuple[Part, ...], ...]
    heads: int
    """How many of the rows name the columns; 0 where it goes on the last table of the page before:
    then the headings are that one's."""


class Hidden(NamedTuple):
    """A stretch of a page that nobody sees who reads it: a mark of Markdown, struck-out words."""

    start: int
    """Offset in the page's text of its first character …"""
    end: int
    """… and of the one behind it."""
    instead: str = ""
    """White space that is seen in its place, as between two cells: every other character that is
    shown stands in the source."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a place in a file holds, exactly as read.

    A page of a PDF, a whole text file, or one paragraph, table row, slide or sheet row of a file
    whose places have names (`locator`).
    """

    text: str
    page: int | None = None
    """1-based physical page; None for a file without pages."""
    label: str | None = None
    """The printed page number; None when unknown."""
    locator: str | None = None
    """The place by name: 「段落 31」, 「表2 3行」, 「slide 4」, 「申請!R12」, 「行 5」.

    Every line of such a page stands for itself: lines are never joined.
    """
    section: str | None = None
    """Headings over the page as the file marks them, joined with 「 > 」: heading styles, a slide's
    title, a table's column headings. Searched with the page, never quoted from it."""
    heading: bool = False
    """The first line is a heading, no part of the text."""
    item: bool = False
    """The page is an item of a list."""
    ocr: bool = False
    """Read from a picture by character recognition: nothing in it counts as verified."""
    slide: bool = False
    """A slide printed on a page of its own: a unit, `section` its title."""
    order: Sequence[int] | None = None
    """0-based indices of the text's lines as a person reads them (columns, vertical writing); None
    where that is the order they stand in."""
    cells: tuple[Cell, ...] = ()
    """The cells of a table's row, in the order they stand in its text."""
    columns: bool = False
    """The row names the columns of a table: it is searched with the rows below it (their
    `section`), never quoted alone."""
    hidden: tuple[Hidden, ...] = ()
    """What is not seen of the text, in order and apart."""
    tables: tuple[PrintedTable, ...] = ()
    """Of a page of a PDF the tables printed on it, from top to bottom."""


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a record as they are, for ``json.dumps(…, default=fields_of)``.

    Raises:
        TypeError: no record.
    """
    return {f.name: getattr(record, f.name) for f in fields(record)}


def page_of(row: dict[str, Any]) -> Page:
    """A page from the fields that JSON gives back.

    Raises:
        TypeError: a field that no page has.
    """
    cells = tuple(Cell(*cell) for cell in row.get("cells", ()))
    hidden = tuple(Hidden(*span) for span in row.get("hidden", ()))
    tables = tuple(
        PrintedTable(tuple(tuple(Part(*part) for part in cells) for cells in rows), heads)
        for rows, heads in row.get("tables", ())
    )
    return Page(**{**row, "cells": cells, "hidden": hidden, "tables": tables})


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document with its pages, ready to be cut into chunks."""

    document: SourceDocument
    pages: tuple[Page, ...]
    inferences: tuple[Inference, ...] = ()
    """Where the document's fields come from."""
    markdown: bool = False
    """Its marks are read as Markdown's."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of cleaned text that stands unchanged in a page.

    ``text[start:start + length]`` of the block or chunk that owns the segment equals
    ``pages[page].text[source_start:source_start + length]``. Characters covered by no segment
    (a line break between blocks, a space between Latin words) do not come from the source.
    """

    start: int
    page: int
    """0-based index into the document's pages."""
    source_start: int
    length: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or list item, its wrapped lines joined, with the way back to the source."""

    text: str
    segments: tuple[Segment, ...]
    item: bool = False
    """True for a list item; neighbouring items form one list."""
    cells: tuple[Cell, ...] = ()
    """Set for a row of a table, which is never cut nor joined."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks under one heading path or in one speaker's turn."""

    heading_path: tuple[str, ...]
    """Outermost heading first; empty before the first heading."""
    blocks: tuple[Block, ...]
    speaker: str | None = None
    """As printed: 「越塚構成員」, 「事務局（内田）」."""
    role: str | None = None
    """座長, 構成員, 事務局, 発表者 …"""
    organisation: str | None = None
    """The speaker's organisation where the label or the speaker states it."""
    agenda: str | None = None
    """Agenda item under which the turn stands, as printed."""
    voice: Voice | None = None
    """Set in minutes only."""
    claim: Claim | None = None
    """What the headings say the section is; None where they do not say it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A quotable piece of one section: whole sentences, lists kept together."""

    chunk_id: str
    """``<doc_id>-<ordinal>``, the ordinal 0-based with four digits or more."""
    doc_id: str
    text: str
    """Cleaned text: blocks separated by line breaks."""
    segments: tuple[Segment, ...]
    section: str | None = None
    """Heading path joined with 「 > 」."""
    speaker: str | None = None
    role: str | None = None
    organisation: str | None = None
    agenda: str | None = None
    voice: Voice | None = None
    claim: Claim | None = None
    page: int | None = None
    """Physical page on which the chunk begins."""
    page_label: str | None = None
    line_start: int | None = None
    """First and last line in a text file; None for files with pages or named places."""
    line_end: int | None = None
    locator: str | None = None
    """Named place at which the chunk begins, see `Page.locator`."""
    tokens: int = 0
    """Length in cl100k_base tokens."""
    cells: tuple[Cell, ...] = ()
    """Cells of the tables' rows in the text, in order."""


def row_shown(cells: Sequence[tuple[str, str]]) -> str:
    """A row as a person reads it: its head, then 「列見出し: 値」."""
    return "\u3000".join(
        f"{heading}: {words}" if heading and place else words
        for place, (heading, words) in enumerate(cells)
    )
