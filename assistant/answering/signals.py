"""What speaks for a sentence answering a question, and what against it: numbers, no verdict.

Every signal is free of the scale of an index: shares and flags between 0 and 1, or log odds of the
reader. `assistant.answering.decision` weighs them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import Any

import numpy as np

from assistant.answering.lookup import Pairs, Row, asked_cells, rows_of
from assistant.answering.reading import Reading
from assistant.answering.spans import is_scrap, units
from assistant.japanese.dates import DateMention, dates_of_source, days_of, find_dates
from assistant.japanese.sentences import split_sentences
from assistant.japanese.thesaurus import load_thesaurus, term_words
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words, named_things, tagged_words
from assistant.question.concepts import (
    BREAK,
    Concept,
    Meter,
    is_asking,
    stand_together,
)
from assistant.question.read import Question
from assistant.records.answers import Passage, Period
from assistant.records.text import row_shown
from assistant.retrieval.index import Index

_STAND_IN = 1.2
"""What a word of the thesaurus counts, times its weight, at most 1 (see `concepts`)."""
_SAME_NAME = 0.5
"""The thesaurus gives an abbreviation and its long form at least this weight."""
_SAME_WORDS = 0.6
"""Two statements that share more of their words than this say the same thing."""
_MANY_WORDS = 30
_LONG = 300
_LEAST_LOG = -12.0
# 第6回 is a name: the mark before the number and the counter behind it tell what it numbers.
_NUMBER = re.compile(r"(?P<number>[0-9][0-9,.]*)\s*(?P<unit>[^\s0-9、。,.()「」・~\-]?)")
_AMOUNT = re.compile(
    r"[0-9十百千万億兆数割][0-9,.十百千万億兆]*\s*(?:[^\s0-9]|$)|半分|半額|折半|無料|全額|定額|実費|若干|徴収しない"
)
_WHEN = re.compile(
    r"\d{1,2}[月日]|上旬|中旬|下旬|曜|毎[日週月年]|随時|以内|まで|あらかじめ|翌|ごと"
)
_WHO = re.compile(r"構成員|座長|委員|長|課|局|省|庁|室|会|社|補佐|氏|様|者|人材|大学|市|町|村|県")
_QUESTION = re.compile(r"(?:か|のか|べきか|どうか)[。？?]?$")
COURTESY = re.compile(
    r"ありがとうございま|お願い(?:いた)?します|失礼(?:し|いたし)ます|説明(?:を|は)?(?:お願い|させて|以上)|"
    r"以上(?:です|でございます|になります)|よろしいですか|いかがでしょうか|と申します|どうぞ|定刻"
)
_COUNTER = re.compile(r"何([^\s0-9ぁ-ん、。?])")
_MONEY = re.compile(r"いくら|[金総]額|[限算]額|単価|料金|費用")
_DIGIT = re.compile(r"[0-9]")
_COUNTED_COLUMN = 10_000
"""Stands for the unit of the question among the numbers of its concepts."""
_NAME_LIKE = re.compile(r"[^ぁ-ん、。\s]+|[^ぁ-ん、。\s]*の")


@dataclass(frozen=True, slots=True)
class Signals:
    """All that is known of one sentence as an answer to one question.

    Shares of the question weigh each of its words by how rare it is in the index; words count as
    held where they stand literally, or what the thesaurus says means the same.
    """

    held_sentence: float
    """Share of the question that the sentence holds."""
    held_heading: float
    """The same with its headings and the title of the document."""
    held_before: float
    """The same with the sentence before, too."""
    held_passage: float
    """The same with the whole passage."""
    nouns_held: float
    """Share of the question's nouns that the passage, its headings and title hold."""
    last_noun_held: float
    """How far the noun next before the predicate is held, as in `held_before`."""
    rarest_unheld: float
    """What the passage lacks of the two rarest nouns of the question."""
    near_sentence: float
    """Share of the question that the sentence meets, words near by meaning included."""
    near_passage: float
    names_unheld: float
    """Share of the names in the question that sentence, headings and title do not hold."""
    names_missing: float
    """Share of them that the passage does not hold."""
    other_name: float
    """1 where a name is missing and the sentence has another of its kind instead."""
    numbers_unheld: float
    """Share of the question's numbers that sentence, headings and title do not hold."""
    other_number: float
    """Share of them in whose stead the sentence has another number of the same unit."""
    dates_unheld: float
    """Share of the periods asked about that sentence, headings, title and day do not meet."""
    other_date: float
    """Share of them in whose stead the sentence names another date, or, where an amount is asked
    for, that its passage does not name."""
    pairs_unheld: float
    """Share of the question's compounds (「国の負担」) that the sentence does not hold as such."""
    exchanged: float
    """Share of them whose head stands in the sentence behind another word instead."""
    no_amount: float
    """1 where an amount is asked for and the sentence has none."""
    no_date: float
    no_person: float
    score: float
    """The passage's score in the search, that of the best passage 1."""
    first_passage: float
    similarity: float
    """Cosine of the sentence vectors of question and sentence."""
    length: float
    """Hundreds of characters, at most 3."""
    short: float
    """1 for a line of fewer than 16 characters: rather a label than a statement."""
    whole: float
    """1 where it ends as a sentence does."""
    question: float
    """1 where it asks something itself."""
    courtesy: float
    """1 for words that lead through a meeting."""
    other_speaker: float
    """1 where the question names a speaker and another one speaks."""
    words: float
    """Concepts of the question, in tens, at most 3."""
    reader: float
    """Log odds of the reader that the passage answers; 0 without a reader."""
    reader_sentence: float
    """Log of the sentence's share of the passage's evidence by the reader; 0 without one."""
    reader_lead: float
    """How far `reader` lies above the best passage of other documents; 0 without one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or list that may be shown, with what speaks for it."""

    passage: Passage
    start: int
    """Offsets into the chunk's text."""
    end: int
    signals: Signals
    shares: tuple[float, ...]
    """For each concept of the question, the share of the question that is held here."""
    cells: Pairs = ()
    """Of a table's row the cells that the question asks for; empty for other sentences."""

    @property
    def text(self) -> str:
        """The sentence, or the list with its items on lines of their own."""
        return self.passage.chunk.text[self.start : self.end]

    @property
    def said(self) -> str:
        """What is judged: the text, or of a row the cells asked for with their headings."""
        return row_shown(self.cells) if self.cells else self.text

    def repeats(self, other: "Candidate") -> bool:
        """Whether the two share most of the words of the shorter one."""
        first, second = set(content_words(self.text)), set(content_words(other.text))
        smaller = min(len(first), len(second)) or 1
        return len(first & second) / smaller > _SAME_WORDS


