"""The evidence: the sentences that answer a question, or none when the passages do not say it.

Refusing is decided here, by what the question pins down (its names, dates, meetings, the thing
asked for, the kind of number) and by how much of it the best sentences meet.
"""

import re

from assistant.answering.extract import (
    Extract,
    choose,
    meets_wanted,
    place_words,
    rank_sentences,
)
from assistant.japanese.dates import DateMention, find_dates
from assistant.japanese.thesaurus import load_thesaurus, term_words
from assistant.japanese.width import fold
from assistant.japanese.words import content_words
from assistant.retrieval.concepts import BREAK, Meter, concepts_of
from assistant.retrieval.index import Index
from assistant.retrieval.query import Query
from assistant.schema import Passage

# What the evidence must reach, chosen on the dev splits of evals/datasets. _LEAST_SCORE trades
# right against false refusals (.85: .90 and .14; .75: .80 and .12); the others are safeguards.
_LEAST_SCORE = 0.85
"""Score of the best sentence (see `rank_sentences`)."""
_LEAST_COVERAGE = 0.3
"""Share of the question's weight that a sentence and its context meet."""
_LEAST_AMOUNT_COVERAGE = 0.4
"""The same where an amount is asked for."""
_LEAST_LITERAL = 0.1
"""Where an amount is asked for: share whose very words stand in the chunk, not only stand-ins."""

# The thesaurus gives an abbreviation and its long form at least this weight.
_SAME_NAME = 0.5
# A number belongs to the date that stands before it at most this many characters away.
_DATE_REACH = 60
_QUANTITY = r"[0-9一二三四五六七八九十百千万億兆数半][0-9,.一二三四五六七八九十百千万億兆]*"


def find_evidence(index: Index, query: Query, passages: list[Passage]) -> list[Extract]:
    """The sentences that answer; none when the passages do not say what is asked."""
    if not query.words:
        return []
    ranked = _meeting_specifics(rank_sentences(index, query, passages), query)
    chosen = choose(ranked)
    if not chosen or chosen[0].score < _LEAST_SCORE:
        return []
    least = _LEAST_AMOUNT_COVERAGE if query.unit else _LEAST_COVERAGE
    if max(extract.coverage for extract in chosen) < least:
        return []
    if query.unit and max(extract.literal for extract in chosen) < _LEAST_LITERAL:
        return []
    present = [_present(extract.passage) for extract in chosen]
    if not all(_is_named(name, present) for name in query.names):
        return []
    return chosen if _is_present(query.asked, present, index) else []


def _meeting_specifics(ranked: list[Extract], query: Query) -> list[Extract]:
    """Only the sentences that meet what the question pins down: its dates, meetings and units."""
    kept = []
    for extract in ranked:
        text = extract.text
        if query.unit and not re.search(rf"{_QUANTITY}(?:{query.unit})", fold(text)):
            continue
        if query.wanted == "date" and not meets_wanted(text, query):
            continue
        if all(_has_date(extract, query, asked) for asked in query.dates) and all(
            _has_meeting(extract, meeting) for meeting in query.meetings
        ):
            kept.append(extract)
    return kept


def _has_date(extract: Extract, query: Query, asked: DateMention) -> bool:
    """Whether a sentence speaks of the period asked about.

    Where an amount is asked for, the amount itself must be of that period: the nearest date before
    it decides (「令和5年度15件、令和6年度25件」). Else a date in the sentence, its heading or
    title, or the date of the document will do.
    """
    text = fold(extract.text)
    mentioned = find_dates(text)
    if query.unit and mentioned:
        for amount in re.finditer(rf"{_QUANTITY}(?:{query.unit})", text):
            before = [m for m in mentioned if m.end <= amount.start() + 1]
            if before and amount.start() - before[-1].end <= _DATE_REACH:
                if _overlap(before[-1], asked):
                    return True
            elif any(_overlap(m, asked) for m in mentioned):
                return True
        return False
    if mentioned:
        return any(_overlap(m, asked) for m in mentioned)
    chunk, document = extract.passage.chunk, extract.passage.document
    around = [chunk.section or "", document.title] + ([chunk.text] if query.unit else [])
    if any(_overlap(m, asked) for m in find_dates("\n".join(around))):
        return True
    if query.unit:
        return False
    published = document.published or ""
    return asked.first.isoformat() <= published <= asked.last.isoformat()


def _overlap(mention: DateMention, asked: DateMention) -> bool:
    return mention.first <= asked.last and asked.first <= mention.last


def _has_meeting(extract: Extract, meeting: str) -> bool:
    chunk, document = extract.passage.chunk, extract.passage.document
    known = (document.meeting or "", document.title, chunk.section or "", extract.text)
    return any(meeting in re.sub(r"\s", "", fold(text)) for text in known)


def _present(passage: Passage) -> list[str]:
    """Content words of a passage, its heading, title and speaker."""
    chunk = passage.chunk
    section = content_words(chunk.section or "")
    return [*content_words(chunk.text), BREAK, *section, BREAK, *place_words(passage)]


def _is_named(name: str, present: list[list[str]]) -> bool:
    """Whether the chunks hold every word of a name, or the long or short form of it.

    Words that merely lie near by meaning will not do: 佐藤 is near 田中, and another person.
    """
    words = term_words(name)
    known = frozenset(word for held in present for word in held)
    position = 0
    for length, forms in load_thesaurus().split(words):
        term = words[position : position + length]
        same = [form for form, weight in forms.items() if weight >= _SAME_NAME]
        if not any(known.issuperset(form) for form in (term, *same)):
            return False
        position += length
    return True


def _is_present(words: tuple[str, ...], present: list[list[str]], index: Index) -> bool:
    """Whether one chunk holds all the words of a term, or what stands for them."""
    concepts = [concept for word in words for concept in concepts_of(index, word)]
    meter = Meter(concepts)
    return not concepts or any(len(meter.met(held)) == len(concepts) for held in present)
