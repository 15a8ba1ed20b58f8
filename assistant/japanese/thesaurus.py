"""The thesaurus of the field: what people say ↔ what documents say ↔ abbreviations.

``thesaurus.toml`` beside this module can be edited; a group names words that stand for each other.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.japanese.words import content_words

HONORIFIC = "御"

# Weights by direction. A plain word rarely stands in a document, so its official words count nearly
# as much as a word of the question; the way back is a weak hint only.
_PLAIN_TO_OFFICIAL = 0.7
_OFFICIAL_TO_PLAIN = 0.15
_AMONG_OFFICIAL = 0.3
_SHORT_AND_LONG = 0.8


Equivalents = dict[tuple[str, ...], float]
"""Content words of each equivalent of a term → its weight, in (0, 1]."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Word sequences and what they stand for."""

    entries: dict[tuple[str, ...], Equivalents]
    """Content words of a term, see `term_words` → its equivalents."""
    longest: int
    """Content words in the longest term."""

    def split(self, words: tuple[str, ...]) -> list[tuple[int, Equivalents]]:
        """Cut the words of a question into its terms, in order.

        The longest term that begins at a word wins: 「パソコンに詳しい人」 before 「パソコン」.

        Returns:
            for each term the number of its words and what stands for it; a word that is no term
            stands alone, with nothing.
        """
        terms = []
        position = 0
        while position < len(words):
            length = self._longest_at(words, position)
            found = self.entries.get(words[position : position + length], {}) if length else {}
            terms.append((max(length, 1), found))
            position += max(length, 1)
        return terms

    def _longest_at(self, words: tuple[str, ...], position: int) -> int:
        for length in range(min(self.longest, len(words) - position), 0, -1):
            if words[position : position + length] in self.entries:
                return length
        return 0


def term_words(text: str) -> tuple[str, ...]:
    """The content words by which a term is compared: without 御, which changes no meaning."""
    return tuple(word for word in content_words(text) if word != HONORIFIC)


@lru_cache(maxsize=1)
def load_thesaurus() -> Thesaurus:
    """Read the thesaurus that comes with the program."""
    path = Path(__file__).with_name("thesaurus.toml")
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["group"]
    return build_thesaurus(groups)


def build_thesaurus(groups: list[dict[str, list[str]]]) -> Thesaurus:
    """A thesaurus from groups with the keys ``plain``, ``official`` and ``short``."""
    entries: dict[tuple[str, ...], Equivalents] = {}

    def link(sources: list[str], targets: list[str], weight: float) -> None:
        for source in sources:
            key = term_words(source)
            for target in targets:
                value = term_words(target)
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
