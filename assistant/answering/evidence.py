"""The evidence for an answer: what the decision lets stand of the sentences found, or nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.decision import decide
from assistant.answering.extract import choose
from assistant.answering.reading import Reader
from assistant.answering.signals import Candidate, candidates_of, place_words
from assistant.japanese.thesaurus import load_thesaurus, term_words
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words, proper_nouns
from assistant.question.concepts import BREAK, stand_together
from assistant.question.parts import Part
from assistant.question.read import Question
from assistant.question.wording import ASKING_WORDS
from assistant.records.answers import Found, Outcome, Passage
from assistant.retrieval.index import Index

_READ = 8
"""The reader reads so many passages: one costs 30 milliseconds on two cores."""
_MOST_OF_A_PART = 2
"""Statements on each part where the whole question is not said."""
_DEFINING = 3.0
"""Log odds that a sentence gains which defines the term asked about: it comes before all that
merely use it."""
_LEAST_HELD = 0.3
"""A thing of which no passage holds this much is named as missing."""
_LEAST_MISSING = 0.08
_MOST_MISSING = 2
_SAME_NAME = 0.5
"""The thesaurus gives an abbreviation and its long form at least this weight."""

# 「Xとは」 means 「as for the meaning of X」 before a comma, or where the sentence ends as one that
# explains; else it may be 「with X」.
_IS_MEANT = (
    r"とは(?!、?(?:大きく|全く|少し|やや)?(?:異な|違|別[のに物]))(?:、|[^。\n]*(?:こと|もの|指す|"
    r"指します|いう|言う|いいます|(?<!ところ)(?<!予定)(?:である|です))(?:[。」』)\n]|$))"
)
# What stands in brackets behind an abbreviation, unless it is a number or points elsewhere.
_BRACKET = r"\((?![0-9図表注※第令平])[^()]{4,}\)"
# Behind a Japanese name the long form in Latin letters; else it may be a place or an employer.
_LATIN_BRACKET = r"\((?=[A-Za-z])[^()]*[a-z]{3}[^()]*\)"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the passages say of one question."""

    outcome: Outcome
    probability: float
    """That the best sentence answers, 0 to 1."""
    chosen: tuple[Candidate, ...] = ()
    """What is shown, best first; empty unless the outcome is ``answer``."""
    best: Candidate | None = None
    """The best sentence, whatever the outcome."""
    missing: tuple[str, ...] = ()
    """What of the question no passage speaks of, in its own words; the rarest first."""


def find_evidence(
    index: Index, question: Question, passages: Sequence[Passage], reader: Reader | None
) -> Evidence:
    """Weigh the sentences of the passages and decide whether the best of them answers.

    Args:
        index: gives word frequencies and vectors.
        question: read against the index.
        passages: best first.
        reader: None decides by the other signals alone.
    """
    if not question.wording.words or not passages:
        return Evidence("refused", 0.0)
    read = list(passages[:_READ]) if reader else list(passages)
    readings = reader.read(question.text, read) if reader else None
    found = candidates_of(index, question, read, readings)
    missing = _missing(question, found)
    kept = [c for c in found if _is_pinned(c, question) and not _is_other_row(c, found)]
    verdict = decide(kept, with_reader=reader is not None)
    ranked = list(verdict.ranked)
    if not ranked:
        return Evidence("refused", 0.0, missing=missing)
    best = ranked[0][1]
    if verdict.outcome != "answer":
        return Evidence(verdict.outcome, verdict.probability, best=best, missing=missing)
    if term := question.wording.defined:
        raised = [(odds + _DEFINING * defines(c.text, term), c) for odds, c in ranked]
        ranked = sorted(raised, key=lambda pair: -pair[0])
    return Evidence("answer", verdict.probability, tuple(choose(ranked)), best)


def _missing(question: Question, found: Sequence[Candidate]) -> tuple[str, ...]:
    """Things asked about of which no sentence in its place holds anything."""
    missing = [
        (concept.share, concept.text)
        for n, concept in enumerate(question.concepts)
        if concept.noun
        and concept.share >= _LEAST_MISSING
        and max((c.shares[n] for c in found), default=0.0) < _LEAST_HELD * concept.share
    ]
    return tuple(text for _, text in sorted(missing, reverse=True)[:_MOST_MISSING])


