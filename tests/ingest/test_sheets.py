import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from assistant.errors import ReadError
from assistant.ingest import readers
from assistant.ingest.readers import read_file
from assistant.ingest.readers.sheets import band_text
from assistant.records.text import Page, words_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
DRAWING = """<xdr:wsDr xmlns:xdr="urn:xdr" xmlns:a="urn:a" xmlns:c="urn:c" xmlns:d="urn:d"
 xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="urn:mc" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
 <xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:from>
 <xdr:to><xdr:col>4</xdr:col><xdr:row>6</xdr:row></xdr:to>%s</xdr:twoCellAnchor></xdr:wsDr>"""
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


@pytest.fixture
def read_parts(book, tmp_path):
    """Read the book with parts put in or replaced: name → text, or a function of the old text."""

    def read_parts(parts):
        book.save(tmp_path / "素.xlsx")
        path = tmp_path / "一覧.xlsx"
        with zipfile.ZipFile(tmp_path / "素.xlsx") as old, zipfile.ZipFile(path, "w") as new:
            texts = {name: old.read(name).decode() for name in old.namelist()}
            for name, part in parts.items():
                texts[name] = part(texts[name]) if callable(part) else part
            for name, text in texts.items():
                new.writestr(name, text)
        return read_file(path)

    return read_parts


def relations(**targets):
    """Relations of a part: the kind and its target, the id is the kind."""
    links = "".join(
        f'<Relationship Id="{kind}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f"<Relationships>{links}</Relationships>"


def drawn(content, **targets):
    """The parts of a drawing that the first sheet holds."""
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(drawing="../drawings/drawing1.xml"),
        "xl/drawings/drawing1.xml": DRAWING % content,
        "xl/drawings/_rels/drawing1.xml.rels": relations(**targets),
    }


def numbered(text):
    """A text as openpyxl writes it: signs outside ASCII by their numbers."""
    return text.encode("ascii", "xmlcharrefreplace").decode()


def shape(text, properties=""):
    return (
        f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="図形"{properties}/></xdr:nvSpPr>'
        f"<xdr:txBody><a:p>{text}</a:p></xdr:txBody></xdr:sp>"
    )


def run(text, properties=""):
    return f"<a:r><a:rPr{properties}/><a:t>{text}</a:t></a:r>"


def fill(sheet, *rows):
    for row in rows:
        sheet.append(row)


def test_every_row_stands_under_sheet_title_and_column_headings(book, read):
    fill(book.active, ["事業一覧"], [], ["年度", "件数"], ["令和3年度", "26件"], [None, "計"])
    assert [(page.text, page.locator, page.section, page.columns) for page in read().pages] == [
        ("事業一覧", "申請!R1", "申請", False),
        ("年度　件数", "申請!R3", "申請 > 事業一覧", True),
        ("令和3年度　26件", "申請!R4", "申請 > 事業一覧 > 年度　件数", False),
        ("計", "申請!R5", "申請 > 事業一覧 > 年度　件数", False),
    ]


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
        (True, "TRUE"),
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


def test_hidden_rows_and_columns_are_left_out_and_part_no_table(book, read):
    fill(book.active, ["施設", "内部", "定員"], ["北", "秘", 80], ["隠", "隠", 1], ["南", "", 45])
    book.active.column_dimensions["B"].hidden = True
    book.active.row_dimensions[3].hidden = True
    result = read()
    assert [page.text for page in result.pages] == ["施設　定員", "北　80", "南　45"]
    assert result.pages[2].section == "申請 > 施設　定員"
    assert result.unreadable_reason == "非表示の行・列・図形にある文字 5か所(申請)を除きました。"


def test_a_column_without_width_is_hidden(book, read_parts):
    fill(book.active, ["施設", "内部"])
    result = read_parts(
        {
            "xl/worksheets/sheet1.xml": lambda xml: xml.replace(
                "<sheetData>", '<cols><col min="2" max="2" width="0"/></cols><sheetData>'
            )
        }
    )
    assert result.pages[0].text == "施設"


