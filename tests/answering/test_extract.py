from dataclasses import fields, replace

import pytest

from assistant.answering.extract import choose, with_antecedents
from assistant.answering.signals import Candidate, Signals
from assistant.japanese.dates import fiscal_year
from assistant.records.answers import Passage, Period
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk


def signals(**values):
    return Signals(**{field.name: 0.0 for field in fields(Signals)} | values)


def candidate(text, *shares):
    passage = Passage(1, 1.0, Chunk("d-0000", "d", text, ()), SourceDocument("d", "d", "/d"))
    return Candidate(passage, 0, len(text), signals(), shares)


FEE = candidate("光回線の料金は月に5,500円である。", 0.5, 0.0)
OTHER_WORDS = candidate("光回線の料金は、月に5,500円である。", 0.5, 0.0)
RADIO = candidate("無線を使う家では3,300円を払う。", 0.0, 0.5)
UNLIKE = candidate("役場の窓口は平日に開いている。", 0.1, 0.0)


def test_the_best_comes_first_and_an_unlikely_one_not_at_all():
    assert choose([(2.0, FEE), (-4.0, UNLIKE)]) == [FEE]


def test_of_two_sentences_that_say_the_same_one_is_chosen():
    assert choose([(2.0, FEE), (1.9, OTHER_WORDS)]) == [FEE]


def test_an_unlikely_sentence_on_what_was_left_out_is_chosen_too():
    assert choose([(2.0, FEE), (-1.8, RADIO)]) == [FEE, RADIO]
    assert choose([(2.0, FEE), (-1.8, UNLIKE)]) == [FEE]


def test_a_further_sentence_without_the_name_asked_about_is_left_out():
    nameless = replace(RADIO, signals=signals(names_unheld=1.0))
    assert choose([(2.0, FEE), (1.9, nameless)]) == [FEE]


def test_at_most_three_are_chosen():
    texts = ("甲は一つある。", "乙の馬が走る。", "丙で海を見る。", "丁へ山から行く。")
    assert len(choose([(1.0, candidate(text)) for text in texts])) == 3


def test_nothing_is_chosen_from_nothing():
    assert choose([]) == []


def leaning(text, start, claim=None):
    chunk = Chunk("d-0000", "d", text, (), claim=claim)
    passage = Passage(1, 1.0, chunk, SourceDocument("d", "d", "/d"))
    return Candidate(passage, start, len(text), signals(), ())


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
