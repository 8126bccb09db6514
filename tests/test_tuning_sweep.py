"""Ranges, axes, sweeps, evaluation and the thread that waits: all about many trials."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbm
from rbm import datasets
from rbm.settings import KNOBS
from rbm.tuning import (
    DIVERGED,
    Axis,
    ExecutorLost,
    Outcome,
    Range,
    Trial,
    default_range,
    evaluate,
    run_trial,
    with_values,
)
from rbm.tuning.budget import TUTORIAL_VISITS, Budget, visits
from rbm.tuning.evaluation import Progress
from rbm.tuning.space import TUNABLE
from rbm.tuning.sweep import Sweep, summarise

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60)
SMALL = Sweep(
    QUICK, (Axis("sigma", (0.3, 1.0)), Axis("k", (1, 2, 4))), seeds=(5, 6), budget=Budget(20)
)


def outcome(mismatch: float, picture: bytes = b"") -> Outcome:
    return Outcome((mismatch,), (), int(np.isnan(mismatch)), 0.1, 0.2, 9, picture)


class ByHand:
    """An executor whose jobs end when the test says so."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.jobs: list[tuple[Trial, Future]] = []

    def submit(self, function, trial):
        assert function is run_trial
        self.jobs.append((trial, Future()))
        return self.jobs[-1][1]


@pytest.mark.parametrize("name", TUNABLE)
def test_every_setting_has_a_range_within_what_it_takes(name):
    axis = default_range(name).axis(7)
    assert 2 <= len(axis.values) <= 7
    for value in axis.values:
        assert KNOBS[name].check(value) == value
        assert type(value) is type(getattr(rbm.Settings(), name))


@given(st.floats(1e-6, 1), st.floats(1.5, 1e3), st.integers(2, 30))
def test_logarithmic_steps_have_equal_ratios_and_linear_ones_equal_differences(low, factor, count):
    low, high = low * 0.005, min(low * 0.005 * factor, 5.0)
    log = np.array(Range("slope_learning_rate", low, high, log=True).axis(count).values)
    even = np.array(Range("slope_learning_rate", low, high).axis(count).values)
    assert len(log) == len(even) == count
    np.testing.assert_allclose(np.diff(np.log(log)), np.log(high / low) / (count - 1))
    np.testing.assert_allclose(np.diff(even), (high - low) / (count - 1))
    assert (log[0], log[-1], even[0], even[-1]) == (low, high, low, high)


def test_whole_numbers_come_once():
    assert Range("k", 1, 4).axis(20).values == (1, 2, 3, 4)
    assert Range("k", 1, 100, log=True).axis(3).values == (1, 10, 100)
    assert Axis("k", (3, 1, 3.0)).values == (3, 1)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: Range("pattern", choices=("ring",)), "no setting 'pattern' to tune"),
        (lambda: Range("seed", 0, 3), "no setting 'seed'"),
        (lambda: Range("sigma", 1, 1), "empty"),
        (lambda: Range("sigma", 0, 1, log=True), "above 0"),
        (lambda: Range("sigma", -1, 1), "between 0 and 2"),
        (lambda: Range("rule", 0, 1), "is a choice"),
        (lambda: Range("rule", choices=("cd", "magic")), "must be one of"),
        (lambda: Range("sigma", 0.1, 1).axis(1), "two steps"),
        (lambda: Axis("sigma", ()), "no value"),
        (lambda: Axis("sigma", (9,)), "between"),
        (lambda: Budget(epochs=0), "at least one"),
        (lambda: Sweep(QUICK, ()), "one setting or two"),
        (lambda: Sweep(QUICK, (Axis("k", (1,)), Axis("k", (2,)))), "two different"),
        (lambda: Sweep(QUICK, (Axis("k", (1,)),), seeds=()), "a seed"),
        (lambda: Sweep(QUICK, (Range("sigma", 0.1, 1).axis(30), Range("cost", 0, 0.1).axis(30))),
         "30 × 30 cells are too many"),
        (lambda: Sweep(QUICK, (Axis("low", (2.0,)),)), "range of a unit is empty"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_sentence(wrong, match):
    with pytest.raises(ValueError, match=match):
        wrong()


def test_a_constant_k_stays_constant_and_a_rising_one_is_two_settings():
    constant, rising = replace(QUICK, k=3, k_end=3, k_ramp=0), rbm.Settings()
    assert [with_values(constant, {"k": 7}).k_at(epoch) for epoch in (0, 9)] == [7, 7]
    assert with_values(replace(QUICK, k=1, k_end=9, k_ramp=0), {"k": 7}).k_at(0) == 7
    assert with_values(rising, {"k": 7}) == replace(rising, k=7)
    assert with_values(constant, {"k": 7, "k_end": 9, "k_ramp": 5}).k_at(9) == 9


def test_cells_are_all_combinations_at_an_equal_budget():
    sweep = replace(SMALL, budget=Budget())
    assert sweep.shape == (2, 3)
    assert [tuple(cell.values.values()) for cell in sweep.cells] == [
        (0.3, 1), (0.3, 2), (0.3, 4), (1.0, 1), (1.0, 2), (1.0, 4)
    ]  # fmt: skip
    for cell in sweep.cells:
        assert cell.settings == with_values(QUICK, cell.values)
        spent = visits(cell.settings, cell.epochs)
        assert TUTORIAL_VISITS - 60 * 5 < spent <= TUTORIAL_VISITS


def test_trials_go_round_all_cells_with_each_seed_and_take_pictures_once():
    assert [trial.seeds for trial in SMALL.trials] == [(5,)] * 6 + [(6,)] * 6
    assert [trial.picture for trial in SMALL.trials] == [True] * 6 + [False] * 6
    for place, trial in enumerate(SMALL.trials):
        cell = SMALL.cells[SMALL.cell_of(place)]
        assert (trial.settings, trial.epochs) == (cell.settings, cell.epochs)


def test_own_data_spend_the_budget_on_their_own_number_of_points():
    own = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("ring", 125, 5))
    sweep = Sweep(QUICK, (Axis("k", (1,)),), budget=Budget(), dataset=own)
    assert sweep.cells[0].epochs == TUTORIAL_VISITS // (100 * 2)
    assert sweep.trials[0].dataset is own


