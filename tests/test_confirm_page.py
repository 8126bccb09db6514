"""Measuring a winner again: what is done, what may be said of it, and what is kept."""

import pytest

from rbm.app import confirm_panel, lab
from rbm.app.confirm_panel import FEWEST_SEEDS, ON_OTHER_POINTS, ON_SAME_POINTS, sentence
from rbm.app.person import Person
from rbm.patterns import PATTERNS
from rbm.tuning import ExecutorLost
from rbm.tuning.confirmation import Verdict
from tests.search_page import checked, open_page, press, says, searched, wait_for
from tests.studies import OWN


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/tuning.sqlite"
    monkeypatch.setenv("RBM_DATABASE", url)
    monkeypatch.setattr(lab, "find_person", lambda: Person("ada"))
    return url


def test_a_winner_is_measured_again_and_what_was_claimed_is_kept(url):
    app = searched(open_page(**{"page.search_start": "Better, 8 units", "n_hidden": "8"}))
    assert f"3 candidates × 16 seeds = {3 * 16} trainings" in says(app)
    app.number_input(key="confirm_seeds").set_value(FEWEST_SEEDS).run()
    assert f"3 candidates × {FEWEST_SEEDS} seeds = {3 * FEWEST_SEEDS} trainings" in says(app)
    assert ON_OTHER_POINTS in says(app)
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


def test_of_ones_own_points_there_are_no_others(url):
    app = open_page()
    app.session_state["session"].use_dataset(OWN)
    searched(checked(app.run()))
    assert ON_SAME_POINTS in says(app)
    app.toggle(key="confirm_everywhere").set_value(True).run()
    assert ON_OTHER_POINTS in says(checked(app))
    assert f"× 16 seeds × {len(PATTERNS)} patterns = " in says(app)


def test_it_can_be_asked_on_all_patterns_and_cancelled(url):
    app = searched(open_page())
    app.toggle(key="confirm_everywhere").set_value(True).run()
    press(app, "confirm_start")
    confirming = app.session_state["confirm_work"]
    assert confirming.asked.patterns == tuple(PATTERNS)
    press(app, "confirm_cancel")
    wait_for(lambda: confirming.background.state == "cancelled")
    checked(app.run())
    assert "nothing is claimed" in app.info[-1].value
    assert confirming.verdicts == ()
    assert not any("Candidate" in table.value for table in app.dataframe)


def test_no_place_to_run_is_a_sentence(url, monkeypatch):
    app = searched(open_page())

    def lost():
        raise ExecutorLost("No Dask scheduler answers.")

    monkeypatch.setattr(lab, "executor", lost)
    press(app, "confirm_start")
    assert "No Dask scheduler answers" in says(app).replace("\\", "")
    assert "confirm_work" not in app.session_state
