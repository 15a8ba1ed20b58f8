"""A question as its concepts: its own words and, at lower weight, what stands for them.

A concept is a term of the thesaurus (「光の線」) or a single word. Its stand-ins come from the
thesaurus and from the word vectors, restricted to words of the index.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.japanese.thesaurus import HONORIFIC, Equivalents, load_thesaurus
from assistant.japanese.words import Word, tagged_words, word_pairs
from assistant.question.wording import ASKING_WORDS, without_own_plan
from assistant.records.answers import Match

# Word vectors: 5 nearest, cosine over .6, weight .3 times cosine (the reference recipe, see
# `search`). A word that no chunk holds says nothing by itself, so its neighbours count more and may
# lie further off: R@10 on half of localgovfaq .685 → .703.
_NEAREST = 5
_LEAST_COSINE = 0.6
_NEAR_WEIGHT = 0.3
_LEAST_COSINE_UNKNOWN = 0.45
_NEAR_WEIGHT_UNKNOWN = 0.5
# Words of asking and vague words: MRR of town-hall questions .406 at full weight, .473 at this.
_VAGUE_WEIGHT = 0.2
# From here on a stand-in of the thesaurus means the same; it decides how common a concept is.
_SAME_THING = 0.5
# What a stand-in counts towards coverage, times its search weight, at most 1.
_STAND_IN = 1.2
BREAK = ""
"""Put between the words of two texts that do not run on."""
# A longer question (a pasted page) is searched by its first concepts.
_MOST_CONCEPTS = 64


class Known(Protocol):
    """What an index knows of words."""

    @property
    def chunks(self) -> int:
        """How many chunks it holds."""

    def frequency(self, *words: str) -> int:
        """How many chunks hold all the words side by side."""

    def nearest(self, words: list[str], count: int) -> dict[str, list[tuple[str, float]]]:
        """For each word at most `count` others with their cosine, nearest first."""


@dataclass(frozen=True, slots=True)
class Term:
    """A weighted search term."""

    text: str
    """A content word, or a pair of adjacent ones as `word_pairs` joins them."""
    weight: float
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question speaks of."""

    words: tuple[Term, ...]
    """The question's own words with their search weights."""
    stand_ins: Equivalents
    """Content words of what stands for the concept → search weight."""
    worth: tuple[float, ...]
    """IDF times search weight of each of the question's own words."""
    share: float
    """Share of the question's weight, all concepts together 1."""
    known: Equivalents
    """The stand-ins that the thesaurus gives; others are merely near by meaning."""
    noun: bool
    """Whether it is a thing that is asked about: no verb, and no word of asking."""

    @property
    def text(self) -> str:
        """The question's own words in one string."""
        return "".join(word.text for word in self.words)


class Meter:
    """Measures how far texts meet the concepts of a question: built once, asked for many texts."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._shares: list[float] = []
        self._texts: list[str] = []
        self._own: dict[str, list[tuple[int, float]]] = {}
        self._instead: dict[str, list[tuple[int, float, tuple[str, ...]]]] = {}
        for place, concept in enumerate(concepts):
            self._shares.append(concept.share)
            self._texts.append(concept.text)
            total = sum(concept.worth) or 1.0
            for term, worth in zip(concept.words, concept.worth, strict=True):
                self._own.setdefault(term.text, []).append((place, worth / total))
            for stand_in, weight in concept.stand_ins.items():
                credit = min(1.0, _STAND_IN * weight)
                self._instead.setdefault(stand_in[0], []).append((place, credit, stand_in))
        self._known = frozenset(self._own) | frozenset(self._instead)
        self._ordered = frozenset(
            word for word, terms in self._instead.items() if any(len(t) > 1 for *_, t in terms)
        )
        self._covered: dict[frozenset[str], float] = {}

    def met(self, words: Sequence[str]) -> dict[int, float]:
        """How much of each concept a text holds: its own words, or what stands for them.

        Args:
            words: the content words of the text in order.

        Returns:
            Place of the concept → 0 to 1; concepts of which the text holds nothing are left out.
        """
        return self._met(self._known.intersection(words), words)

    def _met(self, held: frozenset[str], words: Sequence[str]) -> dict[int, float]:
        met = self._literally(held)
        for word in held:
            for place, credit, term in self._instead.get(word, ()):
                if credit > met.get(place, 0.0) and (len(term) == 1 or stand_together(term, words)):
                    met[place] = credit
        return met

    def coverage(self, words: Sequence[str]) -> float:
        """Share of the question's weight that a text meets, 0 to 1.

        BM25 adds up whatever matches; coverage asks what is left unmet.
        """
        held = self._known.intersection(words)
        if not held:
            return 0.0
        if not held.isdisjoint(self._ordered):
            return self._weighed(self._met(held, words))
        # Where no order of words counts, the same words cover the same: few sets, many sentences.
        covered = self._covered.get(held)
        if covered is None:
            covered = self._covered[held] = self._weighed(self._met(held, words))
        return covered

    def matches(self, words: Sequence[str]) -> list[Match]:
        """What a text holds of each concept and by which words, in the question's order."""
        held = self._known.intersection(words)
        met = self._met(held, words)
        literally = self._literally(held)
        found = []
        for place in sorted(met):
            own = [word for word in held for at, _ in self._own.get(word, ()) if at == place]
            shown = own
            if literally.get(place, 0.0) < met[place]:
                shown = [
                    "".join(term)
                    for word in held
                    for at, credit, term in self._instead.get(word, ())
                    if at == place and credit == met[place] and stand_together(term, words)
                ]
            found.append(Match(self._texts[place], "、".join(sorted(shown)), met[place]))
        return found

    def _literally(self, held: frozenset[str]) -> dict[int, float]:
        met: dict[int, float] = {}
        for word in held:
            for place, part in self._own.get(word, ()):
                met[place] = met.get(place, 0.0) + part
        return met

    def _weighed(self, met: dict[int, float]) -> float:
        return sum(self._shares[place] * part for place, part in met.items())


