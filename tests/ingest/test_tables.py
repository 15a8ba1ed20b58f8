"""「令和3年度 26件」 is found by its column's name, in every format, and quoted as it stands."""

import pytest
from docx import Document
from openpyxl import Workbook
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from assistant.ingest.chunk import make_chunks
from assistant.ingest.clean import clean_lines
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.ingest.tables import find_rows
from assistant.japanese.width import squeeze
from assistant.records.text import Page, words_of
from assistant.retrieval.words import searched_text

ROWS = [
    ["年度", "相談件数", "満足の割合"],
    ["令和3年度", "26件", "71％"],
    ["令和4年度", "41件", "78％"],
    ["令和5年度", "63件", "80％"],
]
FONT = "HeiseiMin-W3"


def write_markdown(path):
    head, *rest = [f"| {' | '.join(row)} |" for row in ROWS]
    path.write_text("\n".join(["# 実績", "", head, "|---|---|---|", *rest]), encoding="utf-8")


def write_text(path):
    path.write_text("\n".join(["実績", "", *("\t".join(row) for row in ROWS)]), encoding="utf-8")


def write_csv(path):
    path.write_text("\n".join(",".join(row) for row in ROWS), encoding="utf-8")


def write_html(path):
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    path.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")


def write_pdf(path):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    canvas.setFont(FONT, 11)
    canvas.drawString(60, 780, "相談の窓口の実績は次のとおりである。")
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            canvas.drawString(60 + 120 * column, 750 - 20 * number, cell)
    canvas.save()


def write_word(path):
    document = Document()
    table = document.add_table(rows=len(ROWS), cols=len(ROWS[0]))
    for cells, row in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def write_sheet(path):
    workbook = Workbook()
    for row in ROWS:
        workbook.active.append(row)
    workbook.save(path)


@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        (".md", write_markdown),
        (".txt", write_text),
        (".csv", write_csv),
        (".html", write_html),
        (".pdf", write_pdf),
        (".docx", write_word),
        (".xlsx", write_sheet),
    ],
)
def test_a_row_is_searched_under_its_columns_and_quoted_alone(tmp_path, suffix, write):
    path = tmp_path / f"実績{suffix}"
    write(path)
    pages = read_file(path).pages
    chunks = make_chunks("doc", pages, read_structure(pages, "other", markdown=suffix == ".md"))
    found = [chunk for chunk in chunks if "63件" in chunk.text]
    assert len(found) == 1
    assert "相談件数" in (found[0].section or "")
    assert found[0].section in searched_text(found[0])
    row = next(line for line in found[0].text.split("\n") if "63件" in line)
    marks = str.maketrans("", "", "|,")
    assert squeeze(row.translate(marks)) == squeeze("".join(ROWS[3]))


def rows_of(text):
    lines = clean_lines((Page(text),))
    return {line.text: headings for line, headings in find_rows(lines).items()}


@pytest.mark.parametrize(
    "text",
    [
        "※ 要件の例\n２ 設計の章\n２.１ 設計とは",  # numbered headings
        "日時 場所\n第1回 市役所\n第2回 公民館",  # no amounts: names in two columns may be anything
        "年度 件数\n令和3年度 26件",  # one row says too little
        "基地局は 3 か所に置く。\n費用は 8 億円である。\n維持は 2 社が担う。",
        "Local 5G\n令和3年度 26件\n本文",
        "0 10 20 30\n7.3 97.5 79.4 15.6\n9.3 6.9 42.8 27.4",  # the axis and bars of a chart
    ],
)
def test_what_only_looks_like_a_table_is_none(text):
    assert rows_of(text) == {}


def test_a_table_ends_where_its_rows_end():
    text = "年度\t件数\n令和3年度\t26件\n令和4年度\t41件\n出典：市の調べ"
    assert rows_of(text) == {
        "年度\t件数": None,
        "令和3年度\t26件": "年度\u3000件数",
        "令和4年度\t41件": "年度\u3000件数",
    }


