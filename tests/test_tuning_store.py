"""What is kept, in SQLite and in a real PostgreSQL: whole, once, however the database behaves."""

import os
import shutil
import sqlite3
import threading
import time
from dataclasses import replace

import pytest

from rbm.tuning.database import StoreError, default_url
from rbm.tuning.store import FinishedRun, Store
from tests.database_server import DatabaseServer
from tests.studies import SEARCH, SWEEP, record, same


@pytest.fixture
def store(database_url):
    store = Store(database_url)
    yield store
    store.close()


def test_what_is_kept_is_there_for_the_next(database_url):
    store = Store(database_url)
    assert store.open("one", SEARCH) == ()
    kept = [record(0), record(1, 0.2), record(2, 0.1, pruned=True)]
    for each in kept:
        store.keep("one", each)
    store.open("two", SWEEP)
    store.close()
    again = Store(database_url)
    assert all(map(same, again.open("one", SEARCH), kept))
    assert again.study("one") == SEARCH
    two, one = again.studies()
    assert (one.name, one.kind, one.trials, one.best) == ("one", "search", 3, kept[1].objective)
    assert (two.name, two.kind, two.trials, two.best) == ("two", "sweep", 0, None)
    again.delete("one")
    assert again.records("one") == ()
    with pytest.raises(StoreError, match="'one' is not in the database any more"):
        again.keep("one", record(3))
    assert [entry.name for entry in again.studies()] == ["two"]
    assert not again.trouble
    again.close()


def test_what_was_deleted_elsewhere_takes_nothing_until_it_is_begun_again(database_url):
    here, elsewhere = Store(database_url), Store(database_url)
    here.open("one", SEARCH)
    here.keep("one", record(0))
    elsewhere.delete("one")
    for number in (1, 2):
        with pytest.raises(StoreError, match="not in the database any more: it was deleted"):
            here.keep("one", record(number))
    assert (here.pending, here.studies()) == (0, ())
    assert here.open("one", SEARCH) == ()
    here.keep("one", record(3))
    assert [each.number for each in elsewhere.records("one")] == [3]
    here.close()
    elsewhere.close()


def test_a_file_that_is_removed_is_not_written_any_more_where_nobody_can_read(tmp_path):
    file = tmp_path / "new" / "tuning.sqlite"
    store = Store(f"sqlite:///{file}")
    store.open("one", SEARCH)
    store.keep("one", record(0))
    for there in file.parent.iterdir():
        there.unlink()
    with pytest.raises(StoreError, match="or the database is another one now"):
        store.keep("one", record(1))
    shutil.rmtree(file.parent)
    assert store.open("one", SEARCH) == ()  # begun again in a file that is made again
    store.keep("one", record(2))
    again = Store(f"sqlite:///{file}")
    assert [each.number for each in again.records("one")] == [2]
    again.close()
    store.close()


def test_a_table_that_somebody_has_locked_is_a_sentence(postgresql, monkeypatch):
    monkeypatch.setattr("rbm.tuning.database.ANSWER_SECONDS", 0.2)
    store = Store(postgresql.url)
    store.open("locked", SEARCH)
    with store.database._engine.begin() as somebody:
        somebody.exec_driver_sql("LOCK TABLE rbm_trials")
        with pytest.raises(StoreError, match=r"cannot be used now .*statement timeout"):
            store.records("locked")
        store.keep("locked", record(0))
        assert "1 result waits" in store.trouble
    assert store.flush()
    assert len(store.records("locked")) == 1
    store.delete("locked")
    store.close()


def test_a_name_belongs_to_one_study(store):
    store.open("mine", SEARCH)
    with pytest.raises(StoreError, match="another study named 'mine'"):
        store.open("mine", replace(SEARCH, seed=8))
    with pytest.raises(StoreError, match="no study named 'other'"):
        store.study("other")


