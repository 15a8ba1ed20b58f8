import re
from dataclasses import replace

import pytest

from assistant.answering.extract import (
    Extract,
    choose,
    is_scrap,
    meets_wanted,
    rank_sentences,
    with_antecedents,
)
from assistant.japanese.dates import fiscal_year
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import fold
from assistant.retrieval.query import understand
from assistant.retrieval.search import search
from assistant.schema import Chunk, Passage, Period, SourceDocument

QUESTIONS = [
    "光ファイバの更新の費用はいくらですか",
    "協議会の設立までの手順を教えてください",
    "山間部の通信手段はどう選びますか",
    "補助の対象は何ですか",
    "バス路線はいくつありますか",
    "担い手の不足にどう対応しますか",
    "実証と実装は何件ですか",
]


def ranked(index, question):
    return rank_sentences(index, understand(question), search(index, question, 12))


@pytest.mark.parametrize("question", QUESTIONS)
def test_sentences_come_best_first(index, question):
    scores = [extract.score for extract in ranked(index, question)]
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_extract_is_whole_sentences_of_its_chunk(index, question):
    for extract in ranked(index, question):
        text = extract.passage.chunk.text
        spans = split_sentences(text)
        begins = max(start for start, _ in spans if start <= extract.start)
        # A mark at the head of a list item may be left out, a word never.
        assert not re.search(r"\w", text[begins : extract.start])
        assert extract.end in {end for _, end in spans}


def test_no_passages_give_no_sentences(index):
    assert rank_sentences(index, understand("通信の費用"), []) == []


