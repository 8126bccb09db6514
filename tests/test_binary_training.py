"""A run of the binary RBM: the same settings, the same bits, wherever one begins."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm import binary_training, recording
from rbm.binary_epoch import reconstruction_error
from rbm.binary_settings import BinarySettings
from rbm.binary_training import advance, change, rewind, start, train
from tests.binary_machines import bars_and_stripes

DATA = bars_and_stripes(3)
SETTINGS = BinarySettings(n_hidden=5, rule="pcd", batch_size=6, momentum=0.5, weight_decay=0.001)


def assert_same(one, other):
    assert one.epoch == other.epoch
    for a, b in (
        (one.machine.parameters, other.machine.parameters),
        (one.state.chains, other.state.chains),
        (one.state.offsets.hidden, other.state.offsets.hidden),
        *zip(one.state.velocity, other.state.velocity, strict=True),
        (one.recording.frames, other.recording.frames),
        (one.recording.epochs, other.recording.epochs),
        (one.recording.errors[1:], other.recording.errors[1:]),
    ):
        assert np.array_equal(a, b)


@settings(max_examples=25)
@given(pieces=st.lists(st.integers(0, 7), min_size=1, max_size=4))
def test_a_run_in_pieces_is_the_run_in_one_go(pieces):
    run = start(SETTINGS, DATA)
    for piece in pieces:
        run = advance(run, piece)
    assert_same(run, train(SETTINGS, DATA, sum(pieces)))


def test_another_seed_is_another_run_and_numbers_may_be_of_any_type():
    run = train(SETTINGS, DATA, 3)
    other = train(replace(SETTINGS, seed=1), DATA, 3)
    assert not np.array_equal(run.machine.parameters, other.machine.parameters)
    assert_same(run, train(SETTINGS, DATA.astype(np.uint8), 3))
    assert_same(run, train(SETTINGS, DATA.tolist(), 3))


@settings(max_examples=40)
@given(epoch=st.integers(0, 90))
def test_going_back_and_on_again_is_the_same_run(epoch):
    run = RUN
    back = rewind(run, epoch)
    assert back.epoch == epoch
    assert_same(advance(back, 0), back)
    if epoch < 40:
        assert back.settings == SETTINGS
    elif epoch > 40:
        assert_same(advance(back, 90 - epoch), run)


def test_a_rewound_run_replays_what_held_when():
    assert len(RUN.checkpoints) < 90
    early = rewind(RUN, 37)
    assert_same(early, train(SETTINGS, DATA, 37))
    again = advance(change(advance(early, 3), RUN.settings), 50)
    assert_same(again, RUN)


def test_live_settings_take_hold_and_others_are_refused():
    run = train(SETTINGS, DATA, 2)
    frozen = advance(change(run, replace(SETTINGS, learning_rate=0, momentum=0)), 3)
    assert frozen.machine.parameters == pytest.approx(run.machine.parameters, abs=1e-12)
    assert [epoch for epoch, _ in frozen.history] == [0, 2]
    assert change(run, SETTINGS) is run
    for name, value in {"n_hidden": 6, "seed": 3, "rule": "cd", "visible": "gaussian"}.items():
        with pytest.raises(ValueError, match=f"need a new run: {name}"):
            change(run, replace(SETTINGS, **{name: value}))
    with pytest.raises(ValueError, match="no epoch 3"):
        rewind(run, 3)


def test_switching_centring_off_and_on_changes_no_machine():
    run = train(SETTINGS, DATA, 5)
    still = replace(SETTINGS, centred=False, learning_rate=0, momentum=0)
    plain = advance(change(run, still), 1)
    assert plain.machine.parameters == pytest.approx(run.machine.parameters, abs=1e-12)
    again = advance(change(plain, replace(still, centred=True)), 1)
    assert again.machine.parameters == pytest.approx(run.machine.parameters, abs=1e-12)


def test_frames_are_the_machines_and_errors_those_of_one_pass():
    run = train(SETTINGS, DATA, 6)
    assert run.recording.epochs.tolist() == list(range(7))
    for epoch in range(7):
        then = train(SETTINGS, DATA, epoch)
        shown = run.machine_at(epoch)
        assert np.array_equal(shown.weights, then.machine.weights.astype(np.float32))
        assert np.array_equal(shown.visible_bias, then.machine.visible_bias.astype(np.float32))
        if epoch:
            error = reconstruction_error(then.state, then.data, SETTINGS.seed)
            assert run.recording.errors[epoch] == np.float32(error)
    assert np.isnan(run.recording.errors[0])


def test_recordings_and_checkpoints_stay_within_their_memory(monkeypatch):
    monkeypatch.setattr(binary_training, "CHECKPOINT_MEMORY", 4_000)
    run = train(SETTINGS, DATA, 40)
    assert 2 <= len(run.checkpoints) <= 4
    assert_same(rewind(run, 33), train(SETTINGS, DATA, 33))
    small = replace(run, recording=recording.Recording.begin(run.recording.frames[0], cap=1_000))
    longer = advance(rewind(small, 0), 40)
    assert longer.recording.nbytes <= 1_000
    assert longer.recording.stride > 1
    assert np.array_equal(longer.machine.parameters, run.machine.parameters)


def test_a_run_that_diverges_keeps_its_last_good_epoch_and_says_what_to_lower():
    wild = replace(SETTINGS, learning_rate=10, momentum=0.99, weight_decay=0.1)

    def trainer(state, data, settings):
        scaled = replace(state.machine, weights=state.machine.weights * 1e3)
        return replace(state, machine=scaled, epoch=state.epoch + 1)

    run = advance(start(wild, DATA, trainer), 10)
    assert 0 < run.epoch < 10
    assert np.abs(run.machine.weights).max() <= 1e6
    assert "Lower the learning rate (η)" in run.notice
    assert advance(run, 5).epoch == run.epoch
    assert change(run, replace(wild, learning_rate=0.1)).notice == ""


def test_the_data_are_a_copy_that_nobody_can_write_to():
    data = DATA.copy()
    run = start(SETTINGS, data)
    data[:] = 0
    assert np.array_equal(run.data, DATA)
    with pytest.raises(ValueError, match="read-only"):
        run.data[0, 0] = 1


RUN = advance(
    change(train(SETTINGS, DATA, 40), replace(SETTINGS, learning_rate=0.02, k=2, centred=False)), 50
)
