"""What a document is: its description, where that comes from, what belongs together."""

from dataclasses import dataclass
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