def concepts_of(known: Known, question: str) -> tuple[Concept, ...]:
    """The concepts of a question in order, each once."""
    words = [word for word in tagged_words(without_own_plan(question)) if word.text != HONORIFIC]
    found: dict[tuple[str, ...], tuple[list[Word], Equivalents]] = {}
    position = 0
    for length, equivalents in load_thesaurus().split(tuple(word.text for word in words)):
        own = words[position : position + length]
        found.setdefault(tuple(word.text for word in own), (own, equivalents))
        position += length
    kept = list(found.values())[:_MOST_CONCEPTS]
    expanded = [word.text for own, _ in kept for word in own if _is_expanded(word)]
    near = known.nearest(expanded, _NEAREST)
    concepts = [_concept(known, own, equivalents, near) for own, equivalents in kept]
    total = sum(concept.share for concept in concepts) or 1.0
    return tuple(replace(concept, share=concept.share / total) for concept in concepts)


def search_terms(concepts: tuple[Concept, ...]) -> list[Term]:
    """The terms that a search adds up: a stand-in of several words counts by its pairs."""
    terms: list[Term] = []
    for concept in concepts:
        terms += concept.words
        for stand_in, weight in concept.stand_ins.items():
            pairs = word_pairs(list(stand_in))
            terms += [Term(pair, weight / len(pairs), pair=True) for pair in pairs]
            terms += [Term(stand_in[0], weight)] if not pairs else []
    return terms


def _concept(
    known: Known,
    own: list[Word],
    equivalents: Equivalents,
    near: dict[str, list[tuple[str, float]]],
) -> Concept:
    """One concept, its share not yet divided by that of all."""
    # A term of the thesaurus means what it means as a whole, whatever its words mean alone.
    whole = 1.0 if equivalents and len(own) > 1 else 0.0
    weights = [_weight(word) for word in own]
    weight = max(*weights, whole)
    texts = tuple(word.text for word in own)
    stand_ins = {term: weight * given for term, given in equivalents.items() if term != texts}
    for word in own:
        if _is_expanded(word):
            for term, given in _near(known, word.text, near[word.text]).items():
                before = stand_ins.get((term,), 0.0)
                stand_ins[term,] = max(before, given / len(own))
    worth = tuple(
        w * _idf(known, known.frequency(word.text)) for w, word in zip(weights, own, strict=True)
    )
    same = [term for term, given in equivalents.items() if given >= _SAME_THING]
    if not same:
        share = sum(worth)
    else:
        alone = [texts] if len(texts) == 1 else []
        common = max(known.frequency(*term) for term in (*same, *alone))
        share = weight * _idf(known, common)
    terms = tuple(Term(word.text, w) for w, word in zip(weights, own, strict=True))
    noun = own[-1].speech in {"noun", "affix"} and not all(map(is_asking, own))
    return Concept(terms, stand_ins, worth, share, equivalents, noun)


def is_asking(word: Word) -> bool:
    """Whether a word asks or colours a question rather than being what it is about."""
    return word.speech == "vague" or word.text in ASKING_WORDS


def _near(known: Known, word: str, near: list[tuple[str, float]]) -> dict[str, float]:
    """Words of the index near enough to a word by meaning, with their weights."""
    unknown = known.frequency(word) == 0
    least = _LEAST_COSINE_UNKNOWN if unknown else _LEAST_COSINE
    weight = _NEAR_WEIGHT_UNKNOWN if unknown else _NEAR_WEIGHT
    return {
        term: weight * similarity
        for term, similarity in near
        if similarity > least and _says_something(term)
    }


def _is_expanded(word: Word) -> bool:
    return word.speech not in {"vague", "affix"} and word.text not in ASKING_WORDS


def _says_something(term: str) -> bool:
    words = tagged_words(term)
    speech = words[0].speech if len(words) == 1 else "noun"
    return speech not in {"vague", "affix"} and term not in ASKING_WORDS


def _weight(word: Word) -> float:
    return _VAGUE_WEIGHT if is_asking(word) else 1.0


def _idf(known: Known, frequency: int) -> float:
    count = max(known.chunks, frequency)
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def stand_together(term: tuple[str, ...], words: Sequence[str]) -> bool:
    """Whether a text holds the words of a term side by side; true for no words."""
    if not term:
        return True
    start = -1
    try:
        while True:
            start = words.index(term[0], start + 1)
            if tuple(words[start : start + len(term)]) == term:
                return True
    except ValueError:
        return False
