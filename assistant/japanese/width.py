"""Width and white space: folding for search and comparison, never for display.

NFKC is too strong for display and quoting (① becomes 1, ㈱ becomes (株)), so folded text is only
ever compared, and the original is what people see.
"""

import re
import unicodedata

from assistant.japanese.variants import FORMS

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
_VARIANTS = str.maketrans(FORMS)
# Unicode's Default_Ignorable_Code_Point: soft hyphen, zero-width space and joiners, marks of
# direction, byte order mark, variation selectors (those of the Ideographic Variation Database too).
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LETTER = r"[ぁ-ゖァ-ヺー々〆〇\u3400-\u9fff\U00020000-\U0003ffff]"
_ONE = rf"(?:{_LETTER}|[、。・「」()]|[0-9]+)"
# Words printed one letter at a time (委 員 の 任 期): three letters at least, which begin and end
# the row. What stands apart from them by a wider gap is another cell.
_SPACED_OUT = re.compile(
    rf"(?<![^\s、。「」()]){_LETTER}(?: {_ONE})*? {_LETTER}(?: {_ONE})* (?:{_LETTER}|[。」)])"
    r"(?![^\s、。「」()])"
)
_BETWEEN_ONES = re.compile(r"(?<![0-9]) | (?![0-9])")
# 3,480 人: the blank belongs to the print, not to the number.
_BEFORE_UNIT = re.compile(
    r"(?<=[0-9]) (?=(?:[十百千万億兆]*円|[千万億]?[人名件台回戸社校基冊棟床枚本個点]|世帯|団体|"
    r"年度|[年月日時分秒週歳倍割%]|[かカヶケ箇]所|ページ|キロ|メートル|平方)"
    r"(?:(?![一-龥ァ-ヶー])|以[上下内外]|未満|程度|前後|[間度目分増減超]))"
)


def fold(text: str) -> str:
    """NFKC with the kinds of dash and wave made one, radicals made whole; case and spaces stay.

    Characters that show nothing (soft hyphen, zero-width space, variation selectors) are left out.
    """
    return unicodedata.normalize("NFKC", _IGNORABLE.sub("", text)).translate(_FOLDED)


def comparable(text: str) -> str:
    """The form in which texts and questions are searched and matched, never shown.

    `fold`, and besides: old and variant kanji made one (髙橋, 高橋), words printed one letter at a
    time closed up (委 員 の 任 期), numbers joined to their units (3,480 人). The comparable form
    of a comparable text is that text.
    """
    folded = fold(text).translate(_VARIANTS)
    if " " not in folded:
        return folded
    closed = _SPACED_OUT.sub(lambda match: _BETWEEN_ONES.sub("", match.group()), folded)
    return _BEFORE_UNIT.sub("", closed)


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
