"""Reading order and slide titles of PDF pages drawn here."""

import pytest
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from assistant.ingest.clean import clean_lines
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure

FONT = "HeiseiMin-W3"
PORTRAIT, LANDSCAPE = (595, 842), (780, 540)
LEFT = (
    "協議会は自治体と通信事業者と大学で構成する。会長は町長が務め、事務局は企画課に置く。"
    "会議は年に四回開き、議事録を公表する。費用は参加者が分担する。分担の割合は協定で定める。"
    "協定は五年ごとに見直す。見直しは総会で決める。総会は公開とする。"
)
RIGHT = (
    "光ファイバの更新には多額の費用がかかる。町は基金を設けて備える。国の支援を受けるには計画の"
    "認定が要る。計画には期間と目標を書く。目標は住民の便益で示す。計画は三年ごとに見直す。"
    "見直しには住民が加わる。結果は町のホームページに載せる。"
)
HEADLINE = "みどり町の通信網のあり方"
TABLE = [("令和4年度", "採択は12件"), ("令和5年度", "採択は18件"), ("令和6年度", "採択は26件")] * 3


def wrapped(text, length):
    return [text[i : i + length] for i in range(0, len(text), length)]


@pytest.fixture
def draw(tmp_path):
    """A PDF of the given page size, one function a page; gives its path."""
    registerFont(UnicodeCIDFont(FONT))

    def drawn(size, *pages):
        canvas = Canvas(str(tmp_path / "page.pdf"), pagesize=size, invariant=1)
        for page in pages:
            canvas.setFont(FONT, 11)
            page(canvas)
            canvas.showPage()
        canvas.save()
        return tmp_path / "page.pdf"

    return drawn


def read_lines(path):
    pages = read_file(path).pages
    return "".join(line.text for line in clean_lines(pages)), pages


def two_columns(by_row):
    def page(canvas):
        canvas.drawString(150, 780, HEADLINE)
        left = [(60, row, text) for row, text in enumerate(wrapped(LEFT, 19))]
        right = [(320, row, text) for row, text in enumerate(wrapped(RIGHT, 19))]
        cells = left + right
        for x, row, text in sorted(cells, key=lambda cell: cell[1]) if by_row else cells:
            canvas.drawString(x, 740 - 16 * row, text)

    return page


@pytest.mark.parametrize("by_row", [True, False])
def test_two_columns_are_read_one_after_the_other(draw, by_row):
    text, _ = read_lines(draw(PORTRAIT, two_columns(by_row)))
    assert text == HEADLINE + LEFT + RIGHT


def test_a_quote_across_two_lines_of_a_column_stays_two_runs_of_the_page(draw):
    _, pages = read_lines(draw(PORTRAIT, two_columns(True)))
    [section] = read_structure(pages, "report", markdown=False)
    block = next(block for block in section.blocks if LEFT[:20] in block.text)
    assert len(block.segments) > 1
    for run in block.segments:
        source = pages[run.page].text[run.source_start : run.source_start + run.length]
        assert source == block.text[run.start : run.start + run.length]


def test_the_rows_of_a_table_are_no_columns(draw):
    def page(canvas):
        for row, (year, count) in enumerate(TABLE):
            canvas.drawString(60, 740 - 16 * row, year)
            canvas.drawString(320, 740 - 16 * row, count)

    text, pages = read_lines(draw(PORTRAIT, page))
    assert pages[0].order is None
    assert text == "".join(f"{year} {count}" for year, count in TABLE)


@pytest.mark.parametrize("leftmost_first", [True, False])
def test_vertical_writing_is_read_from_right_to_left(draw, leftmost_first):
    columns = list(enumerate(wrapped(LEFT, 25)))

    def page(canvas):
        for column, text in reversed(columns) if leftmost_first else columns:
            for row, character in enumerate(text):
                canvas.drawString(500 - 24 * column, 780 - 14 * row, character)

    assert read_lines(draw(PORTRAIT, page))[0] == LEFT


def test_two_tiers_of_vertical_writing_are_read_upper_first(draw):
    def page(canvas):
        for top, whole in ((780, LEFT), (380, RIGHT)):
            for column, text in enumerate(wrapped(whole, 22)):
                for row, character in enumerate(text):
                    canvas.drawString(500 - 24 * column, top - 14 * row, character)

    assert read_lines(draw(PORTRAIT, page))[0] == LEFT + RIGHT


def slide(title, *lines, stamp="", box="課題 → 実証 → 実装"):
    def page(canvas):
        canvas.drawString(640, 500, stamp)
        for row, line in enumerate(lines):
            canvas.drawString(60, 420 - 18 * row, line)
        canvas.drawString(300, 120, box)
        canvas.setFont(FONT, 20)
        canvas.drawString(40, 500, title)

    return page


def test_a_slide_is_a_section_under_its_title(draw):
    path = draw(
        LANDSCAPE,
        slide(
            "通信網の課題", "光ファイバの更新の費用が重い。", "担い手が足りない。", stamp="総務省"
        ),
        slide("通信網の対策", "基金を設けて備える。", "共同で調達する。", box=""),
    )
    pages = read_file(path).pages
    sections = read_structure(pages, "slides", markdown=False)
    assert [section.heading_path for section in sections] == [("通信網の課題",), ("通信網の対策",)]
    text = "".join(block.text for section in sections for block in section.blocks)
    assert "通信網の" not in text
    assert "基金を設けて備える。" in text


def test_the_heading_of_one_slide_is_not_that_of_the_next(draw):
    def plain(canvas):
        for row, line in enumerate(["担い手が足りない。", "費用が重い。"]):
            canvas.drawString(60, 300 - 18 * row, line)

    pages = read_file(draw(LANDSCAPE, slide("通信網の課題", "費用。"), plain)).pages
    sections = read_structure(pages, "slides", markdown=False)
    assert sections[-1].heading_path == ()


def test_a_box_repeated_on_every_slide_is_left_out(draw):
    slides = [slide(f"論点その{n}の整理", f"第{n}の論点は費用の分担である。") for n in range(1, 6)]
    pages = read_file(draw(LANDSCAPE, *slides)).pages
    lines = [line.text for line in clean_lines(pages)]
    assert "課題 → 実証 → 実装" not in lines
    assert sum("論点は費用の分担" in line for line in lines) == 5