def test_a_merged_cell_reaches_over_its_rows_and_columns(book, read):
    fill(book.active, ["課", "令和7年度", None], [None, "町", "県"])
    fill(book.active, ["福祉課", 12, 5], [None, 57, 6], [None, None, None], [None, 3, 1])
    for merged in ("A1:A2", "B1:C1", "A3:A6"):
        book.active.merge_cells(merged)
    pages = read().pages
    assert [page.text for page in pages[2:]] == ["福祉課　12　5", "57　6", "3　1"]
    assert pages[3].section == "申請 > 課　令和7年度 町　令和7年度 県 > 福祉課"
    assert pages[4].section == pages[3].section
    assert [(c.heading, words_of(c, pages[3].text)) for c in pages[3].cells] == [
        ("課", "福祉課"),
        ("令和7年度 町", "57"),
        ("令和7年度 県", "6"),
    ]


def test_a_merged_cell_that_begins_in_a_hidden_column_is_read(book, read):
    fill(book.active, ["起点", None, "右"])
    book.active.merge_cells("A1:B1")
    book.active.column_dimensions["A"].hidden = True
    assert read().pages[0].text == "起点　右"


def test_what_is_struck_through_is_left_out_and_counted(book, read_parts):
    fill(book.active, ["補助率は2分の1", "廃止"])
    book.active["B1"].font = Font(strike=True)
    rich = (
        "<t>補助率は</t></r><r><rPr><strike/></rPr><t>2分の1</t></r>"
        '<r><rPr><strike val="0"/></rPr><t>3分の2</t></r><rPh sb="0" eb="2"><t>ホジョ</t></rPh>'
    )
    result = read_parts(
        {
            "xl/worksheets/sheet1.xml": lambda xml: xml.replace(
                f"<t>{numbered('補助率は2分の1')}</t>", f"<r>{rich}"
            )
        }
    )
    assert [page.text for page in result.pages] == ["補助率は3分の2"]
    assert result.unreadable_reason == "取り消し線の文字 2か所(申請)を除きました。"


def test_a_format_that_shows_nothing_hides_its_cell(book, read):
    fill(book.active, ["見える", "秘密", 900])
    for name in ("B1", "C1"):
        book.active[name].number_format = ";;;"
    result = read()
    assert [page.text for page in result.pages] == ["見える"]
    assert result.unreadable_reason == "表示しない書式の欄 2か所(申請)を除きました。"


def test_a_strict_workbook_is_read(book, read_parts):
    fill(book.active, ["費目", "期限"], ["通信費", date(2024, 6, 28)])

    def strict(text):
        for transitional, name in STRICT.items():
            text = text.replace(transitional, name)
        return text

    names = ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
    names += ["xl/worksheets/sheet1.xml", "xl/styles.xml"]
    assert read_parts(dict.fromkeys(names, strict)).pages[1].text == "通信費　2024-06-28"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("docProps/core.xml", "<a><created>0000-99</created></a>"),
        ("xl/styles.xml", "<styleSheet><fills><fill/></fills></styleSheet>"),
        ("xl/theme/theme1.xml", "<broken"),
    ],
)
def test_a_damaged_part_that_holds_no_text_does_no_harm(book, read_parts, name, part):
    fill(book.active, ["費目", "上限"], ["通信費", 500])
    result = read_parts({name: part})
    assert (result.pages[-1].text, result.unreadable_reason) == ("通信費　500", "")


def test_a_workbook_that_lost_its_relations_is_read_by_the_names_of_its_parts(book, read_parts):
    fill(book.active, ["費目", "上限"], ["通信費", 500])
    result = read_parts({"xl/_rels/workbook.xml.rels": "<Relationships"})
    assert (result.pages[-1].text, result.unreadable_reason) == (
        "通信費　500",
        "壊れた部品 1か所を読めませんでした。",
    )


def test_texts_are_shared_as_far_as_their_part_reaches(read_parts):
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>9</v></c></row>'
    result = read_parts(
        {
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>",
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                "</Relationships>",
                f'<Relationship Id="s" Type="{RELATIONS}/sharedStrings" Target="texts.xml"/>'
                "</Relationships>",
            ),
            "xl/texts.xml": "<sst><si><t>費目_x000D_</t></si><si><t>上限</t></si><si>",
        }
    )
    assert result.pages[0].text == "費目　上限"
    assert result.unreadable_reason == (
        "ファイルに文字が残っていない欄 1か所(申請)を読めませんでした。"
    )


def test_a_sheet_without_its_part_is_reported(book, read_parts):
    fill(book.active, ["費目", "上限"])
    book.create_sheet("欠け")
    result = read_parts({"xl/worksheets/sheet2.xml": "<worksheet><sheetData>"})
    assert result.unreadable_reason == "シート(欠け)を読めませんでした。"


