"""A duel's link: both sides come back bit for bit, and nobody's nonsense gets through."""

from dataclasses import replace

import numpy as np
import pytest

from rbm import duel, training
from rbm.app.session import Session
from rbm.datasets import make_dataset
from rbm.duel_link import BESIDE, START, read_duel, write_duel
from rbm.links import decode
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


def opened(params):
    return Session(decode(params, Settings())).run


def both(pair, start):
    link = write_duel(pair.a, pair.b, start)
    found = read_duel(link.params)
    assert found is not None
    assert found[1] == start
    assert decode(link.params, Settings()).complaints == ()
    assert decode(found[0], Settings()).complaints == ()
    return opened(link.params), opened(found[0]), link


def same(one, other):
    assert one.history == other.history
    np.testing.assert_array_equal(one.state.parameters, other.state.parameters)
    np.testing.assert_array_equal(one.recording.frames, other.recording.frames)


@pytest.mark.parametrize("edits", [{"sigma": 0.7}, {"n_hidden": 5}, {"sigma": 0.7, "k": 3}, {}])
def test_both_sides_come_back(edits):
    base = training.change(training.train(SMALL, 10), replace(SMALL, momentum=0.5))
    base = training.advance(base, 10)
    made = duel.setup(base, base, 15).with_edits("b", **edits)
    pair = duel.advance(made.pair(), 12)
    parted = 0 if made.anew else 15
    a, b, link = both(pair, parted)
    same(a, pair.a)
    same(b, pair.b)
    extra = [name for name in link.params if name.startswith(BESIDE)]
    assert len(extra) <= 2 * len(edits) + 1, extra
    again = duel.setup(a, b, parted)
    same(duel.advance(again.pair(), 12).b, pair.b)


def test_runs_of_other_data_come_back_too():
    moons = training.train(replace(SMALL, pattern="gauss2", seed=8), 9)
    points = make_dataset("Mine", "file", np.random.default_rng(0).random((40, 2)))
    own = training.train(SMALL, 9, points)
    for pair in (duel.Pair(own, moons), duel.Pair(moons, own)):
        a, b, _ = both(pair, 9)
        same(a, pair.a)
        same(b, pair.b)


def test_a_link_too_long_for_some_programs_says_so():
    rng = np.random.default_rng(0)
    one, other = (
        training.train(SMALL, 2, make_dataset(name, "file", rng.random((1_400, 2))))
        for name in ("Mine", "Yours")
    )
    assert write_duel(one, one, 2).note == ""
    link = write_duel(one, other, 2)
    assert "longer than what some programs" in link.note
    same(opened(read_duel(link.params)[0]), other)


def test_other_links_are_none_of_a_duel():
    run = training.train(SMALL, 3)
    assert read_duel({"v": "1", "sigma": "0.5"}) is None
    link = dict(write_duel(run, run, 3).params)
    assert set(link) - {START} == set(write_duel(run, run, 3).params) - {START}
    assert not [name for name in link if name.startswith(BESIDE)]


@pytest.mark.parametrize("start", ["", "x", "-1", "1e9", "99999999999"])
def test_nonsense_in_a_link_is_0(start):
    found = read_duel({START: start, f"{BESIDE}sigma": "<b>", f"{BESIDE}nonsense": "1"})
    assert found is not None
    params, at = found
    assert at == 0
    assert len(decode(params, Settings()).complaints) == 2
