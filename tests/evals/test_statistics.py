import pytest

from evals.run.statistics import compare, figure, holm, resampling


def test_missing_scores_are_counted_and_left_out():
    found = figure([1.0, 0.0, None, 1.0, 0.0, None])
    assert (found.mean, found.n, found.unscored) == (0.5, 4, 2)
    assert found.low == 0.0
    assert found.high == 1.0
    assert figure([None, None]).mean is None


def test_an_interval_has_the_width_of_theory():
    # 1.96 * sqrt(.3 * .7 / 400) = .0449 on either side.
    found = figure([1.0] * 120 + [0.0] * 280)
    assert found.mean == pytest.approx(0.3)
    assert found.low == pytest.approx(0.255, abs=0.005)
    assert found.high == pytest.approx(0.345, abs=0.005)


def test_resamples_draw_every_question_equally_often():
    counts = resampling(50, 2000)
    assert (counts.sum(axis=1) == 50).all()
    assert counts.mean(axis=0) == pytest.approx(1.0, abs=0.15)


def test_equal_runs_do_not_differ_and_a_clear_drop_does():
    before = [1.0, 0.5, 0.0, 1 / 3] * 50
    same = compare({"m": before}, {"m": before})[0]
    assert same.difference == 0
    assert same.p == 1.0
    drop = compare({"m": before}, {"m": [max(0.0, score - 0.25) for score in before]})[0]
    assert drop.high < 0
    assert drop.p < 0.001


def test_pairing_sees_what_two_means_cannot():
    # The same ten questions of 200 fall: .05 with a small spread, within either run's interval.
    before = [1.0, 0.0] * 100
    after = [0.0] * 20 + before[20:]
    drop = compare({"m": before}, {"m": after})[0]
    assert drop.difference == pytest.approx(-0.05)
    assert drop.high < 0
    assert figure(after).high > figure(before).mean


def test_a_side_without_scores_gives_no_comparison():
    assert compare({"m": [None, None]}, {"m": [1.0, 0.0]}) == []
    assert compare({"m": [1.0, 0.0]}, {}) == []


@pytest.mark.parametrize(
    ("p_values", "rejected"),
    [
        ({"a": 0.001, "b": 0.012, "c": 0.5}, {"a", "b"}),
        ({"a": 0.009, "b": 0.012, "c": 0.5}, set()),  # .009 > .025 / 3: nothing after it counts
        ({"a": 0.02}, {"a"}),
        ({}, set()),
    ],
)
def test_holm_steps_down(p_values, rejected):
    assert holm(p_values, 0.025) == rejected