def test_two_writers_of_one_study_keep_all_their_trials(database_url):
    def keep(first: int) -> None:
        store = Store(database_url)
        store.open("shared", SEARCH)
        for number in range(first, first + 10):
            store.keep("shared", record(number))
        while not store.flush():
            pass
        store.close()

    writers = [threading.Thread(target=keep, args=(first,)) for first in (0, 5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    store = Store(database_url)
    numbers = [each.number for each in store.records("shared")]
    store.close()
    assert len(numbers) == len(set(numbers)) == 20


def test_finished_runs_are_kept_best_first(store):
    settings = replace(SEARCH.base, sigma=0.3)
    for mismatch in (0.5, 0.2, 0.3):
        store.keep_run(FinishedRun("mine", settings, 12, mismatch, {"runs": 16}))
    best = store.runs(1)[0]
    assert (best.settings, best.epochs, best.mismatch) == (settings, 12, 0.2)
    assert best.scores == {"runs": 16}
    assert best.finished > 1.7e9
    assert [run.mismatch for run in store.runs()][:2] == [0.2, 0.3]


def test_a_server_that_dies_and_comes_back_costs_nothing(monkeypatch):
    monkeypatch.setattr("rbm.tuning.store.RETRY_SECONDS", 0.2)
    server = DatabaseServer()
    server.start()
    try:
        store = Store(server.url)
        store.open("long", SEARCH)
        store.keep("long", record(0))
        server.stop()
        store.keep("long", record(1))
        assert "1 result waits" in store.trouble
        store.keep("long", record(2))
        assert store.pending == 2
        assert "2 results wait" in store.trouble
        assert "secret" not in store.trouble
        assert "\n" not in store.trouble
        with pytest.raises(StoreError, match="cannot be used now"):
            store.studies()
        server.start()
        until = time.monotonic() + 60
        while store.pending:  # written without anybody asking
            assert time.monotonic() < until
            time.sleep(0.05)
        store.keep("long", record(3))
        assert (store.pending, store.trouble) == (0, "")
        assert [each.number for each in store.records("long")] == [0, 1, 2, 3]
        store.close()
    finally:
        server.remove()


def test_while_a_database_is_away_it_is_left_alone(tmp_path, monkeypatch):
    store = Store(f"sqlite:///{tmp_path}")  # a folder is no file
    asked = []
    monkeypatch.setattr(
        store.database, "transaction",
        lambda work, attempts=1: asked.append(1) or (_ for _ in ()).throw(StoreError("Away.")),
    )  # fmt: skip
    for number in range(50):
        store.keep("x", record(number))
    assert len(asked) == 1
    assert store.pending == 50
    assert not store.flush()
    assert len(asked) == 2
    store.close()


def test_who_computes_does_not_wait_for_a_database_that_does_not_answer(store, monkeypatch):
    """The queue grows while a transaction hangs, and is written afterwards, each once."""
    monkeypatch.setattr("rbm.tuning.store.RETRY_SECONDS", 0.0)
    store.open("x", SEARCH)
    whole, hangs, may_end = store.database.transaction, threading.Event(), threading.Event()
    tries = []

    def slow(work, attempts=1):
        tries.append(1)
        if len(tries) == 1:
            raise StoreError("Away.")
        hangs.set()
        may_end.wait(60)
        return whole(work)

    monkeypatch.setattr(store.database, "transaction", slow)
    store.keep("x", record(0))
    assert hangs.wait(60)
    for number in range(1, 4):
        store.keep("x", record(number))  # would not come back if it waited
    assert store.pending == 4
    may_end.set()
    while store.pending:
        store.flush()
    assert [each.number for each in store.records("x")] == [0, 1, 2, 3]


def test_what_was_written_without_an_answer_is_not_written_again(store, monkeypatch):
    store.open("x", SEARCH)
    whole = store.database.transaction

    def deaf(work, attempts=1):
        whole(work)
        raise StoreError("The line broke after the commit.")

    before = len(store.runs())
    monkeypatch.setattr(store.database, "transaction", deaf)
    store.keep("x", record(0))
    store.keep_run(FinishedRun("r", SEARCH.base, 1, 0.5, {}))
    assert store.pending == 2
    assert not store.flush()  # both are written now
    monkeypatch.setattr(store.database, "transaction", whole)
    assert store.flush()
    assert len(store.records("x")) == 1
    assert len(store.runs()) - before == 1


@pytest.mark.parametrize("url", ["nonsense", "foo://x", "", "sqlite:///a?timeout=x\0"])
def test_addresses_of_nothing_are_a_sentence(url):
    with pytest.raises(StoreError, match=r"address of a database|cannot be used"):
        Store(url).studies()


def test_a_missing_driver_is_a_sentence():
    with pytest.raises(StoreError, match="needs the package"):
        Store("mysql://host/x")


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite:///{file}").studies()
    assert file.read_text() == "Dear reader, " * 100


def test_a_database_of_another_version_is_left_alone(tmp_path):
    file = tmp_path / "x.sqlite"
    Store(f"sqlite:///{file}").studies()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE rbm_schema SET version = 99")
    with pytest.raises(StoreError, match="another version"):
        Store(f"sqlite:///{file}").studies()


def test_the_file_is_its_owners_and_its_journal_lets_others_read(tmp_path):
    file = tmp_path / "new" / "x.sqlite"
    Store(f"sqlite:///{file}").studies()
    assert os.stat(file.parent).st_mode & 0o077 == 0
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_usual_place_is_the_persons_data_folder(tmp_path):
    home = {"XDG_DATA_HOME": str(tmp_path)}
    assert default_url(home) == f"sqlite:///{tmp_path}/rbm/tuning.sqlite"
    assert default_url({**home, "RBM_DATABASE": " postgresql://h/x "}) == "postgresql://h/x"
    with pytest.raises(StoreError, match="is “off”"):
        default_url({**home, "RBM_DATABASE": "Off"})
