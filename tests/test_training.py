"""Runs: the same settings give the same bits, however they are cut, rewound or branched."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import rbm
from rbm import training
from rbm.experiment import build
from rbm.presets import PRESETS, preset_of
from rbm.run import CURVE_POINTS
from rbm.settings import Settings

SMALL = Settings(
    n_points=60, n_hidden=3, k=2, k_end=4, k_ramp=20, seed=5, sigma=0.4, initial_scale=0.7,
    learning_rate=0.9, momentum=0.6, cost=1e-4,
)  # fmt: skip


def same(one: training.Run, other: training.Run) -> bool:
    return (
        one.epoch == other.epoch
        and np.array_equal(one.state.parameters, other.state.parameters)
        and np.array_equal(one.state.velocity, other.state.velocity)
        and np.array_equal(one.recording.frames, other.recording.frames)
        and one.history == other.history
    )


@pytest.fixture(scope="module")
def run() -> training.Run:
    return rbm.train(SMALL, 200)


def test_the_initial_machine():
    run = rbm.train(Settings(), 0)
    assert run.epoch == 0
    assert run.data.shape == (500, 2)
    assert run.model.weights.shape == (2, 8)
    assert run.model.visible_bias.shape == (2,)
    assert run.model.hidden_bias.shape == (8,)
    np.testing.assert_array_equal(run.model.visible_slope, [0.1, 0.1])
    np.testing.assert_array_equal(run.model.hidden_slope, np.ones(8))
    assert 0.05 < run.model.weights.std() < 0.2
    assert not run.data.flags.writeable


@given(cuts=st.lists(st.integers(1, 90), max_size=4))
@hypothesis_settings(max_examples=15, deadline=None)
def test_a_run_is_the_same_in_any_pieces(run, cuts):
    pieces = training.start(build(SMALL))
    for cut in cuts:
        pieces = training.advance(pieces, min(cut, 200 - pieces.epoch))
    assert same(training.advance(pieces, 200 - pieces.epoch), run)


@pytest.mark.parametrize("rule", ["cd", "pcd"])
def test_rewinding_gives_what_was_there_and_the_same_future(rule):
    run = rbm.train(replace(SMALL, rule=rule, batch_size=25), 150)
    for epoch in (0, 1, 63, 64, 65, 149):
        back = training.rewind(run, epoch)
        np.testing.assert_array_equal(
            back.state.parameters.astype(np.float32), run.recording.frames[epoch]
        )
        assert same(training.advance(back, 150 - epoch), run)
    assert training.rewind(run, 150) is run


def test_a_live_change_takes_hold_and_is_replayed(run):
    changed = training.change(training.rewind(run, 70), replace(SMALL, sigma=0.9, momentum=0.2))
    went_on = training.advance(changed, 80)
    assert not np.array_equal(went_on.state.parameters, run.recording.frames[150])
    again = training.change(went_on, replace(went_on.settings, k=5, k_end=5))
    again = training.advance(again, 50)
    assert [at for at, _ in again.history] == [0, 70, 150]
    for epoch in (40, 70, 90, 150, 160):
        back = training.rewind(again, epoch)
        np.testing.assert_array_equal(
            back.state.parameters.astype(np.float32), again.recording.frames[epoch]
        )
        forward = back
        for begin, settings in again.history[1:]:
            if begin >= forward.epoch:
                forward = training.advance(forward, begin - forward.epoch)
                forward = training.change(forward, settings)
        assert same(training.advance(forward, 200 - forward.epoch), again)


def test_a_change_that_needs_a_new_run_is_refused(run):
    with pytest.raises(ValueError, match="new run: n_hidden"):
        training.change(run, replace(SMALL, n_hidden=4))


def test_rewinding_beyond_the_run_is_refused(run):
    with pytest.raises(ValueError, match="0 to 200"):
        training.rewind(run, 201)


def test_old_runs_do_not_change_when_branches_grow(run):
    frames = run.recording.frames.copy()
    branch = training.rewind(run, 50)
    branch = training.advance(training.change(branch, replace(SMALL, sigma=1.0)), 300)
    np.testing.assert_array_equal(run.recording.frames, frames)
    assert branch.epoch == 350


def test_averaged_parameters_are_the_mean_of_the_last_epochs():
    averaged = rbm.train(replace(SMALL, average_last=0.2), 100)
    plain = rbm.train(SMALL, 100)
    np.testing.assert_array_equal(averaged.state.parameters, plain.state.parameters)
    expected = plain.recording.frames[81:101].astype(float).mean(axis=0)
    np.testing.assert_allclose(averaged.model.parameters, expected, atol=1e-7)
    assert np.abs(averaged.model.weights - plain.model.weights).max() > 1e-4


def test_curves_of_a_run(run):
    curves = run.curves
    np.testing.assert_array_equal(curves["epoch"], np.arange(201))
    assert np.isnan(curves["error"][0])
    assert np.all(curves["error"][1:] > 0)
    assert curves["mismatch_epoch"][0] == 0
    assert curves["mismatch_epoch"][-1] == 200
    assert len(curves["mismatch"]) == len(curves["mismatch_epoch"]) <= CURVE_POINTS
    assert curves["mismatch"][-1] == run.mismatch_at(200)


def test_a_diverging_run_stops_at_its_last_good_epoch_and_names_the_parameter():
    wild = replace(
        SMALL, learning_rate=10.0, momentum=0.99, initial_scale=10.0, low=-10.0, high=10.0,
        cost=0.0, k=1, k_end=1, sigma=2.0, visible_slope=0.01, batch_size=1,
    )  # fmt: skip
    run = rbm.train(wild, 300)
    assert 2 < run.epoch < 300
    assert np.all(np.isfinite(run.state.parameters))
    assert f"epoch {run.epoch:,}" in run.notice
    assert "Lower the" in run.notice
    assert training.advance(run, 10).epoch == run.epoch
    assert training.rewind(run, run.epoch // 2).notice == ""


def test_data_of_ones_own():
    rng = np.random.default_rng(3)
    points = rng.uniform(0.2, 0.8, (40, 2))
    run = rbm.train(SMALL, 5, data=points)
    np.testing.assert_allclose(run.data, points, atol=1e-7)
    assert np.isfinite(run.mismatch_at(5))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (np.zeros((5, 2)), "Between 10 and"),
        (np.zeros((50, 3)), r"shape \(n, 2\)"),
        ("abc", "numbers"),
        (np.full((20, 2), np.nan), "Row 1 is not finite"),
        (np.full((20, 2), 1.5), r"Row 1 lies outside \[0, 1\]"),
    ],
)
def test_data_that_do_not_fit_are_refused_with_a_sentence(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        rbm.train(SMALL, 1, data=data)


def test_a_negative_number_of_epochs_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        rbm.train(SMALL, -1)


def test_seed_and_data_seed_change_what_they_name():
    plain = rbm.train(SMALL, 2)
    seed = rbm.train(replace(SMALL, seed=6), 2)
    data = rbm.train(replace(SMALL, data_seed=1), 2)
    np.testing.assert_array_equal(plain.data, seed.data)
    assert not np.array_equal(plain.data, data.data)
    assert not np.array_equal(plain.model.weights, seed.model.weights)
    np.testing.assert_array_equal(plain.recording.frames[0], data.recording.frames[0])


def test_progress_shows_a_bar_and_changes_nothing(run, capsys):
    shown = rbm.train(SMALL, 200, progress=True)
    assert same(shown, run)
    assert "200/200" in capsys.readouterr().err


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_leaves_the_subject_alone_and_is_recognised(name):
    mine = Settings(pattern="ring", n_points=123, seed=9, data_seed=4)
    applied = PRESETS[name].apply(mine)
    assert (applied.pattern, applied.n_points, applied.seed) == ("ring", 123, 9)
    assert preset_of(applied) == name
    assert preset_of(replace(applied, momentum=0.33)) is None
