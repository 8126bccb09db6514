"""A duel's sides: equal bit for bit when their settings are, each the run it would be alone."""

from dataclasses import replace
from itertools import chain, repeat

import numpy as np
import pytest

from rbm import duel, engine, training
from rbm.datasets import make_dataset
from rbm.duel import COMMON, advance, back, differences, setup
from rbm.settings import KNOBS, Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


@pytest.fixture(scope="module")
def base():
    """A run with a past: its momentum changed at epoch 20."""
    early = training.train(SMALL, 20)
    return training.advance(training.change(early, replace(SMALL, momentum=0.5)), 20)


def same(one, other):
    assert one.epoch == other.epoch
    np.testing.assert_array_equal(one.state.parameters, other.state.parameters)
    np.testing.assert_array_equal(one.state.velocity, other.state.velocity)
    np.testing.assert_array_equal(one.recording.frames, other.recording.frames)
    np.testing.assert_array_equal(one.recording.errors, other.recording.errors)


@pytest.mark.parametrize("start", [0, 13, 20, 31, 40])
@pytest.mark.parametrize("name", ["sigma", "rule", "n_hidden"])
def test_equal_settings_give_equal_sides_wherever_they_part(base, start, name):
    value = {"sigma": 0.5, "rule": "pcd", "n_hidden": 5}[name]
    made = setup(base, base, start)
    for side in ("a", "b"):
        made = made.with_edits(side, **{name: value})
    pair = advance(made.pair(), 25)
    same(pair.a, pair.b)
    assert pair.epoch == (0 if KNOBS[name].restarts else start) + 25


@pytest.mark.parametrize("start", [0, 13, 20, 31, 40])
def test_each_side_is_the_run_that_the_playground_would_give(base, start):
    """Alone: back to the epoch, the setting changed there, and on."""
    made = setup(base, base, start).with_edits("b", sigma=0.7)
    pair = advance(advance(made.pair(), 7), 23)
    alone = training.rewind(base, start)
    same(pair.a, training.advance(alone, 30))
    changed = replace(base.settings_at(start), sigma=0.7)
    same(pair.b, training.advance(training.change(alone, changed), 30))
    assert (pair.a.state.parameters != pair.b.state.parameters).any()
    np.testing.assert_array_equal(
        pair.a.recording.frames[: start + 1], pair.b.recording.frames[: start + 1]
    )


def test_a_setting_that_restarts_begins_both_sides_again_and_says_so(base):
    made = setup(base, base, 31).with_edits("b", n_hidden=5)
    assert "Hidden units m" in made.anew
    pair = advance(made.pair(), 12)
    now = base.settings_at(31)
    same(pair.a, training.train(now, 12))
    same(pair.b, training.train(replace(now, n_hidden=5), 12))
    back_again = made.with_edits("b", n_hidden=3)
    assert not back_again.anew
    same(back_again.pair().a, training.rewind(base, 31))


def test_data_and_seeds_are_those_of_both_sides(base):
    made = setup(base, base).with_edits("b", seed=9, sigma=0.7)
    assert made.settings_a.seed == made.settings_b.seed == 9
    assert (made.settings_a.sigma, made.settings_b.sigma) == (SMALL.sigma, 0.7)
    made = setup(base, base).with_edits("b", n_points=50)
    pair = made.pair()
    assert pair.a.experiment.data_id == pair.b.experiment.data_id
    assert len(pair.a.data) == 50


def test_own_points_stay_when_both_sides_begin_again():
    points = make_dataset("Mine", "file", np.random.default_rng(0).random((40, 2)))
    own = training.train(SMALL, 5, points)
    pair = setup(own, own).with_edits("b", n_hidden=4).pair()
    assert pair.a.experiment.dataset is points is pair.b.experiment.dataset


def test_when_one_side_diverges_both_stop_at_its_last_good_epoch():
    calm = training.train(replace(SMALL, low=-10, high=10, initial_scale=10, batch_size=1), 30)
    wild = {
        "learning_rate": 10.0, "momentum": 0.99, "cost": 0.0, "k": 1, "k_end": 1, "sigma": 2.0,
        "visible_slope": 0.01,
    }  # fmt: skip
    made = setup(calm, calm).with_edits("b", **wild)
    assert not made.pair().stopped
    longer = advance(made.pair(), 1_000)
    assert longer.b.notice
    assert not longer.a.notice
    assert 30 < longer.a.epoch == longer.b.epoch < 1_030
    assert longer.stopped.startswith("Side B: The run diverged")
    assert "Both sides stop there" in longer.stopped
    assert "Reset" not in longer.stopped
    same(longer.a, training.advance(calm, longer.epoch - 30))
    swapped = advance(made.swapped().pair(), 1_000)
    assert swapped.stopped.startswith("Side A")
    assert swapped.a.epoch == swapped.b.epoch == longer.epoch