def _is_pinned(candidate: Candidate, question: Question) -> bool:
    """Whether a sentence stands where a quoted name, a term or a meeting is spoken of."""
    asked = question.wording
    if asked.defined and not _is_quoted(asked.defined, [content_words(candidate.said)]):
        return False
    # 「電話番号」: the number of another thing will not do.
    if not stand_together(asked.attached, content_words(candidate.said)) and not _heads(
        asked.attached[:-1], candidate
    ):
        return False
    present = [_present(candidate.passage)] if asked.quoted else []
    return all(_is_quoted(name, present) for name in asked.quoted) and all(
        _has_meeting(candidate, meeting) for meeting in asked.meetings
    )


def _is_other_row(candidate: Candidate, found: Sequence[Candidate]) -> bool:
    """Whether another row of the document holds all that this one holds of the question, and more.

    「北公民館」 is no answer where a row speaks of 「中央公民館」, which is asked about.
    """
    return bool(candidate.cells) and any(
        other.cells
        and other.passage.document.doc_id == candidate.passage.document.doc_id
        and all(more >= own for more, own in zip(other.shares, candidate.shares, strict=True))
        and other.shares != candidate.shares
        for other in found
    )


def _heads(words: Sequence[str], candidate: Candidate) -> bool:
    """Whether words name a column of a row's cells: under 「電話」 stands its number."""
    headings = (content_words(heading) for heading, _ in candidate.cells)
    return bool(words) and any(stand_together(tuple(words), heading) for heading in headings)


def defines(text: str, term: str) -> bool:
    """Whether a sentence says what a term means: 「LPWAとは、」, 「LPWA(Low Power Wide Area)」.

    「自治体とは異なり」 and 「組織とは連絡を取り合う」 tell no meaning, nor does a person's town in
    brackets.
    """
    named = rf"(?<![A-Za-z0-9])(?i:{re.escape(comparable(term))})[」』]?"
    bracket = _LATIN_BRACKET if re.search(r"[^ -~]", comparable(term)) else _BRACKET
    meaning = rf"{named}(?:{_IS_MEANT}|{bracket}|、?(?:すなわち|つまり))"
    return bool(re.search(meaning, comparable(text)))


@dataclass(frozen=True, slots=True)
class Covered:
    """The evidence for a question of several parts, and the parts it leaves out, by name."""

    evidence: list[Candidate]
    missing: tuple[str, ...] = ()
    """Nothing is said of these."""


def cover_parts(
    index: Index,
    whole: Evidence,
    parts: Sequence[tuple[Part, Question, Found]],
    reader: Reader | None,
) -> Covered:
    """The evidence with the best sentence of every part that it leaves out.

    Args:
        index: gives word frequencies and vectors.
        whole: the evidence for the whole question.
        parts: each as a question of its own, with what was found for it.
        reader: None decides by the other signals alone.
    """
    covered = list(whole.chosen)
    missing: list[str] = []
    for part, question, found in parts:
        if any(_holds(content_words(c.said), part.name) for c in whole.chosen):
            continue
        evidence = find_evidence(index, question, found.passages, reader)
        if not evidence.chosen and not any(
            _holds(_present(c.passage), part.name) for c in whole.chosen
        ):
            missing.append(part.name)
        best = evidence.chosen[: 1 if whole.chosen else _MOST_OF_A_PART]
        covered += [c for c in best if not any(_is_known(c, other) for other in covered)]
    return Covered(covered, tuple(missing))


def _holds(words: Sequence[str], name: str) -> bool:
    """Whether a text's words hold all those of a part's name that say something."""
    wanted = {word for word in content_words(name) if word not in ASKING_WORDS}
    return bool(wanted) and wanted.issubset(words)


def _is_known(extract: Candidate, other: Candidate) -> bool:
    """Whether a sentence says what another does: its words, and the same numbers and names."""
    return extract.repeats(other) and _figures(extract.text) == _figures(other.text)


def _figures(text: str) -> tuple[set[str], set[str]]:
    return set(re.findall(r"[0-9][0-9,.]*", comparable(text))), set(proper_nouns(text))


def _has_meeting(candidate: Candidate, meeting: str) -> bool:
    chunk, document = candidate.passage.chunk, candidate.passage.document
    known = (document.meeting or "", document.title, chunk.section or "", candidate.said)
    return any(meeting in re.sub(r"\s", "", comparable(text)) for text in known)


def _present(passage: Passage) -> list[str]:
    """Content words of a passage, its headings, title and speaker."""
    return [*content_words(passage.chunk.text), BREAK, *place_words(passage)]


def _is_quoted(name: str, present: list[list[str]]) -> bool:
    """Whether one chunk holds the words of a quoted name side by side, or another form of it."""
    words = term_words(name)
    same = load_thesaurus().entries.get(words, {})
    forms = [words, *(form for form, weight in same.items() if weight >= _SAME_NAME)]
    return any(stand_together(form, held) for form in forms for held in present)
