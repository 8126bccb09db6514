"""What a kept search was begun for: noted, found by whoever comes back, gone when it is over."""

import pytest

from rbm.tuning.plans import Plan, keep_plan, plans, spent, unfinished
from rbm.tuning.store import Store
from tests.studies import SEARCH, SWEEP, record


@pytest.fixture
def store(database_url):
    store = Store(database_url, "ada")
    for name, study in (("one", SEARCH), ("two", SEARCH), ("three", SWEEP)):
        store.open(name, study)
    yield store
    store.close()


def test_a_search_is_unfinished_until_it_has_what_it_was_begun_for(store):
    assert unfinished(store) == []
    keep_plan(store, "one", Plan(trials=2))
    keep_plan(store, "two", Plan(seconds=60.0))
    assert plans(store) == {"one": Plan(2), "two": Plan(seconds=60.0)}
    store.keep("one", record(0))
    assert [(entry.name, entry.trials) for entry, _ in unfinished(store)] == [
        ("two", 0),
        ("one", 1),
    ]
    store.keep("one", record(1))
    keep_plan(store, "two", None)
    assert unfinished(store) == []
    keep_plan(store, "one", Plan(trials=5))  # gone on with
    assert unfinished(store)[0][1].trials_left(2) == 3


def test_a_plan_belongs_to_its_study_and_its_owner(store):
    eve = Store(store.database, "eve")
    eve.open("one", SEARCH)
    keep_plan(store, "one", Plan(trials=2))
    assert (plans(eve), unfinished(eve)) == ({}, [])
    keep_plan(eve, "no such study", Plan(trials=2))
    store.delete("one")
    assert plans(store) == {}
    store.open("one", SEARCH)
    assert plans(store) == {}


def test_what_is_left_of_a_time_is_what_workers_have_not_spent():
    found = [record(number) for number in range(8)]  # of half a second each
    assert spent(found, 2) == 2
    assert Plan(seconds=10.0).seconds_left(found, 2) == 8
    assert Plan(seconds=1.0).seconds_left(found, 2) == 0
    assert (Plan(9).seconds_left(found, 2), Plan(9).trials_left(4)) == (0, 5)
    assert (Plan(3).trials_left(4), Plan(seconds=9.0).trials_left(4)) == (0, 0)