def printed(tmp_path, *pages):
    """The rows of a PDF's tables with their headings, from print at (x, y)."""
    registerFont(UnicodeCIDFont(FONT))
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    for page in pages:
        canvas.setFont(FONT, 11)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    read = read_file(path).pages
    chunks = make_chunks("doc", read, read_structure(read, "other", markdown=False))
    return [
        {c.heading: words_of(c, chunk.text) for c in chunk.cells if start <= c.start <= end}
        for chunk in chunks
        for start, end in lines_in(chunk.text)
        if any(start <= c.start <= end for c in chunk.cells)
    ]


def lines_in(text):
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


HEAD = [(60, 760, "地区"), (160, 760, "内容"), (400, 760, "金額")]


def test_a_cell_wrapped_over_lines_stays_in_its_row(tmp_path):
    rows = printed(
        tmp_path,
        [
            *HEAD,
            (160, 742, "山間部のハウスの温度を遠隔で管理し、"),
            (60, 735, "北地区"),
            (400, 735, "320万円"),
            (160, 728, "見回りの回数を減らす。"),
            (160, 708, "遠隔診療の装置を置き、離島の診療所と"),
            (60, 701, "南地区"),
            (400, 701, "480万円"),
            (160, 694, "本院を結ぶ。"),
        ],
    )
    assert rows[1] == {
        "地区": "南地区",
        "内容": "遠隔診療の装置を置き、離島の診療所と本院を結ぶ。",
        "金額": "480万円",
    }


@pytest.mark.parametrize("middle", [False, True], ids=["beside the first row", "in the middle"])
def test_a_first_cell_merged_downwards_holds_for_its_rows(tmp_path, middle):
    shift = -10 if middle else 0
    rows = printed(
        tmp_path,
        [
            *HEAD,
            (60, 740 + shift, "北地区"),
            (160, 740, "通信費"),
            (400, 740, "12万円"),
            (160, 720, "人件費"),
            (400, 720, "35万円"),
            (60, 690 + shift, "南地区"),
            (160, 690, "通信費"),
            (400, 690, "9万円"),
            (160, 670, "人件費"),
            (400, 670, "28万円"),
        ],
    )
    assert [(row["地区"], row["金額"]) for row in rows] == [
        ("北地区", "12万円"),
        ("北地区", "35万円"),
        ("南地区", "9万円"),
        ("南地区", "28万円"),
    ]


def test_rows_overleaf_stay_under_their_headings(tmp_path):
    first = [
        *HEAD,
        *((60, 740, "北地区"), (160, 740, "通信費"), (400, 740, "12万円")),
        *((60, 720, "東地区"), (160, 720, "通信費"), (400, 720, "10万円")),
    ]
    second = [
        *((60, 800, "みらい町の計画"),),
        *((60, 780, "南地区"), (160, 780, "通信費"), (400, 780, "9万円")),
        (60, 740, "この額は、どの地区でも国の補助を含まない。"),
    ]
    rows = printed(tmp_path, first, second)
    assert rows[-1] == {"地区": "南地区", "内容": "通信費", "金額": "9万円"}
    assert len(rows) == 3


def test_headings_over_an_empty_corner_and_in_two_rows(tmp_path):
    rows = printed(
        tmp_path,
        [
            *((200, 780, "令和6年度"), (400, 780, "令和7年度")),
            *(
                (160, 760, "町負担"),
                (260, 760, "県負担"),
                (360, 760, "町負担"),
                (460, 760, "県負担"),
            ),
            *((60, 740, "運営費"), (160, 740, "100"), (260, 740, "50")),
            *((360, 740, "120"), (460, 740, "60")),
            *(
                (60, 720, "事務費"),
                (160, 720, "10"),
                (260, 720, "5"),
                (360, 720, "12"),
                (460, 720, "6"),
            ),
        ],
    )
    assert rows[0]["令和7年度 町負担"] == "120"


def test_columns_of_prose_and_lists_are_no_table(tmp_path):
    text = "この資料は取組をまとめたものである。"
    prose = [(60 + 260 * (n % 2), 760 - 16 * (n // 2), text) for n in range(12)]
    names = [*((60, 500, "日時"), (300, 500, "場所")), *((60, 480, "第1回"), (300, 480, "市役所"))]
    assert printed(tmp_path, [*prose, *names]) == []
