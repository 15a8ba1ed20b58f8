"""The evidence: the sentences that answer a question, or none when the passages do not say it.

Refusing is decided here, by what the question pins down (its names, dates, meetings, the thing
asked for, the kind of number) and by how much of it the best sentences meet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.extract import (
    FEWEST_STATING,
    Extract,
    choose,
    meets_wanted,
    overlap,
    place_words,
    rank_sentences,
)
from assistant.japanese.dates import dates_of_source, find_dates
from assistant.japanese.thesaurus import load_thesaurus, term_words
from assistant.japanese.width import fold
from assistant.japanese.words import content_words, proper_nouns
from assistant.retrieval.concepts import BREAK, Meter, concepts_of, stand_together
from assistant.retrieval.index import Index
from assistant.retrieval.parts import Part
from assistant.retrieval.query import ASKING_WORDS, ATTACHED_WORDS, Query, understand
from assistant.schema import Found, Passage, Period

# What the evidence must reach, chosen on the dev splits of evals/datasets. _LEAST_SCORE trades
# right against false refusals (.85: .98 and .09; .75: .96 and .05); the others are safeguards.
_LEAST_SCORE = 0.75
"""Score of the best sentence (see `rank_sentences`)."""
_LEAST_COVERAGE = 0.3
"""Share of the question's weight that a sentence and its context meet."""
_LEAST_AMOUNT_COVERAGE = 0.4
"""The same where an amount is asked for."""
_LEAST_LITERAL = 0.1
"""Where an amount is asked for: share whose words, or a synonym of the thesaurus, stand in the
chunk, not only words near by meaning."""

_SO_MANY_WORDS = 0.9
"""Share of each concept that must stand in a sentence, or a synonym of the thesaurus for it."""
_MOST_OF_A_PART = 2
"""Statements on each part where the whole question is not said."""
_OWN_TOWN = re.compile(r"(?:うち|わが|我が|[当本])の?(?:町|市|村|県|役場|地域)")

_DEFINING_BONUS = 1.0
"""A sentence that defines the term asked about comes before all that merely use it."""
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

# The thesaurus gives an abbreviation and its long form at least this weight.
_SAME_NAME = 0.5
# A number belongs to the date that stands before it at most this many characters away.
_DATE_REACH = 60
_LAST_DAY = re.compile(r"まで|締め?切|期限|必着|〆")
# 第6回 is a name, not a number of times.
_QUANTITY = (
    r"(?<![第0-9])[0-9一二三四五六七八九十百千万億兆数半][0-9,.一二三四五六七八九十百千万億兆]*"
)


def find_evidence(index: Index, query: Query, passages: list[Passage]) -> list[Extract]:
    """The sentences that answer; none when the passages do not say what is asked."""
    if not query.words:
        return []
    ranked = _meeting_specifics(index, rank_sentences(index, query, passages), query)
    if query.defined:
        ranked = _speaking_of(query.defined, ranked)
    if not ranked or ranked[0].score < _LEAST_SCORE:
        return []
    if query.defined:
        ranked = _definitions_first(query.defined, ranked)
    chosen = choose(ranked)
    least = _LEAST_AMOUNT_COVERAGE if query.unit else _LEAST_COVERAGE
    if max(extract.coverage for extract in chosen) < least:
        return []
    if query.unit and max(extract.literal for extract in chosen) < _LEAST_LITERAL:
        return []
    present = [_present(extract.passage) for extract in chosen]
    if not all(_is_named(name, query.text, present) for name in query.names):
        return []
    if not all(_is_quoted(name, present) for name in query.quoted):
        return []
    asked = (query.asked, query.wished)
    return chosen if all(_is_present(words, present, index) for words in asked) else []


def defines(text: str, term: str) -> bool:
    """Whether a sentence says what a term means: 「LPWAとは、」, 「LPWA(Low Power Wide Area)」.

    「自治体とは異なり」 and 「組織とは連絡を取り合う」 tell no meaning, nor does a person's town in
    brackets.
    """
    named = rf"(?<![A-Za-z0-9])(?i:{re.escape(fold(term))})[」』]?"
    bracket = _LATIN_BRACKET if re.search(r"[^ -~]", fold(term)) else _BRACKET
    meaning = rf"{named}(?:{_IS_MEANT}|{bracket}|、?(?:すなわち|つまり))"
    return bool(re.search(meaning, fold(text)))


@dataclass(frozen=True, slots=True)
class Covered:
    """The evidence for a question of several parts, and the parts it leaves out, by name."""

    evidence: list[Extract]
    missing: tuple[str, ...] = ()
    """Nothing is said of these."""
    apart: tuple[str, ...] = ()
    """Something may be said of these; whether it answers, the part alone does not tell."""


