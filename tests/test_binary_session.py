"""The binary session: what each press does to the one run that three pages share."""

import time
from dataclasses import replace

import numpy as np
import pytest

from rbm import binary_training
from rbm.app.binary_session import BinarySession
from rbm.binary_links import decode
from rbm.cases import CASE_SETS, make_cases
from rbm.table_cases import table_cases
from rbm.tables import read_table


@pytest.fixture
def session():
    return BinarySession(decode({"cases": "films"}))


def play_until(session, done, seconds=20.0):
    """Asks as a view does until `done()`."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        session.tick()
        time.sleep(0.01)


def parameters(session):
    return session.machine().parameters


def test_the_first_machine_is_measured_before_anything_is_trained(session):
    assert session.epoch == 0
    assert session.scores[0].exact


def test_playing_trains_in_the_pool_and_pauses_where_the_set_has_learnt(session):
    session.clock.speed = 0
    session.play()
    play_until(session, lambda: not session.playing)
    assert session.epoch == CASE_SETS["films"].epochs
    assert "as planned" in session.note
    expected = binary_training.train(session.settings, session.cases.training, session.epoch)
    np.testing.assert_array_equal(parameters(session), expected.machine.parameters)
    assert session.scores[session.epoch].log_likelihood > session.scores[0].log_likelihood + 0.5


def test_step_reset_and_undo(session):
    for _ in range(3):
        session.step()
    after = parameters(session)
    assert session.epoch == 3
    session.reset()
    assert session.epoch == 0
    session.undo()
    assert session.epoch == 3
    np.testing.assert_array_equal(parameters(session), after)
    assert 3 in session.scores
    assert not session.shelf


def test_a_branch_replays_the_same_machine_and_shelves_the_future(session):
    session.step()
    session.step()
    second = parameters(session)
    generation = session.generation
    session.step()
    session.branch(2)
    assert session.epoch == 2
    assert session.generation > generation
    np.testing.assert_array_equal(parameters(session), second)
    assert 3 not in session.scores
    assert session.shelf[-1][2].epoch == 3


def test_run_to_goes_on_or_back(session):
    session.run_to(5)
    play_until(session, lambda: session.epoch == 5)
    session.run_to(2)
    assert session.epoch == 2


def test_live_settings_take_hold_and_others_start_anew(session):
    session.run_to(4)
    play_until(session, lambda: session.epoch == 4)
    session.apply(learning_rate=0.3)
    assert session.epoch == 4
    assert session.settings.learning_rate == 0.3
    session.apply(n_hidden=5)
    assert session.epoch == 0
    assert session.machine().n_hidden == 5


def test_settings_that_cannot_be_are_refused_and_leave_everything(session):
    session.step()
    before = session.run
    with pytest.raises(ValueError, match="Hidden units"):
        session.apply(n_hidden=0)
    with pytest.raises(ValueError, match=r"enumerate|units"):
        BinarySession(decode({"cases": "digits"})).apply(rule="exact", n_hidden=64)
    assert session.run is before


def test_other_cases_bring_their_settings_or_keep_the_present_ones(session):
    session.step()
    session.use(CASE_SETS["bars"].build(), "bars")
    assert session.settings == CASE_SETS["bars"].settings
    assert session.goal == CASE_SETS["bars"].epochs
    table = read_table("a,b,c\n" + "0,1,yes\n1,0,no\n" * 8, "mine.csv")
    session.use(table_cases(table, ("a", "b", "c")))
    assert session.set_name == ""
    assert session.settings == CASE_SETS["bars"].settings
    assert session.cases.names == ("a", "b", "c")
    session.undo()
    assert session.cases.title == "Six films"


def test_cases_that_cannot_be_learnt_leave_everything(session, monkeypatch):
    before = session.run

    def refused(*args):
        raise ValueError("Not these.")

    monkeypatch.setattr(binary_training, "start", refused)
    with pytest.raises(ValueError, match="Not these"):
        session.use(make_cases([[0, 1]], "other"))
    assert session.run is before
    assert session.cases.title == "Six films"


def test_a_run_that_diverges_pauses_and_cannot_be_played(session):
    def wild(state, data, settings):
        grown = replace(state.machine, weights=state.machine.weights * 1e3)
        return replace(state, machine=grown, epoch=state.epoch + 1)

    session.run = binary_training.start(session.settings, session.cases.training, wild)
    session.play()
    play_until(session, lambda: not session.playing)
    assert "Lower" in session.run.notice
    session.play()
    assert not session.playing
