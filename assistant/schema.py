"""Every record that flows through the assistant.

All records are frozen; functions return new ones. Offsets are 0-based and half-open, counted in
characters; line and page numbers are 1-based; ``None`` means "not known", never "none".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal, NamedTuple

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
Reason = Literal["no_evidence", "near", "question_empty", "question_too_long"]
Outcome = Literal["answer", "near", "refused"]
Mode = Literal["extractive", "llm"]
AskMode = Literal["auto", "extractive", "llm"]
Basis = Literal["source", "brief", "gap", "computed"]
CoverageState = Literal["source", "brief", "unmet"]
Voice = Literal["report", "opinion", "reply", "procedure"]
"""What a turn of a meeting is: an official or presenter explaining a document, a member's view, an
official's or presenter's other words (an answer, a remark), or the chair's and the secretariat's
leading through the meeting."""
Claim = Literal["question", "finding", "proposal"]
"""What a section of a committee paper says: 論点, 現状・課題, 対応の方向性."""

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
class Attendee:
    """Someone or some body that minutes list as present or absent."""

    name: str
    """As printed, the honorific left out: 「浦田構成員」, 「山田 太郎」."""
    role: str | None = None
    """座長, 構成員, 事務局 …; None where neither the entry nor its list says it."""
    organisation: str | None = None
    """Where the list gives it, or the body that heads the list (「総務省」)."""
    present: bool = True


@dataclass(frozen=True, slots=True)
class Proceedings:
    """What minutes say of their meeting besides what was said."""

    verbatim: bool
    """True for a 議事録; False for a 議事要旨 or 議事概要, which tells what was said in short."""
    agenda: tuple[str, ...] = ()
    """Items as printed, without their numbers."""
    attendees: tuple[Attendee, ...] = ()


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
    """ISO date (YYYY-MM-DD, or YYYY-MM where no day is known) the document gives for itself."""
    kind: Kind = "other"
    status: Status = "unknown"
    meeting: str | None = None
    """「第6回」 where the document belongs to a numbered meeting."""
    number: str | None = None
    """「資料6-3」, the number under which it was handed out."""
    series: str | None = None
    """What its versions and meetings have in common (the study group's name), where somebody has
    stated it; None leaves it to the title."""
    superseded_by: str | None = None
    """Title and date of the newer documents that followed or replaced this one."""
    url: str | None = None
    """Where the file was fetched from."""
    edition: Edition = "original"
    original: Original | None = None
    """Set for digests only."""
    proceedings: Proceedings | None = None
    """Set for minutes only."""


@dataclass(frozen=True, slots=True)
class Inference:
    """Why a field of a document has its value."""

    field: str
    """Name of the field of `SourceDocument`."""
    value: str | None
    """None where the words say too little for a value (a date without its day)."""
    place: str
    """Where the words stand, in Japanese: 「1ページ 3行」, 「ファイル名」, 「資料目録」."""
    words: str = ""
    """The words as they stand there."""
    doubt: str = ""
    """Why the value may be wrong, in Japanese; empty when it is certain."""

    @property
    def certain(self) -> bool:
        """Whether the words leave no doubt."""
        return not self.doubt


@dataclass(frozen=True, slots=True)
class Member:
    """A document of a series."""

    title: str
    published: str | None
    kind: Kind
    status: Status
    doc_id: str | None = None
    """None for a document that is known of but not indexed."""


@dataclass(frozen=True, slots=True)
class Series:
    """Documents that belong together: the drafts and the report of one study group, its minutes."""

    name: str
    publisher: str | None
    members: tuple[Member, ...]
    """Two or more, oldest first; those without a date last."""


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
    speakers: tuple[str, ...] = ()
    """Speakers as printed, any of them; empty lets everyone pass."""
    documents: tuple[str, ...] = ()
    """doc_ids, any of them; empty lets every document pass."""


@dataclass(frozen=True, slots=True)
class Match:
    """A concept of the question and what a chunk holds of it."""

    concept: str
    """The question's own words."""
    held: str
    """The words of the chunk that meet it: its own, or what stands for them."""
    met: float
    """How much of the concept that counts, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Why:
    """What put a chunk where it stands."""

    signals: dict[str, float]
    """Japanese name → what it adds; they add up to the score."""
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found for a question, with its document."""

    rank: int
    """1-based, best first."""
    score: float
    """Fused score; comparable within one search only."""
    chunk: Chunk
    document: SourceDocument
    why: Why | None = field(default=None, compare=False)
    also: tuple["Passage", ...] = field(default=(), compare=False)
    """Chunks that say nearly the same, folded into this one."""
    grown: tuple[Chunk, ...] = field(default=(), compare=False)
    """In order, the chunks or parts of them that `chunk` was put together from for a prompt; empty
    for a chunk as indexed."""


class Period(NamedTuple):
    """A stretch of days."""

    first: date
    last: date
    """The last day is part of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and within which restrictions."""

    passages: tuple[Passage, ...]
    filters: Filters
    """Those given and those read from the question."""
    notes: tuple[str, ...] = ()
    """Japanese: restrictions read from the question, and those given up because nothing passed."""


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
    """False where the file has changed since it was indexed, and for text read from a picture."""
    locator: str | None = None
    """Named place of the quote, see `Page.locator`."""
    ocr: bool = False
    """Read from a picture by character recognition."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer with the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...]
    attribution: str | None = None
    """Who said it: 「越塚構成員(第6回議事録, 2024-04-24)」; None for a document's own text."""
    label: str | None = None
    """「論点」, 「提案」, 「仮説」, 「提案・仮説」; None for what the document states as found."""
    cells: tuple[tuple[str, str], ...] = ()
    """Of a table's row what is shown of it, the row's head first: column heading (empty where
    nothing names the column) and words. Those of a merged cell may stand in a row further up."""

    @property
    def shown(self) -> str:
        """What a person reads: the text, or of a row 「北公民館　定員(人): 80」."""
        return row_shown(self.cells) if self.cells else self.text


def row_shown(cells: Sequence[tuple[str, str]]) -> str:
    """A row as a person reads it: its head, then 「列見出し: 値」."""
    return "\u3000".join(
        f"{heading}: {words}" if heading and place else words
        for place, (heading, words) in enumerate(cells)
    )


@dataclass(frozen=True, slots=True)
class Provenance:
    """What produced an answer, so that it can be run again."""

    index_id: str
    embedding: str
    reranker: str | None = None
    """The cross-encoder that ordered the passages, as in the settings; None without one."""
    reader: bool = False
    """Whether the reader that comes with the program helped to decide."""
    prompt: str | None = None
    """``<name>@<version>:<hash>`` of the prompts a model was given; None without a model."""
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    unverified: int = 0
    """Statements of the model that its passages do not carry: shown apart or dropped."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The decision on the best sentence found for a question."""

    probability: float
    """That it answers, 0 to 1, as calibrated by ``evals.studies.evidence``."""
    chunk_id: str
    text: str
    signals: dict[str, float]
    """Those of `assistant.answering.signals.Signals` by name."""


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
    unverified: tuple[str, ...] = ()
    """What a model wrote and no source carries, shown apart from the answer; empty where the
    settings drop it."""
    standalone: str | None = None
    """The question as understood with the turns before it; None when it stands by itself."""
    filters: Filters = Filters()
    weighed: Weighed | None = None
    """Why it was answered or refused; None where nothing was found to weigh."""

    @property
    def outcome(self) -> Outcome:
        """``near``: a refusal whose nearest passage all but answers."""
        if not self.refused:
            return "answer"
        return "near" if self.reason == "near" else "refused"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """A verified statement of the answer being made, with its citations."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """What the reader should know at once (Japanese): the model failed, the text was cut."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The finished answer, always the last event.

    It counts alone: where a model fails half-way, it holds the extractive answer instead of the
    statements shown before.
    """

    answer: Answer


Event = StatementEvent | NoticeEvent | AnswerEvent


@dataclass(frozen=True, slots=True)
class Brief:
    """What a town or its consultant says of the project; None or empty where nothing was said.

    Texts stand as the user wrote them, control characters removed.
    """

    municipality: str | None = None
    population: str | None = None
    """「12,000人」: a bare number is given its unit."""
    problem: str | None = None
    goal: str | None = None
    partners: tuple[str, ...] = ()
    budget: str | None = None
    period: str | None = None
    programme: str | None = None
    """The call that is applied for."""
    fiscal_year: str | None = None
    constraints: str | None = None
    notes: str | None = None

    def text(self, key: str) -> str:
        """The value under a key, a list joined with 「、」; empty where nothing was said."""
        value: str | tuple[str, ...] | None = getattr(self, key)
        return "、".join(value) if isinstance(value, tuple) else value or ""


BRIEF_NAMES = {
    "municipality": "自治体",
    "population": "人口",
    "problem": "課題",
    "goal": "目指す姿",
    "partners": "連携する相手",
    "budget": "予算の見込み",
    "period": "期間",
    "programme": "申請を考えている事業",
    "fiscal_year": "申請する年度",
    "constraints": "制約",
    "notes": "その他",
}
"""What the parts of a `Brief` are called in a plan."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One statement of a plan and what it rests on."""

    text: str
    basis: Basis
    """source: rests on quotes; brief: restates the brief; gap: 【要記入: …】, for the town to fill
    in; computed: shows its formula over numbers of the brief or of quotes."""
    citations: tuple[int, ...] = ()
    attribution: str | None = None
    """Who said it, as in `Statement`."""
    label: str | None = None
    """「論点」, 「提案」, 「仮説」, as in `Statement`; 「手で直した文」, see `planning.edit`."""


@dataclass(frozen=True, slots=True)
class PlanSection:
    """One box of the plan."""

    id: str
    heading: str
    criteria: tuple[str, ...]
    """Ids of the template's criteria that the section serves."""
    items: tuple[PlanItem, ...]
    """In reading order: of the brief, from sources, computed, gaps last."""
    limit: int | None = None
    """Most characters the box takes; None where the template names no limit."""
    tables: tuple[str, ...] = ()
    """Ids of the tables that belong to the section."""

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the town must fill in."""
        return tuple(item.text for item in self.items if item.basis == "gap")

    @property
    def characters(self) -> int:
        """Characters of the box without line breaks and without the gaps still to be filled."""
        return sum(len(i.text.replace("\n", "")) for i in self.items if i.basis != "gap")

    @property
    def over(self) -> bool:
        """Whether the box takes less."""
        return self.limit is not None and self.characters > self.limit


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of a `PlanTable`."""

    label: str
    """First column: template text, or what the town calls it."""
    cells: tuple[tuple[PlanItem, ...], ...]
    """One tuple of items for every further column."""
    organisation_type: str = ""
    """想定主体: the kind of organisation that a role is for, template text."""
    candidates: tuple[str, ...] = ()
    """Partners of the brief that are of this kind."""


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A table beside the sections: roles, KPIs, schedule, people, costs, security, risks."""

    id: str
    heading: str
    columns: tuple[str, ...]
    """Headings of the label and of the cells."""
    rows: tuple[PlanRow, ...]


def kpi_basis(kpi: PlanRow) -> Basis:
    """A gap until outcome, baseline and measure are all known; then what the outcome is."""
    outcome, baseline, _, measure, _ = kpi.cells
    needed = (*outcome, *baseline, *measure)
    open_ = not needed or any(item.basis == "gap" for item in needed)
    return "gap" if open_ else outcome[0].basis


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a criterion of the call is met by the plan."""

    id: str
    criterion: str
    state: CoverageState
    sections: tuple[str, ...]
    """Ids of the sections that meet it; of those that should, when it is unmet."""
    question: str | None
    """What to ask the town; None when a source meets the criterion and the brief adds to it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reviewer would mark down, and the passages that say why."""

    point: str
    advice: str
    grounds: tuple[PlanItem, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that broke a rule of the plan and is therefore not part of it."""

    text: str
    reason: str
    place: str
    """Heading of the section or table it was written for."""


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A draft plan in the shape of a form: every claim sourced, every local fact left open."""

    title: str
    template: str
    """Name of the template."""
    template_note: str
    """Which call the template follows, and that the call itself decides."""
    brief: Brief
    sections: tuple[PlanSection, ...]
    tables: tuple[PlanTable, ...]
    mode: Mode
    provenance: Provenance
    citations: tuple[Citation, ...] = ()
    """Numbered through the whole plan in reading order: sections, then tables, then findings."""
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know of the sources: draft, digest, opinion, replaced."""
    changes: tuple[str, ...] = ()
    """Sources changed since the plan was last drafted; empty for a new plan."""
    as_of: str | None = None
    """Date of the newest document cited."""
    seconds: float = field(default=0.0, compare=False)

    def table(self, table_id: str) -> PlanTable:
        """The table of an id that `tables` has."""
        return next(table for table in self.tables if table.id == table_id)


@dataclass(frozen=True, slots=True)
class FormBox:
    """A box of an official form, and what of a plan goes into it."""

    place: str
    """「表1 2行3列」 or 「段落 12」 of a Word file, 「申請!C5」 of an Excel file; all 1-based."""
    label: str
    """The heading or cell that says what belongs here."""
    hint: str
    """記入例 or instruction that stands in the box; empty where the box is empty."""
    limit: int | None
    """Most characters, where label or hint name them (「400字以内」)."""
    target: str | None
    """Id of a section, ``brief.`` and a key of the brief, or None: nothing fits."""


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
