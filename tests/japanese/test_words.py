from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.japanese.words import content_words, proper_nouns, word_pairs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ＤＸの打合せを行いました。", ["dx", "打ち合わせ", "行う"]),
        ("サーバーとサーバ", ["サーバー", "サーバー"]),
        ("デジタル田園都市国家構想", ["デジタル", "田園", "都市", "国家", "構想"]),
        ("走ってください", ["走る"]),
        ("１０ＧＢ", ["10", "gb"]),
        ("または、…！", []),
        (" \n", []),
        ("", []),
    ],
)
def test_content_words_are_normalized_and_without_particles(text, words):
    assert content_words(text) == words


def test_a_text_beyond_the_limit_of_sudachi_is_read_to_its_end():
    assert content_words("デジタル。" * 5000) == ["デジタル"] * 5000


def test_the_words_given_out_belong_to_the_caller():
    content_words("通信網の整備").clear()
    assert content_words("通信網の整備") == ["通信", "網", "整備"]


def test_threads_may_cut_words_at_the_same_time():
    texts = [f"第{number}地区の通信網を整備する。" * 20 for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        cut = list(pool.map(content_words, texts))
    assert cut == [["第", str(number), "地区", "通信", "網", "整備"] * 20 for number in range(40)]


@pytest.mark.parametrize(
    ("words", "pairs"), [(["光", "回線", "整備"], ["光_回線", "回線_整備"]), (["光"], []), ([], [])]
)
def test_pairs_join_neighbours(words, pairs):
    assert word_pairs(words) == pairs


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("越塚氏が北海道を訪れた", ["越塚", "北海道"]),
        ("通信網を整備する", []),
    ],
)
def test_proper_nouns_are_found_as_written(text, names):
    assert proper_nouns(text) == names


def test_radicals_written_for_characters_are_found_as_those():
    assert content_words("⻑期の⺠間⻘年と⽬的") == content_words("長期の民間青年と目的")
