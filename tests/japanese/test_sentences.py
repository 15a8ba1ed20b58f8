import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.japanese.sentences import split_sentences


def sentences(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("費用は高い。人も足りない。", ["費用は高い。", "人も足りない。"]),
        ("句点のない末尾", ["句点のない末尾"]),
        ("費用は？高い！以上", ["費用は？", "高い！", "以上"]),
        ("本当ですか！？はい。", ["本当ですか！？", "はい。"]),
        ("「はい。」と答えた。次へ進む。", ["「はい。」と答えた。", "次へ進む。"]),
        ("制度（一部。試行中。）を使う。", ["制度（一部。試行中。）を使う。"]),
        ("『「甲。」と「乙。」』がある。次。", ["『「甲。」と「乙。」』がある。", "次。"]),
        ("以上で終わる。）次の段落。", ["以上で終わる。）", "次の段落。"]),
        ("一行目\n二行目。\n\n　三行目 ", ["一行目", "二行目。", "三行目"]),
        ("「閉じない\n次の行。その次。", ["「閉じない", "次の行。", "その次。"]),
        ("https://example.jp/?q=1を見る。", ["https://example.jp/?q=1を見る。"]),
        ("率は92.5％。1.5倍。", ["率は92.5％。", "1.5倍。"]),
        (" \n　\n", []),
    ],
)
def test_sentences_end_at_stops_and_line_breaks(text, expected):
    assert sentences(text) == expected


def test_an_unclosed_bracket_does_not_swallow_the_rest():
    opening = "（" + "注" * 400 + "。"
    assert sentences(opening + "次の文。最後の文。") == [opening, "次の文。", "最後の文。"]


@given(st.text(alphabet="あ漢a1。！？!?「」（）』 \n\u3000"))
@settings(deadline=None, derandomize=True)
def test_sentences_cover_all_visible_text_in_order(text):
    spans = split_sentences(text)
    assert all(
        text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans
    )
    borders = [0, *(border for span in spans for border in span), len(text)]
    assert borders == sorted(borders)
    gaps = [text[borders[i] : borders[i + 1]] for i in range(0, len(borders), 2)]
    assert not "".join(gaps).strip()
