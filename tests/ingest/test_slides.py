import re
import zipfile

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from assistant.errors import ReadError
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.records.text import Page

TITLE_ONLY, BLANK = 5, 6


@pytest.fixture
def deck():
    return pptx.Presentation()


@pytest.fixture
def read(deck, tmp_path):
    def read():
        deck.save(tmp_path / "説明.pptx")
        return read_file(tmp_path / "説明.pptx")

    return read


def slide(deck, *boxes, title=None, notes=None, hidden=False):
    """A slide with text boxes (left, top, text) in inches."""
    made = deck.slides.add_slide(deck.slide_layouts[BLANK if title is None else TITLE_ONLY])
    if title is not None:
        made.shapes.title.text = title
    for left, top, text in boxes:
        box = made.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
        box.text_frame.text = text
    if notes:
        made.notes_slide.notes_text_frame.text = notes
    if hidden:
        made.element.set("show", "0")
    return made


def test_a_slide_is_read_with_its_title_boxes_in_reading_order_and_notes(deck, read):
    slide(
        deck, (5, 2, "右上"), (1, 4, "下\n二行目"), (1, 2, "左上"), title="結果", notes="間を置く。"
    )
    slide(deck, (1, 2, "題のない面"))
    assert read().pages == (
        Page("結果\n左上\n右上\n下\n二行目", locator="slide 1", section="結果", heading=True),
        Page("間を置く。", locator="slide 1 ノート", section="結果 > ノート"),
        Page("題のない面", locator="slide 2", section="slide 2"),
    )


def test_titles_and_notes_become_headings(deck, read):
    slide(deck, (1, 2, "26件で行った。"), title="結果", notes="間を置く。")
    slide(deck, (1, 2, "題のない面"))
    sections = read_structure(read().pages, "slides", markdown=False)
    assert [(s.heading_path, [b.text for b in s.blocks]) for s in sections] == [
        (("結果",), ["26件で行った。"]),
        (("結果 > ノート",), ["間を置く。"]),
        (("slide 2",), ["題のない面"]),
    ]


def test_boxes_with_the_same_words_are_read_once(deck, read):
    for number in (1, 2, 3):
        slide(deck, (1, 2, f"内容{number}"), (1, 3, f"内容{number}"), (1, 6, "みどり市"))
    assert [page.text for page in read().pages] == ["内容1\nみどり市", "内容2", "内容3"]


def test_tables_are_read_by_row_and_groups_stay_together(deck, read):
    made = slide(deck, (1, 6, "終わり"))
    frame = made.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1))
    for row, texts in zip(frame.table.rows, [("年度", "件数"), ("令和3年度", "26件")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    group = made.shapes.add_group_shape()
    for top, text in ((5, "組の下"), (3, "組の上")):
        group.shapes.add_textbox(
            Inches(1), Inches(top), Inches(2), Inches(1)
        ).text_frame.text = text
    assert [(page.text, page.locator, page.columns) for page in read().pages] == [
        ("年度　件数", "slide 1 表1 1行", True),
        ("令和3年度　26件", "slide 1 表1 2行", False),
        ("組の上\n組の下\n終わり", "slide 1", False),
    ]


def test_hidden_slides_are_reported_and_the_numbers_stay(deck, read):
    slide(deck, (1, 2, "表紙"))
    slide(deck, (1, 2, "隠した面"), hidden=True)
    slide(deck, (1, 2, "本編"))
    result = read()
    assert [page.locator for page in result.pages] == ["slide 1", "slide 3"]
    assert (result.unreadable, result.unreadable_reason) == (
        (2,),
        "非表示のスライド(2)は取り込みません。",
    )


def test_an_empty_deck_is_refused(read):
    with pytest.raises(ReadError, match="文字がありません"):
        read()


NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)


def insert(made, xml):
    """Shapes written by hand."""
    made.shapes._spTree.append(parse_xml(re.sub(r"(?<=^<)([\w:]+)", rf"\1 {NS}", xml)))


def box(paragraphs, *, hidden="0", left=914400):
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="b" hidden="{hidden}"/><p:cNvSpPr txBox="1"/>'
        f'<p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="914400"/>'
        f'<a:ext cx="914400" cy="91440"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
    )


