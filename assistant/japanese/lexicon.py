"""Words of the field by what they are: see ``lexicon.toml``."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[str, ...]]:
    path = Path(__file__).with_name("lexicon.toml")
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(words.split()) for name, words in rows.items()}


def words_for(*names: str) -> tuple[str, ...]:
    """The words of some sets of the lexicon, in their order.

    Raises:
        KeyError: there is no such set.
    """
    return tuple(word for name in names for word in _lexicon()[name])


def one_of(*names: str) -> str:
    """A pattern, without a group of its own, that matches one word of some sets."""
    return "|".join(map(re.escape, words_for(*names)))
