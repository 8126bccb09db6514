"""Runs whose data or engine change on the way, that begin with weights, that forget their past."""

from dataclasses import replace

import numpy as np
import pytest

from rbm import engine, training
from rbm.datasets import make_dataset
from rbm.experiment import build
from rbm.settings import Settings

SMALL = Settings(
    n_points=60, n_hidden=3, k=2, k_end=4, k_ramp=20, seed=5, sigma=0.4, initial_scale=0.7,
    learning_rate=0.9, momentum=0.6, cost=1e-4,
)  # fmt: skip
RNG = np.random.default_rng(7)
DRAWN = [make_dataset("d", "drawing", RNG.uniform(0.1, 0.9, (n, 2))) for n in (60, 25, 90)]


def drawn(settings: Settings, which: int):
    return build(settings, dataset=DRAWN[which])


def edited(settings: Settings) -> training.Run:
    """60 points, 25 from epoch 40 on, then 90 from epoch 70 on; other settings from 55 on."""
    run = training.advance(training.start(drawn(settings, 0)), 40)
    run = training.advance(training.change_data(run, drawn(settings, 1)), 15)
    run = training.advance(training.change(run, replace(settings, sigma=0.8)), 15)
    return training.advance(training.change_data(run, drawn(settings, 2)), 80)


def same(one: training.Run, other: training.Run) -> bool:
    return (
        np.array_equal(one.state.parameters, other.state.parameters)
        and np.array_equal(one.state.velocity, other.state.velocity)
        and np.array_equal(one.state.chains, other.state.chains)
        and np.array_equal(one.recording.epochs, other.recording.epochs)
        and np.array_equal(one.recording.frames, other.recording.frames)
        and one.history == other.history
        and one.experiments == other.experiments
    )


@pytest.mark.parametrize(("rule", "batch_size"), [("cd", 0), ("pcd", 0), ("pcd", 20)])
def test_a_run_whose_data_change_goes_on_and_can_be_rewound(rule, batch_size):
    run = edited(replace(SMALL, rule=rule, batch_size=batch_size))
    assert run.epoch == 150
    assert [at for at, _ in run.experiments] == [0, 40, 70]
    assert len(run.recording.epochs) == 151
    assert len(run.data) == 90
    for epoch in (0, 39, 40, 41, 55, 69, 70, 71, 149):
        back = training.rewind(run, epoch)
        np.testing.assert_array_equal(
            back.state.parameters.astype(np.float32), run.recording.frames[epoch]
        )
        forward = back
        for what in training.changes(run):
            if what.epoch >= forward.epoch:
                forward = training.advance(forward, what.epoch - forward.epoch)
                forward = training.apply(forward, what)
        assert same(training.advance(forward, 150 - forward.epoch), run)


def test_new_data_are_what_is_learnt_from_then_on():
    one = training.advance(training.start(drawn(SMALL, 0)), 30)
    other = training.advance(training.change_data(one, drawn(SMALL, 2)), 1)
    kept = training.advance(one, 1)
    np.testing.assert_array_equal(other.recording.frames[30], kept.recording.frames[30])
    assert not np.array_equal(other.recording.frames[31], kept.recording.frames[31])


def test_two_edits_at_one_epoch_are_one():
    begun = training.advance(training.start(drawn(replace(SMALL, rule="pcd"), 0)), 30)
    once = training.change_data(begun, drawn(SMALL, 2))
    twice = training.change_data(training.change_data(begun, drawn(SMALL, 1)), once.experiment)
    assert same(training.advance(once, 9), training.advance(twice, 9))


def test_mismatch_compares_with_the_data_of_its_epoch():
    run = edited(SMALL)
    first = training.advance(training.start(drawn(SMALL, 0)), 40)
    assert run.mismatch_at(39) == first.mismatch_at(39)
    assert run.mismatch_at(40) != first.mismatch_at(40)  # from 40 on the new data hold


def test_repeating_from_the_origin_gives_the_same_run():
    run = edited(SMALL)
    again = training.origin(run)
    assert again.epoch == 0
    for what in training.changes(run):
        again = training.apply(training.advance(again, what.epoch - again.epoch), what)
    assert same(training.advance(again, 80), run)


def test_which_engine_trained_is_remembered_and_used_again(monkeypatch):
    run = training.advance(training.start(build(SMALL)), 20, "reference")
    engine.warm_up(background=False)
    if engine.current().name == "reference":
        pytest.skip("there is only one engine without the compiler")
    run = training.advance(run, 30)
    assert run.engines == ((0, "reference"), (20, "fused"))
    back = training.rewind(run, 33)
    np.testing.assert_array_equal(
        back.state.parameters.astype(np.float32), run.recording.frames[33]
    )
    assert back.engines == run.engines
    assert training.rewind(run, 20).engines == ((0, "reference"),)
    assert same(training.advance(back, 17), run)


def test_a_run_can_begin_with_what_was_learnt_elsewhere():
    whole = training.advance(training.start(build(SMALL)), 90)
    half = training.rewind(whole, 60)
    begun = training.start(build(SMALL), half.state)
    assert (begun.epoch, begun.first_epoch) == (60, 60)
    assert begun.milestones(9).tolist() == [60]
    ended = training.advance(begun, 30)
    np.testing.assert_array_equal(ended.state.parameters, whole.state.parameters)
    assert ended.recording.epochs.tolist() == list(range(60, 91))
    assert ended.milestones(5)[[0, -1]].tolist() == [60, 90]
    assert np.isfinite(ended.curves["mismatch"]).all()
    with pytest.raises(ValueError, match="60 to 90"):
        training.rewind(ended, 59)
    assert training.rewind(ended, 60).epoch == 60


def test_forgetting_the_past_leaves_the_future_as_it_is():
    run = edited(SMALL)
    short = training.forget_before(run, 60)
    assert short.first_epoch == 64  # the first checkpoint from there on
    assert short.recording.epochs.tolist() == list(range(64, 151))
    assert [at for at, _ in short.experiments] == [64, 70]
    assert short.history == ((64, run.settings),)
    assert short.mismatch_at(66) == run.mismatch_at(66)
    np.testing.assert_array_equal(
        training.rewind(short, 80).state.parameters, training.rewind(run, 80).state.parameters
    )
    assert training.forget_before(run, 150).first_epoch == 150


def test_a_late_beginning_is_not_thinned_before_its_time():
    late = replace(training.start(build(SMALL)).state, epoch=900_001)
    run = training.advance(training.start(build(SMALL), late), 200)
    assert run.recording.stride == 1
    assert len(run.recording.epochs) == 201
