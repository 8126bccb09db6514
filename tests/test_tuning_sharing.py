"""Two programs that search one study at once: each learns what the other finds, and counts it."""

from dataclasses import replace

import pytest

from rbm.tuning import sharing
from rbm.tuning.database import StoreError
from rbm.tuning.search import limits_from, run_search, study_of
from rbm.tuning.sharing import Shared, kept_again
from rbm.tuning.store import Store
from tests.studies import record
from tests.test_tuning_search import SEARCH, Instead, bowl


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(sharing, "LOOK_SECONDS", 0.0)


@pytest.fixture
def stores(database_url):
    here, there = Store(database_url), Store(database_url)
    for store in (here, there):
        store.open("one", SEARCH)
    yield here, there
    here.close()
    there.close()


def found(number: int, mismatch: float):
    kept = record(number, mismatch)
    return replace(kept, outcome=replace(kept.outcome, seconds=mismatch + number))


def test_each_sees_what_the_other_keeps_once(stores):
    here, there = (Shared(store, "one", ()) for store in stores)
    here.keep(found(0, 0.5))
    assert here.news() == ()
    assert [r.objective for r in there.news()] == [found(0, 0.5).objective]
    assert there.news() == ()
    there.keep(found(1, 0.4))
    assert [r.number for r in here.news()] == [1]
    assert [r.number for r in here.records] == [1]


def test_the_same_number_from_two_is_two_trials(stores):
    here, there = (Shared(store, "one", ()) for store in stores)
    here.keep(found(0, 0.5))
    there.keep(found(0, 0.4))  # is number 1 in the database
    (news,) = there.news()
    assert (news.number, news.objective) == (1, found(0, 0.5).objective)
    (news,) = here.news()
    assert (news.number, news.objective) == (1, found(0, 0.4).objective)
    assert len(stores[0].records("one")) == 2
    assert here.news() == there.news() == ()


def test_what_is_not_kept_any_more_is_kept_again_and_nothing_twice(stores):
    here, there = stores
    known = [found(number, 0.5) for number in range(3)]
    for each in known[:2]:
        here.keep("one", each)
    assert [r.number for r in kept_again(here, "one", SEARCH, known)] == [0, 1, 2]
    assert [r.number for r in kept_again(here, "one", SEARCH, known)] == [0, 1, 2]
    there.delete("one")
    assert [r.number for r in kept_again(here, "one", SEARCH, known)] == [0, 1, 2]
    assert [r.number for r in there.records("one")] == [0, 1, 2]


def test_while_the_database_is_away_what_is_known_is_what_was_found(stores, monkeypatch):
    here, _ = stores
    with monkeypatch.context() as away:
        away.setattr(here, "flush", lambda: False)
        assert kept_again(here, "one", SEARCH, [found(0, 0.5)]) == (found(0, 0.5),)
    assert here.records("one") == ()


def test_what_is_known_at_the_beginning_is_no_news(stores):
    stores[0].keep("one", found(0, 0.5))
    assert Shared(stores[1], "one", stores[1].records("one")).news() == ()


def test_a_database_that_is_away_has_no_news_and_is_asked_less_often(stores, monkeypatch):
    shared, asked = Shared(stores[0], "one", ()), []

    def away(name):
        asked.append(name)
        raise StoreError("Away.")

    monkeypatch.setattr(stores[0], "records", away)
    assert shared.news() == ()
    monkeypatch.setattr(sharing, "LOOK_SECONDS", 1_000.0)
    assert shared.news() == ()
    assert shared.news() == ()
    assert len(asked) == 2


def test_trials_of_others_count_and_teach(stores):
    """Two searches in turn, as on two servers: together they make what one was asked for."""
    searches = []
    for seed, store in enumerate(stores):
        shared, executor = Shared(store, "one", ()), Instead()
        own = replace(SEARCH, seed=seed)
        trials = run_search(own, executor, trials=40, others=shared.news)
        searches.append((shared, executor, trials))
    going = True
    while going:
        going = False
        for shared, _, trials in searches:
            if (kept := next(trials, None)) is not None:
                shared.keep(kept)
                going = True
    stored = stores[0].records("one")
    assert 40 <= len(stored) <= 42  # one more may be under way elsewhere
    for shared, executor, _ in searches:
        assert 15 <= len(executor.trials) <= 25
        assert len(executor.trials) + len(shared.records) >= 40
        assert executor.trials[15].limits != ()  # ten whole trials are known, not all its own
    assert len(study_of(SEARCH, stored).trials) == len(stored)
    assert limits_from(stored)
    assert bowl(SEARCH.trial(stored[0].values)).mismatch == stored[0].outcome.mismatch
