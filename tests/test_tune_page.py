"""The page "Sweep": from the choices to the run a cell opens, and what is kept on the way."""

import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

import rbm
from rbm import datasets
from rbm.app.person import Person
from rbm.tuning import ExecutorLost
from rbm.tuning.store import Store
from rbm.tuning.sweep import summarise
from rbm.tuning.sweep_study import outcomes_of

SMALL = {"n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1"}
AXES = {
    "page.sweep_across": "sigma~list~0.5~1",
    "page.sweep_up": "learning_rate~log~0.1~1~2",
    "page.sweep_seeds": "2",
    "page.sweep_epochs": "5",
}


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    monkeypatch.setattr("rbm.app.lab.find_person", lambda: Person("owner"))
    return url


def opened(params=AXES):
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.query_params.update({**SMALL, **params})
    app.switch_page("pages/tune.py").run()
    assert not app.exception
    return app


def address(page, name):
    """A parameter of the address bar, which AppTest knows as a text or as a list of one."""
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def finished(page):
    work = page.session_state["sweep_work"]
    wait_until(lambda: work.state != "running")
    assert work.state == "done", work.background.message
    page.run()
    assert not page.exception
    return work


@pytest.fixture
def swept(url):
    page = opened()
    page.button(key="sweep_start").click().run()
    return page, finished(page)


def test_a_sweep_runs_to_its_end_and_its_best_cell_opens_as_the_run_it_was(swept):
    page, work = swept
    summaries = summarise(work.sweep, work.outcomes)
    best = min(range(4), key=lambda at: summaries[at].median)
    assert "Best: " in page.markdown[-1].value
    page.button(key="sweep_open").click().run()
    session = page.session_state["session"]
    assert session.settings == work.sweep.trials[best].subjects[0]
    assert session.run.epoch == 5
    assert session.run.mismatch_at(5) == work.outcomes[best].mismatch[0]


def test_any_run_of_any_cell_opens_whatever_the_playground_does(swept):
    page, work = swept
    session = page.session_state["session"]
    subject = work.sweep.trials[1].subjects[0]
    session.apply(replace(subject, learning_rate=0.7, seed=1, data_seed=1))
    session.run_to(3)  # from here the cell's values would be a live change
    page.selectbox(key="sweep_cell").set_value(1).run()
    page.selectbox(key="sweep_turn").set_value(1).run()
    page.button(key="sweep_open").click().run()
    assert session.settings == replace(subject, seed=1, data_seed=1)
    assert session.run.history == ((0, session.settings),)
    assert session.run.mismatch_at(5) == work.outcomes[5].mismatch[0]
    session.undo()
    assert (session.run.epoch, session.settings.learning_rate) == (3, 0.7)


def test_own_points_are_swept_and_opened_again_when_others_are_there(url):
    page = opened()
    own = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("moons", 120, 5))
    session = page.session_state["session"]
    session.use_dataset(own)
    page.run()
    assert "mine" in page.caption[3].value
    page.button(key="sweep_start").click().run()
    work = finished(page)
    assert work.sweep.dataset is own
    session.use_dataset(None, "ring")
    page.run()
    page.button(key="sweep_open").click().run()
    assert session.dataset is own
    assert session.run.mismatch_at(5) in {o.mismatch[0] for o in work.outcomes.values()}


def test_what_has_come_is_kept_and_a_new_server_goes_on_with_the_rest(swept, url, monkeypatch):
    _, work = swept
    store = Store(url)
    (entry,) = store.studies()
    records = store.records(entry.name)
    assert (entry.kind, entry.trials) == ("sweep", 8)
    kept = outcomes_of(work.sweep, records)
    assert {place: o.mismatch for place, o in kept.items()} == {
        place: o.mismatch for place, o in work.outcomes.items()
    }
    store.delete(entry.name)  # as if the server had been stopped after three trainings
    store.open(entry.name, work.sweep)
    for record in records[:3]:
        store.keep(entry.name, record)
    trained = []
    whole = rbm.tuning.sweep_study.evaluate
    monkeypatch.setattr(
        "rbm.tuning.sweep_study.evaluate",
        lambda trials, executor: whole((trained.append(t) or t for t in trials), executor),
    )
    monkeypatch.setattr("rbm.app.sweep_work._HELD", {})
    page = opened({})
    assert "3 trainings" in next(t.value for t in page.text if entry.name in t.value)
    page.button(key="sweep_kept_0").click().run()
    assert page.session_state["sweep_work"].state == "stopped"
    page.button(key="sweep_go_on").click().run()
    again = finished(page)
    assert len(trained) == 5
    assert len(store.records(entry.name)) == 8
    assert again.outcomes.keys() == work.outcomes.keys()
    for place, outcome in again.outcomes.items():
        assert outcome.mismatch == work.outcomes[place].mismatch
    store.delete(entry.name)  # in another tab
    page.button(key="sweep_kept_0").click().run()
    assert "There is no study named" in page.error[0].value
    assert not page.exception


def test_a_kept_sweep_can_be_deleted(swept, url):
    page, _ = swept
    page.button(key="sweep_delete_0").click().run()
    assert not page.exception
    assert Store(url).studies() == ()


