"""A session that learns points of one's own: changed while it trains, undone, put to sleep."""

from dataclasses import replace

import numpy as np
import pytest

from rbm.app import session as session_module
from rbm.app.clock import TOP
from rbm.app.session import Session
from rbm.datasets import Dataset, make_dataset
from rbm.links import Link
from rbm.settings import Settings

SMALL = Settings(n_points=60, n_hidden=3, k=2, k_end=3, seed=5, sigma=0.4)
RNG = np.random.default_rng(0)


def drawing(count: int = 30) -> Dataset:
    return make_dataset("Drawing", "drawing", RNG.uniform(0.1, 0.9, (count, 2)), hold_out=False)


FILE = make_dataset("mine", "file", RNG.uniform(0.1, 0.9, (150, 2)))
FEW = replace(FILE, points=FILE.points[:3])


@pytest.fixture
def session() -> Session:
    return Session(Link(SMALL))


def test_own_data_are_learnt_and_a_refusal_changes_nothing(session):
    session.run_to(5)
    session.use_dataset(FILE)
    assert session.run.experiment.pattern is None
    assert session.run.epoch == 0
    assert len(session.run.data) == 120
    session.run_to(4)
    run = session.run
    for refused in (session.use_dataset, session.edit_dataset):
        with pytest.raises(ValueError, match="Between"):
            refused(FEW)
        assert session.run is run
    session.apply(replace(session.settings, n_hidden=2))
    assert session.dataset is FILE
    session.reset()
    assert len(session.run.data) == 120
    session.use_dataset(None, pattern="ring")
    assert session.run.experiment.pattern == "ring"
    session.undo()
    assert session.dataset is FILE


def test_a_drawing_changes_while_the_run_goes_on(session):
    session.use_dataset(drawing())
    session.run_to(40)
    first, scores = session.run.data, dict(session.scores.values)
    session.play()
    session.edit_dataset(drawing(45))
    assert session.playing
    assert session.run.epoch == 40
    assert len(session.run.data) == 45
    assert len(session.run.recording.epochs) == 41
    assert {at for at in scores if at < 40} <= set(session.scores.values)
    session.run_to(60)
    session.branch(20)  # before the edit: the old data are back
    np.testing.assert_array_equal(session.run.data, first)
    session.undo()
    assert len(session.run.data) == 45


def test_the_first_stroke_over_other_data_puts_their_run_on_the_shelf(session):
    session.run_to(40)
    session.edit_dataset(drawing())
    session.edit_dataset(drawing())
    assert len(session.shelf) == 1
    session.undo()
    assert session.run.experiment.pattern == SMALL.pattern


def test_before_the_first_epoch_an_edit_starts_the_run(session):
    session.edit_dataset(drawing())
    assert session.run.experiments == ((0, session.run.experiment),)
    assert session.shelf == []
    assert session.dataset.kind == "drawing"


def test_with_instant_on_an_edit_trains_anew(session):
    session.instant, session.instant_epochs = True, 25
    session.edit_dataset(drawing())
    assert session.run.epoch == 25
    session.edit_dataset(drawing())
    assert session.run.epoch == 25
    assert len(session.run.experiments) == 1


def test_very_many_edits_let_the_oldest_go(session, monkeypatch):
    monkeypatch.setattr(session_module, "MAX_EDITS", 6)
    session.use_dataset(drawing())
    for epoch in range(5, 200, 5):
        session.run_to(epoch)
        session.edit_dataset(drawing())
    run = session.run
    assert len(run.experiments) <= 6 + 1
    assert run.epoch == 195
    assert 0 < run.first_epoch < 195
    session.branch(0)
    assert session.run.epoch == run.first_epoch


def test_a_closed_tab_repeats_its_edits_when_it_comes_back(session):
    session.use_dataset(FILE)
    session.clock.speed = TOP
    session.run_to(30)
    session.edit_dataset(drawing())
    session.run_to(50)
    run = session.run
    session.sleep()
    assert session.run.epoch == 0
    session.wake()
    assert session.run.epoch == 50
    np.testing.assert_array_equal(session.run.state.parameters, run.state.parameters)
    assert session.run.experiments == run.experiments
