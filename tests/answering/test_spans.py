import re

import pytest

from assistant.answering.spans import is_scrap, units
from assistant.japanese.sentences import split_sentences
from assistant.retrieval.search import search

QUESTIONS = [
    "光ファイバの更新の費用はいくらですか",
    "協議会の設立までの手順を教えてください",
    "補助の対象は何ですか",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_span_is_whole_sentences_of_its_chunk(index, question):
    for passage in search(index, question, 12):
        text = passage.chunk.text
        sentences = split_sentences(text)
        for start, end in units(text):
            begins = max(a for a, _ in sentences if a <= start)
            # A mark at the head of a list item may be left out, a word never.
            assert not re.search(r"\w", text[begins:start])
            assert end in {b for _, b in sentences}


def test_a_list_stays_whole_with_the_line_that_leads_in(index):
    texts = [
        passage.chunk.text[start:end]
        for passage in search(index, "協議会の設立までの手順を教えてください", 12)
        for start, end in units(passage.chunk.text)
    ]
    (steps,) = (text for text in texts if "優先順位" in text)
    assert steps.split("\n") == [
        "協議会の設立までの手順は次のとおりである。",
        "- 地域の課題を住民と話し合い、優先順位を決める。",
        "- 参加を求める団体を選び、役割を説明する。",
        "- 規約と費用の分担を決める。",
    ]


def test_a_single_item_is_shown_without_its_mark(index):
    found = [
        passage.chunk.text[start:end]
        for passage in search(index, "デジタル化の担当者は何人ですか", 12)
        for start, end in units(passage.chunk.text)
    ]
    item = "兼務の常態化：デジタル化の担当者は2人であり、いずれもほかの業務を兼ねている。"
    assert item in found


@pytest.mark.parametrize(
    "text",
    [
        "1,337 1,560 2,386",
        "＜補助対象経費＞",
        "（出典）総務省「通信量の調査」",
        "資料：みどり県「通信の統計」",
        "図表1-2 移動通信の推移",
        "第２章 体制………………12",
        "標準化の基本方針（令和５年９月８日閣議決定）（抄）",
        "みどり町通信網の整備計画 令和６年４月 みどり町",
    ],
)
def test_what_states_nothing_is_a_scrap(text):
    assert is_scrap(text, "みどり町通信網の整備計画")


@pytest.mark.parametrize(
    "text",
    [
        "令和3年度の採択は26件",
        "図を見ると、通信量は2倍になっている。",
        "みどり町通信網の整備計画は三年ごとに見直す。",
        "【座長】が会議をまとめる。",
        "資料の提出期限は6月28日である。",
        "・基地局を3か所に置く",
    ],
)
def test_what_states_something_is_none(text):
    assert not is_scrap(text, "みどり町通信網の整備計画")


def test_an_address_on_its_own_line_belongs_to_the_line_before():
    text = "申請先は次のとおりである。\nhttps://example.jp/a\n受付は3日からである。"
    spans = [text[start:end] for start, end in units(text)]
    assert spans == ["申請先は次のとおりである。\nhttps://example.jp/a", "受付は3日からである。"]


def test_a_lead_with_its_source_in_brackets_keeps_its_list():
    lead = "三つの目安は次のとおりである（骨子案 検討項目1 対応の方向性(1)の仮説と提案の三番目）。"
    text = f"{lead}\n- 需要が高いこと\n- 効果が大きいこと"
    assert units(text) == [(0, len(text))]
