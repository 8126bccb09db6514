"""A sweep whose study is taken away, whose workers never answer, or that nothing keeps."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rbm.app import lab
from rbm.app.person import Person
from rbm.app.sweep_work import Work
from rbm.settings import Settings
from rbm.tuning import Axis
from rbm.tuning.budget import Budget
from rbm.tuning.database import StoreError
from rbm.tuning.store import Store
from rbm.tuning.sweep import Sweep
from tests.test_tune_page import finished, opened

SWEEP = Sweep(
    Settings(n_points=40, n_hidden=2, k=1, k_end=1), (Axis("sigma", (0.5, 1.0)),), (0, 1),
    Budget(epochs=3),
)  # fmt: skip


class Gate(ThreadPoolExecutor):
    """A worker that does as many trials as it is let."""

    def __init__(self) -> None:
        super().__init__(1)
        self.turns = threading.Semaphore(0)

    def submit(self, fn, /, *args, **kwargs):
        return super().submit(self._in_turn, fn, args)

    def _in_turn(self, fn, args):
        assert self.turns.acquire(timeout=150)
        return fn(*args)


@pytest.fixture
def gate():
    with Gate() as gate:
        yield gate
        gate.turns.release(100)


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.sqlite")
    yield store
    store.close()


def wait_for(condition) -> None:
    until = time.monotonic() + 150
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_one_that_is_deleted_while_it_runs_says_so_and_is_kept_again(gate, store):
    work = Work(SWEEP, store, {})
    work.go_on(gate)
    gate.turns.release()
    wait_for(lambda: len(store.records(work.name)) == 1)
    store.delete(work.name)
    gate.turns.release()
    wait_for(lambda: work.state == "failed")
    assert "is not in the database any more: it was deleted" in work.background.message
    assert len(work.outcomes) == 2  # nothing that was trained is lost
    work.go_on(gate)
    assert len(store.records(work.name)) == 2
    gate.turns.release(100)
    wait_for(lambda: work.state == "done")
    kept = store.records(work.name)
    assert {(r.values["sigma"], r.values["seed"]) for r in kept} == {
        (0.5, 0), (0.5, 1), (1.0, 0), (1.0, 1),
    }  # fmt: skip
    assert len(kept) == 4


def test_cancelled_and_gone_on_with_while_nothing_answers_it_trains_each_once(gate, store):
    work = Work(SWEEP, store, {})
    work.go_on(gate)
    first = work.background
    work.background.cancel()
    assert work.state == "cancelled"
    work.go_on(gate)
    assert work.state == "running"
    gate.turns.release(100)
    wait_for(lambda: work.state == "done")
    first.join(60)
    work.background.join(60)
    assert len(store.records(work.name)) == 4


def test_it_goes_on_while_the_database_is_away_and_is_written_later(gate, store, monkeypatch):
    work = Work(SWEEP, store, {})
    whole = store.database.transaction

    def away(work, attempts=1):
        raise StoreError("The database cannot be used now.")

    monkeypatch.setattr(store.database, "transaction", away)
    work.go_on(gate)
    gate.turns.release(100)
    wait_for(lambda: work.state == "done")
    assert work.changing  # a page goes on looking, as this is not the end of it
    assert "4 results wait" in store.trouble
    monkeypatch.setattr(store.database, "transaction", whole)
    assert store.flush()
    assert not work.changing
    assert len(store.records(work.name)) == 4


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("owner"))
    return url


def test_waiting_for_workers_and_long_silence_are_said(gate, url, monkeypatch):
    monkeypatch.setattr(lab, "executor", lambda: gate)
    page = opened()
    page.button(key="sweep_start").click().run()
    assert not page.exception
    assert "ends with this tab" not in " ".join(each.value for each in page.caption)
    background = page.session_state["sweep_work"].background
    background._moved -= 180
    page.run()
    assert "No training has ended for 3 min" in " ".join(each.value for each in page.info)
    monkeypatch.setattr(lab, "trouble", lambda: "The cluster has no workers.")
    page.run()
    assert "has no workers" in " ".join(each.value for each in page.warning)
    gate.turns.release(100)
    finished(page)
    assert not page.warning


def test_a_sweep_that_nothing_keeps_says_so(monkeypatch):
    monkeypatch.setenv("RBM_DATABASE", "off")
    page = opened()
    page.button(key="sweep_start").click().run()
    finished(page)
    assert "ends with this tab" in " ".join(each.value for each in page.caption)
