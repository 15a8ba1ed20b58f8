"""Leave-one-out on groups whose worth is known beforehand."""

from assistant.japanese.thesaurus import term_words
from assistant.question import concepts
from evals.studies.thesaurus import Question, Trial, leave_one_out

GROUPS = [
    {"plain": ["お金"], "official": ["費用"]},
    {"plain": ["役場"], "official": ["砂漠"]},
    {"plain": ["手引き"], "official": ["ガイドブック"]},
]


def question(text, wanted):
    """Found at rank 1 with the wanted word among its equivalents, at rank 4 with 砂漠."""
    words = term_words(text)

    def figure():
        found = {term for _, held in concepts.load_thesaurus().split(words) for term in held}
        return 1.0 if term_words(wanted) in found else 0.25 if term_words("砂漠") in found else 0.5

    return Question("dev", words, chooses=True, figure=figure)


def test_a_group_is_tried_on_the_questions_it_touches():
    questions = [question("お金はいくら", "費用"), question("役場の人", "自治体")] * 3
    trials = {trial.number: trial for trial in leave_one_out(GROUPS, questions)}
    assert trials[0] == Trial(0, (1.0,) * 3, (0.5,) * 3)
    assert trials[1] == Trial(1, (0.25,) * 3, (0.5,) * 3)
    assert 2 not in trials  # no question speaks of a 手引き


def test_only_a_gain_beyond_chance_drops_a_group():
    assert Trial(0, (0.25,) * 5, (0.5,) * 5).hurts
    assert not Trial(0, (0.25,) * 4, (0.5,) * 4).hurts  # 1 in 16 by chance
    assert not Trial(0, (0.5,) * 5, (0.25,) * 5).hurts
    assert not Trial(0, (0.5,) * 5, (0.5,) * 5).hurts
    assert not Trial(0, (0.25, 0.25, 1, 1, 1), (0.5, 0.5, 1, 1, 0.5)).hurts


def test_the_thesaurus_in_force_is_put_back():
    before = concepts.load_thesaurus
    leave_one_out(GROUPS, [question("お金はいくら", "費用")])
    assert concepts.load_thesaurus is before
