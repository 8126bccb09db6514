"""Searches at work: found again, few at once, kept as they go, or gone with their tab."""

import gc
import os
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from rbm.app import search_work
from rbm.app.search_work import MOST_OF_PERSON, MOST_OF_SERVER, Searches, Searching
from rbm.presets import PRESETS
from rbm.tuning import LocalWorkers, Range
from rbm.tuning.budget import Budget
from rbm.tuning.search import Search
from rbm.tuning.sharing import kept_again
from rbm.tuning.store import Store, StoreError

QUICK = replace(PRESETS["Better, 8 units"].settings, n_points=40)
SEARCH = Search(QUICK, (Range("sigma", 0.1, 2, log=True),), Budget(3), seeds=(0,))


class Waiting(ThreadPoolExecutor):
    """One real worker, which does nothing until it may."""

    def __init__(self) -> None:
        super().__init__(1)
        self.may = threading.Event()
        self.begun = 0

    def submit(self, fn, /, *args, **kwargs) -> Future:
        self.begun += 1
        return super().submit(self._late, fn, args)

    def _late(self, fn, args):
        assert self.may.wait(60)
        return fn(*args)


@pytest.fixture
def executor():
    with Waiting() as executor:
        yield executor
        executor.may.set()


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.sqlite", "ada")
    yield store
    store.close()


