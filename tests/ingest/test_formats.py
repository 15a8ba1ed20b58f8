"""Every format from file to verified citation, and what is refused on the way."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from pptx.util import Inches
from towns import LIBRARY, Town

from assistant.errors import ReadError
from assistant.export.rows import answer_row, passage_row
from assistant.export.text import answer_text, report_text
from assistant.ingest.readers import read_file
from evals.independent.quotes import faults


def word():
    document = docx.Document()
    document.add_heading("けやき町計画", 0)
    document.add_heading("実績", 1)
    document.add_paragraph("けやき町の見守り協議会は、民生委員と通信会社と学校で構成する。")
    table = document.add_table(2, 2)
    for cell, text in zip(
        table._cells, ("区分", "令和3年度", "遠隔診療の実証", "26件"), strict=True
    ):
        cell.text = text
    return document


def book():
    made = openpyxl.Workbook()
    made.active.title = "補助"
    for row in (["事業名", "補助の上限額"], ["除雪通報アプリの開発事業", "480万円"]):
        made.active.append(row)
    return made


def deck():
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "河川の見守り"
    box = slide.shapes.add_textbox(Inches(1), Inches(3), Inches(4), Inches(1))
    box.text_frame.text = "水位計は町内の河川の15か所に置き、10分ごとに水位を送る。"
    return made


def saved(document):
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


WEB = "<title>移住の案内</title><h1>移住</h1><p>移住者への家賃補助は、月額で\n2万円である。</p>"
CSV = "施設名,開館時刻\nこなら図書館の自習室,午前9時30分に開く\n"

FILES = {
    "計画.docx": lambda: saved(word()),
    "補助.xlsx": lambda: saved(book()),
    "河川.pptx": lambda: saved(deck()),
    "移住.html": WEB.encode,
    "施設.csv": lambda: CSV.encode("cp932"),
}

QUESTIONS = [
    ("けやき町の見守り協議会は誰で構成しますか", "計画.docx", "段落 3", "民生委員"),
    ("令和3年度の遠隔診療の実証は何件ですか", "計画.docx", "表1 2行", "遠隔診療の実証　26件"),
    ("除雪通報アプリの開発事業の補助の上限額はいくらですか", "補助.xlsx", "補助!R2", "480万円"),
    ("河川の水位計は何か所に置きますか", "河川.pptx", "slide 1", "15か所"),
    ("移住者への家賃補助は月額でいくらですか", "移住.html", "段落 2", "月額で2万円"),
    ("こなら図書館の自習室は何時に開きますか", "施設.csv", "行 2", "午前9時30分"),
]


def bomb():
    buffer = io.BytesIO(saved(word()))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/zero.xml", bytes(20_000_000))
    return buffer.getvalue()


def many():
    buffer = io.BytesIO(saved(word()))
    with zipfile.ZipFile(buffer, "a") as package:
        for number in range(10_000):
            package.writestr(f"word/{number}", b"")
    return buffer.getvalue()


def replaced(data, name, change):
    """The package with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            part = old.read(entry)
            new.writestr(entry, change(part) if entry == name else part)
    return buffer.getvalue()


def with_entities(encoding="utf-8"):
    declared = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document'

    def change(part):
        changed = part.replace(b"<w:document", declared, 1)
        return changed.replace(b'encoding="UTF-8"', b"").decode().encode(encoding)

    return replaced(saved(word()), "word/document.xml", change)


def flagged():
    data = bytearray(saved(word()))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
LOCKED = "パスワードで保護されたファイルです。"
SWOLLEN = "展開すると大きくなりすぎるファイルです。"
BROKEN = "ファイルが壊れているため開けません。"
DECLARED = "通常のOffice文書にはない宣言(DOCTYPE)が含まれているため、開きません。"
NO_WORD = "中身がWord(.docx)の文書ではありません。"

BAD = {
    "爆弾.docx": (bomb, SWOLLEN),
    "多すぎ.docx": (many, SWOLLEN),
    "実体.docx": (with_entities, DECLARED),
    "実体16.docx": (lambda: with_entities("utf-16"), DECLARED),
    "切れた.docx": (lambda: saved(word())[:9000], BROKEN),
    "切れた.pptx": (lambda: saved(deck())[:9000], BROKEN),
    "頭だけ.xlsx": (lambda: b"PK\x03\x04", BROKEN),
    "鍵.docx": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "鍵2.docx": (flagged, LOCKED),
    "古い.docx": (lambda: OLE, "拡張子は.docxですが、中身は古い形式のWordやExcelなどです。"),
    "表.docx": (lambda: saved(openpyxl.Workbook()), NO_WORD),
    "文.xlsx": (lambda: saved(docx.Document()), "中身がExcel(.xlsx)の文書ではありません。"),
    "頁.docx": ((WEB + "<p>別").encode, NO_WORD),
    "紙.docx": (lambda: b"%PDF-1.7\n", "拡張子は.docxですが、中身はPDFです。"),
    "空.xlsx": (lambda: b"", "空のファイルです。"),
    "昔.doc": (lambda: OLE + b"1", "古い形式(.doc)には対応していません。"),
    "昔.xls": (lambda: OLE, "古い形式(.xls)には対応していません。"),
    "昔.PPT": (lambda: OLE, "古い形式(.PPT)には対応していません。"),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory, index_root):
    """A town with a file of every format among bad ones, indexed once."""
    town = Town.made(tmp_path_factory.mktemp("formats"), index_root)
    for name, content in FILES.items():
        (town.documents / name).write_bytes(content())
    for name, (content, _) in BAD.items():
        (town.documents / name).write_bytes(content())
    town.write("図書館.txt", LIBRARY.format(hours=120))
    return town, town.ingest()


