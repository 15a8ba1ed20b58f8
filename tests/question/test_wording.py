from datetime import date

import pytest

from assistant.question.read import read_question
from assistant.question.wording import read_wording, without_own_plan
from assistant.records.answers import Period


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
    assert read_wording(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("5Gの費用は", "5G"),
        ("大阪の人口は何人ですか", "大阪"),
        ("佐藤構成員の意見は", "佐藤"),
        ("LoRaWANの費用は", "LoRaWAN"),
        ("ＬｏＲａＷＡＮの費用は", "LoRaWAN"),
    ],
)
def test_names_are_recognised(question, name):
    assert name in read_wording(question).names


def test_a_question_of_common_words_names_nothing():
    assert read_wording("山間部の通信網をどのように維持しますか").names == ()


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("令和6年度の補助率は", date(2024, 4, 1), date(2025, 3, 31)),
        ("２０２３年１１月８日の会議では", date(2023, 11, 8), date(2023, 11, 8)),
    ],
)
def test_dates_are_read(question, first, last):
    (found,) = read_wording(question).dates
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
    assert read_wording(question).meetings == meetings


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "これはそれですか", "？！。"])
def test_a_question_without_content_has_no_words(question):
    assert read_wording(question).words == ()


def test_each_word_stands_once_in_order():
    words = read_wording("通信の費用と通信の整備と費用").words
    assert words == ("通信", "費用", "整備")


def test_width_makes_no_difference():
    assert read_wording("ＤＸの費用は２億円ですか") == read_wording("DXの費用は2億円ですか")


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("「かがやき計画」の費用は", ("かがやき計画",)),
        ("『白書2024』は何と書いていますか", ("白書2024",)),
        ("「存在しない制度」の補助率は", ("存在しない制度",)),  # a clause that ends as a name does
        ("「なぜ今か」に使える文はありますか", ()),
    ],
)
def test_quoted_names_are_told_from_quoted_clauses(question, quoted):
    assert read_wording(question).quoted == quoted


@pytest.mark.parametrize(
    ("question", "attached"),
    [
        ("市長の電話番号は何ですか", ("電話", "番号")),
        ("受付の番号を教えてください", ()),
        ("事務局の住所は", ()),
    ],
)
def test_a_word_of_no_meaning_alone_keeps_the_one_before_it(question, attached):
    assert read_wording(question).attached == attached


@pytest.mark.parametrize(
    "text", ["協定の期間は何年間ですか", "何日間の研修ですか", "実証は何か月ですか"]
)
def test_a_duration_is_an_amount_and_no_date(text):
    assert read_wording(text).wanted == "amount"


def test_the_frame_of_the_users_own_plan_is_left_out():
    asked = "計画書の「推進体制」の章に使える記述はありますか"
    assert without_own_plan(asked) == "「推進体制」に使える記述はありますか"


def test_last_year_is_among_the_dates_that_the_evidence_must_meet(index):
    last = Period(date(2023, 4, 1), date(2024, 3, 31))
    assert read_question(index, "昨年度の件数は", today=date(2024, 9, 1)).dates == (last,)


def test_the_year_before_a_named_year_is_the_one_that_the_evidence_must_meet():
    before = Period(date(2022, 4, 1), date(2023, 3, 31))
    assert read_wording("令和5年度の前年度の相談件数は").dates == (before,)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("LPWAとは何ですか", "lpwa"),
        ("中間支援組織ってなに?", "中間支援組織"),
        ("データ連携基盤とは", "データ連携基盤"),
        ("リビングラボの意味を教えてください", "リビングラボ"),
        ("データ連携基盤とは何か教えてください", "データ連携基盤"),
        ("LPWAというのは何のことですか", "lpwa"),
        ("リビングラボって、何なの", "リビングラボ"),
        ("中間支援組織とはどういうものですか", "中間支援組織"),
        ("データ連携基盤ってどんな意味ですか", "データ連携基盤"),
        ("地域DXって何から始めればいいですか", None),
        ("地域DXってなにから始めればいいですか", None),
        ("補助金というのは何のためにありますか", None),
        ("補助金ってなんのためにあるのですか", None),
        ("補助金って何か条件がありますか", None),
        ("会社とはどういう契約を結びますか", None),
        ("会社ってどういう人材がいますか", None),
        ("先に決めることは何ですか", None),
        ("キーパーソンって何をする人ですか", None),
        ("進め方は何で決まりますか", None),
    ],
)
def test_the_term_whose_meaning_is_asked_is_read(question, term):
    defined = read_wording(question).defined
    assert (defined.lower() if defined else None) == term
