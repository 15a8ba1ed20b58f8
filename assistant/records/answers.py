"""What is asked, found and answered."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from assistant.records.documents import Kind, SourceDocument, Status
from assistant.records.text import Chunk, row_shown

Reason = Literal["no_evidence", "near", "question_empty", "question_too_long"]
Outcome = Literal["answer", "near", "refused"]
Mode = Literal["extractive", "llm"]
AskMode = Literal["auto", "extractive", "llm"]


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
    """That it answers, 0 to 1, as calibrated by ``python -m evals evidence``."""
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
