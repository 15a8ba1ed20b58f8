"""計画: what is saved as it is written, drafted, filled in, edited and taken away."""

import io
import json
import tomllib

import docx
import openpyxl
import pytest

from assistant.errors import InputError
from assistant.planning.brief import load_brief
from assistant.planning.edit import EDITED
from assistant.ui import clients, official_form, plan_parts
from assistant.ui.clients import Saved
from assistant.ui.inert import label

TOWN = "みどり町"
PROBLEM = "公設の光ファイバが古くなり、更新の費用の見込みが立たない。"


def begin(page, client):
    page.text_input(key="client_name").input(client)
    next(b for b in page.button if b.label == "始める").click().run()
    assert not page.exception
    return page


def part(page, name):
    state = page.session_state
    # The harness' state has no `get`.
    drafts = state["plan_drafts"] if "plan_drafts" in state else 0  # noqa: SIM401
    state[f"plan_part_{drafts}"] = name
    page.run()
    assert not page.exception
    return page


@pytest.fixture
def begun(open_page):
    """A page with a client and a brief."""
    page = begin(open_page("plan"), TOWN)
    page.text_input(key="brief_municipality").input(TOWN)
    page.text_area(key="brief_problem").input(PROBLEM).run()
    assert not page.exception
    return page


@pytest.fixture
def drafted(begun):
    next(b for b in begun.button if b.label == "下書きを作る").click().run()
    assert not begun.exception
    return begun


def test_the_brief_is_saved_as_it_is_written_and_the_command_can_read_it(begun, settings):
    brief = load_brief(settings / "clients" / TOWN / "brief.toml")
    assert (brief.municipality, brief.problem) == (TOWN, PROBLEM)


def test_a_draft_shows_sections_with_what_each_item_rests_on(drafted, texts):
    shown = texts(drafted)
    assert f"自治体: {TOWN}" in shown
    assert "要記入" in shown
    named = "".join(box.label for box in drafted.expander)
    sections = drafted.session_state["base_plan"].sections
    assert all(label(section.heading) in named for section in sections)


def test_the_source_of_a_plans_sentence_opens_beside_it(drafted, texts):
    for section in drafted.session_state["base_plan"].sections:
        drafted.session_state[f"section_{section.id}"] = True
    drafted.run()
    button = next(b for b in drafted.button if (b.key or "").startswith("plan_"))
    button.click().run()
    assert "<mark>" in texts(drafted)
    drafted.button(key="close_source").click().run()
    assert "<mark>" not in texts(drafted)


def test_a_gap_filled_in_is_part_of_the_plan_and_of_its_word_file(drafted, settings, texts):
    page = part(drafted, "3 埋めること")
    next(i for i in page.text_input if (i.key or "").startswith("fill_")).input(
        "光ファイバ更新事業"
    ).run()
    assert "光ファイバ更新事業" in str(clients.load(settings, TOWN).fillings)
    page = part(page, "2 下書き")
    assert "光ファイバ更新事業" in texts(page)


def test_what_was_saved_is_there_for_the_next_visit_and_drafted_again(drafted, open_page):
    later = open_page("plan")
    assert TOWN in later.selectbox(key="client").options
    later.selectbox(key="client").set_value(TOWN).run()
    assert later.text_area(key="brief_problem").value == PROBLEM
    assert later.session_state["base_plan"].brief.problem == PROBLEM


def test_a_plan_reopened_names_the_sources_that_are_gone(drafted, open_page, settings, texts):
    path = clients.draft_path(settings, TOWN)
    row = json.loads(path.read_text(encoding="utf-8"))
    gone = row["citations"][0]["doc_id"]
    for citation in row["citations"]:
        if citation["doc_id"] == gone:
            citation |= {"doc_id": "none", "title": "廃止した計画", "source_path": "none.pdf"}
    path.write_text(json.dumps(row), encoding="utf-8")
    later = open_page("plan")
    later.selectbox(key="client").set_value(TOWN).run()
    shown = texts(part(later, "2 下書き"))
    assert "前回から更新された根拠" in shown
    assert "「廃止した計画」は、索引にありません" in shown
    assert "前回から更新された根拠" not in texts(part(drafted, "2 下書き"))


CHANGED = "この相談元は、ほかの画面で変更されました。"


def opened_beside(open_page):
    page = open_page("plan")
    page.selectbox(key="client").set_value(TOWN).run()
    assert not page.exception
    return page


def test_what_another_screen_saved_is_not_written_over(begun, open_page, settings, texts):
    other = opened_beside(open_page)
    other.text_area(key="brief_constraints").input("職員は1名。").run()
    begun.text_area(key="brief_notes").input("冬は雪が深い。").run()
    assert CHANGED in texts(begun)
    assert "開き直してから、もう一度入力してください。" in texts(begun)
    assert begun.text_area(key="brief_notes").value == "冬は雪が深い。"
    kept = clients.load(settings, TOWN).brief
    assert (kept["constraints"], kept.get("notes")) == ("職員は1名。", None)

    next(b for b in begun.button if b.label == "開き直す").click().run()
    assert CHANGED not in texts(begun)
    assert begun.text_area(key="brief_constraints").value == "職員は1名。"
    begun.text_area(key="brief_notes").input("冬は雪が深い。").run()
    assert CHANGED not in texts(begun)
    kept = clients.load(settings, TOWN).brief
    assert (kept["constraints"], kept["notes"]) == ("職員は1名。", "冬は雪が深い。")
    assert CHANGED not in texts(other)


