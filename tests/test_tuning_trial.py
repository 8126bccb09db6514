"""A trial: what it costs, what it measures, when it ends early, and that nothing else counts."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbm
from rbm import datasets, engine
from rbm.run import SCORE_SEED
from rbm.tuning import (
    DIVERGED,
    TUTORIAL_VISITS,
    Outcome,
    Trial,
    epochs_for,
    mean_mismatch,
    run_trial,
    unit_updates,
    visits,
)

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60, average_last=0.3)


def numbers(outcome: Outcome) -> Outcome:
    """All of an outcome but how long it took."""
    return replace(outcome, seconds=0.0, elapsed=0.0)


def test_the_tutorial_spends_what_its_rising_k_adds_up_to():
    assert sum(500 * (rbm.Settings().k_at(epoch) + 1) for epoch in range(2000)) == TUTORIAL_VISITS


@given(
    k=st.integers(1, 100), k_end=st.integers(1, 100), ramp=st.integers(0, 60),
    epochs=st.integers(1, 120), n_points=st.integers(10, 700),
)  # fmt: skip
def test_visits_and_epochs_are_each_others_inverse(k, k_end, ramp, epochs, n_points):
    settings = rbm.Settings(k=k, k_end=k_end, k_ramp=ramp)
    slow = sum(n_points * (settings.k_at(epoch) + 1) for epoch in range(epochs))
    assert visits(settings, epochs, n_points) == slow
    assert unit_updates(settings, epochs, n_points) == slow * 10
    assert epochs_for(settings, slow, n_points) == epochs
    assert epochs_for(settings, slow + n_points * (settings.k_at(epochs) + 1) - 1, n_points) == (
        epochs
    )
    assert epochs_for(settings, slow - 1, n_points) == max(epochs - 1, 1)


def test_an_outcome_is_what_training_and_measuring_give():
    trial = Trial(QUICK, 40, seeds=(3, 4), patterns=("ring", "moons"), picture=True)
    outcome = run_trial(trial)
    expected = []
    for pattern in ("ring", "moons"):
        for seed in (3, 4):
            run = rbm.train(replace(QUICK, pattern=pattern, seed=seed, data_seed=seed), 40)
            expected.append(run.mismatch_at(40))
    assert outcome.mismatch == tuple(expected)
    assert outcome.objective == pytest.approx(np.mean(expected))
    assert outcome.unit_updates == 4 * 60 * (QUICK.k + 1) * 40 * 10
    assert outcome.diverged == 0
    assert not outcome.pruned
    assert 0 < outcome.seconds < outcome.elapsed
    ink = np.frombuffer(outcome.picture, np.uint8).reshape(32, 32)
    assert outcome.picture == run_trial(replace(trial, seeds=(3,), patterns=("ring",))).picture
    assert ink.max() == 255
    assert ink.min() < 128


def test_equal_trials_have_equal_outcomes_and_travel():
    trial = Trial(QUICK, 30, seeds=(1, 2), checks=(10, 20), picture=True)
    copy = pickle.loads(pickle.dumps(trial))
    assert copy == trial
    assert numbers(pickle.loads(pickle.dumps(run_trial(copy)))) == numbers(run_trial(trial))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_looking_on_the_way_changes_nothing_and_sees_what_a_shorter_trial_would(share):
    settings = replace(QUICK, average_last=share)
    plain = Trial(settings, 60, seeds=(1, 2))
    watched = run_trial(replace(plain, checks=(10, 35)))
    assert watched.mismatch == run_trial(plain).mismatch
    assert watched.early[0] == run_trial(replace(plain, epochs=10)).objective


def test_a_trial_above_its_limit_ends_there():
    trial = Trial(QUICK, 60, seeds=(1, 2), checks=(10, 20))
    whole = run_trial(trial)
    first, second = whole.early
    assert numbers(run_trial(replace(trial, limits=(first, second)))) == numbers(whole)
    below = run_trial(replace(trial, limits=(first, second - 1e-6)))
    assert below.pruned
    assert (below.mismatch, below.early, below.objective) == ((), (first, second), second)
    assert below.unit_updates == whole.unit_updates * 20 // 60
    assert run_trial(replace(trial, limits=(first - 1e-6,))).early == (first,)


def test_a_run_that_diverges_is_counted_and_spoils_the_mean_by_a_known_amount():
    wild = replace(
        QUICK, learning_rate=10.0, momentum=0.99, initial_scale=10.0, low=-10.0, high=10.0,
        cost=0.0, k=1, k_end=1, sigma=2.0, visible_slope=0.01, batch_size=1,
    )  # fmt: skip
    ends = {seed: bool(rbm.train(replace(wild, seed=seed, data_seed=seed), 400).notice)
            for seed in range(2)}  # fmt: skip
    assert all(ends.values())
    outcome = run_trial(Trial(wild, 400, seeds=(0, 1), checks=(399,)))
    assert all(math.isnan(score) for score in outcome.mismatch)
    assert outcome.diverged == 2
    assert outcome.objective == DIVERGED == outcome.early[0]
    assert outcome.unit_updates < unit_updates(wild, 400) * 2
    assert mean_mismatch([0.5, math.nan]) == (0.5 + DIVERGED) / 2


def test_fresh_noise_belongs_to_the_seed_and_moves_the_score_a_little():
    trial = Trial(QUICK, 60, seeds=(1, 2))
    shown, fresh = run_trial(trial), run_trial(replace(trial, fresh_noise=True))
    again = run_trial(replace(trial, fresh_noise=True, seeds=(2,)))
    assert fresh.mismatch[1] == again.mismatch[0]
    run = rbm.train(replace(QUICK, seed=2, data_seed=2), 60)
    assert fresh.mismatch[1] == run.mismatch_at(60, SCORE_SEED + 1 + 2)
    for one, other in zip(shown.mismatch, fresh.mismatch, strict=True):
        assert 0 < abs(one - other) < 0.1


def test_own_data_are_learnt_instead_of_the_pattern():
    points = rbm.sample_pattern("ring", 120, 5)
    own = datasets.make_dataset("mine", "drawing", points)
    outcome = run_trial(Trial(QUICK, 30, seeds=(0, 1), dataset=own))
    run = rbm.train(replace(QUICK, seed=1, data_seed=1), 30, own)
    assert outcome.mismatch[1] == run.mismatch_at(30)
    assert outcome.unit_updates == 2 * len(own.points) * (QUICK.k + 1) * 30 * 10


def test_the_options_of_a_pattern_stay_with_it():
    options = {"gap": 0.2}
    trial = Trial(
        replace(QUICK, pattern="split_ring", pattern_options=options), 5,
        patterns=("split_ring", "ring"),
    )  # fmt: skip
    first, second = trial.subjects
    assert (first.options, second.options) == (options, {})


def test_data_like_uniform_noise_are_refused():
    noise = datasets.make_dataset("fog", "file", np.random.default_rng(0).random((5000, 2)))
    with pytest.raises(ValueError, match="uniform noise"):
        run_trial(Trial(QUICK, 5, dataset=noise))


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"seeds": ()}, {"checks": (20, 10)}, {"checks": (10, 10)}, {"checks": (0,)},
     {"checks": (30,)},
     {"patterns": ("ring",), "dataset": datasets.make_dataset(
         "x", "drawing", rbm.sample_pattern("ring", 20, 0))}],
)  # fmt: skip
def test_trials_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"trial|Checks"):
        Trial(**{"settings": QUICK, "epochs": 30, **wrong})


def test_trials_use_the_compiled_engine():
    run_trial(Trial(QUICK, 1))
    assert engine.current().name == "fused"