def test_rows_and_cells_need_no_reference(book, read_parts):
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    pages = read_parts({"xl/worksheets/sheet1.xml": sheet}).pages
    assert [(page.locator, page.text) for page in pages] == [("申請!R1", "1　2"), ("申請!R2", "3")]


def test_comments_are_pages_of_their_own(book, read):
    fill(book.active, ["施設"], ["隠れた施設"])
    book.active["A1"].comment = Comment("要確認", "山田")
    book.active["A2"].comment = Comment("内部", "山田")
    book.active.row_dimensions[2].hidden = True
    result = read()
    assert result.pages[1] == Page("要確認", locator="申請!A1 コメント", section="コメント")
    assert len(result.pages) == 2
    assert result.unreadable_reason == "非表示の行・列・図形にある文字 2か所(申請)を除きました。"


def test_a_threaded_comment_is_read_instead_of_its_note(book, read_parts):
    fill(book.active, ["施設"])
    thread = '<a><threadedComment ref="A1"><text>期限はいつか</text></threadedComment></a>'
    note = (
        "<comments><authors><author>tc={1}</author></authors><commentList>"
        '<comment ref="A1" authorId="0"><text><t>[Threaded comment]</t></text></comment>'
        "</commentList></comments>"
    )
    links = relations(comments="../comments1.xml", threadedComment="../threadedComments/t1.xml")
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": links,
        "xl/comments1.xml": note,
        "xl/threadedComments/t1.xml": thread,
    }
    assert [page.text for page in read_parts(parts).pages[1:]] == ["期限はいつか"]


def test_running_heads_are_read_without_their_codes(book, read):
    fill(book.active, ["施設"])
    book.active.oddHeader.right.text = "資料２(案)"
    book.active.oddFooter.center.text = "&P / &Nページ"
    book.active.evenHeader.left.text = "印刷しない"
    assert read().pages[1:] == (Page("資料２(案)", locator="申請 ヘッダー", section="ヘッダー"),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('&L&"ＭＳ 明朝,太字"&10資料２&R&K000000(案)', ("資料２\n(案)", 0, 0)),
        ("&C&S旧案&S新案&G", ("新案", 1, 1)),
        ("R&&D &A &D", ("R&D", 0, 0)),
    ],
)
def test_codes_of_running_heads(text, found):
    assert band_text(text) == found