@pytest.mark.parametrize("asked", [1, 2])
def test_both_sides_train_with_one_engine_even_when_another_gets_ready(base, monkeypatch, asked):
    engine.warm_up(background=False)
    ready = chain(repeat(engine.REFERENCE, asked), repeat(engine.current()))
    monkeypatch.setattr(engine, "current", lambda: next(ready))
    pair = advance(setup(base, base).pair(), 10)
    assert pair.a.engines[-1] == pair.b.engines[-1] == (40, "reference")
    same(pair.a, pair.b)


def test_no_frames_are_shared_with_the_run_a_side_comes_from(base):
    """The playground may train it on, in another thread, while the duel is played."""
    pair = setup(base, base).pair()
    for run in (base, pair.b):
        assert not np.shares_memory(run.recording.frames, pair.a.recording.frames)
    same(pair.a, base)
    assert pair.a.recording.stride == base.recording.stride


def test_going_back_keeps_epochs_equal_and_repeats(base):
    pair = advance(setup(base, base).with_edits("b", sigma=0.7).pair(), 30)
    early = back(pair, 50)
    assert early.a.epoch == early.b.epoch == 50
    again = advance(early, 20)
    same(again.a, pair.a)
    same(again.b, pair.b)


def test_runs_of_different_lengths_part_at_the_last_epoch_of_both(base):
    other = training.train(replace(SMALL, sigma=0.4), 25)
    made = setup(base, other)
    assert made.start == 25
    assert made.range == (0, 25)
    assert made.settings_a == base.settings_at(25)
    with pytest.raises(ValueError, match="0 to 25"):
        setup(base, other, 26)


def test_runs_without_a_common_epoch_begin_again(base):
    late = training.forget_before(training.train(SMALL, 300), 200)
    assert late.first_epoch > 40
    made = setup(base, late)
    assert "no epoch in common" in made.anew
    pair = made.pair()
    assert pair.a.epoch == pair.b.epoch == 0
    with pytest.raises(ValueError, match="no epoch in common"):
        made.starting(10)


def test_differences_are_told_by_label_and_in_words(base):
    made = setup(base, base).with_edits(
        "b", sigma=0.5, slope_rule="corrected", centred=True, learning_rate=0.05
    )
    told = {row.label: (row.a, row.b) for row in differences(*made.pair().sides.values())}
    assert told == {
        "Noise σ": ("0.2", "0.5"),
        "Slope rule": ("Tutorial: ⟨s²⟩", "Corrected: 2⟨(s − ½)²⟩"),
        "Centred": ("off", "on"),
        "Learning rate, weights η_W": ("0.5", "0.05"),
    }
    assert differences(base, base) == ()


def test_other_data_are_a_difference_and_b_can_be_given_those_of_a(base):
    moons = training.train(replace(SMALL, pattern="moons", seed=8, sigma=0.4), 10)
    pair = setup(base, moons).pair()
    names = {row.name: (row.a, row.b) for row in differences(pair.a, pair.b)}
    assert names["data"] == ("Split ring", "Two moons")
    assert "seed" in names
    matched = setup(base, moons).matched()
    one, other = matched.pair().sides.values()
    assert {row.name for row in differences(one, other)} == {"sigma"}
    assert one.experiment.data_id == other.experiment.data_id


def test_swapping_twice_changes_nothing_and_a_copy_has_no_difference(base):
    made = setup(base, base, 31).with_edits("b", sigma=0.7)
    assert made.swapped().swapped().like(made)
    assert not made.swapped().like(made)
    assert made.copied().alike
    assert not made.alike
    assert made.swapped().settings_a.sigma == 0.7
    pair = advance(made.copied().pair(), 9)
    same(pair.a, pair.b)


def test_every_setting_can_be_the_difference(base):
    """Whatever a page lets a user change: either it is live, or both sides begin again."""
    others = {"low": -1.0, "high": 2.0, "k_ramp": 10, "data_seed": 5, "seed": 5}
    for name, knob in KNOBS.items():
        now = getattr(base.settings, name)
        candidates = (others.get(name, knob.high), knob.low, *(knob.choices or ()), not now)
        value = next(v for v in candidates if v != now and v not in (np.inf, -np.inf))
        made = setup(base, base).with_edits("b", **{name: value})
        assert bool(made.anew) == knob.restarts, name
        pair = made.pair()
        assert pair.epoch == (0 if knob.restarts else 40), name
        assert advance(pair, 1).a.epoch == advance(pair, 1).b.epoch, name
        if name not in COMMON:
            assert [row.name for row in differences(pair.a, pair.b)] == [name]


def test_words_and_labels_for_all_settings():
    for name in KNOBS:
        assert duel.label_of(name)
        assert duel.words(name, getattr(SMALL, name))
