"""What a cell of a sheet shows: its saved value under its number format (ECMA-376, 18.8.30).

Two things differ from the screen. A date is shown with its ISO form, alone or behind the form of
its era, so that it reads the same in every table. Thousands are parted only where the format itself
writes a unit (「1,500千円」): elsewhere a number stays the digits that the file holds.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

GENERAL = "General"
_ERA_DATE = '[$-411]ggge"年"m"月"d"日"'
_SHORT_ERA_DATE = "[$-411]ge.m.d"
# As Excel applies them in Japanese.
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    **dict.fromkeys((5, 6), '"¥"#,##0;"¥"-#,##0'),
    **dict.fromkeys((7, 8), '"¥"#,##0.00;"¥"-#,##0.00'),
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    **dict.fromkeys((27, 36, 50, 57), _SHORT_ERA_DATE),
    **dict.fromkeys((28, 29, 51, 54, 58), _ERA_DATE),
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"',
    **dict.fromkeys((34, 52, 55), 'yyyy"年"m"月"'),
    **dict.fromkeys((35, 53, 56), 'm"月"d"日"'),
    **dict.fromkeys((37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;-#,##0.00"),
    41: '#,##0;-#,##0;"-";@',
    42: '"¥"#,##0;"¥"-#,##0;"¥-";@',
    43: '#,##0.00;-#,##0.00;"-";@',
    44: '"¥"#,##0.00;"¥"-#,##0.00;"¥-";@',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}

_TOKEN = re.compile(
    r'"(?P<literal>[^"]*)"?|[\\!](?P<escaped>.)|[_*](?P<blank>.)'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<tag>[^\]]*)\]"
    r"|(?P<general>General|G/標準)|(?P<noon>AM/PM|A/P|上午/下午|午前/午後)"
    r"|(?P<exponent>(?<=[0#?])E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|g+|e+|r+|a{3,4}|b+)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|(?P<slash>/)"
    r"|(?P<end>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(?P<sign><=|>=|<>|=|<|>)\s*(?P<number>-?[\d.]+(?:E[+-]?\d+)?)$", re.I)
_CURRENCY = re.compile(r"\$(?P<symbol>[^-]*)")
_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 1, 25), "明治", "M"),
)
_WEEKDAYS = "月火水木金土日"
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_SECONDS_PER_DAY = 86_400
_LAST_SERIAL = 2_958_466
"""1 January 10000, the first day that a sheet cannot show."""
_FALSE_LEAP_DAY = 60
"""Serial of 29 February 1900, a day that only sheets know."""
_EXACT_DIGITS = 15
_MOST_DECIMALS = 30
_WIDE = Context(prec=400)
"""Room for the digits of the largest number that a file can hold (1.8e308)."""

_Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a format."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None
    japanese: bool

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)

    @property
    def is_date(self) -> bool:
        return self.has("date", "elapsed", "noon") and not self.has("general")


def shown_number(value: float, code: str, *, from_1904: bool = False) -> str:
    """A number, date or time as its cell shows it; empty where the format shows nothing.

    Args:
        value: as saved.
        code: the number format.
        from_1904: days are counted from 1904, as old versions for the Macintosh do.
    """
    numbers, _ = _sections(code)
    if not numbers:
        return _general(value)
    section, signed = _chosen(numbers, value)
    if section.is_date:
        moment = _moment(value, from_1904=from_1904)
        return _general(value) if moment is None else _shown_date(section, value, moment)
    if section.has("general"):
        figures = _general(value if signed else abs(value))
        return _joined((kind, figures if kind == "general" else t) for kind, t in section.tokens)
    if not section.has("digit"):
        return _joined(section.tokens)
    return _shown_figures(section, value, signed=signed)


def shown_text(text: str, code: str) -> str:
    """A text as its cell shows it; empty where the format shows nothing."""
    _, section = _sections(code)
    if section is None:
        return text
    return "".join(text if kind == "text" else t for kind, t in section.tokens)


def serial(moment: datetime) -> float:
    """The days of a moment as a sheet counts them from 1900."""
    return (moment - datetime(1899, 12, 30)).total_seconds() / _SECONDS_PER_DAY


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[_Section, ...], _Section | None]:
    """The sections for numbers, and the one for texts; None where texts are shown as they are."""
    found = []
    tokens: list[_Token] = []
    condition, japanese = None, False
    for match in [*_TOKEN.finditer(code), None]:
        kind = match.lastgroup if match else "end"
        if match is None or kind == "end":
            found.append(_Section(tuple(tokens), condition, japanese))
            tokens, condition, japanese = [], None, False
            continue
        text = match[kind or 0]
        if kind == "tag":
            limit = _CONDITION.match(text)
            money = _CURRENCY.match(text)
            if limit:
                condition = (limit["sign"], float(limit["number"]))
            japanese = japanese or text.endswith("411")
            if money and money["symbol"]:
                tokens.append(("literal", money["symbol"]))
        elif kind != "blank":
            tokens.append((kind or "other", text))
    texts = found[3] if len(found) > 3 else None
    if texts is None and found[-1].has("text"):
        texts = found.pop()
    return tuple(found[:3]), texts


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section, bool]:
    """The section for a number, and whether the number keeps its sign there."""
    if any(section.condition for section in sections):
        met = (s for s in sections if s.condition is None or _holds(s.condition, value))
        return next(met, sections[-1]), True
    if len(sections) == 1:
        return sections[0], True
    if value < 0:
        return sections[1], False
    return sections[2 if value == 0 and len(sections) > 2 else 0], True


def _holds(condition: tuple[str, float], value: float) -> bool:
    sign, limit = condition
    return {
        "<": value < limit,
        ">": value > limit,
        "=": value == limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "<>": value != limit,
    }[sign]


def _joined(tokens: Iterable[_Token]) -> str:
    return "".join("" if kind == "text" else text for kind, text in tokens).strip()


def _general(value: float) -> str:
    if value == int(value) and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    return f"{value:.{_EXACT_DIGITS}g}"


def _shown_figures(section: _Section, value: float, *, signed: bool) -> str:
    """A number in the digits of a section, with what the section writes around and between."""
    tokens = section.tokens
    kinds = [kind for kind, _ in tokens]
    digits = [i for i, kind in enumerate(kinds) if kind == "digit"]
    if "slash" in kinds and digits[0] < kinds.index("slash") < digits[-1]:
        return _shown_fraction(section, value)
    point = kinds.index("point") if "point" in kinds else len(kinds)
    power = kinds.index("exponent") if "exponent" in kinds else len(kinds)
    whole = [i for i in digits if i < min(point, power)]
    decimals = [i for i in digits if point < i < power][:_MOST_DECIMALS]
    last = max([i for i in digits if i < power], default=digits[-1])
    scaled = Decimal(f"{value:.{_EXACT_DIGITS}g}").scaleb(
        2 * kinds.count("percent")
        - 3 * sum(kind == "comma" and last < i for i, kind in enumerate(kinds)),
        _WIDE,
    )
    exponent = scaled.adjusted() if power < len(kinds) and scaled else 0
    unit = Decimal(1).scaleb(-len(decimals))
    rounded = scaled.scaleb(-exponent, _WIDE).quantize(unit, ROUND_HALF_UP, _WIDE)
    before, _, after = f"{rounded.copy_abs():f}".partition(".")
    places = _whole_places(section, whole, before)
    places |= _decimal_places(section, decimals, after)
    if power < len(kinds):
        sign = "-" if exponent < 0 else tokens[power][1][1:].replace("-", "")
        figures = str(abs(exponent)).rjust(sum(i > power for i in digits), "0")
        places |= dict.fromkeys([i for i in digits if i > power], "") | {power: f"E{sign}{figures}"}
    # 「.00」 has no place for the digits before the point: they stand before it all the same.
    lead = before if not whole and before != "0" else ""
    places[point] = lead + ("." if any(places.get(i) for i in decimals) else "")
    shown = "".join(
        places.get(i, "" if kind in {"comma", "digit", "text"} else text)
        for i, (kind, text) in enumerate(tokens)
    ).strip()
    return f"-{shown}" if signed and rounded < 0 else shown


def _whole_places(section: _Section, places: list[int], figures: str) -> dict[int, str]:
    """The digits before the point, by the place of the format that shows each."""
    kinds = [kind for kind, _ in section.tokens]
    grouped = len(places) > 1 and "comma" in kinds[places[0] : places[-1]]
    grouped = grouped and _writes_unit(section)
    left = "" if figures == "0" else figures
    shown = {}
    for count, place in enumerate(reversed(places)):
        rest = left if count == len(places) - 1 else left[-1:]
        left = left[: len(left) - len(rest)]
        if not rest and section.tokens[place][1] == "0":
            rest = "0"
        if grouped:
            rest = _parted(rest, count)
        shown[place] = rest
    return shown


def _parted(figures: str, count: int) -> str:
    """Digits with a comma behind each third, counted from `count` places before the point."""
    parts = []
    for index, figure in enumerate(figures):
        places = count + len(figures) - 1 - index
        parts.append(f"{figure}," if places and places % 3 == 0 else figure)
    return "".join(parts)


def _decimal_places(section: _Section, places: list[int], figures: str) -> dict[int, str]:
    shown = dict(zip(places, figures, strict=True))
    for place in reversed(places):
        if shown[place] != "0" or section.tokens[place][1] == "0":
            break
        shown[place] = ""
    return shown


def _writes_unit(section: _Section) -> bool:
    return any(
        unicodedata.category(letter) in {"Sc", "Lo", "Lu", "Ll"}
        for kind, text in section.tokens
        if kind in {"literal", "escaped", "other"}
        for letter in text
    )


def _shown_fraction(section: _Section, value: float) -> str:
    """A number as 「1 1/2」."""
    kinds = [kind for kind, _ in section.tokens]
    slash = kinds.index("slash")
    size = sum(kind == "digit" for kind in kinds[slash:])
    whole, rest = divmod(abs(value), 1)
    part = Fraction(rest).limit_denominator(10 ** min(size, 5) - 1)
    whole, part = (whole + 1, Fraction(0)) if part == 1 else (whole, part)
    shown = [str(int(whole))] if whole or not part else []
    shown += [f"{part.numerator}/{part.denominator}"] if part else []
    return ("-" if value < 0 else "") + " ".join(shown)


def _moment(value: float, *, from_1904: bool) -> datetime | None:
    """The moment of a serial number, to the second; None for one that no sheet can show."""
    if not 0 <= value < _LAST_SERIAL:
        return None
    first = datetime(1899, 12, 30)
    if from_1904:
        first = datetime(1904, 1, 1)
    elif value < _FALSE_LEAP_DAY:
        first = datetime(1899, 12, 31)
    return first + timedelta(seconds=round(value * _SECONDS_PER_DAY))


def _shown_date(section: _Section, value: float, moment: datetime) -> str:
    letters = _date_letters(section)
    clock = any(letter[0] in "hsn" for letter in letters) or section.has("elapsed")
    if not {"d", "dd"} & set(letters) or not any(letter[0] == "m" for letter in letters):
        return _by_format(section, letters, value, moment)
    plain = moment.date().isoformat()
    if any(letter[0] in "ger" for letter in letters):
        return f"{_by_format(section, letters, value, moment)}({plain})"
    if weekday := next((t for t in letters if t[0] == "a" or (len(t) > 2 and t[0] == "d")), None):
        plain += f"({_part_of_date(weekday, moment, japanese=True)})"
    if clock and moment.time() != datetime.min.time():
        seconds = moment.second or any(letter[0] == "s" for letter in letters)
        plain += moment.strftime(" %H:%M:%S" if seconds else " %H:%M")
    return plain


def _date_letters(section: _Section) -> list[str]:
    """The letters of the date in order, small ones; minutes are written n to tell from months."""
    found = [t.lower() for kind, t in section.tokens if kind in {"date", "elapsed"}]
    for index, letters in enumerate(found):
        before = found[index - 1].strip("[]") if index else ""
        after = found[index + 1] if index + 1 < len(found) else ""
        if letters in {"m", "mm"} and (before[:1] in {"h", "s"} or after.startswith("s")):
            found[index] = "n" * len(letters)
    return found


def _by_format(section: _Section, letters: list[str], value: float, moment: datetime) -> str:
    """A date or time as the format writes it."""
    noon = section.has("noon")
    parts = []
    rest = iter(letters)
    for kind, text in section.tokens:
        if kind == "elapsed":
            parts.append(_elapsed(next(rest), value))
        elif kind == "date":
            letter = next(rest)
            hour = (moment.hour % 12 or 12) if noon else moment.hour
            own = str(hour).rjust(len(letter), "0") if letter[0] == "h" else None
            parts.append(own or _part_of_date(letter, moment, japanese=section.japanese))
        elif kind == "noon":
            names = "午前 午後" if section.japanese or "午" in text else "AM PM"
            parts.append(names.split()[moment.hour >= 12])
        elif kind != "text":
            parts.append(text)
    return "".join(parts).strip()


def _elapsed(letters: str, value: float) -> str:
    size = {"h": 3600, "m": 60, "s": 1}[letters.strip("[]")[0]]
    return str(round(value * _SECONDS_PER_DAY) // size).rjust(len(letters.strip("[]")), "0")


def _part_of_date(letters: str, moment: datetime, *, japanese: bool) -> str:
    """One part of a date: 「R」, 「06」, 「金」."""
    kind, size = letters[0], len(letters)
    if kind in "ger":
        return _part_of_era(letters, moment)
    if kind == "y":
        return f"{moment.year:04}" if size > 2 else f"{moment.year % 100:02}"
    if kind == "b":
        return f"{moment.year + 543:04}"
    if kind == "a" or (kind == "d" and size > 2):
        if kind == "a" or japanese:
            return _WEEKDAYS[moment.weekday()] + ("曜日" if size > 3 else "")
        name = _DAYS.split()[moment.weekday()]
        return name if size > 3 else name[:3]
    if kind == "m" and size > 2:
        name = _MONTHS.split()[moment.month - 1]
        return {3: name[:3], 5: name[:1]}.get(size, name)
    number = {"m": moment.month, "d": moment.day, "n": moment.minute, "s": moment.second}[kind]
    return str(number).rjust(min(size, 2), "0")


def _part_of_era(letters: str, moment: datetime) -> str:
    first, name, letter = next((e for e in _ERAS if moment.date() >= e[0]), _ERAS[-1])
    year = moment.year - first.year + 1
    if letters[0] == "e":
        return str(year).rjust(min(len(letters), 2), "0")
    if letters[0] == "r":
        return f"{name}{year}" if len(letters) > 1 else f"{letter}{year}"
    return {1: letter, 2: name[0]}.get(len(letters), name)
