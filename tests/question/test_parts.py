import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.parts import parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "体制と財源はどうなっていますか",
            ["体制はどうなっていますか", "財源はどうなっていますか"],
        ),
        (
            "町の会議の体制と財源を知りたい",
            ["町の会議の体制を知りたい", "町の会議の財源を知りたい"],
        ),
        (
            "CYDERの受講者数の目標と、全国での開催回数を教えてください。",
            [
                "CYDERの受講者数の目標を教えてください。",
                "CYDERの全国での開催回数を教えてください。",
            ],
        ),
        (
            "体制、財源、スケジュールを教えてください",
            ["体制を教えてください", "財源を教えてください", "スケジュールを教えてください"],
        ),
        ("X人材とD人材の違いは何ですか", ["X人材は何ですか", "D人材は何ですか"]),
        (
            "X人材とD人材では、確保の考え方がどう違いますか。",
            ["X人材では、確保の考え方はどうですか。", "D人材では、確保の考え方はどうですか。"],
        ),
        (
            "割合は、2023年度の日本と2022年度の米国でどのくらい違いますか",
            [
                "割合は、2023年度の日本はどのくらいですか",
                "割合は、2022年度の米国はどのくらいですか",
            ],
        ),
        (
            "光回線と無線を比べると費用はどうですか",
            ["光回線は費用はどうですか", "無線は費用はどうですか"],
        ),
        (
            "骨子案と佐藤構成員の意見はどう違いますか",
            ["骨子案の意見はどうですか", "佐藤構成員の意見はどうですか"],
        ),
        (
            "誰が、いつ、いくらで契約しましたか",
            ["誰が契約しましたか", "いつ契約しましたか", "いくらで契約しましたか"],
        ),
        (
            "計画は、いつ策定され、いつ改訂されましたか。",
            ["計画は、いつ策定され", "計画は、いつ改訂されましたか。"],
        ),
        (
            "一番多いのは何で、どれくらいの割合ですか",
            ["一番多いのは何ですか", "一番多いのはどれくらいの割合ですか"],
        ),
        (
            "体制づくりには誰が加わるべきで、国の支援はありますか",
            ["体制づくりには誰が加わるべきですか", "体制づくりには国の支援はありますか"],
        ),
        (
            "足りない人は、何人ですか。それとどこに固まっていますか。",
            ["足りない人は、何人ですか。", "足りない人は、どこに固まっていますか。"],
        ),
    ],
)
def test_each_part_is_a_question_of_its_own(question, parts):
    assert [part.question for part in parts_of(question)] == parts


@pytest.mark.parametrize(
    "question",
    [
        "",
        "補助率はいくらですか",
        "県が来る例はない、と指摘したのは誰ですか",  # と quotes
        "役場と会社が組むと何がいいですか",  # together, not each
        "店や会社を継ぐ人がいないのはなぜですか",
        "都道府県と指定都市を除く市町村の割合は何%ですか",
        "県内のいくつの市のうち、いくつありますか",
        "役場と国のどちらが払うのですか",
        "バスがなくなりそうです。どんな手がありますか",
        "甲と乙と丙と丁と戊を教えてください",  # a list to be found
    ],
)
def test_a_question_for_one_thing_has_no_parts(question):
    assert parts_of(question) == ()


def test_a_part_is_named_in_the_words_of_the_question():
    assert [part.name for part in parts_of("体制と財源はどうなっていますか")] == ["体制", "財源"]


PIECES = st.sampled_from(
    [
        "体制",
        "財源",
        "と",
        "、",
        "は",
        "の",
        "「",
        "」",
        "(",
        ")",
        "何",
        "いくら",
        "違い",
        "。",
        "?",
        "を",
        "か",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_any_text_has_between_none_and_four_parts(text):
    parts = parts_of(text)
    assert len(parts) in {0, 2, 3, 4}
    assert all(part.name and part.question for part in parts)