def relate(made, kind, uri, xml):
    """A part that a slide refers to; returns the relationship's id."""
    part = Part(PackURI(uri), "application/xml", made.part.package, f"<x {NS}>{xml}</x>".encode())
    return made.part.relate_to(part, kind)


def repack(path, change):
    """The package with every part changed: (name, bytes) → bytes, or None to drop it."""
    with zipfile.ZipFile(path) as package:
        parts = [(name, change(name, package.read(name))) for name in package.namelist()]
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts:
            if data is not None:
                package.writestr(name, data)


@pytest.mark.parametrize(
    ("shape", "texts", "reason"),
    [
        (
            box('<a:p><a:r><a:rPr strike="sngStrike"/><a:t>2分の1</a:t></a:r>'
                '<a:r><a:rPr strike="noStrike"/><a:t>3分の2</a:t></a:r></a:p>'),
            ["3分の2"],
            "取り消し線の文字 1か所(slide 1)を除きました。",
        ),
        (
            box('<a:lstStyle><a:lvl1pPr><a:defRPr strike="dblStrike"/></a:lvl1pPr></a:lstStyle>'
                "<a:p><a:r><a:t>消</a:t></a:r></a:p>"),
            [],
            "取り消し線の文字 1か所(slide 1)を除きました。",
        ),
        (
            box("<a:p><a:r><a:rPr><a:noFill/></a:rPr><a:t>消</a:t></a:r></a:p>"),
            [],
            "見えない文字 1か所(slide 1)を除きました。",
        ),
        (
            box("<a:p><a:r><a:t>消</a:t></a:r></a:p>", hidden="1"),
            [],
            "非表示の図形 1か所(slide 1)を除きました。",
        ),
        (
            box("<a:p><a:r><a:t>外</a:t></a:r></a:p>", left=-2000000),
            [],
            "スライドの外に置かれたもの 1か所(slide 1)を除きました。",
        ),
        (
            "<mc:AlternateContent><mc:Choice Requires='a14'>"
            + box("<a:p><a:r><a:t>式は</a:t></a:r><a14:m><m:oMath><m:f><m:num><m:r>"
                  "<m:t>x</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
                  "</m:oMath></a14:m></a:p>")
            + "</mc:Choice><mc:Fallback>" + box("<a:p><a:r><a:t>式はx</a:t></a:r></a:p>")
            + "</mc:Fallback></mc:AlternateContent>",
            ["式はx/2"],
            "",
        ),
        (
            box('<a:p><a:pPr><a:buAutoNum type="arabicParenBoth" startAt="3"/></a:pPr>'
                "<a:r><a:t>甲</a:t></a:r></a:p><a:p><a:pPr><a:buAutoNum "
                'type="arabicParenBoth" startAt="3"/></a:pPr><a:r><a:t>乙</a:t></a:r></a:p>'),
            ["(3) 甲", "(4) 乙"],
            "",
        ),
        (
            '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="o"/></p:nvGraphicFramePr>'
            "<a:graphic><a:graphicData><p:oleObj/></a:graphicData></a:graphic></p:graphicFrame>",
            [],
            "埋め込まれたファイル 1か所(slide 1)を読めませんでした。",
        ),
    ],
    ids=["struck", "struck by style", "no fill", "hidden", "beside the slide", "equation",
         "numbers", "embedded"],
)  # fmt: skip
def test_what_is_not_seen_or_not_read_is_counted(deck, read, shape, texts, reason):
    insert(slide(deck, (1, 5, "本文"), title="費用"), shape)
    result = read()
    assert (result.pages[0].text.split("\n"), result.unreadable_reason) == (
        ["費用", *texts, "本文"],
        reason,
    )


