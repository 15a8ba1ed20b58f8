"""Dates and fiscal years as Japanese documents write them, and as people ask for them.

A Japanese fiscal year (年度) runs from 1 April to 31 March of the next calendar year.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.japanese.width import fold

Precision = Literal["day", "month", "year", "fiscal_year"]

# First year of each era; year n of an era is first + n - 1 (Cabinet Office, 元号一覧).
_ERAS = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
# M and T are left out: M7.3 is an earthquake, not March of Meiji 7.
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}

# 令和2~4年度 is a range; more years than this are a misreading.
_LONGEST_RANGE = 20

_YEAR = (
    r"(?:(?P<era>令和|平成|昭和|大正|明治)\s*(?P<era_year>元|\d{1,2})"
    r"|(?<![A-Za-z0-9])(?P<letter>[RHS])\s*(?P<letter_year>元|\d{1,2})(?=[./年度-])"
    r"|(?<!\d)(?P<western>(?:19|20)\d{2}))"
)
_OTHER_YEAR = r"(?:\s*\(\s*(?:(?:19|20)\d{2}|(?:令和|平成|昭和)\s*(?:元|\d{1,2}))\s*年?\s*\))?"
_DATE = re.compile(
    # The other way of counting may stand in brackets, before or after 年: 令和6年(2024年)4月24日.
    _YEAR + _OTHER_YEAR + r"(?:"
    r"(?:\s*(?:~|から)\s*(?P<until>\d{1,4}))?\s*(?P<fiscal>年\s*度)"
    r"|\s*年" + _OTHER_YEAR + r"\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*日)?"
    r"|(?P<sep>[./-])\s*(?P<month2>\d{1,2})(?:(?P=sep)\s*(?P<day2>\d{1,2}))?(?![\d.])"
    r"|\s*年"
    r")"
)


# Longer words first: 「一昨年度」 holds 「昨年度」.
_RELATIVE_YEARS = (
    *(("一昨年度", -2), ("再来年度", 2), ("昨年度", -1), ("前年度", -1)),
    *(("今年度", 0), ("本年度", 0), ("来年度", 1), ("翌年度", 1), ("次年度", 1)),
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or period found in a text."""

    start: int
    """Offset into the folded text (see `fold`)."""
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
    """Find the dates, months, years and fiscal years in a text, in order.

    Era names (令和６年４月２４日, 元年), era letters (R6.4.24) and western dates (2024/4/24) are
    understood in any width, also ranges of fiscal years (令和2~4年度); a day that does not exist
    (2月30日) is left out.
    """
    mentions = []
    for match in _DATE.finditer(fold(text)):
        period = _period(match)
        if period:
            mentions.append(DateMention(match.start(), match.end(), *period))
    return mentions


def relative_fiscal_year(text: str, today: date) -> int | None:
    """The fiscal year meant by 「昨年度」「今年度」「本年度」「来年度」 on a given day, if any."""
    current = today.year if today.month >= 4 else today.year - 1
    shift = next((shift for word, shift in _RELATIVE_YEARS if word in text), None)
    return None if shift is None else current + shift


def _period(match: re.Match[str]) -> tuple[date, date, Precision] | None:
    year = _western_year(match)
    if match["fiscal"]:
        last = year + int(match["until"]) - _written_year(match) if match["until"] else year
        last = last if year <= last <= year + _LONGEST_RANGE else year
        return fiscal_year(year)[0], fiscal_year(last)[1], "fiscal_year"
    month = match["month"] or match["month2"]
    day = match["day"] or match["day2"]
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31), "year"
        if day is None:
            last = monthrange(year, int(month))[1]
            return date(year, int(month), 1), date(year, int(month), last), "month"
        exact = date(year, int(month), int(day))
    except ValueError:
        return None
    return exact, exact, "day"


def _western_year(match: re.Match[str]) -> int:
    if match["western"]:
        return int(match["western"])
    era = match["era"] or _ERA_LETTERS[match["letter"]]
    return _ERAS[era] + _written_year(match) - 1


def _written_year(match: re.Match[str]) -> int:
    number = match["western"] or match["era_year"] or match["letter_year"]
    return 1 if number == "元" else int(number)
