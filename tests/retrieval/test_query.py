import re
from datetime import date

import pytest

from assistant.retrieval.query import understand, without_own_plan
from assistant.schema import Period


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
        ("5Gの費用は", "5G"),
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
    assert understand(question).quoted == quoted


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("市長の電話番号は何ですか", ("電話", "番号")),
        ("財政措置の内容を教えてください", ("財政", "措置")),
    ],
)
def test_the_thing_asked_for_keeps_its_compound(question, asked):
    assert understand(question).asked == asked


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("費用はいくらで、何人が使いますか", "41人"),
        ("費用はいくらで、何人が使いますか", "500円"),
        ("いくつの市町がありますか", "11市町"),
        ("何項目ありますか", "3項目"),
    ],
)
def test_each_unit_asked_for_is_sought(question, text):
    query = understand(question)
    assert query.wanted == "amount"
    assert re.search(rf"[0-9](?:{query.unit})", text)


def test_what_is_counted_and_wanted_is_read():
    assert understand("何件の意見が寄せられましたか").counted == ("意見",)
    assert understand("どの書類を出しますか").wished == ("書類",)
    assert understand("何月何日までに出しますか").deadline
    assert not understand("いつ開きますか").deadline


@pytest.mark.parametrize(
    "text", ["協定の期間は何年間ですか", "何日間の研修ですか", "実証は何か月ですか"]
)
def test_a_duration_is_an_amount_and_no_date(text):
    assert understand(text).wanted == "amount"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("県が来る例はないと指摘したのは誰か", ()),  # said, by whatever verb
        ("目玉をはっきりさせるよう注文を付けたのは誰ですか", ()),
        ("市長の電話番号は何ですか", ("電話", "番号")),
        ("佐藤構成員は地域通貨について何を提案しましたか", ("地域", "通貨")),
        ("求めることで一番多いのは何ですか", ("求める",)),
    ],
)
def test_what_must_be_spoken_of_is_the_thing_asked_for(question, asked):
    assert understand(question).asked == asked


@pytest.mark.parametrize(
    ("question", "deadline"),
    [
        ("いつまでに出しますか", True),
        ("何日までですか", True),
        ("意見募集はいつからいつまでですか", False),
    ],
)
def test_a_period_is_no_deadline(question, deadline):
    assert understand(question).deadline is deadline


def test_a_state_asked_for_is_no_kind_of_thing():
    assert understand("NTNはどんな状況ですか").wished == ()
    assert understand("どの書類を出しますか").wished == ("書類",)


def test_the_frame_of_the_users_own_plan_is_left_out():
    asked = "計画書の「推進体制」の章に使える記述はありますか"
    assert without_own_plan(asked) == "「推進体制」に使える記述はありますか"


def test_last_year_is_among_the_dates_that_the_evidence_must_meet():
    last = Period(date(2023, 4, 1), date(2024, 3, 31))
    assert understand("昨年度の件数は", [last]).dates == (last,)


def test_the_year_before_a_named_year_is_the_one_that_the_evidence_must_meet():
    before = Period(date(2022, 4, 1), date(2023, 3, 31))
    assert understand("令和5年度の前年度の相談件数は").dates == (before,)


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
    defined = understand(question).defined
    assert (defined.lower() if defined else None) == term
