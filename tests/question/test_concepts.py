import pytest

from assistant.japanese.words import content_words
from assistant.question.concepts import Meter, concepts_of, search_terms


def met(index, question, concept, text):
    """How far a text meets one concept of a question."""
    (chosen,) = (c for c in concepts_of(index, question) if c.text == concept)
    return Meter([chosen]).met(content_words(text)).get(0, 0.0)


@pytest.mark.parametrize(
    "question", ["光ファイバの更新の費用はいくらですか", "役場のお金", "どうですか"]
)
def test_the_shares_of_a_question_add_up_to_one(index, question):
    assert sum(c.share for c in concepts_of(index, question)) == pytest.approx(1)


@pytest.mark.parametrize("question", ["", "。！？", "😀😀"])
def test_a_question_without_words_has_no_concepts(index, question):
    assert concepts_of(index, question) == ()
    assert Meter(()).coverage(["費用"]) == 0


def test_the_words_themselves_meet_a_concept_wholly(index):
    assert met(index, "水田の水位", "水田", "水田を見る") == 1


def test_what_stands_for_a_word_meets_it_in_part(index):
    assert 0.5 < met(index, "役場は何をしますか", "役場", "自治体の職員") < 1
    assert met(index, "役場は何をしますか", "役場", "水田") == 0


def test_a_stand_in_of_several_words_must_stand_together(index):
    assert met(index, "役場は何をしますか", "役場", "地方公共団体") > 0.5
    assert met(index, "役場は何をしますか", "役場", "公共の地方、団体") == 0


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
    meter = Meter(concepts_of(index, "光ファイバの更新の費用"))
    assert meter.coverage(content_words("光ファイバの更新に費用がかかる")) == pytest.approx(1)
    assert 0 < meter.coverage(content_words("光ファイバの整備")) < 1
