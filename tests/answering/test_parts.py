"""A question for several things: each is answered, or named as not found."""

import pytest
from towns import Town

HEAD = '+++\ntitle = "{title}"\npublished = {published}\nkind = "{kind}"\n+++\n\n'
REPORT = """# とりまとめ報告書

推進体制は、町と農協と商工会が協議会をつくり、月に1回集まる。推進体制の会長は町長が務める。
推進体制の事務は企画課が受け持つ。推進体制には大学も加わる。

財源は、町の一般財源とふるさと納税を充てる。

通信網の工事は株式会社みどり通信が行い、令和5年10月に契約し、契約の金額は4,200万円であった。

光回線は1か月5,500円、無線は1か月3,300円である。

昨年度の見学者は12人、今年度の見学者は30人であった。
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("parts"), index_root)
    head = HEAD.format(title="とりまとめ報告書", published="2024-06-10", kind="report")
    town.write("report.md", head + REPORT)
    town.ingest()
    assistant = town.opened()
    yield assistant.ask
    assistant.close()


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("推進体制と財源はどうなっていますか", ["協議会", "ふるさと納税"]),
        (
            "通信網の工事は、誰が、いつ、いくらで契約しましたか",
            ["みどり通信", "令和5年10月", "4,200万円"],
        ),
        ("光回線と無線を比べると料金はどう違いますか", ["5,500円", "3,300円"]),
    ],
)
def test_every_part_is_answered(ask, question, facts):
    answer = ask(question)
    assert all(fact in answer.answer for fact in facts)
    assert not any("見つかりませんでした" in note for note in answer.notes)


def test_a_part_that_is_not_said_is_named(ask):
    answer = ask("推進体制と水道料金はどうなっていますか")
    assert "推進体制" in answer.answer
    assert answer.notes[0] == "「水道料金」について答える記述は、見つかりませんでした。"


def test_a_refusal_says_which_part_is_not_said(ask):
    answer = ask("推進体制の会長は誰で、水道料金はいくらですか")
    assert answer.refused
    assert answer.notes[0].startswith("「水道料金はいくらですか」について")
    assert "1つずつ" in answer.notes[1]


def test_of_a_whole_that_is_not_said_no_part_is_answered_alone(ask):
    assert ask("水道料金の上限額と財源はいくらですか").refused


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("報告書の昨年度の見学者は何人ですか", "12人"),
        ("報告書によると、令和5年度の見学者は何人ですか", "12人"),
        ("報告書によると、令和6年度の見学者は何人ですか", "30人"),
    ],
)
def test_last_year_is_that_of_the_document(ask, question, fact):
    assert fact in ask(question).answer


def test_last_year_of_nothing_named_is_that_of_today(ask):
    answer = ask("昨年度の見学者は何人ですか")
    assert answer.refused
    assert "昨年度: " in answer.notes[0]
