"""Width and white space: folding for search and comparison, never for display.

NFKC is too strong for display and quoting (① becomes 1, ㈱ becomes (株)), so folded text is only
ever compared, and the original is what people see.
"""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_DASHES = dict.fromkeys("‐‑‒–—―−", "-") | {"〜": "~", "～": "~"}
# Radicals that PDF programs write for the whole character; NFKC folds those of the Kangxi block
# (⽬) but not these. Pairs after Unicode's EquivalentUnifiedIdeograph.txt.
_RADICALS = dict(
    zip(
        "⺟⺠⺝⺜⺫⺼⻁⻄⻆⻑⻗⻘⻝⻡⻣⻤⻨⻩⻫⻭⻯⻲",
        "母民月日目肉虎西角長雨青食首骨鬼麦黄斉歯竜亀",
        strict=True,
    )
)
_FOLDED = str.maketrans(_DASHES | _RADICALS)


def fold(text: str) -> str:
    """NFKC with the kinds of dash and wave made one, radicals made whole; case and spaces stay."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDED)


def squeeze(text: str) -> str:
    """NFKC without any white space: the form in which quotes are compared.

    Deliberately no dash or case folding: the contract says NFKC and white space, nothing else.
    """
    # Folded again without the spaces: か + space + combining mark becomes one character only then.
    spaceless = _SPACE.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", spaceless)


def squeezed_places(text: str) -> tuple[str, list[int]]:
    """A text squeezed, and for each character of it the offset in the text it comes from."""
    letters: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        # A mark that joins the letter before it (か + dakuten, half-width カ + ﾞ) folds with it.
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in "ﾞﾟ"):
            end += 1
        folded = squeeze(text[start:end])
        letters += folded
        places += [start] * len(folded)
        start = end
    return "".join(letters), places


def display_width(text: str) -> int:
    """Columns on a terminal: full-width and ambiguous East Asian characters count 2."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