def test_shapes_are_read_where_they_stand(book, read_parts):
    fill(book.active, ["施設"])
    group = f"<xdr:grpSp><xdr:grpSp>{shape(run('組の中'))}</xdr:grpSp></xdr:grpSp>"
    struck = shape(run("押印は") + run("必要", ' strike="sngStrike"') + run("不要"))
    hidden = shape(run("隠し"), ' hidden="1"')
    equation = shape(
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>"
        "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    described = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr descr="会場の地図"/></xdr:nvPicPr></xdr:pic>'
    other = (
        f"<mc:AlternateContent><mc:Choice>{equation}</mc:Choice>"
        f"<mc:Fallback>{shape(run('代わり'))}</mc:Fallback></mc:AlternateContent>"
    )
    result = read_parts(drawn(struck + group + hidden + other + "<xdr:pic/>" + described))
    assert [(page.locator, page.text) for page in result.pages[1:]] == [
        ("申請!B3 図形", "押印は不要"),
        ("申請!B3 図形", "組の中"),
        ("申請!B3 図形", "x²"),
        ("申請!B3 画像の説明", "会場の地図"),
    ]
    assert result.unreadable_reason == (
        "非表示の行・列・図形にある文字 1か所(申請)を除きました。"
        "取り消し線の文字 1か所(申請)を除きました。"
        "画像の中の文字 1か所(申請)を読めませんでした。"
    )


def test_a_chart_is_a_table_of_the_numbers_saved_for_it(book, read_parts):
    def series(name, *values):
        points = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate(values))
        names = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate("北南"))
        return (
            f"<c:ser><c:tx><c:v>{name}</c:v></c:tx><c:cat><c:strCache>{names}</c:strCache></c:cat>"
            f"<c:val><c:numCache><c:formatCode>0%</c:formatCode>{points}</c:numCache></c:val></c:ser>"
        )

    fill(book.active, ["施設"])
    chart = (
        '<c:chartSpace xmlns:c="urn:c" xmlns:a="urn:a"><c:chart><c:title><c:rich>'
        f"<a:p>{run('利用率')}</a:p></c:rich></c:title><c:plotArea><c:barChart>"
        f"{series('令和5年度', 0.5, 0.6)}{series('令和6年度', 0.7, 0.8)}"
        "</c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    frame = "<a:graphicData><c:chart r:id='chart'/></a:graphicData>"
    parts = {**drawn(frame, chart="../charts/chart1.xml"), "xl/charts/chart1.xml": chart}
    pages = read_parts(parts).pages
    assert [page.text for page in pages[1:]] == [
        "利用率",
        "令和5年度　令和6年度",
        "北　50%　70%",
        "南　60%　80%",
    ]
    assert pages[3].locator == "申請!B3 グラフ 1行"
    assert [cell.heading for cell in pages[3].cells] == ["", "令和5年度", "令和6年度"]


def test_smart_art_stands_under_the_box_that_holds_it(book, read_parts):
    points = "".join(
        f'<d:pt modelId="{n}"><d:t><a:p>{run(text)}</a:p></d:t></d:pt>'
        for n, text in enumerate(["協議会", "広報部会", "人材部会"])
    )
    links = '<d:cxn srcId="0" destId="2" srcOrd="0"/><d:cxn srcId="0" destId="1" srcOrd="1"/>'
    fill(book.active, ["施設"])
    parts = drawn(
        '<a:graphicData><d:relIds r:dm="diagramData"/></a:graphicData>',
        diagramData="../diagrams/data1.xml",
    )
    parts["xl/diagrams/data1.xml"] = (
        f'<d:dataModel xmlns:d="urn:d" xmlns:a="urn:a">{points}{links}</d:dataModel>'
    )
    assert [(page.text, page.section) for page in read_parts(parts).pages[1:]] == [
        ("協議会", "申請"),
        ("人材部会", "申請 > 協議会"),
        ("広報部会", "申請 > 協議会"),
    ]


def test_an_unknown_graphic_is_counted(book, read_parts):
    fill(book.active, ["施設"])
    parts = drawn("<a:graphicData><d:slicer name='地区'/></a:graphicData>")
    assert read_parts(parts).unreadable_reason == "図形 1か所(申請)を読めませんでした。"


def test_controls_are_read_with_their_state(book, read_parts):
    fill(book.active, ["施設"])
    control = (
        "<xml><v:shape><v:textbox><div>同意<br>する</div></v:textbox>"
        '<x:ClientData ObjectType="Checkbox"><x:Checked>1</x:Checked></x:ClientData></v:shape>'
        '<v:shape><v:textbox>メモ</v:textbox><x:ClientData ObjectType="Note"/></v:shape></xml>'
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(vmlDrawing="../drawings/v.vml"),
        "xl/drawings/v.vml": control,
    }
    assert [page.text for page in read_parts(parts).pages[1:]] == ["☑ 同意 する"]


def test_where_a_cell_leads_is_a_page_of_its_own(book, read):
    fill(book.active, ["申請フォーム"])
    book.active["A1"].hyperlink = "https://forms.example.jp/a"
    page = read().pages[1]
    assert (page.text, page.locator) == ("https://forms.example.jp/a", "申請!A1 リンク先")


def test_a_book_of_pictures_alone_says_so(read_parts):
    with pytest.raises(ReadError, match="画像の中の文字 1か所"):
        read_parts(drawn("<xdr:pic/>"))


@pytest.mark.parametrize(
    ("rows", "names_columns"),
    [
        ([["申請団体名", "みらい町"], ["所在地", "みらい町中央1-1"], ["職名", "町長"]], False),
        ([["施設名", "所在地"], ["北公民館", "北2-3"], ["南公民館", "南4-5"]], True),
        ([["区分", "平日"], ["開館時間", "9時から"], ["休館の期間", "年末"]], True),
        ([["町名", "みらい町"], ["人口の総数", 5000], ["世帯数", 2000]], True),
    ],
)
def test_the_first_line_of_a_form_names_no_columns(book, read, rows, names_columns):
    fill(book.active, *rows)
    for row in (1, 2, 3):
        book.active.merge_cells(start_row=row, end_row=row, start_column=2, end_column=5)
    pages = read().pages
    assert pages[0].columns is names_columns
    assert (pages[1].section == "申請") is not names_columns
