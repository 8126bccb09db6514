"""The page "Leaderboard": entering what the playground has, being ranked, opening an entry."""

from dataclasses import replace

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

import rbm
from rbm import datasets
from rbm.app.leaderboard_place import names_shown
from rbm.app.person import Person
from rbm.tuning import Outcome, run_trial
from rbm.tuning.database import Database, StoreError
from rbm.tuning.leaderboard import TUTORIAL, board_seeds
from rbm.tuning.leaderboard_store import Leaderboard
from rbm.views.sweeps import ink_picture
from rbm.views.tiles import data_address

SMALL = {"pattern": "ring", "n_hidden": "2", "k": "1", "k_end": "1", "sigma": "1", "seed": "3"}
HOSTILE = "=1 **b** <i onerror=f> [a](b) :r[x] $x$"


class Quick:
    """Runs the first trial of an entry for real and takes the rest as equal, at once."""

    workers = 8

    def __init__(self):
        self.known = {}

    def submit(self, _, trial):
        from concurrent.futures import Future

        key = (trial.settings, trial.epochs)
        if trial.epochs > 100:
            self.known[key] = Outcome((0.5 + trial.settings.n_hidden / 100,), (), 0, 0, 0, 1)
        elif key not in self.known:
            self.known[key] = run_trial(trial)
        future = Future()
        future.set_result(self.known[key])
        return future


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("owner"))
    monkeypatch.setattr("rbm.app.lab.executor", Quick)
    streamlit.cache_resource.clear()
    yield url
    streamlit.cache_resource.clear()


def opened(**params):
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.query_params.update({**SMALL, **params})
    app.switch_page("pages/leaderboard.py").run()
    assert not app.exception
    return app


def entered(page, name="", epochs=10):
    if name:
        page.text_input(key="board_name").set_value(name)
    page.number_input[0].set_value(epochs)
    page.run()
    return page.button(key="board_enter").click().run()


def rows(page, url):
    """The table, once everything is checked."""
    board = Leaderboard(Database(url))
    for _ in range(200):
        page.run()
        if not any(entry.waiting for entry in board.entries("ring")):
            break
    page.run()
    assert not page.exception
    return page.dataframe[0].value


def test_an_entry_is_checked_ranked_and_opened(url):
    page = entered(opened(), "Ada")
    assert page.success[0].value.startswith("Entered")
    table = rows(page, url)
    assert "Ada (yours)" in set(table["Name"])
    assert set(table["Rank"]) == {str(place) for place in range(1, len(table) + 1)}
    assert "it is the tutorial" in set(table["Better than the tutorial"])
    mine = table[table["Name"] == "Ada (yours)"].iloc[0]
    board = Leaderboard(Database(url))
    (entry,) = (e for e in board.entries("ring") if e.name == "Ada")
    outcome = run_trial(board.trials(entry)[0])
    assert mine["Mismatch"] == f"{outcome.mismatch[0]:.3f}"
    assert mine["Picture"] == data_address(ink_picture(outcome.picture))
    page.selectbox(key="board_entry").set_value(entry.id).run()
    assert "Hidden units 2" in page.text[-1].value
    page.button(key="board_open").click().run()
    session = page.session_state["session"]
    assert session.settings == entry.settings
    assert session.run.epoch == 10


def test_names_are_taken_literally_everywhere(url):
    page = entered(opened(), HOSTILE)
    table = rows(page, url)
    shown = next(name for name in table["Name"] if "onerror" in name)
    assert shown.startswith("'=1 **b** <i")
    spoken = [*page.markdown, *page.caption, *page.success, *page.info, *page.subheader]
    assert not any("onerror" in element.value for element in spoken)


def test_a_second_press_and_a_fourth_entry_are_refused_in_a_sentence(url, monkeypatch):
    monkeypatch.setattr("rbm.app.leaderboard_checking.Checking.wake", lambda self: None)
    page = opened()
    said = [entered(page, epochs=epochs).success[0].value for epochs in (10, 11, 12)]
    assert "trains it now" in said[0]
    assert "after 1 other" in said[1]
    assert "after 2 others" in said[2]
    assert "you have entered them" in entered(page, epochs=12).error[0].value
    assert "3 entries of yours" in entered(page, epochs=13).error[0].value
    table = page.dataframe[0].value
    assert list(table["Rank"][:4]) == ["checking", "1 ahead", "2 ahead", "3 ahead"]
    assert not any("has trained" in caption.value for caption in page.caption)
    assert list(table["Name"])[:4] == [*["unnamed (yours)"] * 3, f"{TUTORIAL} (preset)"]


