import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.japanese.width import comparable, display_width, fold, squeeze, squeezed_places


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
    ("text", "form"),
    [
        # Characters that show nothing.
        ("地域\u200b通貨", "地域通貨"),
        ("水道\u00ad料\u2060金", "水道料金"),
        ("\ufeff会議\u200e録", "会議録"),
        ("葛\U000e0100城町と辻\ufe00村", "葛城町と辻村"),
        # Old and variant kanji; 斎 and 斉 are different names.
        ("髙島と宮﨑と𠮷田", "高島と宮崎と吉田"),
        ("渡邉、渡邊", "渡辺、渡辺"),
        ("國學院と廳舍", "国学院と庁舍"),
        ("齋藤と齊藤", "斎藤と斉藤"),
        # Words printed one letter at a time; a wider gap parts cells.
        ("庁　用　車　の　保　管　場　所　　車庫棟とする。", "庁用車の保管場所  車庫棟とする。"),
        ("委 員 の 任 期 2年とする。", "委員の任期 2年とする。"),
        ("鍵 は 、 総 務 課 と す る 。", "鍵は、総務課とする。"),
        ("令 和 7 年 3 月", "令和7年3月"),
        ("人 口 動 態 1 2 3", "人口動態 1 2 3"),
        ("氏 名 A B C", "氏 名 A B C"),
        ("北 地区 南 地区", "北 地区 南 地区"),
        # Numbers and their units.
        ("利用者は 3,480 人です", "利用者は 3,480人です"),
        ("４，２００　千円", "4,200千円"),
        ("30 日以内", "30日以内"),
        ("1,200 人件費 300", "1,200 人件費 300"),
        ("か\u3099いと\u3099", "がいど"),
    ],
)
def test_texts_and_questions_are_compared_in_one_form(text, form):
    assert comparable(text) == form


@given(st.text(st.sampled_from("委員の任期 　0１2人円、。「A髙\u200bｶﾞ\n")))
@settings(deadline=None, derandomize=True)
def test_the_form_compared_is_its_own(text):
    assert comparable(comparable(text)) == comparable(text)


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
