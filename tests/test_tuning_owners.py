"""Whose studies are whose, in a new database and in one that was made before there were owners."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from rbm.tuning.database import TABLES, Database
from rbm.tuning.documents import record_to_text, settings_to_dict, study_to_text
from rbm.tuning.store import FinishedRun, Store, StoreError
from tests.studies import SEARCH, record, same


def test_everybody_has_studies_and_runs_of_their_own(database_url):
    database = Database(database_url)
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
    database.close()


def test_a_database_that_knew_no_owners_is_led_to_one_that_does(database_url):
    """As a program of before made it, with a gap in the numbers of its studies."""
    blob, tables = "'\\x00ff'::bytea", VERSION_1
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir()
        blob, tables = "x'00ff'", VERSION_1.replace("BYTEA", "BLOB")
    run = json.dumps({"epochs": 3, **settings_to_dict(SEARCH.base)})
    engine = create_engine(Database(database_url).url)
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
        store = Store(database_url)
        assert [entry.name for entry in store.studies()] == ["study 8", "study 3"]
        assert store.study("study 8") == SEARCH
        assert same(store.records("study 8")[0], record(4))
        assert [(run.name, run.mismatch) for run in store.runs()] == [("a run", 0.5)]
        store.close()
    store.open("a third", SEARCH)
    store.keep_run(FinishedRun("more", SEARCH.base, 1, 0.5, {}))
    assert store.flush()
    assert (len(store.studies()), len(store.runs())) == (3, 2)
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
