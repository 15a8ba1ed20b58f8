"""Questions that a text does not answer, made by rule from questions that it answers.

One thing is exchanged: a qualifier for its sibling, a number for a near one, a place or person for
another that the set's questions name. What takes its place stands nowhere in the text.
"""

import hashlib
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.japanese.width import fold
from assistant.japanese.words import named_things

_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,6}(?![0-9.,])")
_ASKED = re.compile(r"(?:どの|何|どこの|どんな|した|る|い|な|れた)$")
"""Before a word that names the kind of answer, 「どの国」, or a clause's head."""
_STEPS = (-3, -2, -1, 1, 2, 3, 7)


@dataclass(frozen=True, slots=True)
class Trap:
    """A question that the text of its twin does not answer."""

    twin: str
    """Id of the question it was made from."""
    question: str
    kind: str
    """``qualifier``, ``number`` or ``name``."""


def make_traps(
    questions: Mapping[str, str], texts: Mapping[str, str], *, count: int, seed: int
) -> list[Trap]:
    """At most `count` traps, each from another question, the same for the same seed.

    Args:
        questions: id → question.
        texts: id → the text that answers it, with its title.
        count: how many at most.
        seed: of the choice.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    named: dict[str, set[str]] = {}
    for question in questions.values():
        for name, kind in named_things(question):
            named.setdefault(kind, set()).add(name)
    pool = {kind: sorted(names) for kind, names in named.items()}
    traps = []
    for key in chance.sample(sorted(questions), len(questions)):
        options = _exchanges(fold(questions[key]), fold(texts[key]), pool, chance)
        if options:
            kind, question = chance.choice(options)
            traps.append(Trap(key, question, kind))
        if len(traps) == count:
            break
    return traps


def _exchanges(
    question: str, text: str, pool: Mapping[str, Sequence[str]], chance: random.Random
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def exchange(kind: str, start: int, word: str, others: Sequence[str]) -> None:
        fitting = [other for other in others if other not in text and other not in question]
        if fitting and word in text and not _ASKED.search(question[:start]):
            instead = chance.choice(fitting)
            found.append((kind, question[:start] + instead + question[start + len(word) :]))

    for word, others in siblings().items():
        for match in re.finditer(
            rf"(?<![一-龥ァ-ヶ]){re.escape(word)}(?![一-龥ァ-ヶー])", question
        ):
            exchange("qualifier", match.start(), word, others)
    for match in _NUMBER.finditer(question):
        near = [str(int(match[0]) + step) for step in _STEPS if int(match[0]) + step > 0]
        exchange("number", match.start(), match[0], near)
    for name, kind in named_things(question):
        exchange("name", question.find(name), name, pool[kind])
    return found


def is_fitted(key: str) -> bool:
    """Whether a question belongs to the half that is learned from; the other half is reported."""
    return int(digest(key), 16) % 2 == 0


def digest(key: str) -> str:
    """What orders the questions of a set by chance, the same in every run."""
    return hashlib.sha256(key.encode()).hexdigest()


@lru_cache(maxsize=1)
def siblings() -> dict[str, list[str]]:
    """Each word with the others of its sets."""
    path = Path(__file__).with_name("siblings.toml")
    sets = tomllib.loads(path.read_text(encoding="utf-8"))["sets"]
    siblings: dict[str, list[str]] = {}
    for words in sets:
        for word in words:
            siblings.setdefault(word, []).extend(other for other in words if other != word)
    return siblings