def test_two_tabs_share_the_work_on_one_sweep(swept):
    _, work = swept
    other = opened()
    other.button(key="sweep_start").click().run()
    assert other.session_state["sweep_work"] is work


def test_a_sweep_nobody_looks_at_pauses_and_goes_on_with_the_next_look(url, monkeypatch):
    monkeypatch.setattr("rbm.app.sweep_work.PATIENCE", 0.0)
    page = opened()
    page.button(key="sweep_start").click().run()
    background = page.session_state["sweep_work"].background
    page.switch_page("pages/figures.py").run()
    wait_until(lambda: background.dozing)
    come = len(background.items)
    assert come < 8
    page.switch_page("pages/tune.py").run()
    wait_until(lambda: len(background.items) > come)
    background.cancel()


def test_another_sweep_ends_the_one_before_and_takes_over_what_both_need(swept):
    page, work = swept
    background = work.background
    page.text_input(key="sweep_list_sigma").set_value("0.5, 0.9").run()
    page.number_input(key="sweep_seeds").set_value(8).run()
    page.number_input(key="sweep_epochs").set_value(20_000).run()
    page.button(key="sweep_start").click().run()
    long = page.session_state["sweep_work"].background
    long.pause()  # or it might be done before the page has run once more
    assert page.session_state["sweep_work"].known == {}
    page.number_input(key="sweep_epochs").set_value(5).run()
    page.button(key="sweep_start").click().run()
    last = finished(page)
    wait_until(lambda: long.state == "cancelled")
    assert background.state == "done"
    assert last.sweep.axes[1].values == (0.5, 0.9)


def wait_until(true):
    until = time.monotonic() + 120
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_link_holds_the_choices_and_they_survive_another_page(url):
    page = opened()
    for name, text in AXES.items():
        assert address(page, name) == text
    page.number_input(key="sweep_seeds").set_value(4).run()
    page.text_input(key="sweep_list_sigma").set_value("0.5 0.7, 0.9").run()
    page.switch_page("pages/figures.py").run()
    page.switch_page("pages/tune.py").run()
    assert page.number_input(key="sweep_seeds").value == 4
    assert address(page, "page.sweep_across") == "sigma~list~0.5~0.7~0.9"
    page.segmented_control(key="sweep_spacing_sigma").set_value("linear").run()
    assert address(page, "page.sweep_across") == "sigma~linear~0.1~2~6"


def test_a_damaged_link_is_said_and_does_no_harm(url):
    page = opened({**AXES, "page.sweep_across": "sigma~list~99", "page.sweep_seeds": "<b>many"})
    said = page.warning[0].value
    assert "sigma\\~list\\~99" in said
    assert "\\<b\\>many" in said
    assert page.selectbox(key="sweep_across").value == "sigma"


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (lambda page: page.text_input(key="sweep_list_sigma").set_value("1, many"), "is no number"),
        (lambda page: page.text_input(key="sweep_list_sigma").set_value("1, 9"), "between 0 and 2"),
        (lambda page: page.text_input(key="sweep_list_sigma").set_value(" "), "no value"),
        (lambda page: page.number_input(key="sweep_low_learning_rate").set_value(2.0), "empty"),
    ],
)  # fmt: skip
def test_values_that_make_no_sense_are_said_and_cannot_be_started(url, do, says):
    page = opened()
    do(page).run()
    assert says in page.error[0].value
    assert page.button(key="sweep_start").disabled


def test_one_setting_is_enough_and_choices_are_ticked(url):
    page = opened()
    page.selectbox(key="sweep_up").set_value("").run()
    assert not page.button(key="sweep_start").disabled
    page.selectbox(key="sweep_across").set_value("slope_rule").run()
    page.multiselect(key="sweep_list_slope_rule").set_value(["tutorial", "entropy"]).run()
    assert address(page, "page.sweep_across") == "slope_rule~list~tutorial~entropy"
    page.selectbox(key="sweep_up").set_value("centred").run()
    assert "4 cells" in page.caption[3].value


def test_a_server_that_keeps_nothing_sweeps_all_the_same(monkeypatch):
    monkeypatch.setenv("RBM_DATABASE", "off")
    page = opened()
    assert any("switched keeping studies off" in c.value for c in page.caption)
    page.button(key="sweep_start").click().run()
    assert finished(page).store is None


def test_nothing_to_run_on_is_a_sentence(url, monkeypatch):
    def away():
        raise ExecutorLost("The Dask scheduler has gone away.")

    monkeypatch.setattr("rbm.app.lab.executor", away)
    page = opened()
    page.button(key="sweep_start").click().run()
    assert page.error[0].value == "The Dask scheduler has gone away\\."
    monkeypatch.undo()
    monkeypatch.setenv("RBM_DATABASE", url)
    page.button(key="sweep_go_on").click().run()
    finished(page)


def test_the_browser_is_told_both_settings_in_every_run(url):
    """One that was told in a run which was cut short would else send the first of the menu."""
    page = opened().run()
    assert page.selectbox(key="sweep_across").proto.set_value
    assert page.selectbox(key="sweep_up").proto.set_value
