"""The thesaurus of the field: what people say ↔ what documents say ↔ abbreviations.

``thesaurus.toml`` beside this module can be edited; a group names words that stand for each other.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.japanese.words import content_words

# Weights by direction. A plain word rarely stands in a document, so its official words count nearly
# as much as a word of the question; the way back is a weak hint only.
_PLAIN_TO_OFFICIAL = 0.7
_OFFICIAL_TO_PLAIN = 0.15
_AMONG_OFFICIAL = 0.3
_SHORT_AND_LONG = 0.8


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Word sequences and what they stand for."""

    entries: dict[tuple[str, ...], dict[tuple[str, ...], float]]
    """Content words of a term → content words of its equivalents with their weights."""
    longest: int
    """Content words in the longest term."""

    def expand(self, words: Iterable[str]) -> dict[str, float]:
        """Words that the terms found in a question stand for, with weights in (0, 1].

        Words of the question itself are left out.
        """
        listed = tuple(words)
        found: dict[str, float] = {}
        for _, targets in self.matches(listed):
            for word, weight in targets.items():
                found[word] = max(found.get(word, 0.0), weight)
        return {word: weight for word, weight in found.items() if word not in listed}

    def matches(self, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], dict[str, float]]]:
        """The terms found in a question, each with the words that stand for it.

        The longest term that begins at a word wins: 「パソコンに詳しい人」 before 「パソコン」. An
        equivalent of several words gives each of them its weight divided by the root of their
        number, so that a long equivalent does not outweigh a short one.
        """
        found = []
        position = 0
        while position < len(words):
            length = self._longest_at(words, position)
            term = words[position : position + length]
            targets: dict[str, float] = {}
            for target, weight in self.entries.get(term, {}).items():
                for word in target:
                    share = weight / len(target) ** 0.5
                    targets[word] = max(targets.get(word, 0.0), share)
            if targets:
                found.append((term, targets))
            position += max(length, 1)
        return found

    def _longest_at(self, words: tuple[str, ...], position: int) -> int:
        for length in range(min(self.longest, len(words) - position), 0, -1):
            if words[position : position + length] in self.entries:
                return length
        return 0


@lru_cache(maxsize=1)
def load_thesaurus() -> Thesaurus:
    """Read the thesaurus that comes with the program."""
    path = Path(__file__).with_name("thesaurus.toml")
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["group"]
    return build_thesaurus(groups)


def build_thesaurus(groups: list[dict[str, list[str]]]) -> Thesaurus:
    """A thesaurus from groups with the keys ``plain``, ``official`` and ``short``."""
    entries: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}

    def link(sources: list[str], targets: list[str], weight: float) -> None:
        for source in sources:
            key = tuple(content_words(source))
            for target in targets:
                value = tuple(content_words(target))
                if key and value and key != value:
                    known = entries.setdefault(key, {})
                    known[value] = max(known.get(value, 0.0), weight)

    for group in groups:
        plain, official = group.get("plain", []), group.get("official", [])
        short = group.get("short", [])
        link(plain, official + short, _PLAIN_TO_OFFICIAL)
        link(official, plain, _OFFICIAL_TO_PLAIN)
        link(official, official, _AMONG_OFFICIAL)
        link(official, short, _SHORT_AND_LONG)
        link(short, official, _SHORT_AND_LONG)
    return Thesaurus(entries, max((len(key) for key in entries), default=0))