def test_the_same_question_gives_the_same_order(index):
    assert ranked(index, QUESTIONS[0]) == ranked(index, QUESTIONS[0])


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("光ファイバの整備率は何％ですか", "％"),
        ("光ファイバの更新の費用はいくらですか", "約８億円"),
        ("次回の懇談会はいつ開きますか", "２月１４日"),
        ("協議会にはどのような団体の参加を求めますか", "金融機関"),
    ],
)
def test_the_best_sentences_hold_the_fact(index, question, fact):
    assert any(fold(fact) in fold(e.text) for e in choose(ranked(index, question)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_few_sentences_are_chosen_and_the_best_is_the_first(index, question):
    extracts = ranked(index, question)
    chosen = choose(extracts)
    assert 1 <= len(chosen) <= 4
    assert chosen[0].score == extracts[0].score


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_sentence_is_chosen_twice(index, question):
    places = [(e.passage.chunk.chunk_id, e.start) for e in choose(ranked(index, question))]
    assert len(places) == len(set(places))


def test_of_two_sentences_that_say_the_same_one_is_chosen(index):
    # Minutes and outline both give the share of fibre and the cost of its renewal.
    texts = [e.text for e in choose(ranked(index, "光ファイバの更新に必要な費用は約何億円ですか"))]
    assert sum("億円" in text for text in texts) == 1


def test_nothing_is_chosen_from_nothing():
    assert choose([]) == []


def test_a_list_stays_whole_with_the_line_that_leads_in(index):
    (steps,) = (
        extract
        for extract in ranked(index, "協議会の設立までの手順を教えてください")
        if "優先順位" in extract.text
    )
    assert steps.text.split("\n") == [
        "協議会の設立までの手順は次のとおりである。",
        "- 地域の課題を住民と話し合い、優先順位を決める。",
        "- 参加を求める団体を選び、役割を説明する。",
        "- 規約と費用の分担を決める。",
    ]


def test_a_single_item_is_shown_without_its_mark(index):
    text = "兼務の常態化：デジタル化の担当者は2人であり、いずれもほかの業務を兼ねている。"
    assert text in [extract.text for extract in ranked(index, "デジタル化の担当者は何人ですか")]


def test_the_text_of_an_extract_is_a_slice_of_its_chunk(index):
    (passage,) = search(index, "補助率と上限額", 1)
    start = passage.chunk.text.index("補助率")
    fields = dict.fromkeys(Extract.__dataclass_fields__, 0.0)
    extract = Extract(**{**fields, "passage": passage, "start": start, "end": start + 3})
    assert extract.text == "補助率"


@pytest.mark.parametrize(
    ("question", "text", "meets"),
    [
        ("費用はいくらですか", "費用は約８億円である。", True),
        ("費用はいくらですか", "費用は市が負担する。", False),
        ("次回はいつですか", "次回は令和６年２月１４日に開く。", True),
        ("次回はいつですか", "次回は3月上旬に開く。", True),
        ("次回はいつですか", "次回も同じ場所で開く。", False),
        ("代表は誰ですか", "代表は住民団体の者が務める。", True),
        ("代表は誰ですか", "代表の選び方を決める。", False),
        ("通信網を維持すべきですか", "通信網を維持する。", True),
    ],
)
def test_a_sentence_must_hold_the_kind_of_thing_asked_for(question, text, meets):
    assert meets_wanted(text, understand(question)) is meets


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


def leaning(text, start, claim=None):
    chunk = Chunk("d-0000", "d", text, (), claim=claim)
    passage = Passage(1, 1.0, chunk, SourceDocument("d", "d", "/d"))
    return Extract(passage, start, len(text), 1.0, {}, 1.0)


@pytest.mark.parametrize(
    ("before", "sentence", "claim", "together"),
    [
        ("光ファイバを新しくする。", "その費用は8億円である。", None, True),
        ("光ファイバを新しくする。", "また、無線も使う。", None, True),
        ("光ファイバを新しくする。", "費用は8億円である。", None, False),
        ("光ファイバを新しくする。", "一方で、無線も使う。", None, True),
        ("光ファイバを新しくする。", "または無線を使う。", None, False),
        ("光ファイバを新しくする。", "またがる地域は無線を使う。", None, False),
        ("光ファイバを新しくする。", "それぞれの費用は8億円である。", None, False),
        ("光ファイバを新しくする。", "その他の費用は8億円である。", None, False),
        ("光ファイバを新しくする。", "これまで費用は8億円であった。", None, False),
        ("光ファイバを新しくする。", "一方的な説明が多い。", None, False),
        ("光ファイバの更新", "その費用は8億円である。", None, False),  # no sentence
        ("よろしくお願いします。", "その費用は8億円である。", None, False),
        ("光ファイバを新しくした。", "これを国が支援すべきである。", "proposal", False),  # 提案
        ("長" * 300 + "。", "その費用は8億円である。", None, False),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_is_shown_with_it(
    before, sentence, claim, together
):
    extract = leaning(f"{before}\n{sentence}", len(before) + 1, claim)
    [shown] = with_antecedents([extract])
    assert (shown.start == 0) is together


@pytest.mark.parametrize(
    ("before", "together"),
    [
        ("令和5年度に光ファイバを新しくした。", False),
        ("昨年度に光ファイバを新しくした。", False),
        ("令和5年度から令和6年度に光ファイバを新しくした。", True),
        ("光ファイバを新しくした。", True),
    ],
)
def test_a_sentence_of_other_dates_than_those_asked_about_is_not_put_in_front(before, together):
    extract = leaning(f"{before}その費用は8億円である。", len(before))
    document = replace(extract.passage.document, published="2024-06-01")
    extract = replace(extract, passage=replace(extract.passage, document=document))
    asked = [Period(*fiscal_year(2024))]
    [shown] = with_antecedents([extract], asked)
    assert (shown.start == 0) is together
    assert with_antecedents([extract])[0].start == 0


def test_a_sentence_that_is_shown_itself_is_not_repeated_before_another():
    text = "光ファイバを新しくする。その費用は8億円である。"
    later = leaning(text, 12)
    first = replace(later, start=0, end=12)
    assert with_antecedents([first, later]) == [first, later]
