from datetime import date

import pytest
from sets import read_set

from assistant.japanese.dates import DateMention, find_dates, find_relative_years, fiscal_year

DAY = (date(2024, 4, 24), date(2024, 4, 24), "day")


@pytest.mark.parametrize(
    "text",
    [
        "令和6年4月24日",
        "令和６年４月２４日",
        "令和 6 年 4 月 24 日",
        "令和6(2024)年4月24日",
        "令和６年（２０２４年）４月２４日",
        "2024年4月24日",
        "2024(令和6)年4月24日",
        "2024年（令和6年）4月24日",
        "2024/4/24",
        "2024-04-24",
        "2024.4.24",
        "R6.4.24",
        "Ｒ６／４／２４",
    ],
)
def test_a_day_is_read_in_every_way_of_writing_it(text):
    assert find_dates(text) == [DateMention(0, len(text), *DAY)]


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("令和元年5月1日", date(2019, 5, 1), date(2019, 5, 1), "day"),
        ("平成31年4月30日", date(2019, 4, 30), date(2019, 4, 30), "day"),
        ("昭和64年1月7日", date(1989, 1, 7), date(1989, 1, 7), "day"),
        ("H30.4.1", date(2018, 4, 1), date(2018, 4, 1), "day"),
        ("2024年2月", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("R6.4", date(2024, 4, 1), date(2024, 4, 30), "month"),
        ("令和5年", date(2023, 1, 1), date(2023, 12, 31), "year"),
        ("令和6年度", date(2024, 4, 1), date(2025, 3, 31), "fiscal_year"),
        ("R6年度", date(2024, 4, 1), date(2025, 3, 31), "fiscal_year"),
        ("2023 年 度", date(2023, 4, 1), date(2024, 3, 31), "fiscal_year"),
        ("令和２～４年度", date(2020, 4, 1), date(2023, 3, 31), "fiscal_year"),
        ("2020から2022年度", date(2020, 4, 1), date(2023, 3, 31), "fiscal_year"),
    ],
)
def test_periods_run_from_their_first_to_their_last_day(text, first, last, precision):
    assert find_dates(text) == [DateMention(0, len(text), first, last, precision)]


def test_dates_are_found_in_order_with_their_place():
    text = "第２回は令和６年４月２４日、報告は2025年3月に行う。"
    assert find_dates(text) == [
        DateMention(4, 13, *DAY),
        DateMention(17, 24, date(2025, 3, 1), date(2025, 3, 31), "month"),
    ]


@pytest.mark.parametrize(
    "text",
    ["2024年2月30日", "令和6年13月", "2024/13/1", "12024年", "ver.2024.1.2.3", "XR6.4.24", "第6回"],
)
def test_what_is_no_date_is_left_out(text):
    assert find_dates(text) == []


@pytest.mark.parametrize("row", read_set("dates.tsv"), ids=lambda row: row[0])
def test_dates_as_offices_write_them(row):
    text, *expected = row
    found = [
        column
        for mention in find_dates(text)
        for column in (mention.first.isoformat(), mention.last.isoformat(), mention.precision)
    ]
    assert (found or ["-"]) == expected


def test_a_period_is_one_mention_with_its_place():
    text = "期間は令和6年4月24日（水）～26日（金）とする。"
    assert find_dates(text) == [
        DateMention(3, 19, date(2024, 4, 24), date(2024, 4, 26), "day"),
    ]


def test_a_fiscal_year_begins_in_april():
    assert fiscal_year(2023) == (date(2023, 4, 1), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("text", "today", "year"),
    [
        ("一昨年度の実績", date(2026, 11, 21), 2024),
        ("昨年度の予算", date(2026, 3, 31), 2024),
        ("昨年度の予算", date(2026, 4, 1), 2025),
        ("前年度の予算", date(2026, 4, 1), 2025),
        ("今年度の公募", date(2026, 3, 31), 2025),
        ("本年度の公募", date(2026, 4, 1), 2026),
        ("来年度の計画", date(2026, 11, 21), 2027),
        ("翌年度へ繰り越す", date(2026, 11, 21), 2027),
        ("再来年度の計画", date(2026, 11, 21), 2028),
    ],
)
def test_relative_fiscal_years_count_from_the_day_of_speaking(text, today, year):
    [mention] = find_relative_years(text, today)
    assert (mention.first, mention.last) == fiscal_year(year)


@pytest.mark.parametrize(("text", "year"), [("昨年の予算", 2025), ("来年の計画", 2027)])
def test_last_year_that_is_no_fiscal_year_is_a_calendar_year(text, year):
    [mention] = find_relative_years(text, date(2026, 2, 1))
    assert (mention.first, mention.last) == (date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    "text", ["前年度比", "昨年より多い", "前年から減る", "前年同月", "本年２月に諮問", "一年度"]
)
def test_a_base_of_comparison_or_a_month_is_no_relative_year(text):
    assert find_relative_years(text, date(2026, 2, 1)) == []


def test_in_a_running_text_the_year_before_hangs_on_another():
    text = "令和4年度は前年度を上回り、昨年度は下回った"
    [mention] = find_relative_years(text, date(2026, 5, 1), hanging=False)
    assert mention.first == date(2025, 4, 1)


@pytest.mark.parametrize("text", ["令和7年（2026年）3月", "2025年（令和6年）4月1日"])
def test_a_date_whose_two_years_differ_is_none(text):
    assert find_dates(text) == []


@pytest.mark.parametrize(
    "text", ["令和7年（2025年）3月", "2025年（令和7年）3月", "平成31年（2019年）3月"]
)
def test_a_date_may_give_its_year_twice(text):
    [mention] = find_dates(text)
    assert (mention.first.month, mention.precision) == (3, "month")
