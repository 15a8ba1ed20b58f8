"""The numbers that Word puts before paragraphs by itself: 「第3条」, 「1.1」, 「(ア)」.

ECMA-376 part 1, 17.9: a paragraph names a list and a level; the list tells how the level is
written (`lvlText`), counted (`numFmt`), where it begins and when it begins again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assistant.ingest.readers.openxml import qn
from assistant.ingest.readers.parts import is_on
from assistant.ingest.readers.word_styles import Styles, own_number

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壱弐参四五六七八九"
_AIUEO = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラム"
    "ウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """What stands before a paragraph."""

    label: str
    """As Word shows it, without the gap behind it; empty for a bullet."""
    gap: str
    level: int
    """0 outermost."""
    list: str


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 0
    form: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    """1-based level whose use begins this one again; 0 for never, None for any above."""
    legal: bool = False
    gap: str = "tab"
    style: str | None = None
    hidden: bool = False


@dataclass
class Numbers:
    """The lists of one document, counted on in the order of its paragraphs."""

    styles: Styles
    _lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = field(default_factory=dict)
    """List → what it counts with, its levels, and where they begin by order of the list alone."""
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Any, styles: Styles) -> "Numbers":
        """The lists of word/numbering.xml; `root` is None for a document without."""
        numbers = cls(styles)
        if root is not None:
            made = {e.get(qn("w:abstractNumId"), ""): e for e in root.iter(qn("w:abstractNum"))}
            lists = {e.get(qn("w:numId"), ""): e for e in root.iterchildren(qn("w:num"))}
            for name, element in lists.items():
                numbers._lists[name] = _read_list(element, lists, made, styles)
        return numbers

    def next(self, properties: Any) -> Number | None:
        """The number of the next paragraph; None for one in no list.

        Args:
            properties: w:pPr of the paragraph or None.
        """
        own = own_number(properties) or (None, None)
        styled = self.styles.paragraph(properties).number
        name = own[0] or (styled[0] if styled else None)
        if name is None or name not in self._lists:
            return None
        key, levels, starts = self._lists[name]
        level = own[1]
        if level is None and styled and own[0] is None:
            level = next((n for n, made in levels.items() if made.style == styled[2]), styled[1])
        level = min(level or 0, _LEVELS - 1)
        counts = self._counts.setdefault(key, {})
        if level in starts and (name, level) not in self._begun:
            counts.pop(level, None)
        self._begun.add((name, level))
        made = levels.get(level, _Level())
        first = starts.get(level, made.start)
        counts[level] = counts[level] + 1 if level in counts else first
        for lower in range(level + 1, _LEVELS):
            restart = levels.get(lower, _Level()).restart
            if restart is None or level < restart:
                counts.pop(lower, None)
        if made.form == "bullet" or made.hidden:
            return Number("", "", level, key)
        label = _PLACE.sub(lambda m: self._counted(int(m[1]) - 1, made, name, counts), made.pattern)
        gap = {"nothing": "", "space": " "}.get(made.gap, " " if label.isascii() else "\u3000")
        return Number(label, gap if label else "", level, key)

    def _counted(self, level: int, made: _Level, name: str, counts: dict[int, int]) -> str:
        _, levels, starts = self._lists[name]
        shown = levels.get(level, _Level())
        value = counts.get(level, starts.get(level, shown.start))
        return formatted(value, "decimal" if made.legal else shown.form)


def formatted(value: int, form: str) -> str:
    """A number as a list of that form (`ST_NumberFormat`) writes it."""
    if form == "none":
        return ""
    if form.startswith("0"):  # 「001, 002, …」
        return str(value).zfill(len(re.match(r"\d*", form)[0]))  # type: ignore[index]
    write = _FORMS.get(form)
    return write(value) if write else str(value)


def kanji(value: int, digits: str = _DIGITS, units: str = "十百千", *, bare: bool = True) -> str:
    """一, 十, 二十三, 百; `bare` leaves 一 out before a unit."""
    if not 0 < value < 10_000:
        return str(value) if value else digits[0]
    parts = []
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        unit = units[place - 1] if place else ""
        if digit:
            parts.append(unit if unit and digit == 1 and bare else digits[digit] + unit)
    return "".join(parts)


def enclosed(value: int) -> str:
    """①; plain beyond 50."""
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= value <= last:
            return chr(code + value - first)
    return str(value)


def _row(letters: str) -> Callable[[int], str]:
    """Counting with a row of letters, begun again when it ends."""
    return lambda value: letters[(value - 1) % len(letters)] if value > 0 else str(value)


def _repeated(first: str) -> Callable[[int], str]:
    """Letters, doubled after the last: z, aa."""
    return lambda value: (
        chr(ord(first) + (value - 1) % 26) * ((value - 1) // 26 + 1) if value > 0 else str(value)
    )


def _roman(value: int) -> str:
    written = ""
    for amount, letters in _ROMAN:
        written += letters * (value // amount)
        value %= amount
    return written


def _full_width(value: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))


def _places(value: int) -> str:
    return "".join(_DIGITS[int(digit)] if digit.isdigit() else digit for digit in str(value))


def _sexagenary(value: int) -> str:
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12]


def _ordinal(value: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10 if value // 10 % 10 != 1 else 0, "th")
    return f"{value}{ending}"


def _within(first: int, last: int, code: int) -> Callable[[int], str]:
    return lambda value: chr(code + value - first) if first <= value <= last else str(value)


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _repeated("A"),
    "lowerLetter": _repeated("a"),
    "ordinal": _ordinal,
    "numberInDash": lambda value: f"- {value} -",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": enclosed,
    "decimalEnclosedCircleChinese": enclosed,
    "decimalEnclosedFullstop": _within(1, 20, 0x2488),
    "decimalEnclosedParen": _within(1, 20, 0x2474),
    "aiueo": _row(_AIUEO),
    "aiueoFullWidth": _row(_AIUEO),
    "iroha": _row(_IROHA),
    "irohaFullWidth": _row(_IROHA),
    "japaneseCounting": kanji,
    "japaneseDigitalTenThousand": kanji,
    "japaneseLegal": lambda value: kanji(value, _LEGAL_DIGITS, "拾百阡", bare=False),
    "chineseCounting": kanji,
    "chineseCountingThousand": kanji,
    "taiwaneseCounting": kanji,
    "taiwaneseCountingThousand": kanji,
    "koreanDigital2": _places,
    "taiwaneseDigital": _places,
    "ideographDigital": _places,
    "ideographTraditional": _row(_STEMS),
    "ideographZodiac": _row(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "ideographEnclosedCircle": _within(1, 10, 0x3280),
}


def _read_list(
    element: Any, lists: dict[str, Any], made: dict[str, Any], styles: Styles
) -> tuple[str, dict[int, _Level], dict[int, int]]:
    key = _value(element, "w:abstractNumId") or ""
    abstract = made.get(key)
    linked = _value(abstract, "w:numStyleLink") if abstract is not None else None
    other = lists.get(styles.list_style(linked) or "") if linked else None
    if other is not None:
        key = _value(other, "w:abstractNumId") or ""
        abstract = made.get(key)
    levels: dict[int, _Level] = {}
    if abstract is not None:
        levels = {_index(e): _read_level(e) for e in abstract.iterchildren(qn("w:lvl"))}
    starts: dict[int, int] = {}
    for override in element.iterchildren(qn("w:lvlOverride")):
        whole = override.find(qn("w:lvl"))
        if whole is not None:
            levels[_index(override)] = _read_level(whole)
        start = _value(override, "w:startOverride")
        if start is not None and start.isdecimal():
            starts[_index(override)] = int(start)
    return key, levels, starts


def _index(element: Any) -> int:
    value = element.get(qn("w:ilvl"), "0")
    return int(value) if value.isdecimal() else 0


def _read_level(element: Any) -> _Level:
    start, restart = _value(element, "w:start"), _value(element, "w:lvlRestart")
    form = next(element.iter(qn("w:numFmt")), None)  # may stand in an mc:Choice with its own form
    written = form.get(qn("w:val"), "decimal") if form is not None else "decimal"
    if form is not None and written == "custom":
        written = form.get(qn("w:format"), "decimal")
    hidden = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    legal = element.find(qn("w:isLgl"))
    return _Level(
        start=int(start) if start and start.isdecimal() else 0,
        form=written,
        pattern=_value(element, "w:lvlText") or "",
        restart=int(restart) if restart and restart.isdecimal() else None,
        legal=is_on(legal),
        gap=_value(element, "w:suff") or "tab",
        style=_value(element, "w:pStyle"),
        hidden=is_on(hidden),
    )


def _value(element: Any, name: str) -> str | None:
    found = element.find(qn(name))
    value: str | None = found.get(qn("w:val")) if found is not None else None
    return value
