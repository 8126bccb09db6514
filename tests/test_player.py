"""What the live view is sent: what it lacks, nothing twice, whatever it says."""

import json
import struct

import numpy as np
import pytest

from rbm.app.player import blob
from rbm.app.session import Session
from rbm.datasets import make_dataset
from rbm.links import Link
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


@pytest.fixture
def session() -> Session:
    return Session(Link(SMALL))


def unpack(message: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    arrays = {}
    for row in header["arrays"]:
        count = int(np.prod(row["shape"]))
        dtype = {"f4": np.float32, "i4": np.int32}[row["dtype"]]
        start = 4 + length + row["offset"]
        arrays[row["name"]] = np.frombuffer(message, dtype, count, start).reshape(row["shape"])
    return header, arrays


def test_the_view_gets_what_it_lacks_and_nothing_twice(session):
    session.run_to(20)
    header, arrays = unpack(blob(session))
    assert header["after"] == -1
    assert header["jump"]
    np.testing.assert_array_equal(arrays["epochs"], np.arange(21))
    np.testing.assert_array_equal(arrays["frames"], session.run.recording.frames)
    (data,) = header["datasets"]
    assert data["from"] == 0
    np.testing.assert_array_equal(arrays[f"data:{data['id']}"], session.run.data)
    held = {"generation": header["generation"], "epoch": 12, "data": [data["id"]]}
    session.told = held
    header, arrays = unpack(blob(session))
    assert header["after"] == 12
    np.testing.assert_array_equal(arrays["epochs"], np.arange(13, 21))
    assert not any(name.startswith("data:") for name in arrays)
    session.reset()
    header, arrays = unpack(blob(session))
    assert header["after"] == -1
    assert header["generation"] != held["generation"]


@pytest.mark.parametrize("told", [None, 7, "x", {}, {"epoch": "NaN"}, {"epoch": float("nan")},
                                  {"generation": "1", "epoch": float("inf"), "data": [[], {}]},
                                  {"generation": 5, "epoch": 10**30, "data": "x"}])  # fmt: skip
def test_whatever_a_browser_says_a_message_comes_back(session, told):
    session.run_to(3)
    session.told = told
    header, arrays = unpack(blob(session))
    assert header["epoch"] == 3
    assert len(arrays["frames"]) == len(arrays["epochs"]) == len(arrays["errors"])


def test_only_data_that_are_new_are_sent_as_they_change(session):
    rng = np.random.default_rng(0)
    session.run_to(20)
    header, _ = unpack(blob(session))
    first = header["datasets"][0]["id"]
    session.told = {"generation": header["generation"], "epoch": 20, "data": [first]}
    drawing = make_dataset("Drawing", "drawing", rng.random((30, 2)))
    session.edit_dataset(drawing)
    header, arrays = unpack(blob(session))
    assert [row["from"] for row in header["datasets"]] == [0, 20]
    second = header["datasets"][1]["id"]
    assert [name for name in arrays if name.startswith("data:")] == [f"data:{second}"]
    np.testing.assert_array_equal(arrays[f"data:{second}"], session.run.data)
    session.told = "lost"  # then what was sent counts as held
    header, arrays = unpack(blob(session))
    assert not any(name.startswith("data:") for name in arrays)


def test_a_long_recording_comes_in_pieces(session, monkeypatch):
    monkeypatch.setattr("rbm.app.frames.MAX_BLOB", 4 * 21 * 8)
    session.run_to(20)
    held, seen = -1, []
    for _ in range(10):
        header, arrays = unpack(blob(session))
        seen += arrays["epochs"].tolist()
        held = seen[-1]
        session.told = {
            "generation": header["generation"],
            "epoch": held,
            "data": [data["id"] for data in header["datasets"]],
        }
        if not header["more"]:
            break
    assert seen == list(range(21))


def test_the_view_asks_once_more_after_the_end_so_that_the_strip_is_drawn_again(session):
    session.play()
    session.shown_playing = True
    session.pause()
    assert unpack(blob(session))[0]["run"]
    session.shown_playing = False
    assert not unpack(blob(session))[0]["run"]


def test_the_machine_shown_at_a_pause_has_been_measured(session):
    session.play()
    session.tick()
    session.pause()
    assert session.run.epoch in session.scores.values
