"""Dates and fiscal years as Japanese documents write them, and as people ask for them.

A Japanese fiscal year (年度) runs from 1 April to 31 March of the next calendar year.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.japanese.width import comparable

Precision = Literal["day", "month", "year", "fiscal_year"]

# First year of each era; year n of an era is first + n - 1 (Cabinet Office, 元号一覧).
_ERAS = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
# M and T are left out: M7.3 is an earthquake, not March of Meiji 7.
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "令": "令和", "平": "平成", "昭": "昭和"}

# More years than this in one range are a misreading.
_LONGEST_RANGE = 20

_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
"""A year of an era, a month or a day, in either kind of numeral."""
_LARGE = r"(?:(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})"
_YEAR = (
    rf"(?:(?P<era>令和|平成|昭和|大正|明治)\s*(?P<era_year>元|{_SMALL})"
    r"|(?<![A-Za-z0-9])(?P<letter>[RHS])\s*(?P<letter_year>元|\d{1,2})(?=[./年度~-])"
    r"|(?<![一-龥])(?P<short>[令平昭])(?P<short_year>元|\d{1,2})(?=[./年-])"
    rf"|(?<![\d〇一二三四五六七八九])(?P<western>{_LARGE}))"
)
_OTHER_YEAR = r"(?:\s*\(\s*(?:(?:19|20)\d{2}|(?:令和|平成|昭和)\s*(?:元|\d{1,2}))\s*年?\s*\))?"
_DATE = re.compile(
    # The other way of counting may stand in brackets, before or after 年: 令和6年(2024年)4月24日.
    r"FY\s?(?P<fy>20\d{2})(?!\d)|" + _YEAR + _OTHER_YEAR + r"(?:"
    r"(?:\s*(?:~|から|-)\s*(?:令和|平成|R|H)?(?P<until>\d{1,4}))?\s*(?P<fiscal>年\s*度)"
    r"(?:の?(?P<part>上半?期|下半?期|第[1-4一二三四]四半期))?"
    rf"|\s*年{_OTHER_YEAR}\s*(?P<from>{_SMALL})\s*(?:月\s*)?~\s*(?P<to>{_SMALL})\s*月"
    rf"(?!\s*{_SMALL}\s*日)"
    rf"|\s*年{_OTHER_YEAR}\s*(?P<month>{_SMALL})\s*月(?:\s*(?P<day>{_SMALL})\s*日)?"
    r"|(?P<sep>[./-])\s*(?P<month2>\d{1,2})(?:(?P=sep)\s*(?P<day2>\d{1,2}))?(?!\d|\.\d)"
    r"|\s*年"
    r")"
)
# What may stand between the two ends of a period: weekday, then ~ or から.
_TO = re.compile(r"\s*(?:\([^()]{1,5}\))?\s*(?:~|から)\s*")
_END = re.compile(
    rf"(?:(?P<month>{_SMALL})\s*月\s*)?(?P<day>{_SMALL})\s*日"
    rf"|(?P<year>{_SMALL})\s*年(?!\s*[度間])"
)
# First and last month of the parts of a fiscal year, 0 for April.
_PARTS = {"上": (0, 5), "下": (6, 11), "1": (0, 2), "2": (3, 5), "3": (6, 8), "4": (9, 11)}


# Years by their distance from the year of speaking; 前年 and 翌年 may hang on a year named before.
_SHIFTS = {
    **dict.fromkeys(("昨", "去", "前"), -1),
    **dict.fromkeys(("今", "本"), 0),
    **dict.fromkeys(("来", "翌", "次"), 1),
    "一昨": -2,
    "再来": 2,
}
_HANGING = r"前(?!年度?から)|[翌次]"
_OF_YEAR = (
    r"年(?P<fiscal>度)?"
    rf"(?:の?(?P<month>{_SMALL})月(?:(?P<day>{_SMALL})日|(?:~|から)(?P<to>{_SMALL})月)?)?"
    # A base of comparison is not what is spoken of: 前年比, 昨年より, 昨年度から3割増えた.
    rf"(?!度|比|同|並み|より|に比べ|と比べ|に対し|間|の?{_SMALL}月|{_SMALL}日"
    r"|から(?:約?[0-9][^、。はがを]{0,6}|何[^、。はがを]{1,3}|どれ(?:だけ|くらい|ほど)|どう)?"
    r"[増減伸比変])"
)
_RELATIVE = re.compile(rf"(?<![一-龥])(?P<shift>一昨|再来|[昨去今本来]|{_HANGING}){_OF_YEAR}")
_HUNG = re.compile(rf"の(?P<shift>{_HANGING}){_OF_YEAR}")
"""「の前年度」 right behind a year: the two are one mention."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or period found in a text."""

    start: int
    """Offset into the comparable text (see `comparable`)."""
    end: int
    first: date
    """First day of the period."""
    last: date
    """Last day of the period, inclusive."""
    precision: Precision