def test_a_plan_drafted_or_filled_in_beside_is_not_written_over(
    drafted, open_page, settings, texts
):
    other = part(opened_beside(open_page), "3 埋めること")
    gap = next(i for i in other.text_input if (i.key or "").startswith("fill_"))
    gap.input("光ファイバ更新事業").run()
    page = part(drafted, "3 埋めること")
    box = page.text_input(key=gap.key)
    assert box.value == ""
    box.input("別の名前").run()
    assert CHANGED in texts(page)
    assert page.text_input(key=gap.key).value == "別の名前"
    draft = clients.draft_path(settings, TOWN).read_bytes()
    part(page, "1 ブリーフ")
    next(b for b in page.button if b.label == "下書きを作る").click().run()
    assert CHANGED in texts(page)
    assert clients.draft_path(settings, TOWN).read_bytes() == draft
    assert list(clients.load(settings, TOWN).fillings.values()) == ["光ファイバ更新事業"]
    next(b for b in page.button if b.label == "開き直す").click().run()
    page = part(page, "3 埋めること")
    box = next(i for i in page.text_input if (i.key or "").startswith("fill_"))
    assert box.value == "光ファイバ更新事業"


def test_every_draft_has_tabs_of_its_own_that_begin_with_it(drafted):
    assert drafted.session_state["plan_part_1"] == "2 下書き"
    part(drafted, "1 ブリーフ")
    next(b for b in drafted.button if b.label == "下書きを作る").click().run()
    assert drafted.session_state["plan_part_2"] == "2 下書き"


def test_another_client_begins_empty(drafted):
    begin(drafted, "あおば市")
    part(drafted, "1 ブリーフ")
    assert drafted.text_area(key="brief_problem").value == ""
    assert "base_plan" not in drafted.session_state


def test_criteria_are_shown_with_the_questions_still_open(drafted, texts):
    page = part(drafted, "5 審査の観点")
    coverage = page.session_state["base_plan"].coverage
    assert list(page.dataframe[0].value["観点"]) == [row.criterion for row in coverage]
    asked = [row.question for row in coverage if row.question]
    next(i for i in page.text_input if (i.key or "").startswith("fill_")).input(
        "運営は町が続ける"
    ).run()
    assert asked
    assert "運営は町が続ける" in str(page.session_state["plan_saved"].fillings)


