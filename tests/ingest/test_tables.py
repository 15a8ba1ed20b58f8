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
from assistant.retrieval.words import searched_text
from assistant.schema import Page

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
