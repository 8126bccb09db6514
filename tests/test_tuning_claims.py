"""Whom a winner must beat, and by how much it does."""

from dataclasses import replace

import numpy as np
import pytest

from rbm.patterns import PATTERNS
from rbm.presets import PRESETS, TUTORIAL
from rbm.tuning import Outcome, Range
from rbm.tuning.claims import START, TUTORIAL_NAME, WINNER, confirmation_of, versus
from rbm.tuning.confirmation import judge
from rbm.tuning.search import Record, Search
from tests.studies import OWN

BASE = replace(PRESETS["Better, 8 units"].settings, pattern="moons", n_points=60)
SEARCH = Search(BASE, (Range("sigma", 0.1, 2),), patterns=("moons", "ring"))


def outcome(mismatch: float) -> Outcome:
    return Outcome((mismatch,), (), 0, 0.1, 0.2, 9)


def record(**values) -> Record:
    return Record(7, values, outcome(0.1))


def test_a_winner_meets_the_start_and_the_tutorial_on_the_data_of_the_search():
    asked = confirmation_of(SEARCH, record(sigma=0.7), seeds=4)
    assert list(asked.candidates) == [START, TUTORIAL_NAME, WINNER]
    assert asked.candidates[START] == BASE
    assert asked.candidates[WINNER] == replace(BASE, sigma=0.7)
    assert asked.candidates[TUTORIAL_NAME] == replace(TUTORIAL, pattern="moons", n_points=60)
    assert (asked.patterns, asked.seeds, asked.budget) == (SEARCH.patterns, 4, SEARCH.budget)
    own = confirmation_of(replace(SEARCH, patterns=(), dataset=OWN), record(sigma=0.7))
    assert all(trial.dataset is OWN for trial in own.trials)


def test_it_may_be_asked_on_other_patterns_than_it_won_on():
    own = replace(SEARCH, patterns=(), dataset=OWN)
    asked = confirmation_of(own, record(sigma=0.7), 2, tuple(PATTERNS))
    assert (asked.dataset, asked.patterns) == (None, tuple(PATTERNS))
    assert len(asked.trials) == 3 * len(PATTERNS) * 2


def test_equal_settings_are_trained_once_but_for_a_winner_that_changed_nothing():
    tutorial = replace(SEARCH, base=replace(TUTORIAL, n_points=60))
    assert list(confirmation_of(tutorial, record(sigma=0.7)).candidates) == [START, WINNER]
    same = confirmation_of(SEARCH, record(sigma=BASE.sigma)).candidates
    assert same[START] == same[WINNER]


@pytest.mark.parametrize("default", [START, TUTORIAL_NAME])
def test_any_two_can_be_compared_run_by_run(default):
    asked = confirmation_of(SEARCH, record(sigma=0.7), seeds=6)
    scores = np.random.default_rng(0).random(len(asked.trials))
    outcomes = {place: outcome(score) for place, score in enumerate(scores)}
    found = versus(asked, outcomes, default, WINNER)
    by_name = dict(zip(asked.candidates, scores.reshape(3, -1), strict=True))
    assert found.difference[0] == pytest.approx((by_name[WINNER] - by_name[default]).mean())
    assert found.name == WINNER
    if default == START:
        assert found == judge(asked, outcomes)[2]
