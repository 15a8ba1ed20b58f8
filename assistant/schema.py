"""Every record that flows through the assistant.

All records are frozen; functions return new ones. Offsets are 0-based and half-open, counted in
characters; line and page numbers are 1-based; ``None`` means "not known", never "none".
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "minutes",
    "report",
    "outline",
    "slides",
    "guidebook",
    "case_study",
    "guideline",
    "law",
    "form",
    "other",
]
Status = Literal["final", "draft", "interim", "minutes", "reference", "withdrawn", "unknown"]
Edition = Literal["original", "digest"]
Reason = Literal["no_evidence", "question_empty", "question_too_long"]
Mode = Literal["extractive", "llm"]

KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]  # Literal's own list
STATUSES: tuple[Status, ...] = Status.__args__  # type: ignore[attr-defined]  # Literal's own list


@dataclass(frozen=True, slots=True)
class Original:
    """The document a digest (要約) was written from."""

    title: str
    publisher: str | None = None
    date: str | None = None
    """ISO date."""
    status: Status = "unknown"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """What is known of one document, true for all of its chunks."""

    doc_id: str
    """First 12 hex digits of the SHA-256 of the file's bytes: it names a version, not a path."""
    title: str
    source_path: str
    """Absolute path of the file as indexed."""
    publisher: str | None = None
    published: str | None = None
    """ISO date (YYYY-MM-DD) the document gives for itself."""
    kind: Kind = "other"
    status: Status = "unknown"
    meeting: str | None = None
    """「第6回」 where the document belongs to a numbered meeting."""
    superseded_by: str | None = None
    """Title and date of the newer document that replaced this one."""
    edition: Edition = "original"
    original: Original | None = None
    """Set for digests only."""


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


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document with its pages, ready to be cut into chunks."""

    document: SourceDocument
    pages: tuple[Page, ...]


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


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions of a search; None lets everything pass."""

    kind: Kind | None = None
    status: Status | None = None
    since: str | None = None
    """ISO date, inclusive; documents without a date do not pass a date filter."""
    until: str | None = None
    speaker: str | None = None
    """Part of the printed speaker: 「越塚」 finds 「越塚構成員」."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found for a question, with its document."""

    rank: int
    """1-based, best first."""
    score: float
    """Fused score; comparable within one search only."""
    chunk: Chunk
    document: SourceDocument


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote found word for word in its source."""

    number: int
    """1-based, in order of first use in the answer."""
    quote: str
    """Contiguous source text; line breaks removed."""
    chunk: Chunk
    document: SourceDocument
    page: int | None
    """Physical page of the quote."""
    page_label: str | None
    line_start: int | None
    line_end: int | None
    verified: bool = True
    locator: str | None = None
    """Named place of the quote, see `Page.locator`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer with the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...]
    attribution: str | None = None
    """Who said it: 「越塚構成員(第6回議事録, 2024-04-24)」; None for a document's own text."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What produced an answer, so that it can be run again."""

    index_id: str
    embedding: str
    prompt: str | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer, or a refusal with the nearest passages."""

    question: str
    answer: str
    """What a person reads, with [1] markers."""
    refused: bool
    reason: Reason | None
    mode: Mode
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]
    as_of: str | None
    """Date of the newest document considered."""
    nearest: tuple[Passage, ...]
    provenance: Provenance
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, with what a person can do about it (Japanese)."""

    path: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Partly:
    """A file of which some pages could not be read."""

    path: str
    pages: tuple[int, ...]
    """1-based physical pages left out."""
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one run of ``ingest`` did; paths are absolute."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    partly: tuple[Partly, ...]
    duplicates: tuple[str, ...]
    """Files whose content is already indexed under another path; counted among `unchanged`."""
    index_id: str
    chunks: int
    """Chunks in the index after the run."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def files(self) -> int:
        """Files seen: added + updated + unchanged + skipped."""
        return len(self.added) + len(self.updated) + len(self.unchanged) + len(self.skipped)