def fiscal_year(year: int) -> tuple[date, date]:
    """First and last day of the fiscal year that begins in April of `year`."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def find_dates(text: str) -> list[DateMention]:
    """Find the dates, months, years, fiscal years and periods in a text, in order.

    Era names (令和６年４月２４日, 元年, 令和六年), short eras (R6.4.24, 令6.4.24) and western dates
    (2024/4/24) are understood in any width. A period (4月24日～26日, 令和2～4年度, 2020～2022年)
    is one mention from its first to its last day, with the precision of its ends; a day that does
    not exist (2月30日) is left out, and so is a date whose two years differ (令和7年(2026年)3月).
    「令和5年度の前年度」 is one mention, of 令和4年度.
    """
    folded = comparable(text)
    mentions: list[DateMention] = []
    for match in _DATE.finditer(folded):
        period = _period(match)
        if period:
            mention = DateMention(match.start(), match.end(), *period)
            mentions.append(_to_short_end(mention, folded))
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        if before and _reaches(before, mention, folded):
            joined[-1] = replace(before, end=mention.end, last=mention.last)
        else:
            joined.append(mention)
    return [_with_hung(mention, folded) for mention in joined]


def dates_of_source(text: str, published: str | None) -> list[DateMention]:
    """The dates in a document's text in order, those included that it names from its own day.

    Args:
        text: any part of the document.
        published: ISO day or month that 「昨年度」 counts from; None leaves such words unread.
    """
    mentions = find_dates(text)
    if published:
        mentions += find_relative_years(text, days_of(published)[0], hanging=False)
    return sorted(mentions, key=lambda mention: mention.start)


def stated_date(text: str) -> str | None:
    """A day or a month as people write it, in ISO form (2024-04-24, 2022-10); None for neither."""
    found = [m for m in find_dates(text) if m.precision in {"day", "month"}]
    if len(found) != 1 or (found[0].first.replace(day=1) != found[0].last.replace(day=1)):
        return None
    (one,) = found
    if _TO.match(comparable(text), one.end):
        return None
    if one.precision == "month":
        return f"{one.first:%Y-%m}"
    return one.first.isoformat() if one.first == one.last else None


def days_of(stated: str) -> tuple[date, date]:
    """First and last day that an ISO date may mean: 2022-10 is any day of that month."""
    if stated.count("-") == 1:
        year, month = map(int, stated.split("-"))
        return _months(year, month, month)
    day = date.fromisoformat(stated)
    return day, day


def find_relative_years(text: str, today: date, *, hanging: bool = True) -> list[DateMention]:
    """Find 「昨年度」「今年度から」「去年4月」「昨年4月から6月」 and the like in a text, in order.

    Args:
        text: a question, or the text of a document.
        today: the day of speaking: for a document that it came out.
        hanging: 前, 翌 and 次 count too: from the year that the text names before them, else from
            the first one after, else from that day. In a running text they are left out.
    """
    folded = comparable(text)
    named = find_dates(text) if hanging else []
    mentions: list[DateMention] = []
    for match in _RELATIVE.finditer(folded):
        base = today
        if match["shift"] in "前翌次":
            part = any(m.start < match.start() < m.end for m in (*named, *mentions))
            if part or not hanging:
                continue
            before = [mention for mention in named if mention.end <= match.start()]
            around = before[-1:] or named[:1]
            base = _base(around[0], _SHIFTS[match["shift"]]) if around else today
        period = _shifted(match, base)
        if period:
            mentions.append(_with_hung(DateMention(match.start(), match.end(), *period), folded))
    return mentions


def _with_hung(mention: DateMention, text: str) -> DateMention:
    """The mention with the year that hangs on it: 「令和5年度の前年度」 is 令和4年度."""
    hung = _HUNG.match(text, mention.end)
    period = _shifted(hung, _base(mention, _SHIFTS[hung["shift"]])) if hung else None
    return DateMention(mention.start, hung.end(), *period) if hung and period else mention


def _base(mention: DateMention, shift: int) -> date:
    """The day that the year before or after a mention counts from."""
    if mention.precision in {"day", "month"}:
        return mention.last if shift > 0 else mention.first
    # In December a year and the fiscal year that begins in it have the same number.
    last = mention.last.year - (mention.precision == "fiscal_year")
    return date(last if shift > 0 else mention.first.year, 12, 31)


def _shifted(match: re.Match[str], base: date) -> tuple[date, date, Precision] | None:
    """The period of 「昨年度」 or 「去年4月」 from a day on; None where it does not exist."""
    shift, fiscal = _SHIFTS[match["shift"]], bool(match["fiscal"])
    year = base.year + shift - (fiscal and base.month < 4)
    if match["month"] is None:
        if fiscal:
            return *fiscal_year(year), "fiscal_year"
        return date(year, 1, 1), date(year, 12, 31), "year"
    try:
        month, to = _number(match["month"]), _number(match["to"] or match["month"])
        year += fiscal and month < 4
        if match["day"]:
            day = date(year, month, _number(match["day"]))
            return day, day, "day"
        first, _ = _months(year, month, month)
        return first, _months(year + (to < month), to, to)[1], "month"
    except ValueError:
        return None


def _to_short_end(mention: DateMention, text: str) -> DateMention:
    """The mention with an end that leaves out what is the same: 4月24日～26日, 令和4年から6年."""
    to = _TO.match(text, mention.end)
    end = _END.match(text, to.end()) if to else None
    if not end:
        return mention
    first = mention.first
    try:
        if end["day"] and mention.precision == "day":
            last = date(first.year, _number(end["month"] or str(first.month)), _number(end["day"]))
        elif end["year"] and mention.precision == "year":
            begun = _DATE.match(text, mention.start)
            passed = _number(end["year"]) - (_written_year(begun) if begun else 0)
            last = date(first.year + passed, 12, 31)
        else:
            return mention
    except ValueError:
        return mention
    if not first < last <= date(first.year + _LONGEST_RANGE, 12, 31):
        return mention
    return replace(mention, end=end.end(), last=last)


def _reaches(first: DateMention, second: DateMention, text: str) -> bool:
    """Whether two mentions are the ends of one period: 「令和5年4月1日から令和6年3月31日」."""
    between = _TO.fullmatch(text, first.end, second.start)
    years = second.last.year - first.first.year
    return bool(between) and first.last < second.last and years <= _LONGEST_RANGE


def _period(match: re.Match[str]) -> tuple[date, date, Precision] | None:
    if match["fy"]:
        return *fiscal_year(int(match["fy"])), "fiscal_year"
    try:
        year = _western_year(match)
        if _year_in_brackets(match) not in {None, year}:
            return None
        if match["fiscal"]:
            return _fiscal_period(match, year)
        if match["from"]:
            return *_months(year, _number(match["from"]), _number(match["to"])), "month"
        month = match["month"] or match["month2"]
        day = match["day"] or match["day2"]
        if month is None:
            return date(year, 1, 1), date(year, 12, 31), "year"
        if day is None:
            return *_months(year, _number(month), _number(month)), "month"
        exact = date(year, _number(month), _number(day))
    except ValueError:
        return None
    return exact, exact, "day"


def _year_in_brackets(match: re.Match[str]) -> int | None:
    """The western year that stands in brackets beside the year; None where there is none."""
    other = re.search(r"\(\s*(令和|平成|昭和)?\s*(元|\d{1,4})\s*年?\s*\)", match.group())
    if other is None:
        return None
    written = 1 if other[2] == "元" else int(other[2])
    return _ERAS[other[1]] + written - 1 if other[1] else written


def _fiscal_period(match: re.Match[str], year: int) -> tuple[date, date, Precision]:
    if match["part"]:
        part = match["part"]
        first, last = _PARTS[part[0] if part[0] in _PARTS else str(_number(part[1]))]
        return _fiscal_month(year, first)[0], _fiscal_month(year, last)[1], "month"
    until = year + int(match["until"]) - _written_year(match) if match["until"] else year
    until = until if year <= until <= year + _LONGEST_RANGE else year
    return fiscal_year(year)[0], fiscal_year(until)[1], "fiscal_year"


def _fiscal_month(year: int, months: int) -> tuple[date, date]:
    """First and last day of the month that begins so many months after 1 April."""
    years, month = divmod(3 + months, 12)
    return _months(year + years, month + 1, month + 1)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    if first > last:
        raise ValueError
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _western_year(match: re.Match[str]) -> int:
    if match["western"]:
        return _number(match["western"])
    short = match["letter"] or match["short"]
    return _ERAS[match["era"] or _ERA_LETTERS[short]] + _written_year(match) - 1


def _written_year(match: re.Match[str]) -> int:
    written = match["western"] or match["era_year"] or match["letter_year"] or match["short_year"]
    return 1 if written == "元" else _number(written)


def _number(written: str) -> int:
    """24, 二十四 or 二〇二四 as a number.

    Raises:
        ValueError: the kanji are no numeral.
    """
    if written.isdecimal():
        return int(written)
    if "十" not in written:
        return int("".join(str(_KANJI_DIGITS[digit]) for digit in written))
    tens, _, ones = written.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        raise ValueError(written)
    return 10 * (_KANJI_DIGITS[tens] if tens else 1) + (_KANJI_DIGITS[ones] if ones else 0)
