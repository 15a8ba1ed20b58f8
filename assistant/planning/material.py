"""Sentences of the documents that answer the questions of a plan, each with its verified quotes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from math import inf

from assistant.answering.answer import grounded
from assistant.answering.signals import Candidate, candidates_of
from assistant.answering.voice import label_of
from assistant.japanese.numbers import find_numbers
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words
from assistant.planning.kpi import is_indicator
from assistant.question.concepts import Meter, concepts_of
from assistant.question.read import read_question
from assistant.question.wording import ASKING_WORDS
from assistant.records.answers import Citation, Passage, Statement
from assistant.records.plans import Brief, PlanItem
from assistant.retrieval.index import Index
from assistant.retrieval.search import search

_PASSAGES = 12
# What the search and the sentence vectors add to the share of the question that a sentence holds.
_PASSAGE = 0.45
_SIMILAR = 0.35
_SCRAPPY = 0.4
# Read off the questions of the standard template for the three towns of tests/data/briefs, on the
# starter corpus: below these a sentence shares words with the question and answers another one.
_LEAST_SCORE = 0.95
_LEAST_COVERAGE = 0.4
# A question that is the brief's own words holds much that no document says.
_LEAST_BRIEF_SCORE = 0.6
_LEAST_BRIEF_COVERAGE = 0.25
_OF_BRIEF = 2
"""Sentences taken for each sentence of the brief before general questions have their turn."""
_BRIEF_CHARACTERS = 300
_BRIEF_SENTENCES = 3
_CLOSE = 0.75
"""A sentence takes the place of the best one only with this share of its worth."""
_ENOUGH = 3
"""With this many items, a question that is answered gets no second sentence."""
_RELEVANCE = 0.3
"""What a sentence gains that meets all words of the brief's problem and goal."""
_OPEN_QUESTION = 0.35
"""What a sentence loses that only raises a question (論点): it supports no plan."""
_OPINION = 0.05
_SAME_WORDS = 0.5
"""Two sentences that share more of their words than this say the same: two digests of one
statement word it differently."""
_PLACE = re.compile(
    r"（[^（）]*）。?$|^(?:骨子案|事務局資料|[^、。]{2,24}(?:構成員|課長）|の概要|論点」))は、"
)

_POINT_AT_ISSUE = re.compile(r"論点(?:\(案\))?に挙げ|問うている|を尋ねた|という問いを|べきか。?\n")
_CONTINUED = 0.15
"""What a sentence loses that leans on the one before it, which the plan does not show."""
_LEANS = re.compile(
    r"^(?:また|だけど|一方|しかし|ただし|その|このため|さらに|加えて|こうい|これ|なので|それ|で、)"
)
# What has no full stop is a heading, a caption or the boxes of a slide run together.
_FRAGMENT = re.compile(r"\A[^。]*\Z|[\ue000-\uf8ff]")
# Not material for a plan: the meaning of a term, the digest speaking of itself, a checklist's
# questions, a lead without its list, who sat where.
_UNUSABLE = re.compile(
    r"^[^、。]{2,30}とは、|^[-・] |本要約|本アシスタント|確かめる問い|か（[^）]*）。?$|"
    r"次のとおりである(?:（[^）]*）)?。$|"
    r"[^。\n]{0,12}点は次のとおり|三つの目安は次|出席した|欠席だ|開かれた|案内した"
)


_ASSISTANT = "本アシスタント"
"""In the title of what explains the assistant itself."""


@dataclass
class Used:
    """Content words of the sentences that stand already in one part of the plan."""

    sentences: list[frozenset[str]] = field(default_factory=list)

    def repeats(self, text: str) -> bool:
        """Whether a sentence says what one of them says."""
        words = _said_words(text)
        return any(
            len(words & other) > _SAME_WORDS * (min(len(words), len(other)) or 1)
            for other in self.sentences
        )

    def add(self, text: str) -> None:
        """Remember a sentence."""
        self.sentences.append(_said_words(text))


