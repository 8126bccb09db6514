"""The duel of a tab: every press, in lockstep, in the pool, and free when nobody looks."""

import time
from dataclasses import replace

import numpy as np
import pytest

from rbm import duel, training
from rbm.app.clock import TOP
from rbm.app.duel_session import Duel
from rbm.app.session import Session
from rbm.links import Link
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)
WILD = {
    "learning_rate": 10.0, "momentum": 0.99, "cost": 0.0, "k": 1, "k_end": 1, "sigma": 2.0,
    "visible_slope": 0.01,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _short_lease(monkeypatch):
    monkeypatch.setattr("rbm.app.paced.LEASE_SECONDS", 0.1)


@pytest.fixture(scope="module")
def base():
    return training.train(SMALL, 40)


@pytest.fixture
def tab(base) -> Duel:
    return Duel(duel.setup(base, base))


def tick(tab: Duel, seconds: float = 0.05) -> None:
    tab.clock._last = time.monotonic() - seconds
    tab.tick()
    settle(tab)


def settle(tab: Duel) -> None:
    for _ in range(4000):
        with tab.lock:
            if not tab._queued:
                return
        time.sleep(0.005)
    raise AssertionError("never at rest")


def same(one, other):
    np.testing.assert_array_equal(one.state.parameters, other.state.parameters)
    np.testing.assert_array_equal(one.recording.frames, other.recording.frames)


def test_both_sides_train_in_lockstep_only_while_the_view_asks(tab):
    tab.change("b", sigma=0.7)
    tab.play()
    assert tab.epoch == 40
    for _ in range(4):
        tick(tab)
        assert tab.pair.a.epoch == tab.pair.b.epoch
    reached = tab.epoch
    assert reached > 40
    tab.clock.speed = TOP
    tab.tick()
    time.sleep(0.3)  # the lease runs out
    settle(tab)
    at = tab.epoch
    time.sleep(0.1)
    assert tab.epoch == at > reached
    same(tab.pair.a, training.advance(tab.setup.a, at - 40))
    tab.pause()
    assert not tab.playing
    assert at in tab.scores["a"].values.keys() & tab.scores["b"].values.keys()


@pytest.mark.parametrize("edits", [{"sigma": 0.7}, {"k": 3, "momentum": 0.5}, {"n_hidden": 5}])
def test_a_side_is_what_the_playground_shows_for_the_same_presses(edits):
    playground = Session(Link(SMALL))
    playground.run_to(40)
    tab = Duel(duel.setup(playground.run, playground.run))
    tab.part_at(25)
    tab.change("b", **edits)
    tab.run_to(70)
    playground.branch(25)
    playground.apply(replace(SMALL, **edits))
    playground.run_to(70)
    assert tab.epoch == playground.run.epoch == 70
    same(tab.pair.b, playground.run)
    assert tab.scores["b"].values[70] == playground.scores.values[70]


def test_a_change_goes_back_to_the_parting_and_then_as_far_as_it_was(tab, base):
    tab.run_to(90)
    tab.change("b", sigma=0.7)
    settle(tab)
    assert tab.epoch == 90
    alone = training.change(base, replace(SMALL, sigma=0.7))
    same(tab.pair.b, training.advance(alone, 50))
    same(tab.pair.a, training.advance(base, 50))
    assert tab.scores["b"].values[90] == tab.pair.b.mismatch_at(90)
    tab.undo()
    settle(tab)
    same(tab.pair.b, tab.pair.a)
    assert tab.epoch == 90


def test_a_restarting_change_begins_both_again_at_0(tab):
    tab.change("b", n_hidden=5)
    settle(tab)
    assert tab.parted == 0
    assert tab.epoch == 40
    same(tab.pair.a, training.train(SMALL, 40))
    same(tab.pair.b, training.train(replace(SMALL, n_hidden=5), 40))
    tab.reset()
    assert tab.epoch == 0


def test_step_run_to_reset_and_back(tab, base):
    tab.change("b", sigma=0.7)
    tab.step()
    assert tab.epoch == 41
    tab.run_to(60)
    settle(tab)
    tab.run_to(50)
    assert tab.epoch == 50
    same(tab.pair.a, training.advance(base, 10))
    tab.run_to(20)  # before they part they would lose what they differ in
    assert tab.epoch == 40
    tab.step()
    assert tab.pair.b.settings.sigma == 0.7
    tab.reset()
    assert tab.epoch == 40


def test_a_change_while_playing_catches_up_and_plays_on(tab, monkeypatch):
    monkeypatch.setattr("rbm.app.paced.INSTANT_SECONDS", 0.0)
    tab.run_to(300)
    for _ in range(50):
        tick(tab)
    assert tab.epoch == 300
    tab.play()
    tab.change("b", sigma=0.7)
    assert tab.epoch < 300
    for _ in range(400):
        tick(tab)
        if tab.epoch > 300:
            break
    assert tab.playing
    assert tab.epoch > 300
    tab.change("b", sigma=0.8)
    tab.pause()
    tab.run_to(310)
    for _ in range(50):
        tick(tab)
    assert not tab.playing
    assert tab.epoch == 310


def test_swap_copy_and_a_new_seed(tab):
    tab.change("b", sigma=0.7)
    tab.run_to(60)
    before = tab.pair
    tab.swap()
    settle(tab)
    same(tab.pair.a, before.b)
    same(tab.pair.b, before.a)
    tab.copy()
    settle(tab)
    same(tab.pair.a, tab.pair.b)
    assert tab.settings("b").sigma == 0.7
    tab.new_seed()
    settle(tab)
    assert tab.settings("a").seed == tab.settings("b").seed == 4
    same(tab.pair.a, training.train(replace(SMALL, sigma=0.7, seed=4), tab.epoch))


def test_parting_elsewhere_keeps_the_difference_or_takes_hold_from_there(tab, base):
    tab.change("b", sigma=0.7)
    tab.part_at(10)
    assert (tab.epoch, tab.parted) == (10, 10)
    assert tab.settings("b").sigma == 0.7
    tab.part_at(40)
    tab.run_to(60)
    tab.part_at(55)  # only the duel itself has been there
    assert (tab.epoch, tab.parted) == (55, 55)
    assert tab.pair.b.history[-1][0] == 40
    tab.change("a", momentum=0.5)
    assert [at for at, _ in tab.pair.a.history] == [0, 55]


def test_a_run_can_be_loaded_on_either_side(tab):
    other = training.train(replace(SMALL, sigma=0.4), 25)
    tab.load("b", other, "Mine")
    assert tab.names == {"a": "", "b": "Mine"}
    assert tab.epoch == 25
    same(tab.pair.b, other)
    tab.undo()
    assert tab.epoch == 40
    tab.load("a", other, "Mine")
    assert tab.pair.a.settings.sigma == 0.4


def test_what_changes_nothing_is_no_change(tab):
    before = tab.pair
    tab.change("b", sigma=SMALL.sigma)
    tab.part_at(40)
    tab.copy()
    assert tab.pair is before
    assert not tab.undoes


def test_what_cannot_be_is_said_and_changes_nothing(tab):
    before = tab.pair
    tab.change("b", low=2.0)
    assert "empty" in tab.complaints[-1]
    assert tab.pair is before
    assert not tab.undoes


def test_a_side_that_diverges_stops_both_and_says_so():
    calm = training.train(replace(SMALL, low=-10, high=10, initial_scale=10, batch_size=1), 30)
    tab = Duel(duel.setup(calm, calm))
    tab.change("b", **WILD)
    tab.clock.speed = TOP
    tab.play()
    for _ in range(200):
        tick(tab)
        if not tab.playing:
            break
    assert tab.stopped
    assert not tab.playing
    assert "Side B" in tab.note
    assert tab.pair.a.epoch == tab.pair.b.epoch
    assert max(tab.scores["a"].values) <= tab.epoch
    tab.play()
    assert not tab.playing
    tab.undo()
    assert not tab.stopped
    assert tab.note == ""


def test_what_a_link_cannot_carry_is_not_let_go(tab):
    learnt = training.forget_before(training.train(SMALL, 300), 200)
    late = Duel(duel.setup(learnt, learnt))
    late.change("b", sigma=0.7)
    late.sleep()
    assert not late.asleep
    assert late.pair.b.epoch == 300


def test_an_error_while_training_is_said(tab, monkeypatch):
    monkeypatch.setattr("rbm.duel.training.advance", lambda *_: 1 / 0)
    tab.play()
    for _ in range(200):
        tick(tab)
        if not tab.playing:
            break
    assert not tab.playing
    assert "error in the program" in tab.note
