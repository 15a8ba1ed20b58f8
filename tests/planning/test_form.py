"""Forms of our own making, in both formats."""

import json
import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest
from openpyxl.styles import Border, Side
from plans import plan, sourced

from assistant.errors import InputError
from assistant.export.form import box_lines, filled_form
from assistant.planning.form import mapping_text, read_boxes, with_mapping
from assistant.planning.template import load_template
from assistant.records.plans import FormBox, PlanItem, PlanSection


@pytest.fixture(scope="module")
def template():
    return load_template("standard")


@pytest.fixture
def word_form(tmp_path):
    document = docx.Document()
    document.add_heading("様式1 提案書", 0)
    document.add_paragraph("この様式は変えないでください。")
    table = document.add_table(rows=4, cols=4, style="Table Grid")
    for row, texts in enumerate(
        (
            ("市町村名", "", "人口", ""),
            ("地域の現状と課題", "(400字以内で記入してください)", "", ""),
            ("実施体制", "", "担当者の電話番号", ""),
            ("記入済みの欄", "変えてはいけない値", "", ""),
        )
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 1).merge(table.cell(1, 3))
    document.add_heading("スケジュール", 1)
    document.add_paragraph("※ 段階ごとに記入")
    document.add_heading("説明", 1)
    document.add_paragraph("ここは説明文で、記入欄でない長い段落です。")
    path = tmp_path / "form.docx"
    document.save(path)
    return path


@pytest.fixture
def excel_form(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "申請"
    sheet["A1"] = "申請書"
    sheet.merge_cells("A1:D1")
    for row, (label, hint) in enumerate(
        (
            ("団体名", None),
            ("目指す将来像", "※300字以内"),
            ("KPI(成果指標)", None),
            ("代表者の趣味", None),
            ("合計", "=SUM(F1:F9)"),
        ),
        start=2,
    ):
        sheet.cell(row, 1, label)
        sheet.cell(row, 2, hint)
        sheet.cell(row, 1).border = Border(bottom=Side("thin"))
    sheet.merge_cells("B3:D3")
    sheet.column_dimensions["B"].width = 40
    path = tmp_path / "form.xlsx"
    book.save(path)
    return path


@pytest.fixture
def filled_plan():
    sections = (
        PlanSection("issues", "2 課題", ("a",), (PlanItem("課題: 設備が古い。", "brief"),)),
        PlanSection("vision", "3 将来像", ("a",), (PlanItem("あ" * 301, "brief"),
                    PlanItem("目指す姿: 続ける。", "brief"))),
        PlanSection("kpi", "8 KPI", ("a",), (PlanItem("【要記入: 基準値】", "gap"),)),
        PlanSection("schedule", "7 日程", ("a",), (PlanItem("=1+1", "brief"),)),
        PlanSection("organisation", "6 体制", ("a",), (sourced(1),)),
    )  # fmt: skip
    return plan(sections=sections, coverage=())


def targets(boxes):
    return {box.label: box.target for box in boxes}


def test_the_boxes_of_a_word_form_are_mapped(word_form, template):
    boxes = read_boxes(word_form, template)
    assert targets(boxes) == {
        "市町村名": "brief.municipality",
        "人口": "brief.population",
        "地域の現状と課題": "issues",
        "実施体制": "organisation",
        "担当者の電話番号": None,
        "スケジュール": "schedule",
    }
    assert next(box for box in boxes if box.label == "地域の現状と課題").limit == 400


def test_a_word_form_is_filled_and_keeps_its_layout(word_form, template, filled_plan):
    before = docx.Document(str(word_form))
    content = filled_form(word_form, read_boxes(word_form, template), filled_plan)
    after = docx.Document(BytesIO(content))
    cells = [c.text.replace("\n\n", "\n") for row in after.tables[0].rows for c in row.cells]
    assert "みどり町" in cells
    assert "(400字以内で記入してください)\n課題: 設備が古い。" in cells
    assert "推進体制には金融機関も加わる。[1]" in cells
    assert cells.count("【要記入】") == 2  # 人口 and 電話番号
    assert "変えてはいけない値" in cells
    texts = [p.text for p in after.paragraphs]
    assert "※ 段階ごとに記入\n=1+1" in texts
    assert any(text.startswith("[1] 資料1、総務省") for text in texts)
    assert [p.style.name for p in before.paragraphs] == [
        p.style.name for p in after.paragraphs[: len(before.paragraphs)]
    ]
    assert [c.text for c in before.tables[0].columns[0].cells] == [
        c.text for c in after.tables[0].columns[0].cells
    ]


def test_only_what_a_filled_box_cites_is_among_the_sources(word_form, template, filled_plan):
    boxes = [b for b in read_boxes(word_form, template) if b.target == "brief.municipality"]
    after = docx.Document(BytesIO(filled_form(word_form, boxes, filled_plan)))
    assert not any(paragraph.text.startswith("[") for paragraph in after.paragraphs)


def test_an_excel_form_is_filled_and_keeps_its_layout(excel_form, template, filled_plan):
    boxes = read_boxes(excel_form, template)
    assert targets(boxes) == {
        "団体名": "brief.municipality",
        "目指す将来像": "vision",
        "KPI(成果指標)": "kpi",
        "代表者の趣味": None,
    }
    book = openpyxl.load_workbook(BytesIO(filled_form(excel_form, boxes, filled_plan)))
    sheet = book["申請"]
    assert sheet["B2"].value == "みどり町"
    assert sheet["B3"].value == "※300字以内\n目指す姿: 続ける。"  # what is too long is left out
    assert sheet["B4"].value == "【要記入: 基準値】"
    assert sheet["B4"].fill.fgColor.rgb.endswith("FFFF00")
    assert sheet["B5"].value == "【要記入】"
    assert sheet["B6"].value == "=SUM(F1:F9)"
    assert sheet.merged_cells.ranges == {*sheet.merged_cells.ranges}
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:D1", "B3:D3"}
    assert sheet.column_dimensions["B"].width == 40
    assert sheet["A2"].border.bottom.style == "thin"
    assert book["出典"]["A1"].value.startswith("出典(AIによる下書き・要確認)")


def test_a_mapping_is_shown_corrected_and_passed_back(word_form, template, tmp_path):
    boxes = read_boxes(word_form, template)
    mapping = json.loads(mapping_text(boxes, template))
    assert mapping["targets"]["issues"] == "2 地域の現状と課題"
    mapping["boxes"][0]["target"] = "overview"
    mapping["boxes"][1]["target"] = None
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping), encoding="utf-8")
    corrected = with_mapping(boxes, path, template)
    assert [box.target for box in corrected[:2]] == ["overview", None]
    assert corrected[2:] == boxes[2:]


