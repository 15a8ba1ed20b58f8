"""計画: what is saved as it is written, drafted, filled in, edited and taken away."""

import io
import tomllib

import docx
import pytest

from assistant.errors import InputError
from assistant.planning.brief import load_brief
from assistant.ui import clients
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
    page.session_state["plan_part"] = name
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
