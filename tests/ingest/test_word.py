import re
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from assistant.errors import ReadError
from assistant.ingest.metadata import describe
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.records.text import Page

FOOTNOTES = """<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="1"><w:p><w:r><w:t>令和5年度の調べによる。</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""


SCHEMAS = "http://schemas.openxmlformats.org"
RELATION = f"{SCHEMAS}/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": f"{SCHEMAS}/wordprocessingml/2006/main",
        "r": RELATION,
        "m": f"{SCHEMAS}/officeDocument/2006/math",
        "a": f"{SCHEMAS}/drawingml/2006/main",
        "c": f"{SCHEMAS}/drawingml/2006/chart",
        "dgm": f"{SCHEMAS}/drawingml/2006/diagram",
        "wp": f"{SCHEMAS}/drawingml/2006/wordprocessingDrawing",
        "mc": f"{SCHEMAS}/markup-compatibility/2006",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f"""<Types xmlns="{SCHEMAS}/package/2006/content-types">
<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>"""


@pytest.fixture
def made(tmp_path):
    """Read a package written part by part.

    Other parts are given by name, with what stands inside their root, or whole as bytes; each is
    related to the document by its own name as its id, and by the type its name says.
    """

    def made(body, parts=None, change=lambda text: text, types=TYPES):
        path = tmp_path / "要綱.docx"
        relations = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'.format
        related = "".join(
            relations(name, RELATION, name.split(".")[0].rstrip("0123456789"), name)
            for name in parts or {}
        )
        of = f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">{{}}</Relationships>'
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("[Content_Types].xml", types)
            main = relations("d", RELATION, "officeDocument", "word/document.xml")
            package.writestr("_rels/.rels", change(of.format(main)))
            whole = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
            package.writestr("word/document.xml", change(whole))
            package.writestr("word/_rels/document.xml.rels", change(of.format(related)))
            for name, inside in (parts or {}).items():
                root = "w:" + name.split(".")[0].rstrip("0123456789")
                root = {"w:header": "w:hdr", "w:footer": "w:ftr"}.get(root, root)
                data = inside if isinstance(inside, bytes) else None
                text = f"<{root} {NAMESPACES}>{inside}</{root}>"
                package.writestr(f"word/{name}", data or change(text))
        return read_file(path)

    return made


def p(text, properties="", run=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def cells(*texts):
    return "".join(f"<w:tc>{p(text)}</w:tc>" for text in texts)


def texts(result):
    return [page.text for page in result.pages]


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
        Page("協議会", locator="段落 5", section="体制", heading=True),
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
                ("区分　令和3年度", "表1 1行", "表"),
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
                ("名称　内容", "表1 1行", "表"),
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
        ("市　件数", "表"),
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


STYLES = """<w:style w:type="paragraph" w:styleId="B"><w:name w:val="B"/>
<w:rPr><w:strike/></w:rPr></w:style>
<w:style w:styleId="P"><w:name w:val="P"/><w:basedOn w:val="B"/></w:style>
<w:style w:type="character" w:styleId="C"><w:name w:val="C"/><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="character" w:styleId="V"><w:name w:val="V"/><w:rPr><w:vanish/></w:rPr></w:style>"""
STRUCK = '<w:pStyle w:val="P"/>'


@pytest.mark.parametrize(
    ("properties", "run", "reason"),
    [
        ("", "<w:strike/>", "取り消し線の文字 1か所を除きました。"),
        ("", "<w:dstrike/>", "取り消し線の文字 1か所を除きました。"),
        ("", '<w:rStyle w:val="C"/>', "取り消し線の文字 1か所を除きました。"),
        (STRUCK, "", "取り消し線の文字 1か所を除きました。"),
        (STRUCK, '<w:rStyle w:val="C"/>', ""),
        (STRUCK, '<w:strike w:val="0"/>', ""),
        ("", '<w:rStyle w:val="V"/>', "隠し文字 1か所を除きました。"),
        ("", '<w:rStyle w:val="V"/><w:vanish w:val="false"/>', ""),
    ],
)
def test_words_struck_out_or_hidden_by_any_style_are_left_out(made, properties, run, reason):
    result = made(
        p("補助率は3分の2である。") + p("2分の1", properties, run), {"styles.xml": STYLES}
    )
    assert texts(result)[1:] == ([] if reason else ["2分の1"])
    assert result.unreadable_reason == reason


def test_what_the_defaults_hide_is_hidden(made):
    defaults = (
        "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
    )
    result = made(p("隠す") + p("示す", run='<w:vanish w:val="0"/>'), {"styles.xml": defaults})
    assert texts(result) == ["示す"]


def level(number, form, text, more=""):
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*abstracts, more=""):
    made = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{a}</w:abstractNum>' for n, a in enumerate(abstracts)
    )
    named = "".join(
        f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(len(abstracts))
    )
    return {"numbering.xml": made + named + more}


def listed(text, name, depth=0):
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{name}"/></w:numPr>')


def test_articles_show_their_numbers_and_hold_their_items(made):
    parts = lists(
        level(0, "decimal", "第%1条") + level(1, "decimalFullWidth", "%2"),
        level(0, "japaneseCounting", "第%1章", '<w:suff w:val="space"/>'),
    )
    body = (
        listed("総則", 2)
        + listed("目的を定める。", 1)
        + listed("協議会を置く。", 1)
        + listed("会長を互選する。", 1, 1)
        + p("字下げの文である。")
        + p("(任期)")
        + listed("任期は2年とする。", 1)
        + listed("再任を妨げない。", 1, 1)
    )
    assert [(page.text, page.section) for page in made(body, parts).pages] == [
        ("第一章 総則", None),
        ("第1条　目的を定める。", "第一章 総則 > 第1条"),
        ("第2条　協議会を置く。", "第一章 総則 > 第2条"),
        ("１　会長を互選する。", "第一章 総則 > 第2条"),
        ("字下げの文である。", "第一章 総則 > 第2条"),
        ("(任期)", "第一章 総則"),
        ("第3条　任期は2年とする。", "第一章 総則 > 第3条"),
        ("１　再任を妨げない。", "第一章 総則 > 第3条"),
    ]


@pytest.mark.parametrize(
    ("levels", "more", "paragraphs", "shown"),
    [
        (
            level(0, "upperRoman", "%1.") + level(1, "decimal", "%1.%2", "<w:isLgl/>"),
            "",
            [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)],
            ["I. ", "1.1 ", "1.2 ", "II. ", "2.1 "],
        ),
        (
            level(0, "decimalEnclosedCircle", "%1"),
            '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="5"/></w:lvlOverride></w:num>',
            [(1, 0), (1, 0), (2, 0), (2, 0)],
            ["①　", "②　", "⑤　", "⑥　"],
        ),
        (
            level(0, "aiueoFullWidth", "(%1)")
            + level(1, "iroha", "%2", '<w:lvlRestart w:val="0"/>'),
            "",
            [(1, 0), (1, 1), (1, 0), (1, 1)],
            ["(ア)　", "イ　", "(イ)　", "ロ　"],
        ),
        (
            level(0, "ideographTraditional", "%1"),
            "",
            [(1, 0), (0, 0), (1, 0)],
            ["甲　", "", "乙　"],
        ),
        (level(0, "bullet", "\uf0b7"), "", [(1, 0)], [""]),
    ],
    ids=["legal", "start", "never again", "out of the list", "bullet"],
)
def test_numbers_are_counted_as_word_counts_them(made, levels, more, paragraphs, shown):
    body = "".join(listed("文", name, depth) for name, depth in paragraphs)
    assert texts(made(body, lists(levels, more=more))) == [f"{label}文" for label in shown]


def test_a_heading_has_the_number_of_its_style(made):
    style = (
        '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    parts = lists(level(0, "decimal", "%1", '<w:pStyle w:val="H"/>'))
    body = p("目的", '<w:pStyle w:val="H"/>') + p("定める。")
    assert [
        (page.text, page.section) for page in made(body, parts | {"styles.xml": style}).pages
    ] == [
        ("1 目的", None),
        ("定める。", "1 目的"),
    ]


def test_a_deleted_paragraph_does_not_count(made):
    gone = (
        '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>"
    )
    result = made(gone + listed("新", 1), lists(level(0, "decimal", "第%1条")))
    assert texts(result) == ["第1条　新"]
    assert result.unreadable_reason == "変更履歴で削除された文字 1か所を除きました。"


def test_rows_and_cells_are_found_through_whatever_wraps_them(made):
    rows = (
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cells('地区')}"
        f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("令和7年度")}</w:tc></w:tr>'
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cells('', '町', '県')}</w:tr>"
        f"<w:sdt><w:sdtContent><w:tr>{cells('北')}<w:customXml>{cells('100')}</w:customXml>"
        f"<w:sdt><w:sdtContent>{cells('200')}</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt>"
        f"<w:ins><w:tr>{cells('南', '300', '400')}</w:tr></w:ins>"
        f"<w:tr><w:trPr><w:hidden/></w:trPr>{cells('東')}</w:tr>"
    )
    result = made(p("表1 整備費(単位:千円)") + f"<w:tbl>{rows}</w:tbl>")
    assert texts(result)[3:] == ["北　100　200", "南　300　400"]
    assert [cell.heading for cell in result.pages[-1].cells] == [
        "地区",
        "令和7年度 町(千円)",
        "令和7年度 県(千円)",
    ]
    assert result.unreadable_reason == "隠し文字 1か所を除きました。"


def test_a_table_in_a_cell_has_its_own_headings(made):
    inner = (
        f"<w:tbl><w:tr>{cells('品名', '金額')}</w:tr><w:tr>{cells('机', '8万円')}</w:tr></w:tbl>"
    )
    result = made(f"<w:tbl><w:tr>{cells('実証事業')}<w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>")
    page = result.pages[-1]
    assert (page.text, page.locator) == ("机　8万円", "表1 1行の表1 2行")
    assert page.section == "実証事業 > 品名　金額"


BOX = "<w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict>"


def test_a_box_in_a_cell_is_read_in_the_cell_and_once(made):
    both = (
        f"<mc:AlternateContent><mc:Choice>{BOX.format(p('企画課'))}</mc:Choice>"
        f"<mc:Fallback>{BOX.format(p('企画課'))}</mc:Fallback></mc:AlternateContent>"
    )
    cell = f"<w:tc><w:p><w:r>{both}</w:r></w:p></w:tc>"
    assert texts(made(f"<w:tbl><w:tr>{cells('担当')}{cell}</w:tr></w:tbl>")) == ["担当　企画課"]


def field(code, result=None, data=""):
    mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'.format
    shown = "" if result is None else f"{mark('separate', '')}<w:r><w:t>{result}</w:t></w:r>"
    inside = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"{mark('begin', data)}{inside}{shown}{mark('end', '')}"


NESTED = f"IF </w:instrText></w:r>{field('REF x', '中')}<w:r><w:instrText> = 1"
DROP_DOWN = """<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/>
<w:listEntry w:val="乙"/></w:ddList></w:ffData>"""


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (field(r'EQ \* jc2 \* "Font:ＭＳ 明朝" \* hps10 \o\ad(\s\up 9(もやい),舫)'), "舫"),
        (field(r"eq \o\ac(○,秘)"), "秘"),
        (field(r"EQ \o\ac(○,3)"), "③"),
        (field(r"EQ \f(1,2)"), "1/2"),
        (r'<w:fldSimple w:instr="EQ \r(3,x)"/>', "√(x)"),
        (field(NESTED, "結果"), "結果"),
        (field("FORMDROPDOWN", data=DROP_DOWN), "乙"),
        (
            field(
                "FORMCHECKBOX", data="<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
            ),
            "☑",
        ),
        (
            "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='0'/></w14:checkbox></w:sdtPr>"
            "<w:sdtContent><w:r><w:t>□</w:t></w:r></w:sdtContent></w:sdt>",
            "☐",
        ),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "☑"),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>"
            "</m:den></m:f><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r>"
            "</m:sup></m:sSup></m:oMath>",
            "(a+b)/2x²",
        ),
    ],
)
def test_fields_signs_and_equations_are_read_as_shown(made, inside, text):
    result = made(f"<w:p><w:r><w:t>前</w:t></w:r>{inside}<w:r><w:t>後</w:t></w:r></w:p>")
    assert texts(result) == [f"前{text}後"]


def drawn(inside):
    graphic = f"<a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic>"
    return f"<w:p><w:r><w:drawing><wp:inline>{graphic}</wp:inline></w:drawing></w:r></w:p>"


def point(number, value):
    return f'<c:pt idx="{number}"><c:v>{value}</c:v></c:pt>'


CHART = f"""<c:chartSpace {NAMESPACES}><c:chart><c:plotArea><c:ser>
<c:tx><c:strRef><c:strCache>{point(0, "令和6年度")}</c:strCache></c:strRef></c:tx>
<c:cat><c:strRef><c:strCache>{point(0, "北")}{point(1, "南")}</c:strCache></c:strRef></c:cat>
<c:val><c:numRef><c:numCache><c:formatCode>0.0%</c:formatCode>{point(0, ".5")}{point(1, ".25")}
</c:numCache></c:numRef></c:val></c:ser></c:plotArea></c:chart></c:chartSpace>"""
TREE = f"""<dgm:dataModel {NAMESPACES}><dgm:ptLst><dgm:pt modelId="0" type="doc"/>
<dgm:pt modelId="2"><dgm:t><a:p><a:r><a:t>研修を担う</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>人材部会</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst>
<dgm:cxnLst><dgm:cxn srcId="0" destId="1"/><dgm:cxn srcId="1" destId="2"/></dgm:cxnLst>
</dgm:dataModel>"""


def test_charts_and_diagrams_are_read_where_they_stand(made):
    body = drawn('<c:chart r:id="chart1.xml"/>') + drawn('<dgm:relIds r:dm="data1.xml"/>')
    written = f"<c:userShapes {NAMESPACES}><a:txBody><a:p><a:r><a:t>目標は60%</a:t></a:r></a:p>"
    parts = {
        "chart1.xml": CHART.encode(),
        "data1.xml": TREE.encode(),
        "drawing1.xml": f"{written}</a:txBody></c:userShapes>".encode(),
        "_rels/chart1.xml.rels": b'<Relationships><Relationship Id="r" Type="/chartUserShapes" '
        b'Target="drawing1.xml"/></Relationships>',
    }
    result = made(body + drawn('<c:chart r:id="none"/>'), parts)
    assert [(page.text, page.locator, page.section) for page in result.pages[1:]] == [
        ("北　50.0%", "段落 1 グラフ 1行", "令和6年度"),
        ("南　25.0%", "段落 1 グラフ 2行", "令和6年度"),
        ("目標は60%", "段落 1 グラフ", None),
        ("人材部会", "段落 2 図", None),
        ("研修を担う", "段落 2 図", "人材部会"),
    ]
    assert result.unreadable_reason == "図の部品 1か所を読めませんでした。"


def test_notes_comments_and_embedded_documents_have_places(made):
    mail = 'Content-Type: text/html; charset="utf-8"\n\n<p>MHTの文。</p>'
    parts = {
        "endnotes.xml": f'<w:endnote w:id="1">{p("文末の注。")}</w:endnote>',
        "footnotes.xml": f'<w:footnote w:id="5">{p("消えた注。")}</w:footnote>',
        "comments.xml": f'<w:comment w:id="1">{p("要確認。")}</w:comment>',
        "a.html": "<p>取り込んだ文。<s>旧</s></p>".encode(),
        "b.mht": mail.encode(),
        "c.rtf": b"{}",
    }
    chunks = "".join(f'<w:altChunk r:id="{name}"/>' for name in ("a.html", "b.mht", "c.rtf"))
    gone = '<w:del><w:r><w:footnoteReference w:id="5"/></w:r></w:del>'
    result = made(f"{p('本文。')}<w:p>{gone}</w:p>{chunks}", parts)
    assert [(page.text, page.locator, page.section) for page in result.pages[1:]] == [
        ("取り込んだ文。", "取り込み1 段落 1", None),
        ("MHTの文。", "取り込み2 段落 1", None),
        ("文末の注。", "文末脚注 1", "文末脚注"),
        ("要確認。", "コメント 1", "コメント"),
    ]
    assert result.unreadable_reason == (
        "変更履歴で削除された文字 1か所を除きました。取り込まれた別の文書 1か所を読めませんでした。"
        "取り込み1: 取り消し線の文字 1か所(段落 1)を除きました。"
    )


@pytest.mark.parametrize(
    ("head", "pages", "status"),
    [
        ('<v:textpath string="未定稿"/>', [("未定稿", "透かし 1", "透かし")], "draft"),
        (
            f"<w:txbxContent>{p('資料3-2')}{p('案')}</w:txbxContent>",
            [("資料3-2\n案", "ヘッダー 1", "ヘッダー")],
            "draft",
        ),
        (
            f"<w:txbxContent>{p('第3回案内')}</w:txbxContent>",
            [("第3回案内", "ヘッダー 1", "ヘッダー")],
            "unknown",
        ),
    ],
)
def test_marks_outside_the_body_tell_the_stage(made, tmp_path, head, pages, status):
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1.xml"/>'
        '<w:headerReference w:type="first" r:id="header2.xml"/>'
        '<w:footerReference w:type="default" r:id="footer1.xml"/></w:sectPr>'
    )
    parts = {
        "header1.xml": f"<w:p><w:r><w:pict><v:shape>{head}</v:shape></w:pict></w:r></w:p>",
        "header2.xml": p("表紙を別にした文書だけの頭"),
        "footer1.xml": f"<w:p>{field('PAGE', '3')}<w:r><w:t>ページ</w:t></w:r></w:p>",
    }
    read = made(p("みどり市の計画") * 60 + section, parts).pages
    assert [(page.text, page.locator, page.section) for page in read[60:]] == pages
    assert describe(tmp_path / "計画.docx", "d", read).document.status == status


def test_strict_files_are_read(made):
    def strict(text):
        kinds = "wordprocessingml|officeDocument|drawingml"
        return re.sub(rf"{SCHEMAS}/({kinds})/2006/", r"http://purl.oclc.org/ooxml/\1/", text)

    result = made(p("見える。") + p("隠す", run="<w:vanish/>"), {"styles.xml": STYLES}, strict)
    assert texts(result) == ["見える。"]


def test_files_without_relations_or_with_broken_parts_are_read_as_far_as_they_go(made):
    parts = {"styles.xml": STYLES, "numbering.xml": b"<w:numbering>"}
    result = made(
        p("消す", STRUCK) + p("読む。"),
        parts,
        lambda text: "" if "/numbering" in text else text,
    )
    assert texts(result) == ["読む。"]
    assert "壊れた部品 1か所" in result.unreadable_reason


@pytest.mark.parametrize(
    "kind",
    [
        "vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "vnd.ms-word.document.macroEnabled.main+xml",
    ],
)
def test_templates_and_files_with_macros_are_read(made, kind):
    types = TYPES.replace(MAIN, f"application/{kind}")
    assert texts(made(p("ひな形の文。"), types=types)) == ["ひな形の文。"]


def picture(properties=""):
    return (
        f'<w:drawing><wp:inline><wp:extent cx="3000000" cy="2000000"/>{properties}<a:graphic>'
        f'<a:graphicData><p:pic xmlns:p="{SCHEMAS}/drawingml/2006/picture"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing>"
    )


def test_what_describes_a_picture_stands_for_it(made):
    inside = picture('<wp:docPr id="1" name="x" descr="会場の地図"/>')
    inside += picture('<wp:docPr id="2" name="x" descr="地図 自動的に生成された説明"/>')
    result = made(f"<w:p><w:r>{inside}</w:r></w:p>")
    assert [(page.text, page.locator) for page in result.pages] == [
        ("会場の地図", "段落 1 画像の説明")
    ]
    assert result.unreadable_reason == "画像の中の文字 1か所を読めませんでした。"


def test_what_cannot_be_read_is_counted(made):
    inside = (
        f'<w:object><o:OLEObject/></w:object>{picture()}<w:sym w:font="自作" w:char="F021"/>'
        "<w:t>文。</w:t>"
    )
    assert made(f"<w:p><w:r>{inside}</w:r></w:p>").unreadable_reason == (
        "埋め込まれたファイル 1か所を読めませんでした。画像の中の文字 1か所を読めませんでした。"
        "特殊な記号 1か所を読めませんでした。"
    )


def test_a_document_of_struck_out_words_alone_says_so(made):
    with pytest.raises(ReadError, match=r"読める文字がありません\(取り消し線の文字 1か所"):
        made(p("旧", run="<w:strike/>"))