def wait_for(condition, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def end(executor: Waiting, *works: Searching) -> None:
    for work in works:
        work.cancel()
    assert not any(work.active for work in works)
    executor.may.set()
    for work in works:
        if work._background:
            work._background.join(60)  # its thread must not ask for more of an executor that ends


def opened(store: Store, name: str) -> Searching:
    return Searching(name, SEARCH, store.open(name, SEARCH), store)


def test_a_search_goes_on_without_its_page_and_is_found_again(executor, store):
    searches, work = Searches(), opened(store, "one")
    assert (work.state, work.share, work.seconds_left) == ("stopped", None, None)
    searches.begin("ada", work, executor, 3, None)
    assert searches.find("ada", "one") is work
    assert searches.of("ada") == [work]
    assert searches.find("eve", "one") is None
    assert searches.of("eve") == []
    del work
    gc.collect()
    executor.may.set()
    wait_for(lambda: searches.find("ada", "one") is None)
    assert len(store.records("one")) == 3


def test_its_records_are_those_it_knew_and_those_that_came(executor, store):
    executor.may.set()
    searches, work = Searches(), opened(store, "one")
    searches.begin("ada", work, executor, 2, None)
    wait_for(lambda: not work.active)
    assert (work.state, work.share) == ("done", 1.0)
    searches.begin("ada", work, executor, 5, None)
    wait_for(lambda: not work.active)
    assert [record.number for record in work.records] == [0, 1, 2, 3, 4]
    assert [repr(record) for record in store.records("one")] == [repr(r) for r in work.records]
    again = opened(store, "one")
    assert len(again.records) == 5
    searches.begin("ada", again, executor, 5, None)
    wait_for(lambda: not again.active)
    assert len(again.records) == 5  # there was nothing left to do


def test_a_search_for_minutes_says_how_far_it_is(executor, store):
    work = opened(store, "one")
    work.begin(executor, None, 1_000.0)
    assert work.state == "running"
    assert 990 < work.seconds_left <= 1_000
    assert work.share < 0.01
    end(executor, work)


def test_few_run_at_once_and_a_paused_one_makes_room(executor, store):
    searches = Searches()
    works = [opened(store, f"number {n}") for n in range(MOST_OF_PERSON + 1)]
    for work in works[:-1]:
        searches.begin("ada", work, executor, 9, None)
    with pytest.raises(ValueError, match="of your searches are running: pause or cancel"):
        searches.begin("ada", works[-1], executor, 9, None)
    assert works[-1].state == "stopped"
    works[0].pause()
    searches.begin("ada", works[-1], executor, 9, None)
    with pytest.raises(ValueError, match="of your searches"):
        searches.resume("ada", works[0])
    works[-1].cancel()
    executor.may.set()
    wait_for(lambda: works[-1].state == "cancelled")
    searches.resume("ada", works[0])
    wait_for(lambda: all(work.state == "done" for work in works[:-1]))


def test_a_server_runs_few_whoever_asks(executor, store):
    searches = Searches()
    works = [opened(store, f"number {n}") for n in range(MOST_OF_SERVER + 1)]
    for number, work in enumerate(works[:-1]):
        searches.begin(f"person {number}", work, executor, 9, None)
    with pytest.raises(ValueError, match="running on this server"):
        searches.begin("another", works[-1], executor, 9, None)
    end(executor, *works)


def test_a_search_that_is_kept_nowhere_ends_with_its_tab(executor):
    searches, work = Searches(), Searching("one", SEARCH)
    searches.begin("tab", work, executor, 9, None)
    assert searches.of("tab") == []  # nobody else could find it
    background = work._background
    del work
    gc.collect()
    executor.may.set()
    background.join(60)
    assert background.state == "cancelled"


def test_it_counts_while_it_runs_although_it_is_kept_nowhere(executor):
    searches = Searches()
    works = [Searching("one", SEARCH) for _ in range(MOST_OF_PERSON)]
    for work in works:
        searches.begin("tab", work, executor, 9, None)
    with pytest.raises(ValueError, match="of your searches"):
        searches.begin("tab", Searching("one", SEARCH), executor, 9, None)
    end(executor, *works)


def test_it_pauses_when_nobody_looks_if_it_is_kept_nowhere(executor, store, monkeypatch):
    monkeypatch.setattr(search_work, "PATIENCE", 0.0)
    executor.may.set()
    loose, kept = Searching("loose", SEARCH), opened(store, "kept")
    loose.begin(executor, 3, None)
    kept.begin(executor, 3, None)
    wait_for(lambda: kept.state == "done")  # it has a budget, which is its owner's wish
    wait_for(lambda: loose.state == "paused")
    for _ in range(3):
        loose.look()
        wait_for(lambda: loose.state in ("paused", "done"))
    assert len(loose.records) >= 2


def test_one_that_was_paused_and_forgotten_ends(executor, store, monkeypatch):
    searches, work = Searches(), opened(store, "one")
    executor.may.set()
    searches.begin("ada", work, executor, 500, None)
    work.pause()
    wait_for(lambda: len(work.records) >= 1)
    assert searches.find("ada", "one") is work
    monkeypatch.setattr(search_work, "ABANDONED", -1.0)
    searches.find("ada", "one")
    wait_for(lambda: work.state == "cancelled")
    assert len(store.records("one")) == len(work.records)


def test_a_killed_worker_costs_no_trial_and_counts_none_twice(store):
    with LocalWorkers(1) as workers:
        work = opened(store, "one")
        work.begin(workers, 8, None)
        wait_for(lambda: len(work.records) >= 2)
        os.kill(workers._children[0]._process.pid, signal.SIGKILL)
        wait_for(lambda: not work.active)
    assert work.state == "done"
    assert [record.number for record in store.records("one")] == list(range(8))


def test_a_cancelled_search_makes_room_though_its_workers_never_answer(executor, store):
    searches = Searches()
    works = [opened(store, name) for name in ("one", "two")]
    for work in works:
        searches.begin("ada", work, executor, 9, None)
    works[0].cancel()  # the executor does nothing yet, as a cluster without workers
    assert works[0].state == "cancelled"
    assert searches.find("ada", "one") is None
    third = opened(store, "three")
    searches.begin("ada", third, executor, 9, None)
    end(executor, *works, third)
    assert works[0].state == "cancelled"
    assert store.records("one") == ()  # what came too late is not counted


def test_a_search_that_is_deleted_elsewhere_ends_and_can_be_kept_again(executor, store):
    work = opened(store, "one")
    work.begin(executor, 9, None)
    store.delete("one")
    executor.may.set()
    wait_for(lambda: not work.active)
    assert work.state == "failed"
    assert "'one' is not in the database any more: it was deleted" in work.message
    assert len(work.records) == 1
    again = Searching("one", SEARCH, kept_again(store, "one", SEARCH, work.records), store)
    again.begin(executor, 3, None)
    wait_for(lambda: not again.active)
    assert (again.state, again.message) == ("done", "")
    assert [repr(record) for record in store.records("one")] == [repr(r) for r in again.records]
    assert repr(again.records[0]) == repr(work.records[0])


def test_a_database_that_is_away_stops_no_search(executor, store, monkeypatch):
    monkeypatch.setattr("rbm.tuning.store.RETRY_SECONDS", 0.02)
    work = opened(store, "one")
    whole = store.database.transaction

    def away(work, attempts=1):
        raise StoreError("The database cannot be used now.")

    monkeypatch.setattr(store.database, "transaction", away)
    executor.may.set()
    work.begin(executor, 4, None)
    wait_for(lambda: work.state == "done")
    assert "4 results wait to be written" in store.trouble
    assert len(work.records) == 4
    monkeypatch.setattr(store.database, "transaction", whole)
    wait_for(lambda: not store.pending)  # nobody asked
    assert [record.number for record in store.records("one")] == [0, 1, 2, 3]
    assert store.trouble == ""
