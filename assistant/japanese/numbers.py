"""Numbers with units, comparable by value: ３,０００人 = 3,000人, 1億2,000万円 = 120,000,000円.

Kanji numerals count where a unit follows (三割, 二億円, 二分の一): 一 alone is mostly none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.japanese.width import comparable

_SCALES = {"兆": Decimal(10) ** 12, "億": Decimal(10) ** 8, "万": Decimal(10) ** 4}
_SMALL = {"千": 1000, "百": 100, "十": 10}
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
# A further part is only taken after a scale: 1億2,000万 is one number, 「10 20」 are two.
_NUMBER = re.compile(rf"(?:{_DIGITS}[兆億万千百]+)+(?:{_DIGITS})?|{_DIGITS}")
_PART = re.compile(rf"({_DIGITS})([兆億万千百]*)")
_UNIT = re.compile(
    r"\s?(?:分の\d+|年度|年間|年|[かカヶヵケ箇][月年所国]|月|日|時間|時|分|秒|週|回|人|名|件|円|割|%"
    r"|パーセント|倍|社|市町村|市町|市|町|村|都道府県|県|団体|自治体|校|台|基|種類|項目|点|つ|ページ|頁"
    r"|章|節|条|項|号|番|位|歳|世帯|[KMGT]?bps|[KMGT]B|k?m[23]?|平方(?:キロ)?メートル|米?ドル|°C)"
    r"|[一-龥]|[ァ-ヶー]{2,8}|[A-Za-z]{1,6}"
)
_KANJI_DIGITS = dict(zip("〇一二三四五六七八九", range(10), strict=True))
_KANJI = re.compile(
    # 同一団体, 統一年度 and 数十人 hold no number; 一人ひとり, 四日市市 and 十日町市 are words.
    r"(?<![統同唯随単均専数何幾一二三四五六七八九十百千〇])[〇一二三四五六七八九十百千万億兆]+"
    r"(?=\s?(?:分の[一二三四五六七八九十]|割|%|パーセント|人(?!ひとり|一人|暮)|名|件|円|社|市町村|"
    r"市(?![町村場民街立])|町(?!村|民)|村|団体|自治体|か所|カ所|ヶ所|箇所|年度|年間|年|か月|カ月|ヶ月|月|"
    r"日(?![市町])|週|回(?!り)|倍|つ(?!ひとつ|ずつ|一つ)|歳|世帯|種類|項目|点|台|校))"
    r"(?:分の[一二三四五六七八九十])?"
)
_KANJI_FRACTION = re.compile(r"(?P<below>.+)分の(?P<above>.)")
_FRACTION = re.compile(r"(?<![\d/.])(\d{1,3})/(\d{1,3})(?![\d/.])")
_NEGATIVE = re.compile(r"(?:(?<![\w)\]])-|[△▲]\s?|マイナス\s?)$")
_RANGE = re.compile(r"\s?(?:~|から)\s?")
_SPELLINGS = {
    "%": ("パーセント",),
    "人": ("名",),
    "ページ": ("頁",),
    "km": ("キロメートル",),
    "m": ("メートル",),
    "km2": ("平方キロメートル",),
    "m2": ("平方メートル",),
    "ha": ("ヘクタール",),
    "kg": ("キログラム",),
    "t": ("トン",),
    "ドル": ("米ドル",),
}
_COUNTER = re.compile(r"^[カヶヵケ箇](?=[月年所国]$)")
_SAME_UNIT = {other: unit for unit, others in _SPELLINGS.items() for other in others}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text."""

    value: Decimal
    unit: str
    """Unit in one spelling; empty when none follows."""
    start: int
    """Offset into the comparable text (see `comparable`)."""
    end: int


def find_numbers(text: str) -> list[Number]:
    """Find the numbers of a text with their units, in order; 第6回 and 2分の1 included.

    A sign (△3%, -3%) counts; the lower end of a range (3〜5年) has the unit of the upper end.
    """
    folded = comparable(text)
    numbers: list[Number] = []
    for start, end, value, unit in _found(folded):
        if numbers and not numbers[-1].unit and _RANGE.fullmatch(folded, numbers[-1].end, start):
            numbers[-1] = replace(numbers[-1], unit=unit)
        sign = -1 if _NEGATIVE.search(folded[max(0, start - 5) : start]) else 1
        unit = _COUNTER.sub("か", _SAME_UNIT.get(unit, unit))
        numbers.append(Number(sign * value, unit, start, end))
    return numbers


def _found(folded: str) -> Iterator[tuple[int, int, Decimal, str]]:
    """(start, end, value, unit) of each number."""
    position = 0
    while True:
        matches = [p.search(folded, position) for p in (_FRACTION, _NUMBER, _KANJI)]
        match = min((m for m in matches if m), key=lambda m: m.start(), default=None)
        if match is None:
            return
        fraction = match.re is _FRACTION or "分の" in match.group()
        if fraction:
            position = match.end()
            yield match.start(), position, *_fraction(match.group())
            continue
        unit_match = _UNIT.match(folded, match.end())
        unit = unit_match.group().strip() if unit_match else ""
        position = unit_match.end() if unit_match else match.end()
        value = _kanji_value(match.group()) if match.re is _KANJI else _value(match.group())
        yield match.start(), position, value, unit


def _fraction(text: str) -> tuple[Decimal, str]:
    """1/2 and 二分の一 as 2 with the unit 「分の1」, which is how 2分の1 is read."""
    match = _KANJI_FRACTION.fullmatch(text)
    if match:
        above = _kanji_value(match["above"])
        return _kanji_value(match["below"]), f"分の{above}"
    above_text, _, below = text.partition("/")
    return Decimal(below), f"分の{above_text}"


def missing_numbers(text: str, quotes: list[str]) -> list[Number]:
    """Numbers of `text` that no quote carries with the same value and unit.

    A bare number in `text` is carried by the same value with any unit; the reverse does not hold:
    「3,000円」 is not carried by 「3,000」.
    """
    carried = [n for quote in quotes for n in find_numbers(quote)]
    exact = {(n.value, n.unit) for n in carried}
    values = {n.value for n in carried}
    return [
        n
        for n in find_numbers(text)
        if (n.value, n.unit) not in exact and (n.unit or n.value not in values)
    ]


def _kanji_value(text: str) -> Decimal:
    """The value of a kanji numeral: 一億二千万, 三十五, 二〇二五."""
    total = part = digits = Decimal(0)
    for character in text:
        if character in _KANJI_DIGITS:
            digits = digits * 10 + _KANJI_DIGITS[character]
        elif character in _SMALL:
            part += (digits or 1) * _SMALL[character]
            digits = Decimal(0)
        else:
            total += (part + digits or 1) * _SCALES[character]
            part = digits = Decimal(0)
    return total + part + digits


def _value(text: str) -> Decimal:
    total = Decimal(0)
    for digits, scale in _PART.findall(text):
        value = Decimal(digits.replace(",", ""))
        for character in scale:
            value *= _SCALES.get(character) or _SMALL[character]
        total += value
    return total
