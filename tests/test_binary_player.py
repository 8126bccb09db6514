"""What the player of the page Images sends to the machine view."""

import json
import struct

import numpy as np
import pytest

from rbm.app.binary_player import SHOWN_CASES, blob
from rbm.app.binary_session import BinarySession
from rbm.binary_links import decode


def opened(message):
    """The header, and the arrays by name."""
    size = struct.unpack("<I", message[:4])[0]
    header = json.loads(message[4 : 4 + size])
    arrays = {}
    for told in header["arrays"]:
        start = 4 + size + told["offset"]
        count = int(np.prod(told["shape"]))
        arrays[told["name"]] = np.frombuffer(message, f"<{told['dtype']}", count, start).reshape(
            told["shape"]
        )
    return header, arrays


@pytest.fixture
def session():
    return BinarySession(decode({"cases": "films"}))


def ask(session, header, arrays):
    """What a view says that holds all it was sent."""
    session.told = {"generation": header["generation"], "epoch": int(arrays["epochs"][-1])}


def test_a_new_view_gets_every_recorded_machine_the_cases_and_the_scores(session):
    for _ in range(3):
        session.step()
    header, arrays = opened(blob(session))
    assert list(arrays["epochs"]) == [0, 1, 2, 3]
    np.testing.assert_array_equal(
        arrays["frames"][-1], session.machine().parameters.astype(np.float32)
    )
    np.testing.assert_array_equal(arrays["cases"], session.cases.values)
    np.testing.assert_array_equal(arrays["case_labels"], session.cases.labels)
    assert list(arrays["score_epochs"]) == [0, 1, 2, 3]
    assert arrays["scores"][2, 2] == np.float32(session.scores[2].log_likelihood)
    assert np.isnan(arrays["scores"][:, 1]).all()  # none is held out
    assert header["names"][:2] == ["Star Wars", "The Matrix"]
    assert header["exact"]
    assert header["bound"] == pytest.approx(session.cases.bound)
    assert header["shape"] is None


def test_a_view_gets_only_what_it_lacks(session):
    session.step()
    ask(session, *opened(blob(session)))
    session.step()
    header, arrays = opened(blob(session))
    assert list(arrays["epochs"]) == [2]
    assert "cases" not in arrays
    assert header["after"] == 1


def test_another_run_is_sent_from_its_beginning(session):
    session.step()
    ask(session, *opened(blob(session)))
    session.reset()
    _, arrays = opened(blob(session))
    assert list(arrays["epochs"]) == [0]
    assert "cases" in arrays


def test_large_machines_come_one_by_one(session, monkeypatch):
    monkeypatch.setattr("rbm.app.frames.MAX_BLOB", 1)
    session.step()
    header, arrays = opened(blob(session))
    assert list(arrays["epochs"]) == [0]
    assert header["more"]
    ask(session, header, arrays)
    header, arrays = opened(blob(session))
    assert list(arrays["epochs"]) == [1]
    assert not header["more"]


@pytest.mark.parametrize(
    "told", [None, 7, {}, {"generation": "0"}, {"generation": "0", "epoch": float("nan")}]
)
def test_whatever_a_view_says_it_is_answered(session, told):
    session.step()
    session.told = told
    opened(blob(session))


def test_only_the_first_learnt_cases_are_shown():
    session = BinarySession(decode({"cases": "digits"}))
    header, arrays = opened(blob(session))
    np.testing.assert_array_equal(
        arrays["cases"], session.cases.training[:SHOWN_CASES].astype(np.float32)
    )
    learnt = session.cases.labels[~session.cases.held_out]
    np.testing.assert_array_equal(arrays["case_labels"], learnt[:SHOWN_CASES])
    assert header["shape"] == [8, 8]
    assert header["label_names"] == [str(digit) for digit in range(10)]
