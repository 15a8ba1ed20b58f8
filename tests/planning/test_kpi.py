"""What of a brief counts as baseline and target of its goal."""

import pytest

from assistant.planning.kpi import goal_row, is_indicator
from assistant.records.plans import Brief


def bases(items):
    return {item.basis for item in items}


@pytest.mark.parametrize(
    "notes",
    ["現在、一部の集落で通信が途切れる。", "今の体制は十分でない。", "現状は令和6年度の調べ。"],
)
def test_words_without_an_amount_are_no_baseline(notes):
    _, baseline, *_ = goal_row(Brief(goal="通信を途切れさせない。", notes=notes)).cells
    assert bases(baseline) == {"gap"}


@pytest.mark.parametrize(
    "goal", ["千代田の減農薬を進める。", "三密を避ける町とする。", "令和8年度までに導入する。"]
)
def test_words_without_an_amount_are_no_target(goal):
    _, _, targets, *_ = goal_row(Brief(goal=goal)).cells
    assert bases(targets) == {"gap"}


def test_amounts_are_taken_as_baseline_and_target():
    row = goal_row(Brief(goal="待ち時間を20分に短縮する。", notes="現在は平均40分である。"))
    _, baseline, targets, *_ = row.cells
    assert [item.text for item in baseline] == ["現在は平均40分である。"]
    assert [item.text for item in targets] == ["待ち時間を20分に短縮する。"]


@pytest.mark.parametrize(
    ("sentence", "indicator"),
    [
        ("件数は保守業者の記録で測る。", True),
        ("障害の件数を現在の年30件から3年後に年10件以下に減らす。", True),
        ("高齢者が週に2回以上、自分で出かけられるようにする。", False),
        ("現在は通信が途切れ、災害のときに困る。", False),
    ],
)
def test_a_sentence_about_an_indicator_is_told_from_one_about_the_matter(sentence, indicator):
    assert is_indicator(sentence) == indicator