def cover_parts(
    index: Index, chosen: list[Extract], parts: Sequence[tuple[Part, Found]]
) -> Covered:
    """The evidence with the best sentence of every part that it leaves out.

    Args:
        index: gives word frequencies and vectors.
        chosen: the evidence for the whole question; none where the whole is not said.
        parts: each with what was found for it.
    """
    queries = [understand(part.question, found.periods) for part, found in parts]
    said = [_statements(index, q, f) for q, (_, f) in zip(queries, parts, strict=True)]
    # A whole that is not said may be said in part: all parts, if each pins down something of its
    # own, or those that one sentence speaks of by name. Else a part is said of something else.
    pinned = {(q.names, q.quoted, q.dates, q.wanted, q.unit) for q in queries}
    alone = len(pinned) == len(queries) and all(said)
    covered = list(chosen)
    missing: list[str] = []
    apart: list[str] = []
    for query, (part, _), evidence in zip(queries, parts, said, strict=True):
        best = evidence[:1] if chosen else evidence[:_MOST_OF_A_PART]
        speaking = [e for e in chosen if _has_dates(e, query)]
        if any(_holds(content_words(e.text), part.name, index) for e in speaking):
            continue
        answers = chosen or alone or part.sentence
        if best and (answers or _speaks_of(best[0], query, index)):
            covered += [e for e in best if not any(_is_known(e, other) for other in covered)]
        elif not any(_holds(_present(e.passage), part.name, index) for e in speaking):
            (apart if evidence else missing).append(part.name)
    if not covered:
        missing = [
            part.name for (part, _), evidence in zip(parts, said, strict=True) if not evidence
        ]
    return Covered(covered, tuple(missing), tuple(apart))


def _is_known(extract: Extract, other: Extract) -> bool:
    """Whether a sentence says what another does: its words, and the same numbers and names."""
    return extract.repeats(other) and _figures(extract.text) == _figures(other.text)


def _figures(text: str) -> tuple[set[str], set[str]]:
    return set(re.findall(r"[0-9][0-9,.]*", fold(text))), set(proper_nouns(text))


def _speaks_of(extract: Extract, query: Query, index: Index) -> bool:
    """Whether a sentence with its heading holds what a question names, in so many words.

    Never for an amount, a date or a person, nor for 「うちの町の…」: those are asked of one thing.
    """
    if query.wanted not in {"other", "list"} or _OWN_TOWN.search(query.text):
        return False
    concepts = concepts_of(index, query.text)
    named = [concept for concept in concepts if any(term.weight >= 1 for term in concept.words)]
    section = content_words(extract.passage.chunk.section or "")
    words = [*content_words(extract.text), BREAK, *section]
    return bool(named) and all(
        Meter([concept]).literal_coverage(words) >= _SO_MANY_WORDS * concept.share
        for concept in named
    )


def _holds(words: list[str], name: str, index: Index) -> bool:
    """Whether a text's words hold those of a part's name, or what stands for them."""
    wanted = tuple(word for word in content_words(name) if word not in ASKING_WORDS)
    return bool(wanted) and _is_present(wanted, [words], index)


def _statements(index: Index, query: Query, found: Found) -> list[Extract]:
    """The evidence for a part without mere labels."""
    evidence = find_evidence(index, query, list(found.passages))
    return [extract for extract in evidence if len(extract.text) >= FEWEST_STATING]


def _speaking_of(term: str, ranked: list[Extract]) -> list[Extract]:
    """The sentences that hold a term, or another form of it."""
    return [extract for extract in ranked if _is_quoted(term, [content_words(extract.text)])]


def _definitions_first(term: str, ranked: list[Extract]) -> list[Extract]:
    """The sentences, those that define a term first."""
    raised = [
        replace(extract, score=extract.score + _DEFINING_BONUS * defines(extract.text, term))
        for extract in ranked
    ]
    return sorted(raised, key=lambda extract: -extract.score)


def _meeting_specifics(index: Index, ranked: list[Extract], query: Query) -> list[Extract]:
    """Only the sentences that meet what the question pins down: its dates, meetings and units."""
    kept = []
    with_number = (*query.counted, *(query.asked if query.unit else ()))
    concepts = [concept for word in with_number for concept in concepts_of(index, word)]
    meter = Meter(concepts)
    for extract in ranked:
        text = extract.text
        beside = [*content_words(text), BREAK, *content_words(extract.passage.chunk.section or "")]
        if len(meter.met(beside)) < len(concepts):
            continue
        if query.deadline and not _LAST_DAY.search(fold(text)):
            continue
        if query.unit and not re.search(rf"{_QUANTITY}(?:{query.unit})", fold(text)):
            continue
        if query.wanted == "date" and not meets_wanted(text, query):
            continue
        if _has_dates(extract, query) and all(
            _has_meeting(extract, meeting) for meeting in query.meetings
        ):
            kept.append(extract)
    return kept