def test_a_box_with_the_id_of_the_title_is_read(deck, read):
    insert(slide(deck, title="費用"), box("<a:p><a:r><a:t>250万円である。</a:t></a:r></a:p>"))
    assert read().pages[0].text == "費用\n250万円である。"


def test_columns_are_read_one_after_the_other(deck, read):
    slide(
        deck,
        (0.5, 2, "左1"), (5, 2.1, "右1"), (0.5, 3.2, "左2"), (5, 3.1, "右2"), (0.5, 4.4, "左3"),
    )  # fmt: skip
    assert read().pages[0].text.split("\n") == ["左1", "左2", "左3", "右1", "右2"]


def test_what_is_said_on_several_slides_is_read_on_each(deck, read):
    for number in (1, 2, 3):
        slide(
            deck, (1, 3, "補助率は2分の1とする。"), (1, 4, "担当課:産業課"), title=f"事業{number}"
        )
    assert [page.text.split("\n")[1:] for page in read().pages] == [
        ["補助率は2分の1とする。", "担当課:産業課"]
    ] * 3


def test_a_title_alone_is_what_its_slide_says(deck, read):
    slide(deck, title="次回は10月3日に開く")
    assert read().pages == (Page("次回は10月3日に開く", locator="slide 1", section="slide 1"),)


def test_merged_cells_hold_for_the_rows_they_span(deck, read):
    made = slide(deck, title="内訳")
    table = made.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for row, texts in enumerate(
        [("地区", "費目", "金額"), ("北", "通信", "12"), ("", "人件", "35")]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    last = read().pages[-1]
    assert (last.text, last.section) == ("人件　35", "内訳 > 地区　費目　金額 > 北")


def test_charts_are_read_with_the_numbers_the_file_stores(deck, read):
    made = slide(deck, title="実績")
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["令和5年度", "令和6年度"]
    data.add_series("申請率", (0.25, 0.5))
    data.add_series("利用率", (0.1, None))
    chart = made.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(4), Inches(3), data
    ).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "申請の割合"
    assert [(page.text, page.section) for page in read().pages[1:]] == [
        ("申請の割合", "実績 > グラフ"),
        ("申請率　利用率", "実績 > グラフ > 申請の割合"),
        ("令和5年度　25.0%　10.0%", "実績 > グラフ > 申請の割合 > 申請率　利用率"),
        ("令和6年度　50.0%", "実績 > グラフ > 申請の割合 > 申請率　利用率"),
    ]


DIAGRAM = (
    '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/></p:nvGraphicFramePr>'
    "<a:graphic><a:graphicData><dgm:relIds r:dm='{}'/></a:graphicData></a:graphic>"
    "</p:graphicFrame>"
)


def test_diagrams_are_read_from_the_top_down(deck, read):
    made = slide(deck, title="体制")
    points = "".join(
        f'<dgm:pt modelId="{i}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        for i, text in enumerate(["研修", "協議会", "部会"], start=1)
    )
    links = "".join(
        f'<dgm:cxn srcId="{a}" destId="{b}" srcOrd="{order}"/>'
        for a, b, order in ((0, 2, 0), (2, 3, 0), (3, 1, 0))
    )
    xml = f'<dgm:ptLst><dgm:pt modelId="0" type="doc"/>{points}</dgm:ptLst>{links}'
    kind = RELATIONSHIP_TYPE.DIAGRAM_DATA
    insert(made, DIAGRAM.format(relate(made, kind, "/ppt/diagrams/data1.xml", xml)))
    insert(made, DIAGRAM.format("rId99"))
    result = read()
    assert result.pages[0].text == "体制\n協議会\n部会\n研修"
    assert result.unreadable_reason == "図表(SmartArt) 1か所(slide 1)を読めませんでした。"


