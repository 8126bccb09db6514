"""The recording: append, thin, branch, average; nothing older ever changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.recording import Recording


def frames_of(epochs: range, width: int = 3) -> np.ndarray:
    """A frame that names its epoch: (e, e + 0.25, e + 0.5)."""
    return (np.arange(epochs.start, epochs.stop)[:, None] + np.arange(width) / 4).astype(np.float32)


def grown(pieces: list[int], cap: int = 2**24) -> Recording:
    recording = Recording.begin(frames_of(range(1))[0], cap=cap)
    epoch = 0
    for piece in pieces:
        new = range(epoch + 1, epoch + 1 + piece)
        recording = recording.append(epoch + 1, frames_of(new), np.array(new, np.float32) / 2)
        epoch += piece
    return recording


@given(pieces=st.lists(st.integers(1, 40), max_size=12), frames=st.integers(4, 50))
def test_what_is_kept_depends_on_the_epoch_alone_not_on_the_pieces(pieces, frames):
    cap = frames * 12
    recording = grown(pieces, cap)
    at_once = grown([sum(pieces)] if pieces else [], cap)
    assert recording.stride == at_once.stride
    np.testing.assert_array_equal(recording.epochs, at_once.epochs)
    np.testing.assert_array_equal(recording.frames, at_once.frames)
    assert recording.nbytes <= cap
    assert np.all(recording.epochs % recording.stride == 0)
    np.testing.assert_array_equal(recording.frames[:, 0], recording.epochs)
    np.testing.assert_array_equal(recording.errors[1:], recording.epochs[1:] / 2)
    assert sum(pieces) - recording.epochs[-1] < recording.stride


def test_stride_doubles_only_when_the_cap_is_reached():
    assert grown([9], cap=10 * 12).stride == 1
    assert grown([10], cap=10 * 12).stride == 2
    assert grown([2500]).stride == 1


def test_a_branch_leaves_the_older_recording_as_it_was():
    trunk = grown([10])
    before = trunk.frames.copy()
    branch = trunk.up_to(4).append(5, -frames_of(range(5, 8)), np.zeros(3, np.float32))
    np.testing.assert_array_equal(trunk.frames, before)
    np.testing.assert_array_equal(branch.epochs, np.arange(8))
    np.testing.assert_array_equal(branch.frames[:, 0], [0, 1, 2, 3, 4, -5, -6, -7])
    again = trunk.append(11, frames_of(range(11, 13)), np.zeros(2, np.float32))
    other = trunk.append(11, -frames_of(range(11, 13)), np.zeros(2, np.float32))
    assert again.frames[-1, 0] == 12
    assert other.frames[-1, 0] == -12


@pytest.mark.parametrize(
    ("epoch", "share", "expected"),
    [
        (10, 0.0, 10.0),
        (10, 0.2, 9.5),  # epochs in (8, 10]: 9 and 10
        (10, 0.5, 8.0),  # 6 … 10
        (0, 0.5, 0.0),
        (7, 0.9, 4.0),  # (0.7, 7]: 1 … 7
    ],
)
def test_mean_over_the_last_share_of_the_epochs(epoch, share, expected):
    mean = grown([10]).mean(epoch, share)
    np.testing.assert_allclose(mean, expected + np.arange(3) / 4, rtol=1e-12)


def test_the_newest_parameters_replace_the_frame_of_their_epoch():
    newest = np.array([20.0, 20.0, 20.0])
    np.testing.assert_allclose(grown([10]).mean(10, 0.2, newest), (9 + np.arange(3) / 4 + 20) / 2)
    np.testing.assert_array_equal(grown([10]).mean(10, 0.0, newest), newest)


def test_an_empty_recording_says_how_to_start_one():
    with pytest.raises(ValueError, match=r"Recording\.begin"):
        _ = Recording().frames
