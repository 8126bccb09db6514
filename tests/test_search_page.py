"""The page "Search": from the choices to a winner that is measured again, and back another day."""

import pytest

from rbm.app import lab, search_results, search_shown
from rbm.app.person import Person
from rbm.app.search_work import SEARCHES
from rbm.tuning import ExecutorLost
from rbm.tuning.plans import Plan, keep_plan, plans
from rbm.tuning.preset_text import preset_text
from rbm.tuning.search import best
from rbm.tuning.store import Store, StoreError
from tests.search_page import checked, open_page, press, says, searched, wait_for
from tests.studies import OWN

HOSTILE = "<img src=x onerror=1> **b** [a](b) $x$ :red[c]"


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/tuning.sqlite"
    monkeypatch.setenv("RBM_DATABASE", url)
    monkeypatch.setattr(lab, "find_person", lambda: Person("ada"))
    return url


@pytest.fixture
def alone(monkeypatch):
    """A shared server that keeps nothing."""
    monkeypatch.delenv("RBM_DATABASE", raising=False)


def test_a_link_brings_the_choices_and_the_address_shows_them(alone):
    app = open_page(
        **{"page.search_start": "Better, 8 units", "page.search_patterns": "ring,moons"}
    )
    assert app.multiselect(key="search_names").value == ["sigma", "centred"]
    assert app.selectbox(key="search_from").value == "Better, 8 units"
    assert app.multiselect(key="search_patterns").value == ["ring", "moons"]
    assert app.number_input(key="search_trials").value == 4
    app.number_input(key="search_from_sigma").set_value(0.3).run()
    assert app.query_params["page.search_ranges"] == "sigma=0.3:2:log;centred=no,yes"
    assert app.query_params["sigma"] == "0.2"  # the run's own link is still there
    assert "4 trials × 4 trainings of about 5 epochs, " in says(app)


def test_a_search_runs_and_its_best_opens_as_the_run_it_was(url):
    app = searched(open_page())
    work = app.session_state["search_work"]
    assert (work.state, len(work.records)) == ("done", 4)
    top = best(work.records)[0]
    table = app.dataframe[0].value
    assert table["Trial"][0] == top.number
    assert table["Mismatch"][0] == f"{top.objective:.3f}"
    assert "All 4 trials that went all the way." in says(app)
    assert SEARCHES.pace > 0
    assert "at the pace of late" in says(app)  # what the next one would take
    press(app, "search_open")
    session = app.session_state["session"]
    assert session.settings == work.search.trial(top.values).subjects[0]
    assert session.run.epoch == 5
    assert session.run.mismatch_at(5) == pytest.approx(top.outcome.mismatch[0])


def test_ones_own_points_are_searched_on_and_opened_again(url):
    app = open_page()
    app.session_state["session"].use_dataset(OWN)
    searched(checked(app.run()))
    work = app.session_state["search_work"]
    assert work.search.dataset is OWN
    app.session_state["session"].use_dataset(None, "ring")
    press(app, "search_open")
    session = app.session_state["session"]
    assert session.dataset is OWN
    assert session.run.mismatch_at(5) == pytest.approx(best(work.records)[0].outcome.mismatch[0])


def test_another_trial_can_be_chosen_and_copied(url):
    app = searched(open_page())
    work = app.session_state["search_work"]
    other = best(work.records, 9)[-1]
    app.selectbox(key="search_trial").set_value(other.number).run()
    settings = work.search.trial(other.values).settings
    assert app.code[0].value.startswith(preset_text("mine", settings, 5, "")[:-6])
    press(app, "search_open")
    assert app.session_state["session"].settings.sigma == other.values["sigma"]


@pytest.mark.parametrize("picture", search_results.PICTURES)
def test_every_picture_can_be_looked_at(url, picture):
    app = searched(open_page())
    checked(app.button_group(key="search_picture").set_value(picture).run())
    if picture == "importance":
        assert "needs 12 trials" in app.info[0].value
    else:
        assert search_results.CAPTIONS[picture] in says(app)


