"""Numbers with units, comparable by value: ３,０００人 = 3,000人, 1億2,000万円 = 120,000,000円."""

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.japanese.width import fold

_SCALES = {"兆": Decimal(10) ** 12, "億": Decimal(10) ** 8, "万": Decimal(10) ** 4}
_SMALL = {"千": 1000, "百": 100, "十": 10}
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
# A further part is only taken after a scale: 1億2,000万 is one number, 「10 20」 are two.
_NUMBER = re.compile(rf"(?:{_DIGITS}[兆億万千百]+)+(?:{_DIGITS})?|{_DIGITS}")
_PART = re.compile(rf"({_DIGITS})([兆億万千百]*)")
_UNIT = re.compile(
    r"\s?(?:分の\d+|年度|年間|年|か月|ヶ月|カ月|ヵ月|ケ月|月|日|時|分|秒|週|回|人|名|件|円|割|%|パーセント|倍|社|市町村|市町|市|町|村|"
    r"都道府県|県|団体|自治体|か所|カ所|ヶ所|ヵ所|ケ所|箇所|校|台|基|種類|項目|点|つ|ページ|頁|章|節|条|項|号|番|位|歳|世帯|"
    r"[KMGT]?bps|[KMGT]B|k?m[23]?|ドル)|[一-龥]"
)
_SPELLINGS = {
    "%": ("パーセント",),
    "か月": ("カ月", "ヶ月", "ヵ月", "ケ月"),
    "か所": ("カ所", "ヶ所", "ヵ所", "ケ所", "箇所"),
    "人": ("名",),
    "ページ": ("頁",),
}
_SAME_UNIT = {other: unit for unit, others in _SPELLINGS.items() for other in others}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text."""

    value: Decimal
    unit: str
    """Unit in one spelling; empty when none follows."""
    start: int
    """Offset into the folded text (see `fold`)."""
    end: int


def find_numbers(text: str) -> list[Number]:
    """Find the numbers of a text with their units, in order; 第6回 and 2分の1 included."""
    folded = fold(text)
    numbers = []
    position = 0
    while match := _NUMBER.search(folded, position):
        unit_match = _UNIT.match(folded, match.end())
        unit = unit_match.group().strip() if unit_match else ""
        position = unit_match.end() if unit_match else match.end()
        value = _value(match.group())
        numbers.append(Number(value, _SAME_UNIT.get(unit, unit), match.start(), position))
    return numbers


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


def _value(text: str) -> Decimal:
    total = Decimal(0)
    for digits, scale in _PART.findall(text):
        value = Decimal(digits.replace(",", ""))
        for character in scale:
            value *= _SCALES.get(character) or _SMALL[character]
        total += value
    return total