def test_a_name_is_refused_whole_and_corrected_by_entering_again(url, monkeypatch):
    monkeypatch.setattr("rbm.app.leaderboard_checking.Checking.wake", lambda self: None)
    page = entered(opened(), "x" * 300)
    assert "up to 40 characters, and this one has 300" in page.error[0].value
    assert page.text_input(key="board_name").value == "x" * 300
    board = Leaderboard(Database(url))
    assert all(entry.reference for entry in board.entries("ring"))
    assert entered(page, "Ada").success
    assert entered(page, "Ada L.").success[0].value.startswith("Renamed")
    assert page.dataframe[0].value["Name"].iloc[0] == "Ada L. (yours)"
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("somebody"))
    assert "somebody has entered them" in entered(opened(), "Eve").error[0].value
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("owner"))
    monkeypatch.setenv("RBM_LEADERBOARD", "nameless")
    assert "you have entered them" in entered(opened()).error[0].value
    assert board.entries("ring")[-1].name == "Ada L."


def test_small_numbers_and_single_things_are_written_as_people_do(url):
    page = opened(n_hidden="1", cost="3e-6", momentum="0.5")
    told = next(caption.value for caption in page.caption if "points" in caption.value)
    assert "1 hidden unit." in told
    assert "Cost 3·10⁻⁶" in told
    assert "; Momentum 0" in told


def test_what_no_board_takes_is_said(url):
    page = opened(n_hidden="33")
    assert "up to 32 hidden units" in page.info[0].value
    own = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("moons", 120, 5))
    page.session_state["session"].use_dataset(own)
    page.run()
    assert "data of your own" in page.info[0].value
    assert not [button for button in page.button if button.key == "board_enter"]


def test_a_run_past_the_budget_or_changed_on_its_way_is_told(url):
    page = opened()
    session = page.session_state["session"]
    session.run_to(5)
    session.apply(replace(session.settings, momentum=0.5))
    session.run_to(8)
    page.run()
    assert any("from epoch 0" in caption.value for caption in page.caption)
    assert page.number_input[0].value == 8


def test_names_can_be_switched_off_and_so_can_boards(url, monkeypatch):
    entered(opened(), "Ada")
    monkeypatch.setenv("RBM_LEADERBOARD", "nameless")
    page = opened()
    assert not page.text_input
    names = set(rows(page, url)["Name"])
    assert "unnamed (yours)" in names
    assert not any("Ada" in name for name in names)
    monkeypatch.setenv("RBM_LEADERBOARD", "off")
    page = opened()
    assert "switched its boards off" in page.info[0].value
    assert not page.dataframe


def test_the_variable_says_what_it_takes():
    assert names_shown({})
    assert names_shown({"RBM_LEADERBOARD": " On "})
    assert not names_shown({"RBM_LEADERBOARD": "nameless"})
    for wrong in ("off", "of", "yes"):
        with pytest.raises(StoreError):
            names_shown({"RBM_LEADERBOARD": wrong})


def test_only_the_owner_of_a_server_of_one_person_removes_entries(url, monkeypatch):
    page = entered(opened(), "Ada")
    rows(page, url)
    board = Leaderboard(Database(url))
    (entry,) = (e for e in board.entries("ring") if e.name == "Ada")
    page.selectbox(key="board_entry").set_value(entry.id).run()
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("somebody"))
    other = opened()
    rows(other, url)
    other.selectbox(key="board_entry").set_value(entry.id).run()
    assert not [button for button in other.button if button.key == "board_remove"]
    assert "Ada" in set(other.dataframe[0].value["Name"])
    page.button(key="board_remove").click().run()
    assert not page.exception
    assert entry not in board.entries("ring")


def test_a_link_leads_to_a_board(url):
    page = opened(**{"page.board_pattern": "moons", "page.board_size": "32"})
    assert page.selectbox(key="board_pattern").value == "moons"
    address = page.query_params["page.board_size"]
    assert address in ("32", ["32"])
    page = opened(**{"page.board_pattern": "<b>", "page.board_size": "9"})
    assert "\\<b\\>" in page.warning[0].value
    assert page.selectbox(key="board_pattern").value == "ring"


def test_a_server_without_a_database_says_what_would_help(url, monkeypatch):
    monkeypatch.delenv("RBM_DATABASE")
    page = opened()
    assert "RBM\\_DATABASE" in page.info[0].value


def test_seeds_are_none_that_are_shown(url):
    page = entered(opened(), "Ada")
    rows(page, url)
    board = Leaderboard(Database(url))
    (entry,) = (e for e in board.entries("ring") if e.name == "Ada")
    told = "".join(str(element.value) for element in [*page.text, *page.caption, *page.markdown])
    seeds = {trial.seeds[0] for trial in board.trials(entry)}
    assert seeds
    assert seeds != set(board_seeds("", "ring"))
    assert not any(str(seed) in told for seed in seeds)