def test_a_search_is_found_again_gone_on_with_and_deleted(url):
    searched(open_page())
    app = open_page()
    app.session_state["search_kept"] = True  # the list is open
    checked(app.run())
    press(app, "search_kept_0")
    work = app.session_state["search_work"]
    assert (work.state, len(work.records)) == ("stopped", 4)
    app.number_input(key="search_more").set_value(2)
    press(app, "search_go_on")
    again = app.session_state["search_work"]
    wait_for(lambda: not again.active)
    assert sorted(record.number for record in again.records) == [0, 1, 2, 3, 4, 5]
    assert again.records[:4] == work.records
    checked(app.run())
    press(app, "search_delete_0")
    assert "search_work" not in app.session_state
    store = Store(url, "ada")
    assert store.studies() == ()
    store.close()


def test_an_unfinished_search_is_offered_and_goes_on_with_what_is_left(url):
    app = searched(open_page(), HOSTILE)
    store = Store(url, "ada")
    assert plans(store) == {}  # it has reached what it was begun for
    keep_plan(store, HOSTILE, Plan(trials=6))
    app = open_page()
    assert f"“{HOSTILE}” is not complete: 4 of 6 trials." in app.info[0].value.replace("\\", "")
    press(app, "search_unfinished_0")
    assert not app.info
    assert app.number_input(key="search_more").value == 2
    press(app, "search_go_on")
    work = app.session_state["search_work"]
    wait_for(lambda: not work.active)
    assert (len(work.records), work.share, plans(store)) == (6, 1.0, {})
    checked(app.run())
    assert app.number_input(key="search_more").value == 50
    keep_plan(store, HOSTILE, Plan(seconds=1_200.0))
    app = open_page()
    assert "6 trials, and its 20 min were not over" in app.info[0].value
    press(app, "search_unfinished_0")
    assert app.number_input(key="search_more_minutes").value == 20
    press(app, "search_go_on")
    assert 1_190 < app.session_state["search_work"].seconds_left <= 1_200
    assert plans(store)[HOSTILE].seconds > 1_199
    press(app, "search_cancel")
    assert (plans(store), not open_page().info) == ({}, True)
    store.close()


def test_the_list_says_of_a_search_at_work_where_its_numbers_are(url):
    app = open_page(**{"page.search_trials": "0"})
    app.text_input(key="search_name").set_value("mine")
    press(app, "search_start")
    app.session_state["search_kept"] = True
    checked(app.run())
    assert "running, see above" in app.text[-1].value
    press(app, "search_cancel")
    wait_for(lambda: not app.session_state["search_work"].active)
    checked(app.run())
    assert "see above" not in app.text[-1].value


def test_the_same_name_goes_on_and_does_not_begin_again(url):
    first = searched(open_page()).session_state["search_work"]
    app = searched(open_page(**{"page.search_trials": "5"}))
    known = app.session_state["search_work"].records[:4]
    assert set(map(repr, known)) == set(map(repr, first.records))
    assert len(app.session_state["search_work"].records) == 5
    other = open_page(**{"page.search_seeds": "1"})
    other.text_input(key="search_name").set_value("mine")
    press(other, "search_start")
    assert "another study named" in says(other).replace("\\", "")


def test_a_running_search_is_found_by_a_new_tab_and_by_nobody_else(url, monkeypatch):
    app = open_page(**{"page.search_trials": "0", "page.search_minutes": "9"})
    app.text_input(key="search_name").set_value(HOSTILE)
    press(app, "search_start")
    work = app.session_state["search_work"]
    assert work.active
    tab = open_page()
    assert any(HOSTILE in text.value for text in tab.text)
    press(tab, "search_at_work_0")
    assert tab.session_state["search_work"] is work
    press(tab, "search_pause")
    assert work.state == "paused"
    press(tab, "search_resume")
    assert work.state == "running"
    monkeypatch.setattr(lab, "find_person", lambda: Person("eve"))
    assert not any(HOSTILE in text.value for text in open_page().text)
    press(tab, "search_cancel")
    wait_for(lambda: not work.active)


