"""How far a search is and what it takes, in words."""

from dataclasses import replace

import pytest

from rbm.app.search_words import cost_of, counted, trials_of, work_of
from rbm.tuning.budget import Budget, unit_updates
from rbm.tuning.claims import confirmation_of
from rbm.tuning.plans import Plan
from rbm.tuning.search import Record
from tests.studies import OWN, SEARCH, record

SMALL = replace(SEARCH, budget=Budget(1_500))


def test_one_is_not_many():
    assert [counted(n, "trial") for n in (0, 1, 1_200)] == ["0 trials", "1 trial", "1,200 trials"]


@pytest.mark.parametrize(
    ("done", "plan", "says"),
    [
        (1, None, "1 trial"), (14, Plan(100), "14 of 100 trials"), (0, Plan(1), "0 of 1 trial"),
        (7, Plan(seconds=60.0), "7 trials"), (9, Plan(8), "9 trials"),
    ],
)  # fmt: skip
def test_trials_are_told_with_those_to_come(done, plan, says):
    assert trials_of(done, plan) == says


def test_a_search_costs_what_its_trainings_take():
    base = SMALL.base
    updates = 4 * 1_500 * base.n_points * (base.k_end + 1) * (2 + base.n_hidden)  # 2 × 2 runs
    assert cost_of(SMALL, Plan(100), None) == "100 trials × 4 trainings of about 1,500 epochs"
    assert cost_of(SMALL, Plan(100), updates / 3).endswith(", about 5 min at the pace of late")
    assert cost_of(SMALL, Plan(seconds=600.0), updates / 3) == (
        "10 min of trials of 4 trainings of about 1,500 epochs, about 200 trials at the pace of "
        "late"
    )


@pytest.mark.parametrize("search", [SMALL, replace(SMALL, patterns=(), dataset=OWN)])
def test_a_confirmation_costs_what_its_trials_do(search):
    values = {"sigma": 0.3, "k": 7, "centred": False}
    asked = confirmation_of(search, Record(3, values, record(3).outcome), 5)
    n_points = None if search.dataset is None else len(OWN.points)
    updates = [unit_updates(trial.settings, trial.epochs, n_points) for trial in asked.trials]
    assert work_of(asked) == (len(updates), sum(updates))
