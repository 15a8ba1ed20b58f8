import pytest

from assistant.japanese.words import content_words
from assistant.retrieval.concepts import concepts_of, coverage, search_terms
from assistant.retrieval.words import Held


def held(text):
    return Held.of(content_words(text))


def concept(index, question, text):
    return next(c for c in concepts_of(index, question) if c.text == text)


@pytest.mark.parametrize(
    "question", ["光ファイバの更新の費用はいくらですか", "役場のお金", "どうですか"]
)
def test_the_shares_of_a_question_add_up_to_one(index, question):
    assert sum(c.share for c in concepts_of(index, question)) == pytest.approx(1)


@pytest.mark.parametrize("question", ["", "。！？", "😀😀"])
def test_a_question_without_words_has_no_concepts(index, question):
    assert concepts_of(index, question) == ()
    assert coverage((), held("費用")) == 0


def test_the_words_themselves_meet_a_concept_wholly(index):
    assert concept(index, "水田の水位", "水田").met_by(held("水田を見る")) == 1


def test_what_stands_for_a_word_meets_it_in_part(index):
    town_hall = concept(index, "役場は何をしますか", "役場")
    assert 0.5 < town_hall.met_by(held("自治体の職員")) < 1
    assert town_hall.met_by(held("水田")) == 0


def test_a_stand_in_of_several_words_must_stand_together(index):
    town_hall = concept(index, "役場は何をしますか", "役場")
    assert town_hall.met_by(held("地方公共団体")) > 0.5
    assert town_hall.met_by(held("公共の地方、団体")) == 0


def test_words_of_asking_and_vague_words_count_little(index):
    weights = {
        term.text: term.weight for term in search_terms(concepts_of(index, "今どう水田を使うか"))
    }
    assert weights["水田"] == 1
    assert weights["今"] == weights["どう"] == weights["使う"] < 0.5


def test_a_pasted_page_has_bounded_concepts(index):
    page = "".join(f"第{n}の地区{n}では水位{n}を測る。" for n in range(2000))
    assert len(concepts_of(index, page)) <= 64


def test_a_better_covered_text_covers_more(index):
    concepts = concepts_of(index, "光ファイバの更新の費用")
    full, half = held("光ファイバの更新に費用がかかる"), held("光ファイバの整備")
    assert coverage(concepts, full) == pytest.approx(1)
    assert 0 < coverage(concepts, half) < 1
