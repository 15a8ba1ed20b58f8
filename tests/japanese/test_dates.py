from datetime import date

import pytest
from sets import read_set

from assistant.japanese.dates import (
    DateMention,
    days_of,
    find_dates,
    find_relative_years,
    fiscal_year,
    stated_date,
)
from assistant.japanese.width import comparable

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
    assert find_dates(text) == [DateMention(0, len(comparable(text)), *DAY)]


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
    assert find_dates(text) == [DateMention(0, len(comparable(text)), first, last, precision)]


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
    "text",
    [
        "前年度比",
        "昨年より多い",
        "前年から減る",
        "前年度からの相談",
        "昨年度から３割増えた",
        "昨年度から何件増えましたか",
        "昨年度からどう変わりましたか",
        "前年同月",
        "去年の４月より多い",
        "去年４月１日と比べて",
        "今年13月",
        "一年度",
    ],
)
def test_a_base_of_comparison_is_no_relative_year(text):
    assert find_relative_years(text, date(2026, 2, 1)) == []


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("今年度から", date(2026, 4, 1), date(2027, 3, 31), "fiscal_year"),
        ("来年度から始まる補助金", date(2027, 4, 1), date(2028, 3, 31), "fiscal_year"),
        ("昨年から続く", date(2025, 1, 1), date(2025, 12, 31), "year"),
        ("去年４月の相談件数", date(2025, 4, 1), date(2025, 4, 30), "month"),
        ("去年の十二月の相談件数", date(2025, 12, 1), date(2025, 12, 31), "month"),
        ("本年２月に諮問", date(2026, 2, 1), date(2026, 2, 28), "month"),
        ("昨年度の３月に", date(2026, 3, 1), date(2026, 3, 31), "month"),
        ("去年４月２４日に", date(2025, 4, 24), date(2025, 4, 24), "day"),
        ("今年４月から６月の件数", date(2026, 4, 1), date(2026, 6, 30), "month"),
        ("去年１２月～２月の件数", date(2025, 12, 1), date(2026, 2, 28), "month"),
    ],
)
def test_a_start_is_a_relative_year_and_a_month_makes_it_narrower(text, first, last, precision):
    [mention] = find_relative_years(text, date(2026, 11, 21))
    assert (mention.first, mention.last, mention.precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("令和5年度の前年度", 2022),
        ("令和5年度の翌年度の計画", 2024),
        ("令和5年4月の次年度", 2024),
        ("令和5年2月の前年度", 2021),
        ("令和2～4年度の翌年度", 2023),
    ],
)
def test_the_year_before_or_after_a_named_year_is_one_mention_with_it(text, year):
    [mention] = find_dates(text)
    assert (mention.first, mention.last) == fiscal_year(year)
    assert find_relative_years(text, date(2026, 11, 21)) == []


def test_the_calendar_year_after_a_named_year_and_a_month_of_it():
    [year] = find_dates("令和5年度の翌年")
    assert (year.first, year.last) == (date(2024, 1, 1), date(2024, 12, 31))
    [month] = find_dates("令和5年度の翌年4月")
    assert (month.first, month.last) == (date(2024, 4, 1), date(2024, 4, 30))


def test_what_is_compared_with_the_year_before_stays_of_its_own_year():
    [mention] = find_dates("令和5年度の前年度比")
    assert (mention.first, mention.last) == fiscal_year(2023)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("令和5年度の件数と前年度の件数", 2022),
        ("翌年度の件数と令和5年度の件数", 2024),
        ("昨年度の前年度の件数", 2024),
    ],
)
def test_in_a_question_the_year_before_counts_from_the_year_named(text, year):
    [mention] = find_relative_years(text, date(2026, 11, 21))
    assert (mention.first, mention.last) == fiscal_year(year)


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


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("２０２２年10月", "2022-10"),
        ("令和7年3月", "2025-03"),
        ("2024-04", "2024-04"),
        ("令和6年4月24日", "2024-04-24"),
        ("令和6年度", None),
        ("2024年", None),
        ("令和6年4月から6月", None),
        ("4月1日から令和6年4月3日と令和7年1月", None),
    ],
)
def test_a_day_or_a_month_can_be_stated(text, stated):
    assert stated_date(text) == stated


def test_a_month_may_be_any_of_its_days():
    assert days_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert days_of("2024-04-24") == (date(2024, 4, 24), date(2024, 4, 24))
