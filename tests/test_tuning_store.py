"""What is kept, in SQLite and in a real PostgreSQL: whole, once, however the database behaves."""

import math
import os
import sqlite3
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbm
from rbm import datasets
from rbm.tuning import Axis, Outcome, Range
from rbm.tuning.budget import Budget
from rbm.tuning.documents import record_to_text, study_to_text, text_to_record, text_to_study
from rbm.tuning.search import Record, Search
from rbm.tuning.store import FinishedRun, Store, StoreError, default_url
from rbm.tuning.sweep import Sweep
from tests.database_server import DatabaseServer

OWN = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("ring", 120, 5))
SEARCH = Search(
    replace(rbm.PRESETS["Better, 8 units"].settings, pattern_options={"gap": 0.1}),
    (Range("sigma", 0.1, 2, log=True), Range("k", 1, 9), Range("centred", choices=(True, False))),
    Budget(visits=123_456), (3, 5), ("ring", "moons"), None, (0.2,), 7,
)  # fmt: skip
SWEEP = Sweep(
    rbm.Settings(n_hidden=5), (Axis("sigma", (0.1, 0.7)), Axis("rule", ("pcd", "cd"))), (8,),
    Budget(epochs=11), OWN, pictures=False,
)  # fmt: skip


def record(number: int, mismatch: float = 0.5, pruned: bool = False) -> Record:
    outcome = Outcome(
        () if pruned else (mismatch, math.nan), (0.9, mismatch), 1, 0.25, 0.5, 1000, b"\x00\xff"
    )
    return Record(number, {"sigma": 0.1 * number + 0.1, "k": 3, "centred": True}, outcome)


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


def same(one: Record, other: Record) -> bool:
    return repr(one) == repr(other) and one.outcome.picture == other.outcome.picture


@pytest.mark.parametrize("study", [SEARCH, SWEEP, replace(SEARCH, dataset=OWN, patterns=())])
def test_studies_come_back_as_they_were(study):
    back = text_to_study(study_to_text(study))
    assert study_to_text(back) == study_to_text(study)
    if study.dataset is None:
        assert back == study
    else:
        assert back.dataset.points.tolist() == study.dataset.points.tolist()
        assert back.dataset.held_out.tolist() == study.dataset.held_out.tolist()


@given(
    st.lists(st.floats(-1, 2) | st.just(math.nan), max_size=4), st.integers(0, 5), st.binary(),
    st.dictionaries(st.text(max_size=5), st.floats(-1, 1) | st.integers(0, 9) | st.booleans()),
)  # fmt: skip
def test_records_come_back_as_they_were(mismatch, number, picture, values):
    outcome = Outcome(tuple(mismatch), (0.3,), 2, 0.5, 0.75, 9, picture)
    kept = Record(number, values, outcome)
    assert same(text_to_record(number, record_to_text(kept), picture), kept)


@pytest.mark.parametrize(
    "damage", ["", "{}", "[]", "null", '{"kind": 3}', "[" * 100_000, "nonsense"]
)
def test_damaged_documents_are_a_sentence(damage):
    for read in (text_to_study, lambda text: text_to_record(0, text)):
        with pytest.raises(ValueError, match="cannot be read"):
            read(damage)


def test_a_document_from_a_younger_program_is_a_sentence():
    with pytest.raises(ValueError, match=r"no setting 'telepathy'"):
        text_to_study(study_to_text(SEARCH).replace('"sigma":', '"telepathy":', 1))


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
        connection.execute("UPDATE rbm_schema SET version = 2")
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
