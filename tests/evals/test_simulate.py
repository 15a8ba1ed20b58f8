"""The gate's error rates on recorded rows, at a reduced number of pairs; the whole is in README."""

import pytest

from evals.run.results import baseline_folder, read_run
from evals.studies.simulate import failure_rate


@pytest.fixture(scope="module")
def recorded():
    return read_run(baseline_folder("extractive"))


def test_an_unchanged_system_seldom_fails(recorded):
    assert failure_rate(recorded, 3, churn=0.0).failed == 0
    assert failure_rate(recorded, 25, churn=0.3).failed <= 4  # at .05, more than 4: p < .01


def test_a_drop_of_eight_points_is_caught(recorded):
    caught = failure_rate(recorded, 12, churn=0.1, drop=0.08).failed
    assert caught >= 11
    assert failure_rate(recorded, 12, churn=0.1, drop=0.01).failed < caught
