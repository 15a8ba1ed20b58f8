import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from assistant.errors import ReadError
from assistant.ingest.metadata import describe
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.schema import Page

FOOTNOTES = """<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="1"><w:p><w:r><w:t>令和5年度の調べによる。</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""


@pytest.fixture
def document():
    return docx.Document()


@pytest.fixture
def read(document, tmp_path):
    def read():
        document.save(tmp_path / "計画.docx")
        return read_file(tmp_path / "計画.docx")

    return read


def table(document, rows):
    made = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


def xml(name, inside):
    return parse_xml(f"<w:{name} {nsdecls('w')}>{inside}</w:{name}>")


def test_running_heads_are_read_once_and_page_numbers_are_not(document, read):
    first = document.sections[0]
    first.header.paragraphs[0].text = "みどり市計画(素案)"
    first.footer.paragraphs[0].text = "- 3 ページ"
    document.add_paragraph("市が担う。")
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "みどり市計画(素案)"
    second.footer.is_linked_to_previous = False
    second.footer.paragraphs[0].text = "令和6年4月1日 企画課"
    assert read().pages[1:] == (
        Page("みどり市計画(素案)", locator="ヘッダー 1", section="ヘッダー"),
        Page("令和6年4月1日 企画課", locator="フッター 1", section="フッター"),
    )


def test_paragraphs_are_counted_and_stand_under_their_headings(document, read):
    document.add_heading("みどり市計画", 0)
    document.add_paragraph("")
    document.add_heading("体制", 1)
    document.add_paragraph("市が担う。")
    document.add_heading("協議会", 2)
    document.add_paragraph("座長を置く。", style="List Bullet")
    document.add_heading("費用", 1)
    document.add_paragraph("費用は８億円\nである。")
    assert read().pages == (
        Page("みどり市計画", locator="段落 1", heading=True),
        Page("体制", locator="段落 3", heading=True),
        Page("市が担う。", locator="段落 4", section="体制"),
        Page("協議会", locator="段落 5", heading=True),
        Page("座長を置く。", locator="段落 6", section="体制 > 協議会", item=True),
        Page("費用", locator="段落 7", heading=True),
        Page("費用は８億円\nである。", locator="段落 8", section="費用"),
    )


@pytest.mark.parametrize(
    ("rows", "pages"),
    [
        (
            [["区分", "令和3年度"], ["実証", "26件"], ["", ""], ["実装", "9件"]],
            [
                ("区分　令和3年度", "表1 1行", "区分　令和3年度"),
                ("実証　26件", "表1 2行", "区分　令和3年度"),
                ("実装　9件", "表1 4行", "区分　令和3年度"),
            ],
        ),
        (
            [["補助率", "1/2"], ["上限額", "500万円"]],
            [("補助率　1/2", "表1 1行", "表"), ("上限額　500万円", "表1 2行", "表")],
        ),
        (
            [["名称", "内容"], ["協議\n会", "年2回\n開く。"]],
            [
                ("名称　内容", "表1 1行", "名称　内容"),
                ("協議 会　年2回 開く。", "表1 2行", "名称　内容"),
            ],
        ),
        ([["枠の中の文。\n次の文。"]], [("枠の中の文。\n次の文。", "表1 1行", None)]),
    ],
    ids=["columns", "no column headings", "lines in cells", "frame"],
)
def test_a_table_is_read_row_by_row_under_its_column_headings(document, read, rows, pages):
    table(document, rows)
    assert [(p.text, p.locator, p.section) for p in read().pages] == pages


def test_a_cell_over_several_rows_is_quoted_once_and_searched_with_all(document, read):
    made = table(document, [["市", "件数"], ["みどり市", "2件"], ["", "3件"]])
    made.cell(1, 0).merge(made.cell(2, 0))
    assert [(p.text, p.section) for p in read().pages] == [
        ("市　件数", "市　件数"),
        ("みどり市　2件", "市　件数"),
        ("3件", "市　件数 > みどり市"),
    ]


def test_insertions_are_read_and_deletions_hidden_text_and_readings_are_not(document, read):
    paragraph = document.add_paragraph("補助率は")
    for part in (
        xml("ins", "<w:r><w:t>2分の1</w:t></w:r>"),
        xml("del", "<w:r><w:delText>3分の2</w:delText></w:r>"),
        xml("r", "<w:rPr><w:vanish/></w:rPr><w:t>隠し</w:t>"),
        xml("r", '<w:rPr><w:vanish w:val="0"/></w:rPr><w:t>である</w:t>'),
        xml(
            "r",
            "<w:ruby><w:rt><w:r><w:t>よみ</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>。</w:t></w:r></w:rubyBase></w:ruby>",
        ),
    ):
        paragraph._p.append(part)
    assert read().pages == (Page("補助率は2分の1である。", locator="段落 1"),)


def test_controls_text_boxes_and_footnotes_have_places_of_their_own(document, read):
    body = document.element.body
    control = "<w:sdtContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:sdtContent>"
    gallery = '<w:docPartGallery w:val="Table of Contents"/>'
    contents = f"<w:sdtPr><w:docPartObj>{gallery}</w:docPartObj></w:sdtPr>"
    body.insert(0, xml("sdt", control.format("申請者の氏名")))
    body.insert(1, xml("sdt", contents + control.format("目次")))
    paragraph = document.add_paragraph("本文である。")
    box = (
        "<w:pict><w:txbxContent><w:p><w:r><w:t>箱の文。</w:t></w:r></w:p></w:txbxContent></w:pict>"
    )
    paragraph._p.append(xml("r", box))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    name = docx.opc.packuri.PackURI("/word/footnotes.xml")
    part = docx.opc.part.Part(name, media, FOOTNOTES.encode(), document.part.package)
    document.part.relate_to(part, kind)
    assert read().pages == (
        Page("申請者の氏名", locator="コントロール1 段落 1"),
        Page("本文である。", locator="段落 1"),
        Page("箱の文。", locator="段落 1 テキストボックス"),
        Page("令和5年度の調べによる。", locator="脚注 1", section="脚注"),
    )


def test_headings_are_known_by_outline_level_and_by_look(document, read):
    document.add_paragraph("第1章　目的")
    document.add_paragraph("暮らしを支える。")
    marked = document.add_paragraph("費用の見通し")
    marked._p.get_or_add_pPr().append(xml("outlineLvl", ""))
    marked._p.pPr.find(qn("w:outlineLvl")).set(qn("w:val"), "0")
    document.add_paragraph("８億円を見込む。")
    sections = read_structure(read().pages, "report", markdown=False)
    assert [(s.heading_path, [b.text for b in s.blocks]) for s in sections] == [
        (("第1章　目的",), ["暮らしを支える。"]),
        (("費用の見通し",), ["８億円を見込む。"]),
    ]


def test_minutes_keep_their_speakers(document, read):
    for line in ("○山田座長　始めます。", "よろしくお願いします", "○佐藤構成員　賛成です。"):
        document.add_paragraph(line)
    sections = read_structure(read().pages, "minutes", markdown=False)
    assert [(s.speaker, [b.text for b in s.blocks]) for s in sections] == [
        ("山田座長", ["始めます。", "よろしくお願いします"]),
        ("佐藤構成員", ["賛成です。"]),
    ]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([("みどり市DX推進計画", 0), ("目的", 1)], "みどり市DX推進計画"),
        ([("みどり市DX推進計画", None), ("１　目的", 1)], "みどり市DX推進計画"),
        ([("１　目的", 1), ("暮らしを支える。", None)], "計画"),
    ],
)
def test_the_title_is_the_first_heading_or_line(document, read, tmp_path, lines, title):
    for text, level in lines:
        if level is None:
            document.add_paragraph(text)
        else:
            document.add_heading(text, level)
    document.core_properties.title = ""
    assert describe(tmp_path / "計画.docx", "d", read().pages).document.title == title


def test_an_empty_document_is_refused(read):
    with pytest.raises(ReadError, match="文字がありません"):
        read()
