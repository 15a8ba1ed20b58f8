"""Pages that are pictures: read where Tesseract is at hand, marked, never verified."""

from dataclasses import replace

import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from towns import Town

from assistant.answering.answer import changed_notes, render
from assistant.assistant import Assistant
from assistant.ingest.readers import ocr, pdf, read_file
from assistant.records.answers import Statement
from assistant.settings import Settings

FONT = "HeiseiKakuGo-W5"
LINES = [
    "みどり市の通信網の計画",
    "山間部の三地区に基地局を設ける。費用は約8億円である。",
    "維持の費用は利用料で賄い、不足する分は基金から出す。",
]


def draw(path, *, lines=LINES, picture=None):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    canvas.setFont(FONT, 16)
    for row, line in enumerate(lines):
        canvas.drawString(60, 760 - 30 * row, line)
    if picture:
        canvas.showPage()
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()


@pytest.fixture
def scan(tmp_path):
    """A PDF of a page with text and a picture of that page."""
    draw(tmp_path / "text.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "text.pdf")
    picture = document[0].render(scale=3).to_pil()
    document.close()
    (tmp_path / "documents").mkdir()
    path = tmp_path / "documents" / "scan.pdf"
    draw(path, lines=["この資料の写しを次に示す。"], picture=picture)
    return path


def test_a_page_that_is_a_picture_is_named_where_nothing_reads_it(scan, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_is_ready", lambda: False)
    result = read_file(scan)
    assert result.unreadable == (2,)
    assert [page.ocr for page in result.pages] == [False, False]


def test_what_is_read_from_a_picture_is_marked(scan, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_is_ready", lambda: True)
    monkeypatch.setattr(pdf, "recognize", lambda path, numbers: dict.fromkeys(numbers, LINES[1]))
    result = read_file(scan)
    assert result.unreadable == ()
    assert [(page.text, page.ocr) for page in result.pages][1] == (LINES[1], True)


def test_a_quote_from_a_picture_is_never_verified(index_root):
    assistant = Assistant.open(index_root, Settings())
    citation = assistant.ask("光ファイバの整備率はどれくらいですか").citations[0]
    assistant.close()
    read = replace(citation, number=1, ocr=True, verified=False)
    assert "文字認識" in render([Statement("整備率は高い。", (1,))], [read])
    assert "文字認識(OCR)" in "".join(changed_notes([read]))


@pytest.mark.skipif(not ocr.ocr_is_ready(), reason="文字認識(Tesseractと日本語データ)がありません")
def test_tesseract_reads_a_picture_and_the_answer_says_so(scan, tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("town"), index_root)
    town.ingest(scan.parent)
    answer = town.ask("基地局の費用は約何億円ですか")
    if answer.refused and "費用" not in "".join(p.chunk.text for p in answer.nearest):
        pytest.skip("日本語の書体がないため、写しに文字がありません")
    assert {(c.verified, c.ocr, c.page) for c in answer.citations} == {(False, True, 2)}
    assert "(文字認識)[1]" in answer.answer
