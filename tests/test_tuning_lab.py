"""Where the pages' trials run and where studies are kept: found, lost, and each person's own."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rbm.app import lab
from rbm.app.lab import Place, place
from rbm.app.person import Person
from rbm.settings import Settings
from rbm.tuning import ExecutorLost, LocalWorkers, Range
from rbm.tuning.search import Search
from rbm.tuning.store import StoreError


class FakeCluster:
    def __init__(self, address: str) -> None:
        self.address, self.lost, self.closed = address, False, False

    def shutdown(self, wait: bool) -> None:
        self.closed = True


def test_without_an_address_there_are_the_workers_of_this_machine():
    place = Place()
    workers = place.executor("")
    assert isinstance(workers, LocalWorkers)
    assert place.executor("") is workers
    workers.shutdown()


def test_a_cluster_that_has_gone_away_is_found_anew():
    place = Place(FakeCluster)
    first = place.executor("tcp://a:1")
    assert place.executor("tcp://a:1") is first
    first.lost = True
    second = place.executor("tcp://a:1")
    assert second is not first
    assert first.closed
    assert place.executor("tcp://b:1").address == "tcp://b:1"


def test_a_cluster_that_cannot_be_had_is_tried_again_but_not_by_everybody_at_once(monkeypatch):
    asked = []

    def refuse(address):
        asked.append(address)
        raise ExecutorLost("Nobody there.")

    now = [100.0]
    monkeypatch.setattr("rbm.app.lab.time.monotonic", lambda: now[0])
    place = Place(refuse)
    for _ in range(30):
        with pytest.raises(ExecutorLost, match="Nobody there"):
            place.executor("tcp://a:1")
    assert len(asked) == 1
    now[0] += lab.PATIENCE + 1
    place._connect = FakeCluster
    assert place.executor("tcp://a:1").address == "tcp://a:1"


def test_a_real_address_of_nothing_is_a_sentence(monkeypatch):
    monkeypatch.setenv("RBM_CLUSTER", " tcp://127.0.0.1:1 ")
    monkeypatch.setattr(lab, "PLACE", Place())
    with pytest.raises(ExecutorLost, match="No Dask scheduler answers"):
        lab.executor()


def test_studies_are_kept_where_the_owner_or_the_only_person_wants_them(tmp_path):
    alone = {"XDG_DATA_HOME": str(tmp_path)}
    assert place(alone, alone=True) == f"sqlite:///{tmp_path}/rbm/tuning.sqlite"
    assert place({"RBM_DATABASE": "postgresql://h/x"}, alone=False) == "postgresql://h/x"
    with pytest.raises(StoreError, match="setting RBM_DATABASE"):
        place(alone, alone=False)
    for one in (True, False):
        with pytest.raises(StoreError, match="switched keeping studies off"):
            place({"RBM_DATABASE": "OFF"}, alone=one)


def script() -> None:
    import streamlit as st

    from rbm.app import lab
    from rbm.tuning.store import StoreError

    lab.meet()
    try:
        st.text(f"{lab.store().owner!r} keeps {[e.name for e in lab.store().studies()]}")
    except StoreError as error:
        st.text(str(error))


@pytest.fixture
def say(tmp_path, monkeypatch):
    monkeypatch.setenv("RBM_DATABASE", f"sqlite:///{tmp_path}/x.sqlite")

    def run(person: Person | None) -> str:
        monkeypatch.setattr(lab, "find_person", lambda: person)
        app = AppTest.from_function(script).run()
        assert not app.exception
        return app.text[0].value

    return run


def test_the_store_is_that_of_the_person_who_asks(say, tmp_path):
    assert say(Person("ada")) == "'ada' keeps []"
    search = Search(Settings(), (Range("k", 1, 3),))
    lab._store(f"sqlite:///{tmp_path}/x.sqlite", "ada").open("hers", search)
    assert say(Person("ada")) == "'ada' keeps ['hers']"
    assert say(Person("eve")) == "'eve' keeps []"
    assert say(Person("owner")) == "'' keeps []"
    assert "finding out who you are" in say(None)


def below() -> None:
    import streamlit as st

    from rbm.app import lab

    lab.meet()
    st.button("Show")


def test_the_browsers_answer_moves_nothing_that_can_be_pressed(say, monkeypatch):
    def asked() -> Person | None:
        st.text("the component that asks")
        return next(answers)

    answers = iter([None, Person("ada")])
    monkeypatch.setattr(lab, "find_person", asked)
    app = AppTest.from_function(below)
    places = [list(app.run().main.children) for _ in range(3)]
    assert places[0] == places[1] == places[2]
    assert next(answers, "asked no more") == "asked no more"


def test_a_server_for_several_says_how_to_switch_it_on(say, monkeypatch):
    monkeypatch.delenv("RBM_DATABASE")
    assert "setting RBM_DATABASE" in say(Person("ada"))