def test_a_cell_knows_median_quartiles_and_failures_of_what_has_come():
    sweep = replace(SMALL, seeds=(1, 2, 3, 4, 5))
    scores = {0: 0.5, 6: 0.1, 12: 0.3, 18: 0.2, 24: 0.4, 3: 0.7, 9: float("nan")}
    found = {place: outcome(score, b"p" if place == 0 else b"") for place, score in scores.items()}
    first, second, *_ = summarise(sweep, dict(reversed(found.items())))
    assert (first.runs, first.diverged, first.picture) == (5, 0, b"p")
    assert (first.low, first.median, first.high) == pytest.approx((0.2, 0.3, 0.4))
    assert (second.runs, second.median, second.low) == (0, None, None)
    fourth = summarise(sweep, found)[3]
    assert (fourth.runs, fourth.diverged, fourth.picture) == (2, 1, b"")
    assert fourth.median == pytest.approx((0.7 + DIVERGED) / 2)


def test_a_whole_sweep_is_what_its_trials_are():
    with ThreadPoolExecutor(2) as executor:
        found = dict(evaluate(SMALL.trials, executor))
    assert sorted(found) == list(range(12))
    for place in (0, 11):
        assert found[place].mismatch == run_trial(SMALL.trials[place]).mismatch
    assert len(found[0].picture) == 32 * 32
    assert all(cell.runs == 2 for cell in summarise(SMALL, found))


def test_evaluation_keeps_all_workers_busy_and_no_more():
    executor = ByHand(workers=2)
    trials = iter([Trial(QUICK, n) for n in range(1, 20)])
    outcomes = evaluate(trials, executor)
    taken = threading.Thread(target=lambda: next(outcomes))
    taken.start()
    while len(executor.jobs) < 4:
        time.sleep(0.001)
    executor.jobs[2][1].set_result(outcome(0.5))
    taken.join(10)
    assert len(executor.jobs) == 4  # paused: nobody has asked again
    executor.jobs[0][1].set_result(outcome(0.25))
    assert next(outcomes) == (0, outcome(0.25))
    assert [trial.epochs for trial, _ in executor.jobs] == [1, 2, 3, 4, 5]
    outcomes.close()
    assert [future.cancelled() for _, future in executor.jobs] == [False, True, False, True, True]
    assert next(trials).epochs == 6


def test_trials_that_are_taken_away_are_a_sentence():
    executor = ByHand(workers=1)
    outcomes = evaluate([Trial(QUICK, 1)], executor)
    executor.submit = lambda *_: cancelled()
    with pytest.raises(ExecutorLost, match="gone away"):
        next(outcomes)


def cancelled() -> Future:
    future: Future = Future()
    future.cancel()
    future.set_running_or_notify_cancel()
    return future


def test_a_trial_that_is_lost_takes_no_other_with_it():
    outcome = Outcome((0.5,), (), 0, 0.1, 0.1, 1)

    class Half:
        """All is done at once: one trial of four, the other three are lost."""

        workers = 2
        given = 0

        def submit(self, fn, trial):
            future = Future()
            self.given += 1
            if self.given == 3:
                future.set_result(outcome)
            else:
                future.set_exception(ExecutorLost("Gone."))
            return future

    found = evaluate(SMALL.trials, Half())
    assert next(found) == (2, outcome)
    with pytest.raises(ExecutorLost, match="Gone"):
        next(found)


def test_time_to_go_follows_the_pace_so_far():
    assert Progress(3, 12, 6.0).remaining == 18.0
    assert Progress(0, 12, 6.0).remaining is None
    assert Progress(3, None, 6.0).remaining is None