class Material:
    """Finds sentences for a plan and numbers what it cites; the same sentence keeps its numbers."""

    def __init__(self, index: Index, brief: Brief, citations: Iterable[Citation] = ()) -> None:
        """Args: `citations` stand in the plan already and keep their numbers."""
        self.citations = list(citations)
        self._numbers = {(c.chunk.chunk_id, c.quote): c.number for c in self.citations}
        self._index = index
        self._brief = brief
        self._cited: dict[tuple[str, int, int], PlanItem | None] = {}
        self._searched: dict[str, list[Passage]] = {}
        said = f"{_own_words(brief, 'problem')}\n{_own_words(brief, 'goal')}"
        self._said = Meter(concepts_of(index, said))

    def answers(
        self, questions: Iterable[str], used: Used, *, most: int, characters: float = inf
    ) -> list[PlanItem]:
        """Sentences that answer the questions: the best of each in turn, then the next best.

        What the brief itself asks comes first, so that general advice does not crowd it out.

        Args:
            questions: ``{problem}`` and the like stand for values of the brief; a question whose
                value is missing is left out.
            used: what has been said already; the sentences found are added.
            most: how many items at most.
            characters: how many characters at most, all items together.
        """
        asked = [(text, question) for question in questions for text in self._filled(question)]
        of_brief = [self._ranked(text, from_brief=True) for text, q in asked if text != q]
        general = [self._ranked(text, from_brief=False) for text, q in asked if text == q]
        turns = [of_brief] * _OF_BRIEF + [general]
        items: list[PlanItem] = []
        while any(of_brief + general) and (turns or len(items) < min(most, _ENOUGH)):
            for extracts in turns.pop(0) if turns else of_brief + general:
                item = self._next(extracts, used, characters)
                if item and len(items) < most:
                    items.append(item)
                    used.add(item.text)
                    characters -= len(item.text)
        return items

    def passages(self, questions: Iterable[str], most: int) -> list[Passage]:
        """The passages found for the questions, the best of each first, none twice."""
        found = [self._found(asked) for question in questions for asked in self._filled(question)]
        turns = [passage for turn in zip_longest(*found) for passage in turn if passage]
        return list({passage.chunk.chunk_id: passage for passage in turns}.values())[:most]

    def numbered(
        self, statements: Iterable[Statement], citations: Iterable[Citation]
    ) -> list[PlanItem]:
        """Written statements as items; their citations are added under numbers of the plan's."""
        numbers = {citation.number: self._number(citation) for citation in citations}
        return [
            PlanItem(
                statement.text,
                "source",
                tuple(numbers[number] for number in statement.citations),
                statement.attribution,
                statement.label,
            )
            for statement in statements
        ]

    def _number(self, citation: Citation) -> int:
        """The number its quote already has in the plan, else the next one."""
        key = (citation.chunk.chunk_id, citation.quote)
        if key not in self._numbers:
            number = max(self._numbers.values(), default=0) + 1
            self._numbers[key] = number
            self.citations.append(replace(citation, number=number))
        return self._numbers[key]

    def _next(self, extracts: list[Candidate], used: Used, left: float) -> PlanItem | None:
        while extracts:
            extract = extracts.pop(0)
            if (
                len(extract.text) <= left
                and not used.repeats(extract.text)
                and (item := self._item(extract))
            ):
                return item
        return None

    def _ranked(self, asked: str, *, from_brief: bool) -> list[Candidate]:
        """Usable sentences for one question, best first."""
        ranked = candidates_of(self._index, read_question(self._index, asked), self._found(asked))
        least = _LEAST_BRIEF_SCORE if from_brief else _LEAST_SCORE
        least_coverage = _LEAST_BRIEF_COVERAGE if from_brief else _LEAST_COVERAGE
        usable = [
            (self._worth(extract), extract)
            for extract in ranked
            if extract.signals.held_before >= least_coverage
            and _score(extract) >= least
            and not _UNUSABLE.search(extract.text)
            and not _FRAGMENT.search(extract.text)
            and _ASSISTANT not in extract.passage.document.title
        ]
        best = max((worth for worth, _ in usable), default=0.0)
        close = [(worth, extract) for worth, extract in usable if worth >= _CLOSE * best]
        close.sort(key=lambda pair: (-pair[0], pair[1].passage.rank, pair[1].start))
        return [extract for _, extract in close]

    def _found(self, asked: str) -> list[Passage]:
        if asked not in self._searched:
            self._searched[asked] = search(self._index, asked, _PASSAGES)
        return self._searched[asked]

    def _worth(self, extract: Candidate) -> float:
        said = self._said.coverage(content_words(extract.text))
        worth = _score(extract) + _RELEVANCE * said
        label = label_of(extract.passage.chunk, extract.text)
        if label == "論点" or _POINT_AT_ISSUE.search(extract.text):
            worth -= _OPEN_QUESTION
        if _LEANS.search(extract.text):
            worth -= _CONTINUED
        return worth - (_OPINION if extract.passage.document.kind == "minutes" else 0.0)

    def _filled(self, question: str) -> list[str]:
        """What to ask: the question itself, or one for each sentence of the brief's value."""
        keys = re.findall(r"\{(\w+)\}", question)
        if not keys:
            return [question]
        value = _own_words(self._brief, keys[0])
        sentences = [
            _without_amounts(value[start:end])
            for start, end in split_sentences(value)
            if not is_indicator(value[start:end])
        ]
        return [question.replace(f"{{{keys[0]}}}", text) for text in sentences[:_BRIEF_SENTENCES]]

    def _item(self, extract: Candidate) -> PlanItem | None:
        """The sentence with its citations; None when its quotes do not verify."""
        place = (extract.passage.chunk.chunk_id, extract.start, extract.end)
        if place not in self._cited:
            self._cited[place] = self._cite(extract)
        return self._cited[place]

    def _cite(self, extract: Candidate) -> PlanItem | None:
        statements, found = grounded(self._index, [extract])
        if not statements or not all(citation.verified for citation in found):
            return None
        return self.numbered(statements, found)[0]


def _score(extract: Candidate) -> float:
    """How well a sentence fits a question of the plan, without the reader's word.

    A plan asks some sixty questions: read all, it would take half a minute.
    """
    signals = extract.signals
    found = _PASSAGE * signals.score + _SIMILAR * signals.similarity
    return max(signals.held_before, signals.near_sentence) + found - _SCRAPPY * signals.courtesy


def _said_words(text: str) -> frozenset[str]:
    """Content words of a sentence without those that name its source."""
    return frozenset(content_words(_PLACE.sub("", text))) - ASKING_WORDS


def _without_amounts(text: str) -> str:
    """The text without the town's own numbers, which sentences on other matters share."""
    text = comparable(text)
    for number in reversed(find_numbers(text)):
        text = text[: number.start] + text[number.end :]
    return text


def _own_words(brief: Brief, key: str) -> str:
    """What the brief says under a key, without the town's name, which no document knows."""
    text = brief.text(key)
    if brief.municipality:
        text = text.replace(brief.municipality, "")
    return text[:_BRIEF_CHARACTERS].strip()