def test_the_word_file_holds_the_plan(drafted):
    from assistant.export.word import plan_docx

    plan = drafted.session_state["base_plan"]
    document = docx.Document(io.BytesIO(plan_docx(plan)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert PROBLEM in text
    page = part(drafted, "6 書き出す")
    assert [b.proto.label for b in page.get("download_button")] == [
        "Wordで受け取る(.docx)",
        "Markdownで受け取る(.md)",
    ]


@pytest.fixture
def taken(monkeypatch):
    """What the page last offered to take away under a button, made as on a click."""
    offered = {}
    button = official_form.st.download_button

    def offer(name, data, **options):
        offered[name.split("(")[0]] = (options["file_name"], data)
        return button(name, data, **options)

    def made(name="書き込んだ様式を受け取る"):
        file_name, data = offered[name]
        return file_name, io.BytesIO(data())

    monkeypatch.setattr(official_form.st, "download_button", offer)
    return made


def sent(page, name, content):
    page = part(page, "6 書き出す")
    page.file_uploader(key="form").set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    return page


def test_a_word_form_is_filled_as_its_boxes_were_corrected(drafted, taken):
    form, stream = docx.Document(), io.BytesIO()
    table = form.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "市町村名"
    table.cell(1, 0).text = "担当[課](の)電話番号"
    form.save(stream)
    page = sent(drafted, "様式1.docx", stream.getvalue())
    town, other = (b for b in page.selectbox if (b.key or "").startswith("box_"))
    assert (town.value, other.value) == ("brief.municipality", "")
    assert other.label == label("担当[課](の)電話番号(表1 2行2列)")
    name, filled = taken()
    cells = docx.Document(filled).tables[0].columns[1].cells
    assert (name, [cell.text for cell in cells]) == ("様式1-下書き.docx", [TOWN, "【要記入】"])
    other.select("brief.problem").run()
    assert docx.Document(taken()[1]).tables[0].cell(1, 1).text == PROBLEM


def test_an_excel_form_takes_what_the_town_filled_in(drafted, taken):
    page = part(drafted, "3 埋めること")
    gap = next(i for i in page.text_input if (i.key or "").startswith("fill_"))
    gap.input("光ファイバ更新事業").run()
    heading = page.subheader[0].value
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in (("提案の内容", None), ("市町村名", None), (None, "様式第1号")):
        book.active.append(row)
    book.save(stream)
    page = sent(page, "申請.xlsx", stream.getvalue())
    first = next(b for b in page.selectbox if (b.key or "").endswith("!B1"))
    sections = page.session_state["base_plan"].sections
    first.select(next(s.id for s in sections if label(s.heading) == heading)).run()
    name, filled = taken()
    sheet = openpyxl.load_workbook(filled).worksheets[0]
    assert name == "申請-下書き.xlsx"
    assert "光ファイバ更新事業" in sheet["B1"].value
    assert sheet["B2"].value == TOWN


def test_the_form_and_its_corrections_outlive_a_look_at_another_part(drafted, taken):
    form, stream = docx.Document(), io.BytesIO()
    form.add_table(rows=1, cols=2).cell(0, 0).text = "担当課の電話番号"
    form.save(stream)
    page = sent(drafted, "様式1.docx", stream.getvalue())
    next(b for b in page.selectbox if (b.key or "").startswith("box_")).select("brief.problem")
    page = part(part(page.run(), "2 下書き"), "6 書き出す")
    assert docx.Document(taken()[1]).tables[0].cell(0, 1).text == PROBLEM
    next(b for b in page.button if b.label == "別の様式にする").click().run()
    assert page.file_uploader(key="form")
    begin(page, "あおば市")
    assert official_form.KEPT not in page.session_state


def test_a_form_is_read_once_however_often_the_page_is_drawn(drafted, monkeypatch):
    read = []
    boxes_of = official_form.read_boxes

    def counted(*given):
        read.append(given)
        return boxes_of(*given)

    monkeypatch.setattr(official_form, "read_boxes", counted)
    form, stream = docx.Document(), io.BytesIO()
    form.add_table(rows=1, cols=2).cell(0, 0).text = "担当課の電話番号"
    form.save(stream)
    page = sent(drafted, "様式1.docx", stream.getvalue()).run().run()
    assert len(read) == 1
    next(b for b in page.button if b.label == "別の様式にする").click().run()
    page = sent(page, "壊れた.docx", b"PK broken").run()
    assert len(read) == 2
    assert label("壊れた.docx") in page.error[0].value


def test_a_table_written_over_is_marked_kept_and_still_makes_a_word_file(
    drafted, monkeypatch, texts, settings, taken
):
    editor = plan_parts.st.data_editor
    own = "主管課の課長が束ねる。"

    def edited(rows, **options):
        rows = editor(rows, **options)
        if options["key"].startswith("table_roles"):
            rows = [row | {"責任": own} for row in rows]
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(plan_parts.st, "data_editor", edited)
        part(drafted, "4 表")
    # The editor forgets what was typed when it leaves the screen; the plan does not.
    page = part(part(drafted, "2 下書き"), "4 表")
    assert own in texts(page)
    assert EDITED in texts(page)
    kept = clients.load(settings, TOWN)
    assert {row["責任"] for row in kept.tables["roles"]} == {own}
    part(page, "6 書き出す")
    document = docx.Document(taken("Wordで受け取る")[1])
    cells = "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert f"{own}({EDITED})" in cells


@pytest.mark.parametrize("name", ["壊れた.docx", "壊れた.xlsx"])
def test_a_form_that_cannot_be_read_is_an_error_in_two_lines(drafted, name):
    page = sent(drafted, name, b"PK broken")
    assert page.error[0].value.startswith(f"エラー: {label(f'様式を読めません: {name}')}")
    assert "対処: 入手し直すか、元のソフトで開いて" in page.error[0].value
    # The plan itself can still be taken away.
    assert len(page.get("download_button")) == 2


def test_saved_plans_of_a_login_are_its_own(open_page, monkeypatch, texts):
    monkeypatch.setenv("REGIONAL_DX_USER_HEADER", "X-Remote-User")
    page = open_page("plan")
    assert "ログインした人の名前が届いていません" in texts(page)


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    saved = Saved({"problem": 'a"b\\c', "partners": "甲、乙"}, "standard", {"g": "x"},
                  {"roles": [{"役割": "長"}]}, drafted=True)  # fmt: skip
    clients.save(tmp_path, "../みどり町", saved)
    assert clients.names(tmp_path) == ["_みどり町"]
    assert clients.load(tmp_path, "../みどり町") == saved
    written = (tmp_path / "clients" / "_みどり町" / "brief.toml").read_text(encoding="utf-8")
    assert tomllib.loads(written)["problem"] == 'a"b\\c'


def test_a_client_needs_a_name(tmp_path):
    with pytest.raises(InputError, match="名前がありません"):
        clients.begin(tmp_path, " . ")


def test_a_client_begun_again_keeps_what_it_has(tmp_path):
    clients.save(tmp_path, "町", Saved({"problem": "x"}))
    assert clients.begin(tmp_path, " 町 ") == "町"
    assert clients.load(tmp_path, "町").brief == {"problem": "x"}


def test_a_damaged_plan_is_named(tmp_path):
    clients.save(tmp_path, "町", Saved({"problem": "x"}))
    (tmp_path / "clients" / "町" / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="読めません"):
        clients.load(tmp_path, "町")
