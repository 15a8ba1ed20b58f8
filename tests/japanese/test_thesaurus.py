import tomllib
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from assistant.japanese import thesaurus as module
from assistant.japanese.thesaurus import build_thesaurus, load_thesaurus, term_words
from assistant.japanese.width import squeeze

AREAS = {
    *("体制", "人材", "財源", "通信基盤", "データ"),
    *("セキュリティ", "住民サービス", "産業", "計画評価"),
}

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


@pytest.fixture(scope="module")
def groups():
    path = Path(module.__file__).with_name("thesaurus.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))["group"]


def test_the_groups_cover_the_nine_areas(groups):
    counts = Counter(group["area"] for group in groups)
    assert set(counts) == AREAS
    assert sum(counts.values()) >= 200
    assert min(counts.values()) >= 20


def test_every_group_has_an_official_term_of_a_real_document(groups, samples):
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for folder in ("seeds", "guidebooks_md")
        for path in (samples / folder).rglob("*")
        if path.is_file()
    ]
    for path in sorted((samples / "pdfs").glob("*.pdf")):
        with pypdfium2.PdfDocument(path) as document:
            texts += [page.get_textpage().get_text_range() for page in document]
    held = squeeze("\n".join(texts)).lower()
    unattested = [
        group
        for group in groups
        if not any(
            squeeze(term).lower() in held
            for term in (*group.get("official", ()), *group.get("short", ()))
        )
    ]
    assert unattested == []
