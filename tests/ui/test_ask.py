"""相談: what is asked, what is shown, and what stays between runs of the page."""

from dataclasses import replace

import pytest

from assistant.export.text import UNVERIFIED
from assistant.feedback import read_feedback
from assistant.records.answers import Turn

MEMBERS = "協議会には誰が参加しますか"
UNKNOWN = "月面基地の建設費はいくらですか"


@pytest.fixture
def asked(open_page):
    """A page on which one question has been answered."""
    page = open_page("ask")
    page.chat_input[0].set_value(MEMBERS).run()
    assert not page.exception
    return page


def sources(page):
    return [button for button in page.button if (button.key or "").startswith("turn_")]


def test_a_new_visitor_sees_examples_and_can_ask_one(open_page, texts):
    page = open_page("ask")
    example = next(button for button in page.button if "コンソーシアム" in button.label)
    example.click().run()
    assert not page.exception
    assert len(page.chat_message) == 2
    assert "コンソーシアムには誰に" in texts(page)


def test_an_answer_shows_statements_with_numbered_sources(asked, texts, assistant):
    answer = assistant.ask(MEMBERS)
    shown = texts(asked)
    assert all(statement.text in shown for statement in answer.statements)
    assert all(note in shown for note in answer.notes)
    assert f"資料は {answer.as_of} 時点です" in shown
    numbers = [button.label.split("\\]")[0].strip("\\[") for button in sources(asked)]
    assert numbers == [str(n) for s in answer.statements for n in s.citations]


def test_what_no_source_carries_stands_apart_below_the_statements(open_page, texts, assistant):
    answer = assistant.ask(MEMBERS)
    made_up = "<b>全戸</b>に[無料](https://example.org)で配る。"
    page = open_page("ask")
    page.session_state["turns"] = [Turn(MEMBERS, replace(answer, unverified=(made_up,)))]
    page.run()
    assert not page.exception
    last = page.chat_message[1]
    (box,) = [b for b in last.children.values() if "unverified_0" in str(b.proto)]
    inside = [getattr(e, "value", None) or e.proto.body for e in box.children.values()]
    assert inside[0] == UNVERIFIED
    assert "・&lt;b&gt;全戸&lt;/b&gt;に[無料](https://example.org)で配る。" in inside[1]
    assert len(inside) == 2
    assert texts(page).count("全戸") == 1
    places = list(last.children.values())
    below = [e for e in places[places.index(box) :] if e.type == "html"]
    assert not any(s.text in e.proto.body for s in answer.statements for e in below)


def test_a_source_opens_with_its_quote_marked_and_closes_again(asked, texts, assistant):
    quote = assistant.ask(MEMBERS).citations[0].quote
    sources(asked)[0].click().run()
    shown = texts(asked)
    assert "<mark>" in shown
    assert f"「{quote}」" in shown
    asked.button(key="close_source").click().run()
    assert "<mark>" not in texts(asked)


def test_the_conversation_survives_a_run_of_the_page(asked, texts):
    before = texts(asked)
    asked.run()
    assert texts(asked) == before


def test_a_new_conversation_forgets_the_old_one(asked):
    next(b for b in asked.button if b.label == "新しい相談を始める").click().run()
    assert not asked.chat_message


def test_a_refusal_says_what_was_searched_and_shows_the_nearest(open_page, texts, assistant):
    page = open_page("ask")
    page.chat_input[0].set_value(UNKNOWN).run()
    shown = texts(page)
    assert "見つかりません" in shown
    assert f"すべての資料({len(assistant.manifest.documents)}件)" in shown
    nearest = [b for b in page.button if (b.key or "").startswith("near_")]
    assert len(nearest) == len(assistant.ask(UNKNOWN).nearest)
    nearest[0].click().run()
    assert page.button(key="close_source")


def test_years_turned_round_are_said_to_be_an_empty_range(open_page):
    page = open_page("ask")
    since, until = page.selectbox(key="filter_since"), page.selectbox(key="filter_until")
    assert len(until.options) > 1
    since.select_index(len(since.options) - 1).run()
    until.select_index(0).run()
    assert not page.exception
    (said,) = page.warning
    assert "始まりが終わりより後です" in said.value
    until.select_index(len(until.options) - 1).run()
    assert not page.warning


def test_a_filter_narrows_the_answer_and_its_chip_removes_it(open_page, texts):
    page = open_page("ask")
    page.selectbox(key="filter_kind").select("minutes").run()
    page.chat_input[0].set_value(UNKNOWN).run()
    assert "種類: 議事録" in texts(page)
    page.button(key="unfilter_kind").click().run()
    assert page.selectbox(key="filter_kind").value is None


def test_an_empty_index_is_an_error_in_two_lines(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("REGIONAL_DX_INDEX", str(tmp_path / "nowhere"))
    page = open_page("ask")
    assert not page.exception
    assert page.error[0].value.startswith("エラー: 索引がありません")
    assert "対処: " in page.error[0].value


def test_a_thumb_down_with_its_reason_is_kept_on_the_machine(asked, texts, settings):
    asked.feedback[0].set_value(0).run()
    asked.pills[0].set_value(["長すぎる・読みにくい"])
    next(i for i in asked.text_input if i.label.startswith("ひとこと")).input("表がほしい")
    next(b for b in asked.button if b.label == "評価を保存する").click().run()
    kept = read_feedback(settings)
    assert [(f.question, f.verdict, f.reason) for f in kept] == [
        (MEMBERS, "down", "長すぎる・読みにくい、表がほしい")
    ]
    assert "評価をお預かりしました" in texts(asked)


def test_visitors_do_not_see_each_other(asked, open_page):
    assert not open_page("ask").chat_message
