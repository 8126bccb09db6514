"""The session: what each press does to the run, and what the view is sent."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rbm import links
from rbm.app.clock import TOP
from rbm.app.scores import settled
from rbm.app.session import SHELF_SIZE, Session, from_params
from rbm.links import Link
from rbm.presets import FIRST_VISIT, PRESETS
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


@pytest.fixture
def session() -> Session:
    return Session(Link(SMALL))


def tick(session: Session, seconds: float = 0.05) -> None:
    """One ask of the view, `seconds` after the last one, and what the pool then does."""
    session.clock._last = time.monotonic() - seconds
    session.tick()
    wait_until(lambda: at_rest(session))


def tick_until(session: Session, done: Callable[[], object], seconds: float = 0.05) -> None:
    """As many asks as it takes: on a slow machine a lease may be over before the pool begins."""
    for _ in range(200):
        tick(session, seconds)
        if done():
            return
    raise AssertionError("never done")


def at_rest(session: Session) -> bool:
    with session.lock:
        return not session._queued


@pytest.fixture(autouse=True)
def _short_lease(monkeypatch):
    monkeypatch.setattr("rbm.app.paced.LEASE_SECONDS", 0.1)
    monkeypatch.setattr("rbm.app.paced.INSTANT_SECONDS", 30.0)  # a press trains all it is to


def wait_until(condition) -> None:
    for _ in range(4000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("never happened")


def test_nothing_trains_before_play(session):
    tick(session)
    assert session.run.epoch == 0
    assert session.scores.values.keys() == {0}


def test_play_trains_only_when_the_view_asks_and_pause_stops(session):
    session.play()
    assert session.run.epoch == 0
    tick_until(session, lambda: session.run.epoch > 0)
    epoch = session.run.epoch
    time.sleep(0.05)  # nobody asked
    assert session.run.epoch == epoch
    session.pause()
    tick(session)
    assert session.run.epoch == epoch


def test_the_chosen_speed_is_kept(session):
    session.clock.speed = 2
    session.play()
    tick_until(session, lambda: session.run.epoch > 0, seconds=0.05)
    assert session.run.epoch == pytest.approx(2 * 60 * 0.05, abs=2)
    session.clock.speed = TOP
    before = session.run.epoch
    session.tick()
    wait_until(lambda: session.run.epoch > before + 10)
    session.pause()


def test_without_another_ask_training_ends_with_its_lease(session):
    session.clock.speed = TOP
    session.play()
    tick_until(session, lambda: session.run.epoch > 10)
    assert session.playing
    epoch = session.run.epoch
    time.sleep(0.05)
    assert session.run.epoch == epoch


def test_tabs_that_play_get_equal_shares(monkeypatch):
    monkeypatch.setattr("rbm.app.paced.LEASE_SECONDS", 5.0)
    tabs = [Session(Link(replace(SMALL, seed=seed))) for seed in range(6)]
    for tab in tabs:
        tab.clock.speed = TOP
        tab.play()
        tab.tick()
    time.sleep(1.0)
    for tab in tabs:
        tab.pause()
    epochs = np.array([tab.run.epoch for tab in tabs], float)
    fairness = epochs.sum() ** 2 / (len(epochs) * (epochs**2).sum())  # Jain's index, 1 = equal
    assert fairness > 0.8


def test_an_error_in_the_pool_is_told_and_not_swallowed(session, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("boom")

    session.play()
    monkeypatch.setattr(session.clock, "piece", broken)
    tick_until(session, lambda: not session.playing)
    assert "error" in session.note
    assert "boom" in caplog.text


def test_step_is_one_epoch_and_reset_replays_the_same_run(session):
    for _ in range(5):
        session.step()
    assert session.run.epoch == 5
    frames = session.run.recording.frames.copy()
    session.reset()
    assert session.run.epoch == 0
    session.run_to(5)
    np.testing.assert_array_equal(session.run.recording.frames, frames)


def test_run_to_goes_forward_and_back(session):
    session.run_to(30)
    assert session.run.epoch == 30
    assert not session.playing
    session.run_to(12)
    assert session.run.epoch == 12
    assert max(session.scores.values) <= 12


def test_a_long_run_to_goes_on_in_ticks_and_then_pauses(session, monkeypatch):
    monkeypatch.setattr("rbm.app.paced.INSTANT_SECONDS", 0.05)
    session.run_to(50_000)
    assert session.playing
    assert session.run.epoch < 50_000
    session.target = end = session.run.epoch + 7
    tick_until(session, lambda: not session.playing)
    assert session.run.epoch == end


def test_a_live_change_goes_on_and_a_restarting_one_begins_anew(session):
    session.run_to(20)
    session.apply(replace(SMALL, sigma=0.9))
    assert session.run.epoch == 20
    assert session.settings.sigma == 0.9
    session.apply(replace(SMALL, n_hidden=4))
    assert session.run.epoch == 0
    assert session.settings.n_hidden == 4


def test_undo_brings_back_what_reset_and_branch_put_aside(session):
    session.run_to(25)
    long = session.run
    session.branch(10)
    assert session.run.epoch == 10
    session.undo()
    assert session.run is long
    session.reset()
    session.undo()
    assert session.run is long
    for _ in range(2 * SHELF_SIZE):
        session.step()
        session.reset()
    assert len(session.shelf) == SHELF_SIZE


def test_instant_retrains_on_every_change(session):
    session.instant, session.instant_epochs = True, 40
    session.apply(replace(SMALL, sigma=0.7))
    assert session.run.epoch == 40
    assert session.run.history[0][1].sigma == 0.7
    assert 40 in session.scores.values
    session.apply(replace(SMALL, sigma=0.7, n_hidden=5))
    assert (session.run.epoch, session.settings.n_hidden) == (40, 5)


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_pause_by_themselves_where_their_budget_ends(name):
    session = Session(Link(replace(SMALL, n_points=20)))
    session.apply_preset(name)
    assert session.run.epoch == 0
    assert session.stop_at == PRESETS[name].epochs
    session.run_to(3)
    session.stop_at = 5
    session.clock.speed = TOP
    session.play()
    tick_until(session, lambda: not session.playing)
    assert session.run.epoch == 5
    assert "epoch 5" in session.note
    session.play()
    assert session.note == ""
    tick_until(session, lambda: session.run.epoch > 5)


def test_a_link_with_changes_replays_them():
    first = Session(Link(SMALL))
    first.run_to(10)
    first.apply(replace(SMALL, sigma=0.8))
    first.run_to(25)
    params = links.encode(first.run.history, first.run.epoch)
    other = from_params(params)
    assert other.run.history == first.run.history
    np.testing.assert_array_equal(other.run.state.parameters, first.run.state.parameters)


def test_without_a_link_the_first_visit_preset_is_ready():
    session = from_params({})
    assert session.settings == PRESETS[FIRST_VISIT].settings
    assert session.run.epoch == 0


def test_a_closed_tab_frees_its_recording_and_can_come_back(session):
    session.run_to(10)
    session.apply(replace(SMALL, momentum=0.5))
    session.run_to(40)
    parameters, history = session.run.state.parameters, session.run.history
    session.sleep()
    assert session.run.recording.count == 1
    assert not session.shelf
    session.sleep()  # told twice
    session.wake()
    assert session.run.history == history
    np.testing.assert_array_equal(session.run.state.parameters, parameters)
    session.wake()  # awake already
    assert session.run.epoch == 40


def test_a_setting_changed_before_the_first_epoch_survives_a_closed_tab(session):
    session.apply(replace(SMALL, sigma=0.9))
    session.sleep()
    session.wake()
    assert session.settings.sigma == 0.9
    session.run_to(10)
    parameters = session.run.state.parameters
    session.sleep()
    session.wake()
    np.testing.assert_array_equal(session.run.state.parameters, parameters)


def test_a_change_by_the_user_ends_the_changes_of_a_link():
    link = Link(SMALL, 5, ((8, replace(SMALL, sigma=0.7)),))
    session = Session(link)
    session.apply(replace(SMALL, momentum=0.3))
    session.run_to(20)
    assert (session.settings.sigma, session.settings.momentum) == (SMALL.sigma, 0.3)
    other = Session(link)
    other.run_to(20)
    assert other.settings.sigma == 0.7


def test_a_run_is_settled_when_its_mismatch_stays_where_it_is():
    flat = {at: 0.3 + 0.002 * (-1) ** at for at in range(0, 10_000, 333)}
    assert settled(flat, 10_000)
    assert not settled({at: at / 10_000 for at in flat}, 10_000)
    assert not settled({at: flat[at] for at in list(flat)[:17]}, 10_000)


def test_a_settled_run_pauses_once_and_goes_on_when_asked(session):
    session.stop_at, session.clock.speed = None, TOP
    session.run_to(40)
    session._settled_from = 10
    session.scores.values = {at: 0.2 for at in range(0, 41)}
    session.play()
    session.scores.values |= {at: 0.2 for at in range(41, 10**5)}
    tick_until(session, lambda: not session.playing, 0.001)
    assert "has not changed" in session.note
    assert session._settled_from == 2 * session.run.epoch
    session.play()
    assert session.playing