def test_where_nothing_is_kept_a_search_runs_all_the_same(alone):
    app = searched(open_page())
    assert len(app.session_state["search_work"].records) == 4
    app.session_state["search_kept"] = True
    checked(app.run())
    assert "setting RBM\\_DATABASE" in says(app)
    app.number_input(key="search_more").set_value(1)
    press(app, "search_go_on")
    work = app.session_state["search_work"]
    wait_for(lambda: not work.active)
    assert len(work.records) == 5


def test_a_database_that_is_away_is_said_and_nothing_begins(url, monkeypatch):
    app = open_page()

    def away(work, attempts=1):
        raise StoreError("The database cannot be used now.")

    monkeypatch.setattr(lab._store(url, "ada").database, "transaction", away)
    press(app, "search_start")
    assert "cannot be used now" in says(app).replace("\\", "")
    app.session_state["search_kept"] = True
    checked(app.run())
    assert not SEARCHES.of(search_shown.owner_of(lab._store(url, "ada")))


def test_no_place_to_run_is_a_sentence(url, monkeypatch):
    def lost():
        raise ExecutorLost("No Dask scheduler answers.")

    monkeypatch.setattr(lab, "executor", lost)
    app = open_page()
    press(app, "search_start")
    assert "No Dask scheduler answers" in says(app).replace("\\", "")


def test_waiting_for_workers_is_said(url, monkeypatch):
    app = open_page(**{"page.search_trials": "0"})
    press(app, "search_start")
    monkeypatch.setattr(lab, "trouble", lambda: "The cluster has no workers.")
    checked(app.run())
    assert "has no workers" in says(app)
    app.session_state["search_work"].cancel()


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [("search_from_sigma", 3.0, "between 0 and 2"), ("search_to_sigma", 0.05, "is empty")],
)
def test_a_range_that_cannot_be_is_said_and_cannot_be_started(alone, key, value, match):
    app = open_page()
    app.number_input(key=key).set_value(value).run()
    assert match in says(app).replace("\\", "")
    assert app.button(key="search_start").disabled


def test_no_settings_and_no_patterns_cannot_be_searched(alone):
    app = open_page()
    app.multiselect(key="search_names").set_value([]).run()
    assert app.button(key="search_start").disabled
    app = open_page(**{"page.search_patterns": "ring,moons"})
    app.multiselect(key="search_patterns").set_value([]).run()
    assert "Choose the patterns" in says(checked(app))
    assert app.button(key="search_start").disabled


def test_a_list_of_values_is_searched_as_typed(alone):
    app = open_page()
    app.selectbox(key="search_spacing_sigma").set_value("list").run()
    assert "List the values" in says(app)
    app.text_input(key="search_list_sigma").set_value("0.3, 0.6").run()
    assert app.query_params["page.search_ranges"] == "sigma=0.3,0.6;centred=no,yes"
    searched(app)
    tried = {record.values["sigma"] for record in app.session_state["search_work"].records}
    assert tried == {0.3, 0.6}


def test_a_chosen_trial_stays_when_better_ones_come_and_goes_with_its_search(url, monkeypatch):
    app = searched(open_page())
    worst = best(app.session_state["search_work"].records, 99)[-1].number
    app.selectbox(key="search_trial").set_value(worst).run()
    monkeypatch.setattr(search_results, "ROWS", 2)
    checked(app.run())
    assert "The best 2 of 4 trials" in says(app)
    assert app.selectbox(key="search_trial").value == worst
    app.text_input(key="search_name").set_value("another")
    press(app, "search_start")
    assert app.session_state["search_trial"] is None
    app.session_state["search_work"].cancel()