@dataclass(frozen=True, slots=True)
class _Saying:
    """A sentence, list or row of a table as it is judged."""

    start: int
    """Offsets into the chunk's text."""
    end: int
    text: str
    """Its words; of a row the cells asked for with their headings."""
    before: str = ""
    """The sentence before."""
    cells: Pairs = ()
    """Of a row those asked for."""
    row: Row | None = None


class _Asked:
    """A question as its words are looked for: made once, asked for many texts."""

    def __init__(self, index: Index, question: Question) -> None:
        concepts, text = question.concepts, question.text
        self.concepts = concepts
        self.meter = Meter(concepts)
        self.shares = np.array([concept.share for concept in concepts])
        self.nouns = np.array([concept.noun for concept in concepts], dtype=bool)
        by_rarity = sorted(range(len(concepts)), key=lambda n: -self.shares[n] * self.nouns[n])
        self.rarest = [n for n in by_rarity[:2] if self.nouns[n]]
        self.last_noun = max(np.flatnonzero(self.nouns), default=-1)
        self.pairs = _compounds(text)
        self.numbers = _numbers_in(text)
        self.names = {name: _forms(name, text) for name in question.wording.names}
        self.kinds = dict(named_things(text))
        self.dates = question.dates
        self.counters = _COUNTER.findall(comparable(text))
        units = [*map(re.escape, self.counters), *(["円"] if _MONEY.search(text) else [])]
        patterns = [p for unit in units for p in (rf"[(][^)]*{unit}", f"{unit}数")]
        self.counted = re.compile("|".join(patterns)) if patterns else None
        self.vector: Any = index.sentences.embed_question(text)

    def held(self, words: Sequence[str]) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """How much of each concept stands in a text, 0 to 1."""
        known = frozenset(words)
        return np.array([_held(concept, known, words) for concept in self.concepts])

    def cells_of(self, row: Row, published: str | None) -> Pairs:
        """The cells of a row that the question asks for, its head first."""
        words = [self._meant(text, published) for _, text in row.pairs]
        headings = [self._meant(heading, published) for heading, _ in row.pairs]
        asked = asked_cells(row.pairs, headings, words)
        if len(asked) < len(row.pairs) or not self.counted:
            return asked
        # 「何人」 without the word 「定員」: the column whose unit it is.
        counted = [
            frozenset({_COUNTED_COLUMN} if self.counted.search(comparable(heading)) else ())
            for heading, _ in row.pairs
        ]
        return asked_cells(row.pairs, counted, words)

    def counters_met(self, one: "_Saying") -> list[str]:
        """Counters of the question (件 of 「何件」) that the number in a row's cell stands for.

        A table states its unit in the heading of the column, or leaves it unsaid.
        """
        if one.row is None:
            return []
        chosen = len(one.cells) < len(one.row.pairs)
        cells = one.cells if chosen else one.row.named
        numbers = [heading for heading, words in cells[1:] if _DIGIT.search(comparable(words))]
        return [c for c in self.counters if numbers and (chosen or any(c in h for h in numbers))]

    def _meant(self, text: str, published: str | None) -> frozenset[int]:
        """What of the question a text holds: numbers of concepts, and of dates below zero."""
        if not text:
            return frozenset()
        held = np.flatnonzero(self.held(content_words(text)) * self.shares)
        mentions = dates_of_source(text, published) if self.dates else []
        dates = [
            -1 - number
            for number, period in enumerate(self.dates)
            if any(overlap(mention, period) for mention in mentions)
        ]
        return frozenset([*held.tolist(), *dates])

    def missing_names(self, known: frozenset[str]) -> list[str]:
        """The names of the question that a text does not hold in any form."""
        return [n for n, forms in self.names.items() if not any(f <= known for f in forms)]


