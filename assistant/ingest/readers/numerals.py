"""The numbers that office programs and browsers put before the items of a list."""

_KANJI = "一二三四五六七八九"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_LETTERS = {
    "alpha": "abcdefghijklmnopqrstuvwxyz",
    "katakana": _KANA,
    "hiragana": "".join(chr(ord(sign) - 0x60) for sign in _KANA),
    "iroha": (
        "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
    ),
}
_CIRCLED = 20


def numeral(number: int, style: str) -> str:
    """A number as a list writes it; in plain digits where the style has no sign for it.

    Args:
        number: of the item.
        style: 「decimal」, 「alpha」, 「roman」, 「kanji」, 「circled」, 「katakana」, 「hiragana」
            or 「iroha」; others count as decimal.
    """
    if number < 1:
        return str(number)
    if style == "roman":
        return _roman(number)
    if style == "kanji" and number < 100:
        tens, ones = divmod(number, 10)
        ten = ("十" if tens == 1 else f"{_KANJI[tens - 1]}十") if tens else ""
        return ten + (_KANJI[ones - 1] if ones else "")
    if style == "circled" and number <= _CIRCLED:
        return chr(ord("①") + number - 1)
    letters = _LETTERS.get(style)
    return _lettered(number, letters) if letters else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _lettered(number: int, letters: str) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, len(letters))
        text = letters[rest] + text
    return text
