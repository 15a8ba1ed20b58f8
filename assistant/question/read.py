"""Reading a question: its words, what a library knows of them, what it restricts, its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.question.concepts import Concept, Known, concepts_of
from assistant.question.parts import Part, parts_of
from assistant.question.restrictions import Restrictions, restrictions_of
from assistant.question.wording import Wording, named_speakers, read_wording
from assistant.records.answers import Filters, Period
from assistant.records.documents import SourceDocument


class Library(Known, Protocol):
    """What a question is read against: the words, speakers and documents of an index."""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Speakers as printed."""

    @property
    def documents(self) -> Mapping[str, SourceDocument]:
        """The documents by doc_id."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as search, evidence and plans see it."""

    asked: str
    """As it was typed."""
    wording: Wording
    concepts: tuple[Concept, ...]
    """The things it speaks of, in order; empty where none of its words says anything."""
    speakers: tuple[str, ...]
    """Speakers of the library that it names, as printed."""
    given: Filters
    """What the user restricts by option."""
    restrictions: Restrictions
    """Those of the user and those that the wording ties to its sources."""
    parts: tuple[Part, ...]
    """What it asks for one by one; empty when it asks for one thing."""

    @property
    def text(self) -> str:
        """The question in the form that words are compared in."""
        return self.wording.text

    @property
    def dates(self) -> tuple[Period, ...]:
        """Dates and fiscal years named, and those that 「昨年度」 and the like stand for."""
        return (*self.wording.dates, *self.restrictions.periods)


def read_question(
    library: Library, question: str, given: Filters | None = None, *, today: date | None = None
) -> Question:
    """Read a question; any text is read.

    Args:
        library: an index, which knows how common words are, who speaks and what documents it has.
        question: any text.
        given: restrictions that every source meets; None for none.
        today: what 「昨年度」 counts from; None for the day it is.
    """
    filters, day = given or Filters(), today or date.today()
    return Question(
        asked=question,
        wording=read_wording(question),
        concepts=concepts_of(library, question),
        speakers=tuple(named_speakers(question, library.speakers)),
        given=filters,
        restrictions=restrictions_of(question, library.speakers, library.documents, filters, day),
        parts=parts_of(question),
    )