def candidates_of(
    index: Index,
    question: Question,
    passages: Sequence[Passage],
    readings: Sequence[Reading] | None = None,
) -> list[Candidate]:
    """All sentences and short lists of the passages that can be quoted, with their signals.

    Args:
        index: gives word frequencies and vectors.
        question: read against the index.
        passages: best first.
        readings: the reader's, one a passage; None without a reader.
    """
    asked = _Asked(index, question)
    best = max((passage.score for passage in passages), default=0.0) or 1.0
    speakers = question.speakers
    candidates: list[Candidate] = []
    for number, passage in enumerate(passages):
        common = {
            "score": passage.score / best,
            "first_passage": float(number == 0),
            "other_speaker": float(bool(speakers) and passage.chunk.speaker not in speakers),
            "words": min(len(asked.concepts), _MANY_WORDS) / 10,
            **_reader(passages, readings, number),
        }
        reading = readings[number] if readings else None
        candidates += _of_passage(index, question, asked, passage, common, reading)
    return candidates


def _of_passage(
    index: Index,
    question: Question,
    asked: _Asked,
    passage: Passage,
    common: Mapping[str, float],
    reading: Reading | None,
) -> list[Candidate]:
    text = passage.chunk.text
    said = _sayings(asked, passage)
    place = place_words(passage)
    whole = [*content_words(text), BREAK, *place]
    held = asked.held(whole)
    missing = asked.missing_names(frozenset(whole))
    around = {
        "held_passage": float(held @ asked.shares),
        "nouns_held": _share(held, asked.shares * asked.nouns),
        "rarest_unheld": float(np.mean([1 - held[n] for n in asked.rarest] or [0.0])),
        "near_passage": asked.meter.coverage(whole),
        "names_missing": len(missing) / (len(asked.names) or 1),
    }
    similarities = _similarities(index, asked.vector, [one.text for one in said])
    rivals = _rivals(question, asked, [one.row for one in said if one.row], place)
    candidates = []
    for one, similarity in zip(said, similarities, strict=True):
        found = _of_sentence(question, asked, passage, one, place, missing)
        shares = found.pop("shares")
        found["other_name"] = max(found["other_name"], float(one.row in rivals))
        signals = Signals(
            **common,
            **around,
            **found,
            **_form(one),
            similarity=similarity,
            reader_sentence=_sentence_share(reading, one.start, one.end),
        )
        candidates.append(Candidate(passage, one.start, one.end, signals, tuple(shares), one.cells))
    return candidates


