"""What is kept, in SQLite and in a real PostgreSQL: whole, once, however the database behaves."""

import json
import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from rbm.tuning.database import RUNS, TABLES, Database
from rbm.tuning.documents import (
    record_to_text,
    settings_to_dict,
    study_to_text,
)
from rbm.tuning.store import FinishedRun, Store, StoreError, default_url
from tests.database_server import DatabaseServer
from tests.studies import SEARCH, SWEEP, record, same


@pytest.fixture(scope="module")
def server():
    server = DatabaseServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'tuning.sqlite'}"
        return
    url = request.getfixturevalue("server").url
    yield url
    store = Store(url)
    for entry in store.studies():
        store.delete(entry.name)
    store.close()


@pytest.fixture
def store(url):
    store = Store(url)
    yield store
    store.close()


def test_what_is_kept_is_there_for_the_next(url):
    store = Store(url)
    assert store.open("one", SEARCH) == ()
    kept = [record(0), record(1, 0.2), record(2, 0.1, pruned=True)]
    for each in kept:
        store.keep("one", each)
    store.open("two", SWEEP)
    store.close()
    again = Store(url)
    assert all(map(same, again.open("one", SEARCH), kept))
    assert again.study("one") == SEARCH
    two, one = again.studies()
    assert (one.name, one.kind, one.trials, one.best) == ("one", "search", 3, kept[1].objective)
    assert (two.name, two.kind, two.trials, two.best) == ("two", "sweep", 0, None)
    again.delete("one")
    assert again.records("one") == ()
    again.keep("one", record(3))  # nobody can keep what belongs to nothing
    assert [entry.name for entry in again.studies()] == ["two"]
    assert not again.trouble
    again.close()


def test_a_name_belongs_to_one_study(store):
    store.open("mine", SEARCH)
    with pytest.raises(StoreError, match="another study named 'mine'"):
        store.open("mine", replace(SEARCH, seed=8))
    with pytest.raises(StoreError, match="no study named 'other'"):
        store.study("other")


def test_two_writers_of_one_study_keep_all_their_trials(url):
    def keep(first: int) -> None:
        store = Store(url)
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
    store = Store(url)
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
    monkeypatch.setattr("rbm.tuning.store.RETRY_SECONDS", 0.0)
    server = DatabaseServer()
    server.start()
    try:
        store = Store(server.url)
        store.open("long", SEARCH)
        store.keep("long", record(0))
        server.stop()
        store.keep("long", record(1))
        store.keep("long", record(2))
        assert store.pending == 2
        assert "2 results wait" in store.trouble
        assert "secret" not in store.trouble
        assert "\n" not in store.trouble
        with pytest.raises(StoreError, match="cannot be used now"):
            store.studies()
        server.start()
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


def test_what_was_written_without_an_answer_is_not_written_again(store, monkeypatch):
    store.open("x", SEARCH)
    whole = store.database.transaction

    def deaf(work, attempts=1):
        whole(work)
        raise StoreError("The line broke after the commit.")

    monkeypatch.setattr(store.database, "transaction", deaf)
    store.keep("x", record(0))
    store.keep_run(FinishedRun("r", SEARCH.base, 1, 0.5, {}))
    assert store.pending == 2
    monkeypatch.setattr(store.database, "transaction", whole)
    before = len(store.runs())
    assert store.flush()
    assert len(store.records("x")) == 1
    assert len(store.runs()) - before == 1  # the second had not been tried, being left alone


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


def test_everybody_has_studies_and_runs_of_their_own(url):
    database = Database(url)
    ada, eve = Store(database, "ada"), Store(database, "eve")
    ada.open("one", SEARCH)
    ada.keep("one", record(0))
    ada.keep_run(FinishedRun("hers", SEARCH.base, 1, 0.5, {}))
    assert eve.studies() == eve.runs() == eve.records("one") == ()
    eve.delete("one")
    eve.open("one", replace(SEARCH, seed=9))  # the same name is free to others
    eve.keep("one", record(5))
    with pytest.raises(StoreError, match="no study"):
        Store(database).study("one")
    assert [each.number for each in ada.records("one")] == [0]
    assert [each.number for each in eve.records("one")] == [5]
    assert (ada.study("one").seed, eve.study("one").seed) == (7, 9)
    assert [run.name for run in ada.runs()] == ["hers"]
    for store in (ada, eve):
        store.delete("one")
    database.close()


def test_a_database_that_knew_no_owners_is_led_to_one_that_does(url):
    """As a program of before made it, with a gap in the numbers of its studies."""
    blob, tables = "'\\x00ff'::bytea", VERSION_1
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
        blob, tables = "x'00ff'", VERSION_1.replace("BYTEA", "BLOB")
    run = json.dumps({"epochs": 3, **settings_to_dict(SEARCH.base)})
    engine = create_engine(Database(url).url)
    with engine.begin() as connection:
        TABLES.drop_all(connection)
        statements = tables.split(";")
        for number in (3, 8):
            statements += [
                f"INSERT INTO rbm_studies VALUES ({number}, 'study {number}', 'search', "
                f"'{study_to_text(SEARCH)}', 5.0)",
                f"INSERT INTO rbm_trials VALUES ({number}, 4, 't{number}', "
                f"'{record_to_text(record(4))}', {blob}, 0.5, false, 6.0)",
            ]
        statements.append(f"INSERT INTO rbm_runs VALUES (4, 'r', 'a run', '{run}', '{{}}', 0.5, 7)")
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    for _ in range(2):  # and stays so
        store = Store(url)
        assert [entry.name for entry in store.studies()] == ["study 8", "study 3"]
        assert store.study("study 8") == SEARCH
        assert same(store.records("study 8")[0], record(4))
        assert [(run.name, run.mismatch) for run in store.runs()] == [("a run", 0.5)]
        store.close()
    store.open("a third", SEARCH)
    store.keep_run(FinishedRun("more", SEARCH.base, 1, 0.5, {}))
    assert store.flush()
    assert (len(store.studies()), len(store.runs())) == (3, 2)
    store.database.transaction(lambda connection: connection.execute(RUNS.delete()))
    store.close()


VERSION_1 = """
CREATE TABLE rbm_schema (version INTEGER PRIMARY KEY);
CREATE TABLE rbm_studies (id INTEGER PRIMARY KEY, name VARCHAR(200) NOT NULL UNIQUE,
    kind VARCHAR(20) NOT NULL, document TEXT NOT NULL, created FLOAT NOT NULL);
CREATE TABLE rbm_trials (study INTEGER NOT NULL REFERENCES rbm_studies (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, token VARCHAR(32) NOT NULL UNIQUE, document TEXT NOT NULL,
    picture BYTEA NOT NULL, objective FLOAT NOT NULL, pruned BOOLEAN NOT NULL,
    finished FLOAT NOT NULL, PRIMARY KEY (study, number));
CREATE TABLE rbm_runs (id INTEGER PRIMARY KEY, token VARCHAR(32) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL, settings TEXT NOT NULL, scores TEXT NOT NULL,
    mismatch FLOAT NOT NULL, finished FLOAT NOT NULL);
INSERT INTO rbm_schema VALUES (1)
"""


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
