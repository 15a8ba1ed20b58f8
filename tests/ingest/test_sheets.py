from datetime import date, datetime

import openpyxl
import pytest

from assistant.errors import ReadError
from assistant.ingest import readers
from assistant.ingest.readers import ReadResult, read_file
from assistant.schema import Cell, Page

UNCOMPUTED = "計算結果が保存されていない式の欄は読めません(Excelで開いて保存し直してください)。"


@pytest.fixture
def book():
    book = openpyxl.Workbook()
    book.active.title = "申請"
    return book


@pytest.fixture
def read(book, tmp_path):
    def read():
        book.save(tmp_path / "一覧.xlsx")
        return read_file(tmp_path / "一覧.xlsx")

    return read


def fill(sheet, *rows):
    for row in rows:
        sheet.append(row)


def test_every_row_stands_under_sheet_title_and_column_headings(book, read):
    fill(book.active, ["事業一覧"], [], ["年度", "件数"], ["令和3年度", "26件"], [None, "計"])
    above = "申請 > 事業一覧"
    heads, below = (Cell("", 0, 2), Cell("", 3, 5)), (Cell("年度", 0, 5), Cell("件数", 6, 9))
    assert read() == ReadResult(
        (
            Page("事業一覧", locator="申請!R1", section="申請"),
            Page("年度　件数", locator="申請!R3", section=above, cells=heads, columns=True),
            Page(
                "令和3年度　26件", locator="申請!R4", section=f"{above} > 年度　件数", cells=below
            ),
            Page(
                "計",
                locator="申請!R5",
                section=f"{above} > 年度　件数",
                cells=(Cell("件数", 0, 1),),
            ),
        )
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (26, "26"),
        (1200.5, "1200.5"),
        (0.1 + 0.2, "0.3"),
        (30.0, "30"),
        (date(2024, 4, 24), "2024-04-24"),
        (datetime(2024, 4, 24), "2024-04-24"),
        (datetime(2024, 4, 24, 9, 30), "2024-04-24 09:30:00"),
        (True, "True"),
        ("行\nを分けた", "行 を分けた"),
        ("３，０００人", "３，０００人"),
    ],
)
def test_values_are_written_as_saved(book, read, value, text):
    fill(book.active, [value])
    assert read().pages[0].text == text


@pytest.mark.parametrize(
    ("rows", "section"),
    [
        (
            [["区分", "令和3年度", "2023", "4月"], ["実証", 1, 2, 3]],
            "申請 > 区分　令和3年度　2023　4月",
        ),
        ([["実証", "26件"], ["実装", "9件"]], "申請"),
        ([["同じ", "同じ"], ["実装", "9件"]], "申請"),
        ([["説明は次のとおりである。", "内容"], ["実装", "9件"]], "申請"),
    ],
)
def test_only_a_row_of_names_names_the_columns(book, read, rows, section):
    fill(book.active, *rows)
    assert read().pages[1].section == section


def test_hidden_sheets_and_formulas_without_a_value_are_reported(book, read):
    fill(book.active, ["年度", "件数"], ["令和3年度", 26], ["計", "=SUM(B2:B2)"])
    fill(book.create_sheet("台帳"), ["秘密"])
    book["台帳"].sheet_state = "hidden"
    result = read()
    assert [page.text for page in result.pages] == ["年度　件数", "令和3年度　26", "計"]
    assert (result.unreadable, result.unreadable_reason) == (
        (),
        f"非表示のシート(台帳)は取り込みません。{UNCOMPUTED}",
    )


def test_sheets_do_not_share_their_headings(book, read):
    fill(book.active, ["年度", "件数"], ["令和3年度", "26件"])
    fill(book.create_sheet("様式 2"), ["氏名"])
    assert read().pages[-1] == Page("氏名", locator="様式 2!R1", section="様式 2")


def test_a_dump_is_refused(book, read, monkeypatch):
    monkeypatch.setattr("assistant.ingest.readers.sheets.LONGEST_ROWS", 3)
    fill(book.active, ["a"], ["b"], ["c"])
    assert len(read().pages) == 3
    fill(book.active, ["d"])
    with pytest.raises(ReadError) as caught:
        read()
    assert caught.value.message == readers.too_many_rows().message


def test_an_empty_book_is_refused(read):
    with pytest.raises(ReadError, match="文字がありません"):
        read()