def _rivals(question: Question, asked: _Asked, rows: Sequence[Row], place: list[str]) -> list[Row]:
    """Rows that speak of another thing than the one asked about.

    They lack a word by which another row is named, or the second half of a name: asked for
    中沢診療所, neither 中沢図書館 nor 下沢診療所 answers. A row that the question names as it is
    does, also where two are asked about.
    """
    names = [[words for _, words in row.pairs[:2] if not _DIGIT.search(words)] for row in rows]
    named = [asked.held(content_words(" ".join(words))) for words in names]
    found = []
    for number, row in enumerate(rows):
        said = " ".join(f"{heading} {words}" for heading, words in row.pairs)
        words = [*content_words(said), BREAK, *place]
        own = asked.held(words)
        others = [held for n, held in enumerate(named) if n != number]
        lacking = any(bool(np.any((held > own) & asked.nouns)) for held in others)
        label = content_words(" ".join(names[number]))
        torn = any(
            one in label and head not in words and f"{one}{head}" in question.text
            for one, head in asked.pairs
        )
        named_whole = names[number] and comparable(names[number][-1]) in question.text
        if (lacking or torn) and not named_whole:
            found.append(row)
    return found


def _sayings(asked: _Asked, passage: Passage) -> list[_Saying]:
    """What of a passage can be quoted, and how each is judged."""
    text, document = passage.chunk.text, passage.document
    rows = {(row.start, row.end): row for row in rows_of(passage.chunk)}
    sentences = split_sentences(text)
    found = []
    for start, end in units(text, list(rows)):
        row = rows.get((start, end))
        if not (row and row.headed) and is_scrap(text[start:end], document.title):
            continue
        if row:
            cells = asked.cells_of(row, document.published)
            # The row above speaks of another thing.
            found.append(_Saying(start, end, row_shown(cells), cells=cells, row=row))
        else:
            before = next((text[a:b] for a, b in reversed(sentences) if b <= start), "")
            found.append(_Saying(start, end, text[start:end], before))
    return found


def _of_sentence(
    question: Question,
    asked: _Asked,
    passage: Passage,
    one: _Saying,
    place: list[str],
    missing: list[str],
) -> dict[str, Any]:
    sentence = one.text
    words = [*content_words(sentence), *asked.counters_met(one)]
    headed = [*words, BREAK, *place]
    scope = [*headed, BREAK, *content_words(one.before)]
    held, with_heads, in_scope = asked.held(words), asked.held(headed), asked.held(scope)
    known = frozenset(scope)
    last, wanted = asked.last_noun, question.wording.wanted
    heading = "\n".join((passage.document.title, _section(passage, one), one.before))
    meant = frozenset(headed)
    # Another row of the passage may hold the name: this one is not about it.
    missing = asked.missing_names(meant) if one.row else missing
    return {
        "shares": in_scope * asked.shares,
        "held_sentence": float(held @ asked.shares),
        "held_heading": float(with_heads @ asked.shares),
        "held_before": float(in_scope @ asked.shares),
        "last_noun_held": float(in_scope[last]) if last >= 0 else 1.0,
        "near_sentence": asked.meter.coverage(words),
        "names_unheld": len(asked.missing_names(meant)) / (len(asked.names) or 1),
        "other_name": _other_name(asked, missing, sentence),
        **_numbers(asked, sentence, heading),
        **_dates(question, asked.dates, passage, one, heading),
        **_pairs(asked, words, known),
        "no_amount": float(wanted == "amount" and not _AMOUNT.search(comparable(sentence))),
        "no_date": float(wanted == "date" and not _says_when(sentence)),
        "no_person": float(wanted == "person" and not _WHO.search(comparable(sentence))),
    }


