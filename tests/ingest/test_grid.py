"""A table of any format becomes rows that know their headings, titles, unit and merged cells."""

import pytest

from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.records.text import words_of

UP = "↑"
"""Stands for a cell merged with the one above or, after 「←」, with the one to the left."""
LEFT = "←"


def pages(*rows, heads=None, **options):
    grid = []
    for number, row in enumerate(rows):
        cells = []
        for column, text in enumerate(row):
            if text == UP:
                cells.append(GridCell(grid[-1].cells[column].text, carried=True))
            elif text == LEFT:
                cells.append(GridCell(cells[-1].text, carried=True))
            else:
                cells.append(GridCell(text))
        marked = None if heads is None else number < heads
        grid.append(GridRow(tuple(cells), f"R{number + 1}", heads=marked))
    return list(table_pages(grid, **{"above": None, **options}))


def shown(page):
    return [(cell.heading, words_of(cell, page.text)) for cell in page.cells]


def test_two_rows_of_headings_are_paired_column_by_column():
    *heads, row = pages(
        ["費目", "令和6年度", LEFT, "令和7年度", LEFT],
        [UP, "町負担", "県負担", "町負担", "県負担"],
        ["運営費", "100", "50", "120", "60"],
    )
    assert [page.columns for page in heads] == [True, True]
    assert shown(row) == [
        ("費目", "運営費"),
        ("令和6年度 町負担", "100"),
        ("令和6年度 県負担", "50"),
        ("令和7年度 町負担", "120"),
        ("令和7年度 県負担", "60"),
    ]


def test_an_upper_heading_spans_the_empty_cells_beside_it():
    *_, row = pages(
        ["費目", "令和6年度", "", "令和7年度", ""],
        ["", "町", "県", "町", "県"],
        ["運営費", "100", "50", "120", "60"],
    )
    assert [heading for heading, _ in shown(row)][3:] == ["令和7年度 町", "令和7年度 県"]


def test_a_merged_cell_holds_for_every_row_it_covers():
    _, first, second = pages(
        ["担当課", "手続", "件数"], ["福祉課", "窓口申請", "812"], [UP, "オンライン申請", "57"]
    )
    assert (first.text, second.text) == ("福祉課　窓口申請　812", "オンライン申請　57")
    assert shown(second) == [("担当課", "福祉課"), ("手続", "オンライン申請"), ("件数", "57")]
    assert second.section == "担当課　手続　件数 > 福祉課"


def test_an_empty_first_cell_repeats_the_one_above_but_not_before_a_total():
    *_, second, total = pages(
        ["地区", "費目", "金額"],
        ["北地区", "通信費", "12万円"],
        ["", "人件費", "35万円"],
        ["", "合計", "47万円"],
        blank_above=True,
    )
    assert shown(second)[0] == ("地区", "北地区")
    assert shown(total) == [("費目", "合計"), ("金額", "47万円")]


def test_blank_rows_end_a_table_and_its_headings():
    found = pages(
        ["費目", "金額(千円)"],
        ["委託料", "4,200"],
        ["", ""],
        ["年度", "相談件数(件)"],
        ["令和6年度", "61"],
    )
    assert [page.columns for page in found] == [True, False, True, False]
    assert shown(found[-1]) == [("年度", "令和6年度"), ("相談件数(件)", "61")]
    assert "金額" not in found[-1].section


def test_titles_above_the_headings_are_pages_of_their_own():
    title, date, heads, row = pages(
        ["公共施設一覧", "", ""],
        ["令和6年4月1日現在", "", ""],
        ["", "", ""],
        ["施設名", "所在地", "定員(人)"],
        ["中央公民館", "中央1-1", "120"],
    )
    assert (title.text, date.text) == ("公共施設一覧", "令和6年4月1日現在")
    assert not title.columns
    assert heads.columns
    assert row.section == "公共施設一覧 > 令和6年4月1日現在 > 施設名　所在地　定員(人)"


@pytest.mark.parametrize("note", ["(単位:千円)", "単位：千円", "【単位　千円】"])
def test_the_unit_over_a_table_belongs_to_its_columns_of_numbers(note):
    *_, row = pages([note, "", ""], ["費目", "予算額", "備考"], ["委託料", "4,200", "見込み"])
    assert shown(row) == [("費目", "委託料"), ("予算額(千円)", "4,200"), ("備考", "見込み")]


def test_a_column_with_a_unit_of_its_own_keeps_it():
    *_, row = pages(["(単位:千円)", ""], ["費目", "件数(件)"], ["委託料", "12"])
    assert shown(row)[1] == ("件数(件)", "12")


def test_a_cell_beyond_the_headings_has_none():
    _, row = pages(["年度", "件数"], ["令和6年度", "61", "見込み"])
    assert shown(row)[-1] == ("", "見込み")


def test_a_cell_alone_in_its_row_is_prose_under_no_heading():
    found = pages(["目的\n町の通信を整える。"], ["経緯である。"], above="計画")
    assert [page.text for page in found] == ["目的\n町の通信を整える。", "経緯である。"]
    assert not any(page.columns for page in found)


def test_headings_that_the_file_marks_are_taken_as_such():
    head, row = pages(["1", "2"], ["北", "南"], heads=1)
    assert head.columns
    assert shown(row) == [("1", "北"), ("2", "南")]


def test_headings_with_nothing_below_them_are_a_row():
    assert [page.columns for page in pages(["施設名", "定員"])] == [False]


def test_a_price_per_piece_names_a_column():
    heads, row = pages(["機器", "台数", "1台の価格"], ["給水栓", "12台", "125,000円"])
    assert heads.columns
    assert shown(row) == [("機器", "給水栓"), ("台数", "12台"), ("1台の価格", "125,000円")]


def test_a_list_of_single_cells_has_no_titles():
    last = pages(*([f"{name}公民館"] for name in "東西南北"), ["栄公民館は9時から開く"])[-1]
    assert last.section == "表"


def test_rows_of_another_kind_behind_a_blank_row_lose_the_headings():
    *_, total, contact = pages(
        ["区分", "金額"],
        ["A", "100円"],
        ["B", "200円"],
        ["", ""],
        ["合計", "300円"],
        ["問合せ", "総務課"],
    )
    assert shown(total) == [("", "合計"), ("", "300円")]
    assert shown(contact) == [("", "問合せ"), ("", "総務課")]


def test_a_merged_cell_holds_beside_the_same_words():
    *_, row = pages(["部屋", "昼", "夜"], ["会議室", "200円", "300円"], ["和室", UP, "200円"])
    assert shown(row) == [("部屋", "和室"), ("昼", "200円"), ("夜", "200円")]
