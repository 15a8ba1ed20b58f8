import pytest

from assistant.japanese.hedges import asks, reports, supposes


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("連携が必要ではないか。", "supposes"),
        ("見直すべきではないか。", "supposes"),
        ("一因となっているのではないかと考えます。", "supposes"),
        ("重要性は増大するものと考えられる。", "supposes"),
        ("地域課題を解決する可能性がある。", "supposes"),
        ("検討してはどうか。", "supposes"),
        ("どのように整備し、普及させていくべきか。", "asks"),
        ("国がすべき支援は何か。", "asks"),
        ("どのように活用することができるか。", "asks"),
        ("国が支援すべきである。", None),
        ("導入した事例はないと回答している。", None),
        ("費用は8億円であると見積もった。", None),
        ("改善するか、廃止する。", None),
    ],
)
def test_conjectures_and_questions_are_known_by_their_ending(sentence, kind):
    assert (supposes(sentence), asks(sentence)) == (kind == "supposes", kind == "asks")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("更新に踏み切れない事例がある。", True),
        ("技術的な観点からの検証・分析が中心であった。", True),
        ("横展開に成功する事例が散見される。", True),
        ("国が支援すべきである。", False),
        ("事務局は市が担う。", False),
        ("連携が不可欠になったのではないか。", False),
    ],
)
def test_what_was_seen_is_told_from_what_is_proposed(sentence, expected):
    assert reports(sentence) == expected
