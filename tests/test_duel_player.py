"""What the duel view is sent: what it lacks of either side, nothing twice, whatever it says."""

import json
import struct

import numpy as np
import pytest

from rbm import duel, training
from rbm.app.duel_player import blob
from rbm.app.duel_session import Duel
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


@pytest.fixture
def tab() -> Duel:
    base = training.train(SMALL, 40)
    return Duel(duel.setup(base, base))


def unpack(message: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    arrays = {}
    for row in header["arrays"]:
        dtype = {"f4": np.float32, "i4": np.int32}[row["dtype"]]
        start = 4 + length + row["offset"]
        count = int(np.prod(row["shape"]))
        arrays[row["name"]] = np.frombuffer(message, dtype, count, start).reshape(row["shape"])
    return header, arrays


def test_the_view_gets_what_it_lacks_of_either_side_and_nothing_twice(tab):
    tab.change("b", sigma=0.7, n_hidden=4)
    tab.run_to(20)
    header, arrays = unpack(blob(tab))
    assert header["jump"]
    assert header["start"] == 0
    data = tab.pair.a.experiment.data_id
    assert header["datasets"] == [data]  # both learn it: it is sent once
    for side, run in tab.pair.sides.items():
        np.testing.assert_array_equal(arrays[f"{side}:frames"], run.recording.frames)
        assert header["sides"][side]["after"] == -1
        assert header["sides"][side]["held"][-1]["sigma"] == run.settings.sigma
        scored = dict(
            zip(arrays[f"{side}:mismatch_epochs"], arrays[f"{side}:mismatch"], strict=True)
        )
        assert scored[20] == pytest.approx(run.mismatch_at(20))
    tab.told = {"generation": header["generation"], "epochs": [12, 15], "data": [data]}
    header, arrays = unpack(blob(tab))
    assert [header["sides"][side]["after"] for side in "ab"] == [12, 15]
    np.testing.assert_array_equal(arrays["a:epochs"], np.arange(13, 21))
    np.testing.assert_array_equal(arrays["b:epochs"], np.arange(16, 21))
    assert f"data:{data}" not in arrays
    tab.reset()
    header, arrays = unpack(blob(tab))
    assert header["sides"]["a"]["after"] == -1


@pytest.mark.parametrize(
    "told",
    [None, 7, "x", {}, {"epochs": "NaN"}, {"generation": "1", "epochs": [float("inf"), {}]},
     {"epochs": [1], "data": [[], {}]}, {"epochs": [None, "x"], "data": 3}],
)  # fmt: skip
def test_whatever_a_browser_says_a_message_comes_back(tab, told):
    tab.told = told
    header, arrays = unpack(blob(tab))
    assert len(arrays["a:frames"]) == len(arrays["a:epochs"])
    assert header["sides"].keys() == {"a", "b"}
