"""The page "Search": from the choices to a winner that is measured again, and back another day."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from rbm.app import confirm_panel, lab, search_results
from rbm.app.confirm_panel import FEWEST_SEEDS, sentence
from rbm.app.person import Person
from rbm.app.search_work import SEARCHES
from rbm.tuning import ExecutorLost
from rbm.tuning.confirmation import Verdict
from rbm.tuning.preset_text import preset_text
from rbm.tuning.search import best
from rbm.tuning.store import Store, StoreError

HOSTILE = "<img src=x onerror=1> **b** [a](b) $x$ :red[c]"
SMALL = {"n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1", "pattern": "moons"}
CHOICE = {
    "page.search_ranges": "sigma=0.1:2:log;centred=no,yes",
    "page.search_epochs": "5", "page.search_trials": "4", "page.search_seeds": "2",
}  # fmt: skip


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


def open_page(**params: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params.update({**SMALL, **CHOICE, **params})
    return checked(app.switch_page("pages/search.py").run())


def checked(app: AppTest) -> AppTest:
    assert [error.value for error in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key=key).click().run())


def wait_for(condition) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def searched(app: AppTest, name: str = "mine") -> AppTest:
    """The page after a search that has run to its end."""
    app.text_input(key="search_name").set_value(name)
    press(app, "search_start")
    wait_for(lambda: not app.session_state["search_work"].active)
    return checked(app.run())


def says(app: AppTest) -> str:
    return "\n".join(e.value for e in [*app.markdown, *app.caption, *app.error, *app.warning])


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
    assert "4 trainings of about 5 epochs" in says(app)


def test_a_search_runs_and_its_best_opens_as_the_run_it_was(url):
    app = searched(open_page())
    work = app.session_state["search_work"]
    assert (work.state, len(work.records)) == ("done", 4)
    top = best(work.records)[0]
    table = app.dataframe[0].value
    assert table["Trial"][0] == top.number
    assert table["Mismatch"][0] == f"{top.objective:.3f}"
    press(app, "search_open")
    session = app.session_state["session"]
    assert session.settings == work.search.trial(top.values).subjects[0]
    assert session.run.epoch == 5
    assert session.run.mismatch_at(5) == pytest.approx(top.outcome.mismatch[0])


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
    assert not SEARCHES.of(search_results.owner_of(lab._store(url, "ada")))


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


def test_a_winner_is_measured_again_and_what_was_claimed_is_kept(url):
    app = searched(open_page(**{"page.search_start": "Better, 8 units", "n_hidden": "8"}))
    app.number_input(key="confirm_seeds").set_value(FEWEST_SEEDS)
    press(app, "confirm_start")
    confirming = app.session_state["confirm_work"]
    wait_for(lambda: confirming.background.state == "done")
    checked(app.run())
    said = says(app).replace("\\", "")
    assert f"Trial {confirming.number} is" in said
    assert f"over {FEWEST_SEEDS} runs of each" in said
    assert "the tutorial (2008)" in said
    table = next(d.value for d in app.dataframe if "Candidate" in d.value)
    assert list(table["Candidate"]) == ["start", "tutorial (2008)", "winner"]
    tab = open_page()
    tab.session_state["search_kept"] = tab.session_state["confirm_earlier"] = True
    checked(tab.run())
    press(tab, "search_kept_0")
    kept = next(d.value for d in tab.dataframe if "Beside the start" in d.value)
    assert list(kept["Trial"]) == [confirming.number]


def verdict(low: float, high: float) -> Verdict:
    return Verdict("winner", 0.3, 0.2, 0.4, 32, 0, 0, ((low + high) / 2, low, high), {}, 0.1)


def test_better_is_said_only_of_what_chance_does_not_explain():
    assert sentence(7, "start", verdict(-0.3, -0.1)) == (
        "Trial 7 is better than the start: its mismatch differs by −0.200, 95 % interval −0.300 to "
        "−0.100, over 32 runs of each."
    )
    assert "is not shown to be better than" in sentence(7, "start", verdict(-0.3, 0.01))
    assert "is worse than" in sentence(7, "start", verdict(0.1, 0.2))
    assert [confirm_panel.duration(s) for s in (0, 80, 600, 9_000)] == [
        "1 s", "80 s", "10 min", "2.5 h",
    ]  # fmt: skip
