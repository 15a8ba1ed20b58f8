from datetime import date

import pytest

from assistant.retrieval.query import understand


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("更新の費用はいくらですか", "amount"),
        ("担当者は何人ですか", "amount"),
        ("補助率はどのくらいですか", "amount"),
        ("光ファイバが届いていないのは何世帯、どれくらいですか", "amount"),
        ("次回の会議はいつですか", "date"),
        ("応募の締切を教えてください", "date"),
        ("協議会の代表は誰ですか", "person"),
        ("どんな団体に参加してもらいますか", "list"),
        ("手順を挙げてください", "list"),
        ("通信網を維持すべきですか", "other"),
        ("", "other"),
    ],
)
def test_the_kind_of_answer_wanted(question, wanted):
    assert understand(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("「かがやき計画」の費用は", "かがやき計画"),
        ("『白書2024』は何と書いていますか", "白書2024"),
        ("大阪の人口は何人ですか", "大阪"),
        ("佐藤構成員の意見は", "佐藤"),
        ("LoRaWANの費用は", "LoRaWAN"),
        ("ＬｏＲａＷＡＮの費用は", "LoRaWAN"),
    ],
)
def test_names_are_recognised(question, name):
    assert name in understand(question).names


def test_a_question_of_common_words_names_nothing():
    assert understand("山間部の通信網をどのように維持しますか").names == ()


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("令和6年度の補助率は", date(2024, 4, 1), date(2025, 3, 31)),
        ("２０２３年１１月８日の会議では", date(2023, 11, 8), date(2023, 11, 8)),
    ],
)
def test_dates_are_read(question, first, last):
    (found,) = understand(question).dates
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("question", "meetings"),
    [
        ("第9回の会議では", ("第9回",)),
        ("第 ９ 回の会議では", ("第9回",)),
        ("第3回と第12回の違いは", ("第3回", "第12回")),
        ("今回の会議では", ()),
    ],
)
def test_meetings_are_read(question, meetings):
    assert understand(question).meetings == meetings


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "これはそれですか", "？！。"])
def test_a_question_without_content_has_no_words(question):
    assert understand(question).words == ()


def test_each_word_stands_once_in_order():
    words = understand("通信の費用と通信の整備と費用").words
    assert words == ("通信", "費用", "整備")


def test_width_makes_no_difference():
    assert understand("ＤＸの費用は２億円ですか") == understand("DXの費用は2億円ですか")