def test_comments_links_and_words_of_masters_are_pages_of_their_own(deck, read):
    made = slide(deck, (1, 2, "本文"), title="結果")
    run = made.shapes[1].text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = "https://town.example.jp/a"
    body = "<p:txBody><a:p><a:r><a:t>数を直す</a:t></a:r></a:p></p:txBody>"
    xml = f"<p:cm><p:text>要確認</p:text></p:cm><m:cm>{body}</m:cm>"
    relate(made, RELATIONSHIP_TYPE.COMMENTS, "/ppt/comments/comment1.xml", xml)
    layout = made.slide_layout.shapes._spTree
    layout.append(
        parse_xml(re.sub("^<p:sp", f"<p:sp {NS}", box("<a:p><a:r><a:t>未定稿</a:t></a:r></a:p>")))
    )
    assert [(page.text, page.locator, page.section) for page in read().pages[1:]] == [
        ("リンク先: https://town.example.jp/a", "slide 1 リンク先", "結果"),
        ("要確認", "slide 1 コメント", "結果 > コメント"),
        ("数を直す", "slide 1 コメント", "結果 > コメント"),
        ("未定稿", "マスター 1", "マスター"),
    ]


def test_pictures_are_told_by_slide(deck, read, tmp_path):
    from PIL import Image

    Image.new("RGB", (9, 9)).save(tmp_path / "図.png")
    slide(deck, (1, 2, "本文")).shapes.add_picture(str(tmp_path / "図.png"), 0, 0)
    made = slide(deck)
    made.shapes.add_picture(str(tmp_path / "図.png"), 0, 0)
    picture = slide(deck).shapes.add_picture(str(tmp_path / "図.png"), 0, 0)
    picture._element.nvPicPr.cNvPr.set("descr", "人口は増えている。")
    result = read()
    assert result.unreadable == (2,)
    assert result.unreadable_reason == (
        "画像だけのスライド(2)を読めませんでした。画像の中の文字 1か所(slide 1)を読めませんでした。"
    )
    assert result.pages[-1] == Page(
        "人口は増えている。", locator="slide 3 画像の説明", section="slide 3 > 画像の説明"
    )


def test_what_powerpoint_opens_is_read(deck, read, tmp_path):
    for number in (1, 2):
        slide(deck, (1, 2, f"本文{number}"), title=f"題{number}")
    whole = read()
    path = tmp_path / "説明.pptx"

    def strict(name, data):
        text = re.sub(
            rb"http://schemas.openxmlformats.org/(\w+)/2006/(\w+)",
            rb"http://purl.oclc.org/ooxml/\1/\2",
            data,
        )
        return text if name.endswith((".xml", ".rels")) and "Content" not in name else data

    repack(path, strict)
    assert read_file(path) == whole
    repack(path, lambda name, data: None if "slideLayout" in name or "docProps" in name else data)
    assert [page.text for page in read_file(path).pages] == ["題1\n本文1", "題2\n本文2"]
    repack(path, lambda name, data: data[:-20] if name.endswith("slide1.xml") else data)
    damaged = read_file(path)
    assert (damaged.unreadable, damaged.unreadable_reason) == (
        (1,),
        "壊れているスライド(1)を読めませんでした。壊れた部品 1か所を読めませんでした。",
    )
    repack(path, lambda name, data: None if name.endswith("presentation.xml.rels") else data)
    assert [page.text for page in read_file(path).pages] == ["題2\n本文2"]


def test_a_broken_part_beside_the_slides_is_counted(deck, read, tmp_path):
    slide(deck, (1, 2, "本文"), title="題", notes="覚え書き")
    read()
    path = tmp_path / "説明.pptx"
    repack(path, lambda name, data: data[:-20] if name.endswith("notesSlide1.xml") else data)
    assert read_file(path).unreadable_reason == "壊れた部品 1か所を読めませんでした。"
