import pytest

from assistant.japanese.thesaurus import build_thesaurus, load_thesaurus, term_words

GROUPS = [
    {"plain": ["お年寄り"], "official": ["高齢者"]},
    {"plain": ["パソコン"], "official": ["端末"]},
    {"plain": ["パソコンに詳しい人"], "official": ["デジタル人材"]},
    {"official": ["地方公共団体間ネットワーク"], "short": ["LGWAN"]},
]


def equivalents(text):
    thesaurus = build_thesaurus(GROUPS)
    words = term_words(text)
    return [(length, set(found)) for length, found in thesaurus.split(words) if found]


@pytest.mark.parametrize(
    ("text", "length", "found"),
    [
        ("お年寄りの足", 1, term_words("高齢者")),
        ("年寄りが増える", 1, term_words("高齢者")),  # with or without 御
        ("パソコンを配る", 1, term_words("端末")),
        (
            "パソコンに詳しい人を探す",
            len(term_words("パソコンに詳しい人")),
            term_words("デジタル人材"),
        ),
        ("LGWANにつなぐ", 1, term_words("地方公共団体間ネットワーク")),
    ],
)
def test_the_longest_term_stands_for_its_equivalents(text, length, found):
    assert equivalents(text) == [(length, {found})]


def test_every_word_of_a_question_belongs_to_one_term():
    words = term_words("パソコンに詳しい人がお年寄りを助ける")
    assert sum(length for length, _ in build_thesaurus(GROUPS).split(words)) == len(words)


def test_a_plain_word_weighs_more_towards_the_official_one_than_back():
    entries = build_thesaurus(GROUPS).entries
    plain, official = term_words("パソコン"), term_words("端末")
    assert entries[plain][official] > entries[official][plain]


def test_the_thesaurus_that_comes_along_knows_a_town_halls_words():
    thesaurus = load_thesaurus()
    for plain, official in (("役場", "自治体"), ("お金", "費用"), ("会社", "事業者")):
        assert term_words(official) in thesaurus.entries[term_words(plain)]
