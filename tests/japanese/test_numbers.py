from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sets import read_set

from assistant.japanese.numbers import Number, find_numbers, missing_numbers


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("３,０００人", 3000, "人"),
        ("3,000名", 3000, "人"),
        ("1億2,000万円", 120_000_000, "円"),
        ("1,234.5百万円", 1_234_500_000, "円"),
        ("5千万円", 50_000_000, "円"),
        ("2兆円", 2_000_000_000_000, "円"),
        ("1万5千", 15_000, ""),
        ("９２.５％", "92.5", "%"),
        ("92.5パーセント", "92.5", "%"),
        ("2分の1", 2, "分の1"),
        ("3か月", 3, "か月"),
        ("3カ月", 3, "か月"),
        ("3ヶ月", 3, "か月"),
        ("3ヵ月", 3, "か月"),
        ("10箇所", 10, "か所"),
        ("10ヵ所", 10, "か所"),
        ("12頁", 12, "ページ"),
        ("5市町村", 5, "市町村"),
        ("6年度", 6, "年度"),
        ("10Gbps", 10, "Gbps"),
        ("1.5倍", "1.5", "倍"),
        ("1200", 1200, ""),
        ("15ポイント", 15, "ポイント"),
        ("三割", 3, "割"),
        ("三十五名", 35, "人"),
        ("一億二千万円", 120_000_000, "円"),
        ("二〇二五年", 2025, "年"),
        ("二分の一", 2, "分の1"),
        ("1/2", 2, "分の1"),
    ],
)
def test_a_number_is_read_by_value_and_unit(text, value, unit):
    assert find_numbers(text) == [Number(Decimal(value), unit, 0, len(text))]


DAY = [(2024, 0, 4), (4, 5, 6), (24, 7, 9)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第６回は3人", [Number(Decimal(6), "回", 1, 3), Number(Decimal(3), "人", 4, 6)]),
        ("10 20", [Number(Decimal(10), "", 0, 2), Number(Decimal(20), "", 3, 5)]),
        ("1,23", [Number(Decimal(1), "", 0, 1), Number(Decimal(23), "", 2, 4)]),
        ("3〜5年", [Number(Decimal(3), "年", 0, 1), Number(Decimal(5), "年", 2, 4)]),
        ("△3%", [Number(Decimal(-3), "%", 1, 3)]),
        ("前年比-3%", [Number(Decimal(3), "%", 4, 6)]),
        ("比率 -3%", [Number(Decimal(-3), "%", 4, 6)]),
        ("第六回は三人", [Number(Decimal(6), "回", 1, 3), Number(Decimal(3), "人", 4, 6)]),
        ("2024/4/24", [Number(Decimal(n), "", s, e) for n, s, e in DAY]),
        ("数十人の億単位", []),
        ("一人ひとりの統一、四日市市の一部を十分に一つひとつ", []),
    ],
)
def test_numbers_are_found_in_order_with_their_place(text, numbers):
    assert find_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "quotes", "missing"),
    [
        ("費用は1億円", ["費用は10,000万円である"], []),
        ("参加は３０人", ["延べ30名が参加した"], []),
        ("3件と5件", ["3件", "別に5件"], []),
        ("およそ3,000", ["3,000円"], []),
        ("3,000円", ["3,000"], ["3,000円"]),
        ("3,000円", ["3,000人"], ["3,000円"]),
        ("92.5%", ["92.6%"], ["92.5%"]),
        ("補助率は2分の1", ["補助率は2分の3"], ["2分の1"]),
        ("8億円", [], ["8億円"]),
    ],
)
def test_a_number_is_missing_unless_a_quote_carries_value_and_unit(text, quotes, missing):
    found = missing_numbers(text, quotes)
    assert [text[number.start : number.end] for number in found] == missing


@pytest.mark.parametrize("row", read_set("numbers.tsv"), ids=lambda row: row[0])
def test_numbers_as_offices_write_them(row):
    text, *columns = row
    expected = list(zip(map(Decimal, columns[::2]), columns[1::2], strict=True))
    assert [(number.value, number.unit) for number in find_numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("5.9%", "▲5.9%"),
        ("三割", "4割"),
        ("五千万円", "5億円"),
        ("補助率は1/3", "補助率は2分の1"),
    ],
)
def test_a_sign_a_numeral_in_kanji_and_a_fraction_are_compared_too(text, quote):
    assert missing_numbers(text, [quote])
    assert not missing_numbers(quote, [quote])


def in_myriads(number):
    scales = ((10**12, "兆"), (10**8, "億"), (10**4, "万"), (1, ""))
    parts = [(number // scale % 10**4, name) for scale, name in scales]
    return "".join(f"{part}{name}" for part, name in parts if part) or "0"


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(st.integers(min_value=0, max_value=10**16 - 1))
@settings(deadline=None, derandomize=True)
def test_every_way_of_writing_a_number_gives_its_value(number):
    written = [str(number), f"{number:,}", f"{number:,}".translate(FULL_WIDTH), in_myriads(number)]
    found = [find_numbers(f"約{text}円") for text in written]
    assert found == [[Number(Decimal(number), "円", 1, len(text) + 2)] for text in written]