def _has_dates(extract: Extract, query: Query) -> bool:
    """Whether a sentence speaks of every period asked about.

    Of an amount that lies between two periods (「2040年は2020年の何倍」) one period is the base: it
    must be named, the amount belongs to the other.
    """
    met = [_has_date(extract, query, asked) for asked in query.dates]
    if query.unit and len(met) > 1 and any(met):
        mentioned = dates_of_source(extract.text, extract.passage.document.published)
        return all(any(overlap(m, asked) for m in mentioned) for asked in query.dates)
    return all(met)


def _has_date(extract: Extract, query: Query, asked: Period) -> bool:
    """Whether a sentence speaks of the period asked about.

    Where an amount is asked for, the amount itself must be of that period: the nearest date before
    it decides (「令和5年度15件、令和6年度25件」). Else a date in the sentence, its heading or
    title, or the date of the document will do.
    """
    text = fold(extract.text)
    mentioned = dates_of_source(text, extract.passage.document.published)
    if query.unit and mentioned:
        for amount in re.finditer(rf"{_QUANTITY}(?:{query.unit})", text):
            before = [m for m in mentioned if m.end <= amount.start() + 1]
            if before and amount.start() - before[-1].end <= _DATE_REACH:
                if overlap(before[-1], asked):
                    return True
            elif any(overlap(m, asked) for m in mentioned):
                return True
        return False
    if mentioned:
        return any(overlap(m, asked) for m in mentioned)
    chunk, document = extract.passage.chunk, extract.passage.document
    around = [chunk.section or "", document.title] + ([chunk.text] if query.unit else [])
    if any(overlap(m, asked) for m in find_dates("\n".join(around))):
        return True
    if query.unit:
        return False
    published = document.published or ""
    return asked.first.isoformat() <= published <= asked.last.isoformat()


def _has_meeting(extract: Extract, meeting: str) -> bool:
    chunk, document = extract.passage.chunk, extract.passage.document
    known = (document.meeting or "", document.title, chunk.section or "", extract.text)
    return any(meeting in re.sub(r"\s", "", fold(text)) for text in known)


def _present(passage: Passage) -> list[str]:
    """Content words of a passage, its heading, title and speaker."""
    chunk = passage.chunk
    section = content_words(chunk.section or "")
    return [*content_words(chunk.text), BREAK, *section, BREAK, *place_words(passage)]


def _is_named(name: str, question: str, present: list[list[str]]) -> bool:
    """Whether the chunks hold every word of a name, or the long or short form of it.

    A name inside a longer term of the question is met by what stands for that term:
    「ITに詳しい人」 are デジタル人材. Words that merely lie near by meaning will not do: 佐藤 is
    near 田中, and another person.
    """
    words = term_words(name)
    known = frozenset(word for held in present for word in held)
    asked = term_words(question)
    position = 0
    for length, forms in load_thesaurus().split(asked):
        term = asked[position : position + length]
        if length > len(words) and stand_together(words, term):
            same = [form for form, weight in forms.items() if weight >= _SAME_NAME]
            if any(known.issuperset(form) for form in same):
                return True
        position += length
    position = 0
    for length, forms in load_thesaurus().split(words):
        term = words[position : position + length]
        same = [form for form, weight in forms.items() if weight >= _SAME_NAME]
        if not any(known.issuperset(form) for form in (term, *same)):
            return False
        position += length
    return True


def _is_quoted(name: str, present: list[list[str]]) -> bool:
    """Whether one chunk holds the words of a quoted name side by side, or another form of it."""
    words = term_words(name)
    same = load_thesaurus().entries.get(words, {})
    forms = [words, *(form for form, weight in same.items() if weight >= _SAME_NAME)]
    return any(stand_together(form, held) for form in forms for held in present)


def _is_present(words: tuple[str, ...], present: list[list[str]], index: Index) -> bool:
    """Whether one chunk holds all the words of a term, or what stands for them."""
    concepts = [concept for word in words for concept in concepts_of(index, word)]
    meter = Meter(concepts)
    # 「電話番号」: a number of another thing will not do.
    whole = words if words and words[-1] in ATTACHED_WORDS else ()
    return not concepts or any(
        len(meter.met(held)) == len(concepts) and stand_together(whole, held) for held in present
    )