def _section(passage: Passage, one: _Saying) -> str:
    """The headings over a sentence; of a row without those of its columns, which `one` has."""
    section = passage.chunk.section or ""
    names = [heading for heading, _ in one.row.pairs if heading] if one.row else []
    if not names:
        return section
    parts = section.split(" > ")
    return " > ".join(part for part in parts if not all(name in part for name in names))


def place_words(passage: Passage) -> list[str]:
    """Words that pin down the source: title, meeting, speaker, headings."""
    document, chunk = passage.document, passage.chunk
    parts = (document.title, document.meeting or "", chunk.speaker or "", chunk.section or "")
    return [word for part in parts for word in (*content_words(part), BREAK)]


def _held(concept: Concept, known: frozenset[str], words: Sequence[str]) -> float:
    total = sum(concept.worth) or 1.0
    pairs = zip(concept.words, concept.worth, strict=True)
    most = sum(worth for term, worth in pairs if term.text in known) / total
    for term, weight in concept.known.items():
        credit = min(1.0, _STAND_IN * weight)
        if credit > most and term[0] in known and (len(term) == 1 or stand_together(term, words)):
            most = credit
    return most


def _share(held: Any, weights: Any) -> float:
    total = float(weights.sum())
    return float(held @ weights) / total if total else 1.0


def _forms(name: str, question: str) -> list[frozenset[str]]:
    """The words of a name, and of what the thesaurus gives as another form of it.

    A name inside a longer term of the question is met by what stands for that term:
    「ITに詳しい人」 are デジタル人材.
    """
    thesaurus, words = load_thesaurus(), term_words(name)
    asked = term_words(question)
    same = dict(thesaurus.entries.get(words, {}))
    position = 0
    for length, forms in thesaurus.split(asked):
        if length > len(words) and stand_together(words, asked[position : position + length]):
            same |= forms
        position += length
    return [frozenset(words), *(frozenset(f) for f, weight in same.items() if weight >= _SAME_NAME)]


def _numbers_in(text: str) -> list[tuple[str, str]]:
    """The numbers of a question with what they count; those of dates are dates."""
    dates = [(mention.start, mention.end) for mention in find_dates(text)]
    return [
        (match["number"], match["unit"])
        for match in _NUMBER.finditer(text)
        if not any(start <= match.start() < end for start, end in dates)
    ]


def _compounds(text: str) -> list[tuple[str, str]]:
    """Words of a question that belong together as 「国の負担」 and 「東小学校」 do, two by two."""
    words = tagged_words(text)
    pairs = []
    for one, other in pairwise(words):
        joined = _NAME_LIKE.fullmatch(text[one.start : other.start])
        if joined and other.speech in {"noun", "affix"} and not is_asking(one) | is_asking(other):
            pairs.append((one.text, other.text))
    return pairs


def _pairs(asked: _Asked, words: list[str], known: frozenset[str]) -> dict[str, float]:
    if not asked.pairs:
        return {"pairs_unheld": 0.0, "exchanged": 0.0}
    beside: dict[str, set[str]] = {}
    for one, other in pairwise(words):
        beside.setdefault(other, set()).add(one)
    unheld = [one not in beside.get(head, ()) for one, head in asked.pairs]
    exchanged = [head in beside and one not in known for one, head in asked.pairs]
    count = len(asked.pairs)
    return {"pairs_unheld": sum(unheld) / count, "exchanged": sum(exchanged) / count}