@pytest.mark.parametrize(
    "mapping",
    ["", "{}", '{"boxes": [{"place": "表9 9行9列", "target": null}]}',
     '{"boxes": [{"place": "段落 99", "target": "nowhere"}]}', '{"boxes": 1}'],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_is_explained(word_form, template, tmp_path, mapping):
    path = tmp_path / "mapping.json"
    path.write_text(mapping, encoding="utf-8")
    with pytest.raises(InputError):
        with_mapping(read_boxes(word_form, template), path, template)


@pytest.mark.parametrize("name", ["form.pdf", "form.docx", "form.xlsx", "missing.docx"])
def test_what_is_no_form_is_explained(tmp_path, template, name):
    if name != "missing.docx":
        (tmp_path / name).write_bytes(b"no form")
    with pytest.raises(InputError):
        read_boxes(tmp_path / name, template)


def rewritten(path, part, old, new):
    """The package with a text of one part replaced."""
    with zipfile.ZipFile(path) as package:
        contents = {name: package.read(name) for name in package.namelist()}
    assert old in contents[part]
    contents[part] = contents[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)


@pytest.mark.parametrize(
    "covering",
    [
        b'<mergeCells count="1"><mergeCell ref="B1:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="B1:XFD1048576" location="A1"/></hyperlinks>',
        b"<mergeCells>" + b'<mergeCell ref="B1:ZZ900"/>' * 2 + b"</mergeCells>",
    ],
)
def test_a_range_of_millions_of_cells_is_refused_before_it_is_built(
    excel_form, template, monkeypatch, covering
):
    sheet = "xl/worksheets/sheet1.xml"
    rewritten(excel_form, sheet, b"</sheetData>", b"</sheetData>" + covering)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_: pytest.fail("built"))
    with pytest.raises(InputError, match=r"form\.xlsx.*表が大きすぎます"):
        read_boxes(excel_form, template)


def test_a_sheet_under_many_names_is_refused(excel_form, template, monkeypatch):
    sheet = b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    sheet += b'name="a" sheetId="9" r:id="rId1"/>'
    rewritten(excel_form, "xl/workbook.xml", b"</sheets>", sheet + b"</sheets>")
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_: pytest.fail("built"))
    with pytest.raises(InputError, match="表が大きすぎます"):
        read_boxes(excel_form, template)


