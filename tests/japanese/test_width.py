import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.japanese.width import display_width, fold, squeeze, squeezed_places


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＤＸ　１２３％", "DX 123%"),
        ("ﾃﾞｼﾞﾀﾙ", "デジタル"),
        ("①㈱", "1(株)"),
        ("３〜５年、３～５年", "3~5年、3~5年"),
        ("A‐B–C—D―E−F－G", "A-B-C-D-E-F-G"),
        ("サーバー", "サーバー"),
        ("Wi-Fi  網", "Wi-Fi  網"),
    ],
)
def test_fold_makes_width_dashes_and_waves_one(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("整備率は　９２.５％\n である", "整備率は92.5%である"),
        ("A – B〜C", "A–B〜C"),
        ("Wi-Fi と\tLAN", "Wi-FiとLAN"),
        (" \u3000\n", ""),
    ],
)
def test_squeeze_folds_width_and_white_space_and_nothing_else(text, squeezed):
    assert squeeze(text) == squeezed


@given(st.text())
@example("か゛")
@settings(deadline=None, derandomize=True)
def test_squeeze_is_idempotent(text):
    assert squeeze(squeeze(text)) == squeeze(text)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("DX", 2), ("地域DX", 6), ("ｶﾅ", 2), ("①※", 4), ("Ａ　", 4)]
)
def test_full_width_and_ambiguous_characters_take_two_columns(text, columns):
    assert display_width(text) == columns


@pytest.mark.parametrize(
    ("text", "squeezed", "places"),
    [
        ("３ 人", "3人", [0, 2]),
        ("㈱町", "(株)町", [0, 0, 0, 1]),
        ("ｶﾞ\n行", "ガ行", [0, 3]),
        ("か\u3099", "が", [0]),
        ("", "", []),
    ],
)
def test_squeezed_text_leads_back_to_its_places(text, squeezed, places):
    assert squeezed_places(text) == (squeezed, places)
    assert squeeze(text) == squeezed
