from datetime import datetime

import pytest

from assistant.ingest.readers.number_format import BUILT_IN, serial, shown_number, shown_text

DAY = serial(datetime(2024, 6, 28))
ERA = '[$-411]ggge"年"m"月"d"日";@'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (1234, "00000", "01234"),
        (1500, '#,##0"千円"', "1,500千円"),
        (1_500_000, '#,##0,"千円"', "1,500千円"),
        (1_234_567, BUILT_IN[5], "¥1,234,567"),
        (1500, "#,##0", "1500"),
        (-5, '#,##0;"△ "#,##0', "△ 5"),
        (-1500, "#,##0;[Red]-#,##0", "-1500"),
        (0, BUILT_IN[41], "-"),
        (0, "0;-0;;@", ""),
        (7, ";;;", ""),
        (1500, '[>=1000]#,##0,"千円";0"円"', "2千円"),
        (50, '[>=1000]#,##0,"千円";0"円"', "50円"),
        (12_345_678, "0000-0000", "1234-5678"),
        (2.5, "0", "3"),
        (123_456, '0!.0,"万円"', "12.3万円"),
        (123.45, ".00", "123.45"),
        (0.123, ".0%", "12.3%"),
        (1e28, "0.00", "10000000000000000000000000000.00"),
        (1.25, "# ??/??", "1 1/4"),
        (123_456, "0.00E+00", "1.23E+05"),
        (5, 'General"人"', "5人"),
        (45, "@", "45"),
        (1e300, "0", f"1{'0' * 300}"),
    ],
)
def test_a_number_is_shown_as_its_cell_shows_it(value, code, shown):
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (DAY, "yyyy/m/d", "2024-06-28"),
        (DAY, 'm"月"d"日"(aaa)', "2024-06-28(金)"),
        (DAY, ERA, "令和6年6月28日(2024-06-28)"),
        (serial(datetime(2019, 4, 30)), "[$-411]ge.m.d", "H31.4.30(2019-04-30)"),
        (DAY, 'yyyy"年"m"月"', "2024年6月"),
        (DAY, "aaaa", "金曜日"),
        (DAY + 0.4, "yyyy/m/d h:mm", "2024-06-28 09:36"),
        (0.75, "h:mm", "18:00"),
        (0.75, "[$-411]AM/PM h:mm", "午後 6:00"),
        (1.5, "[h]:mm", "36:00"),
        (99_999_999, "yyyy/m/d", "99999999"),
        (-5, "yyyy/m/d", "-5"),
    ],
)
def test_a_date_keeps_its_iso_form_beside_that_of_its_era(value, code, shown):
    assert shown_number(value, code) == shown


def test_days_may_be_counted_from_1904():
    assert shown_number(44_009, "yyyy/m/d", from_1904=True) == "2024-06-28"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("0", "佐藤"), ("@", "佐藤"), ('@"様"', "佐藤様"), ("0;;", "佐藤"), (";;;", "")],
)
def test_a_text_is_shown_unless_its_format_shows_none(code, shown):
    assert shown_text("佐藤", code) == shown
