"""Follow-up questions resolved by code, over the small index."""

import pytest

from assistant.records.answers import Turn

QUESTION = "補助率と上限額はいくらですか"


@pytest.fixture(scope="module")
def turn(assistant):
    return Turn(QUESTION, assistant.ask(QUESTION))


def test_a_question_without_history_stands_alone(assistant):
    assert assistant.ask(QUESTION).standalone is None


def test_a_question_that_stands_alone_takes_nothing_from_the_history(assistant, turn):
    question = "図書館の開館時間はコンソーシアムの規約で何時と決まっていますか"
    assert assistant.ask(question, history=[turn]).standalone is None


def test_a_whole_question_of_few_words_takes_nothing_from_the_history(assistant, turn):
    question = "コンソーシアムには誰に入ってもらうべきですか"
    assert assistant.ask(question, history=[turn]).standalone is None


def test_a_short_question_that_is_answered_alone_is_asked_as_typed(assistant):
    before = Turn(question := "光ファイバの更新の費用はいくらですか", assistant.ask(question))
    short = "補助率はいくらですか"
    alone, later = assistant.ask(short), assistant.ask(short, history=[before])
    assert not alone.refused
    assert later.standalone is None
    assert later.answer == alone.answer


def test_the_topic_is_not_cut_inside_a_verb(assistant):
    question = "コンソーシアムには誰に入ってもらうべきですか"
    before = Turn(question, assistant.ask(question))
    answer = assistant.ask("ほかの自治体はどうですか", history=[before])
    assert answer.standalone == "コンソーシアムについて、ほかの自治体はどうですか"


def test_a_follow_up_takes_the_topic_of_the_last_turn(assistant, turn):
    answer = assistant.ask("それは何年度の話ですか", history=[turn])
    assert answer.standalone == "補助率と上限額について、それは何年度の話ですか"
    assert answer.question == "それは何年度の話ですか"


@pytest.mark.parametrize(
    "question",
    ["中之条町のことは誰が言いましたか", "協議会はいつの決定でできましたか", "では予算は？"],
)
def test_a_question_with_a_topic_of_its_own_is_not_about_the_source(assistant, turn, question):
    assert "出典について" not in (assistant.ask(question, history=[turn]).standalone or "")


@pytest.mark.parametrize(
    "question",
    [
        "それはいつの資料ですか",
        "これは案ですか",
        "いつの情報でしょうか？",
        "誰の発言ですか",
        "何の資料ですか",
    ],
)
def test_a_question_about_the_source_is_answered_from_what_is_known_of_it(
    assistant, turn, question
):
    answer = assistant.ask(question, history=[turn])
    assert not answer.refused
    assert answer.citations == turn.answer.citations
    assert [s.text for s in answer.statements] == [s.text for s in turn.answer.statements]
    document = answer.citations[0].document
    assert document.title in answer.statements[0].attribution
    assert document.published in answer.statements[0].attribution