@pytest.fixture(scope="module")
def opened(town):
    assistant = town[0].opened()
    yield assistant
    assistant.close()


@pytest.mark.parametrize(("question", "name", "locator", "words"), QUESTIONS)
def test_an_answer_cites_the_place_and_passes_the_independent_check(
    opened, question, name, locator, words
):
    answer = opened.ask(question)
    row = answer_row(answer)
    first = row["citations"][0]
    assert (Path(first["source_path"]).name, first["locator"]) == (name, locator)
    assert words in first["quote"]
    assert (first["page"], first["line_start"], first["line_end"]) == (None, None, None)
    assert faults([row]) == (len(row["citations"]), [])
    assert locator in answer_text(answer)


@pytest.mark.parametrize("word", ["令和3年度", "遠隔診療", "26件"])
def test_a_row_is_found_by_its_column_heading_and_by_its_cells(opened, word):
    found = [passage_row(passage) for passage in opened.search(word, 20)]
    assert "表1 2行" in [row["locator"] for row in found if "遠隔診療の実証　26件" in row["text"]]


def test_a_text_keeps_its_lines_and_has_no_locator(opened):
    row = answer_row(opened.ask("かえで町の図書館では蔵書の点検に年間何時間を使っていますか"))
    first = row["citations"][0]
    assert (first["locator"], first["line_start"], first["line_end"]) == (None, 1, 1)


def test_bad_files_are_named_skips_and_the_rest_is_indexed(town):
    report = town[1]
    assert {Path(s.path).name: s.reason for s in report.skipped} == {
        name: reason for name, (_, reason) in BAD.items()
    }
    assert all(skipped.remedy.endswith("。") for skipped in report.skipped)
    assert {Path(path).name for path in report.added} == {*FILES, "図書館.txt"}


def test_a_copy_under_a_wrong_name_costs_nothing(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    data = FILES["補助.xlsx"]()
    for name in ("A.docx", "B.xlsx", "C.xlsx"):
        (town.documents / name).write_bytes(data)
    for _ in range(2):
        report = town.ingest()
        assert report.skipped == ()
        assert [Path(path).name for path in report.duplicates] == ["A.docx", "C.xlsx"]
    question = "除雪通報アプリの開発事業の補助の上限額はいくらですか"
    found = [Path(p.document.source_path).name for p in town.search(question)]
    assert found == ["B.xlsx"]


def test_what_is_left_out_of_a_file_is_reported(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    made = book()
    made.create_sheet("台帳")["A1"] = "控え"
    made["台帳"].sheet_state = "hidden"
    made.save(town.documents / "補助.xlsx")
    report = town.ingest()
    [partly] = report.partly
    assert (partly.pages, partly.reason) == ((), "非表示のシート(台帳)は取り込みません。")
    assert "理由: 非表示のシート(台帳)は取り込みません。\n" in report_text(report) + "\n"


@pytest.mark.parametrize("name", ["計画.docx", "補助.xlsx", "河川.pptx"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_package_is_refused(tmp_path, name, share):
    data = FILES[name]()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReadError, match=BROKEN):
        read_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "locator", "quote"),
    [
        ("計画.docx", "段落 3", "民生委員と通信会社と病院"),
        ("計画.docx", "段落 2", "民生委員と通信会社と学校"),
        ("計画.docx", "表1 9行", "遠隔診療の実証"),
        ("補助.xlsx", "補助!R1", "除雪通報アプリの開発事業"),
        ("河川.pptx", "slide 2", "水位計は町内の河川"),
        ("移住.html", "段落 1", "移住者への家賃補助は"),
        ("施設.csv", "行 1", "こなら図書館の自習室"),
    ],
)
def test_the_independent_check_finds_what_is_not_there(town, name, locator, quote):
    path = town[0].documents / name
    citation = {"number": 1, "quote": quote, "source_path": str(path), "locator": locator}
    assert faults([{"question": "?", "citations": [citation]}]) == (
        1,
        ["?: quote 1 is not in its source"],
    )