def _numbers(asked: _Asked, sentence: str, heading: str) -> dict[str, float]:
    if not asked.numbers:
        return {"numbers_unheld": 0.0, "other_number": 0.0}
    here = [(m["number"], m["unit"]) for m in _NUMBER.finditer(comparable(sentence))]
    known = {n for n, _ in here} | {m["number"] for m in _NUMBER.finditer(comparable(heading))}
    unheld = [(n, unit) for n, unit in asked.numbers if n not in known]
    other = [1 for _, unit in unheld if any(unit == same for _, same in here)]
    count = len(asked.numbers)
    return {"numbers_unheld": len(unheld) / count, "other_number": len(other) / count}


def _dates(
    question: Question, asked: Sequence[Period], passage: Passage, one: _Saying, heading: str
) -> dict[str, float]:
    if not asked:
        return {"dates_unheld": 0.0, "other_date": 0.0}
    published = passage.document.published
    here = dates_of_source(one.text, published)
    around = [*here, *dates_of_source(heading, published)]
    unheld = other = 0
    for period in asked:
        met = any(overlap(mention, period) for mention in around)
        if not here and question.wording.wanted == "amount":
            # The date of an amount may stand anywhere in its passage, but it must stand there.
            # Of a table it is the row's own: the next row is of another date.
            around_it = row_shown(one.row.pairs) if one.row else passage.chunk.text
            mentions = dates_of_source(around_it, published)
            met |= any(overlap(mention, period) for mention in mentions)
        elif not here and published:
            first, last = days_of(published)
            met |= first <= period.last and period.first <= last
        unheld += not met
        other += not met and bool(here or question.wording.wanted == "amount")
    return {"dates_unheld": unheld / len(asked), "other_date": other / len(asked)}


def overlap(mention: DateMention, asked: Period) -> bool:
    """Whether a date of a text lies in a period asked about, or holds it."""
    return mention.first <= asked.last and asked.first <= mention.last


def _other_name(asked: _Asked, missing: list[str], sentence: str) -> float:
    """Whether a missing name's place is taken: 「みなと町」 is asked for, 「みどり町」 is there."""
    kinds = {asked.kinds.get(name) for name in missing} - {None}
    if not kinds:
        return 0.0
    found = named_things(sentence)
    return float(any(kind in kinds and name not in asked.names for name, kind in found))


def _says_when(sentence: str) -> bool:
    folded = comparable(sentence)
    return bool(_WHEN.search(folded) or dates_of_source(folded, None))


def _form(one: _Saying) -> dict[str, float]:
    sentence = one.text
    states = one.row is not None and one.row.headed  # 「定員(人): 80」 says all that it has to
    return {
        "length": min(len(sentence), _LONG) / 100,
        "short": float(len(sentence) < _FEWEST_STATING and not states),
        "whole": float(states or sentence.rstrip().endswith(("。", "」", ")", "）"))),
        "question": float(bool(_QUESTION.search(sentence))),
        "courtesy": float(bool(COURTESY.search(sentence))),
    }


_FEWEST_STATING = 16
"""A shorter line (「2022年度米国」) is rather a label than a statement."""


def _reader(
    passages: Sequence[Passage], readings: Sequence[Reading] | None, number: int
) -> dict[str, float]:
    if not readings:
        return {"reader": 0.0, "reader_lead": 0.0}
    own, document = readings[number].logit, passages[number].document.doc_id
    others = [
        reading.logit
        for passage, reading in zip(passages, readings, strict=True)
        if passage.document.doc_id != document
    ]
    return {"reader": own, "reader_lead": own - max(others, default=-8.0)}


def _sentence_share(reading: Reading | None, start: int, end: int) -> float:
    if reading is None:
        return 0.0
    highest = max(reading.logits)
    weights = [exp(logit - highest) for logit in reading.logits]
    own = sum(w for w, (a, b) in zip(weights, reading.spans, strict=True) if a < end and start < b)
    return max(_LEAST_LOG, log(own / sum(weights))) if own else _LEAST_LOG


def _similarities(index: Index, vector: Any, texts: list[str]) -> list[float]:
    if vector is None or not texts:
        return [0.0] * len(texts)
    found = index.sentences.embed_passages(texts) @ np.asarray(vector)
    return [max(0.0, float(value)) for value in found]