def test_more_cells_than_a_form_has_are_refused(excel_form, template, monkeypatch):
    cells = "".join(f'<c s="{number * number % 9973}"/>' for number in range(300_000))
    row = f"<row>{cells}</row></sheetData>".encode()
    rewritten(excel_form, "xl/worksheets/sheet1.xml", b"</sheetData>", row)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_: pytest.fail("built"))
    with pytest.raises(InputError, match="表が大きすぎます"):
        read_boxes(excel_form, template)


def test_a_word_table_wider_than_word_makes_is_refused(word_form, template, monkeypatch):
    span = b'<w:gridSpan w:val="100000000"/>'
    rewritten(word_form, "word/document.xml", b'<w:gridSpan w:val="3"/>', span)
    monkeypatch.setattr(docx, "Document", lambda *_: pytest.fail("built"))
    with pytest.raises(InputError, match="表が大きすぎます"):
        read_boxes(word_form, template)


def test_cells_merged_down_a_long_table_are_one_box(tmp_path, template):
    document = docx.Document()
    table = document.add_table(rows=100, cols=20)
    table.cell(0, 0).text = "実施体制"
    for number, row in enumerate(table._tbl.tr_lst):
        for cell in row.tc_lst[1:]:
            cell.vMerge = "continue" if number else "restart"
    document.save(tmp_path / "form.docx")
    (box,) = read_boxes(tmp_path / "form.docx", template)
    assert (box.place, box.label) == ("表1 1行2列", "実施体制")


def test_a_form_without_boxes_is_explained(tmp_path, template):
    docx.Document().save(tmp_path / "empty.docx")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    for name in ("empty.docx", "empty.xlsx"):
        with pytest.raises(InputError):
            read_boxes(tmp_path / name, template)


def test_a_value_is_never_a_formula(excel_form, template, filled_plan):
    boxes = [b for b in read_boxes(excel_form, template) if b.label == "団体名"]
    risky = plan(brief=type(filled_plan.brief)(municipality="=HYPERLINK(1)"))
    book = openpyxl.load_workbook(BytesIO(filled_form(excel_form, boxes, risky)))
    assert book["申請"]["B2"].data_type == "s"


def test_a_sentence_of_a_draft_is_called_one_in_a_box():
    section = PlanSection("organisation", "6 体制", ("a",), (sourced(3),))
    box = FormBox("表1 1行2列", "実施体制", "", None, "organisation")
    assert box_lines(box, plan(sections=(section,))) == [("案の文。(案)[3]", False)]


def test_a_label_may_hold_the_limit_of_its_box(tmp_path, template):
    document = docx.Document()
    table = document.add_table(rows=4, cols=2)
    for row, (label, below) in enumerate(
        (
            ("1 地域の現状と課題(400字以内)", ""),
            ("実施体制 1,200字程度", "役割が分かるように記入"),
            ("事業名", "実施期間【100文字まで】"),
            ("ある事業", "変えてはいけない値"),
        )
    ):
        table.cell(row, 0).text, table.cell(row, 1).text = label, below
    document.save(str(tmp_path / "form.docx"))
    boxes = read_boxes(tmp_path / "form.docx", template)
    assert [(box.label, box.limit, box.target) for box in boxes] == [
        ("1 地域の現状と課題(400字以内)", 400, "issues"),
        ("実施体制 1,200字程度", 1200, "organisation"),
    ]


def test_what_is_still_to_be_filled_in_counts_against_the_limit():
    gap = PlanItem("【要記入: 課題の規模を示す値】", "gap")
    items = (PlanItem("課題: 古い。", "brief"), PlanItem("課題: 遅い。", "brief"), gap)
    section = PlanSection("issues", "2 課題", ("a",), items)
    box = FormBox("表1 1行2列", "課題", "", len(gap.text) + 7, "issues")
    lines = [text for text, _ in box_lines(box, plan(sections=(section,)))]
    assert lines == ["課題: 古い。", gap.text]
    assert sum(map(len, lines)) == box.limit


@pytest.mark.parametrize(
    ("label", "target"),
    [
        ("事業の名称", "overview"),
        ("補助金の名称", "brief.programme"),
        ("経費の総額", "brief.budget"),
    ],
)
def test_what_a_label_says_decides_what_goes_beside_it(tmp_path, template, label, target):
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = label, "記入例: 高齢化率"
    document.save(tmp_path / "form.docx")
    (box,) = read_boxes(tmp_path / "form.docx", template)
    assert (box.label, box.target) == (label, target)
