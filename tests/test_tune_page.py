"""The page "Tune": a small sweep from the press to the run it opens, and its map."""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm import training
from rbm.settings import Settings
from rbm.tuning import Axis, run_trial
from rbm.tuning.budget import Budget
from rbm.tuning.sweep import Sweep, summarise
from rbm.views.sweeps import picture_of, sweep_map

SMALL = Settings(n_points=40, n_hidden=2, k=1, k_end=1)
AXES = (Axis("learning_rate", (0.1, 0.3, 0.5)), Axis("sigma", (0.5, 1.0)))


@pytest.fixture
def page():
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.query_params.update({"n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1"})
    app.switch_page("pages/tune.py").run()
    assert not app.exception
    return app


def small(page):
    page.number_input(key="sweep_steps_sigma").set_value(2)
    page.number_input(key="sweep_steps_learning_rate").set_value(2)
    page.number_input(key="sweep_seeds").set_value(1)
    page.number_input(key="sweep_epochs").set_value(5)
    page.run()
    assert not page.exception
    return page


def test_a_sweep_runs_to_its_end_and_its_best_cell_opens_as_the_run_it_was(page):
    small(page)
    page.button(key="sweep_start").click().run()
    work = page.session_state["sweep_work"]
    deadline = time.monotonic() + 120
    while work.background.state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert work.background.state == "done", work.background.message
    page.run()
    assert not page.exception
    summaries = summarise(work.sweep, dict(work.background.items))
    best = int(np.argmin([summary.median for summary in summaries]))
    page.button(key="sweep_open").click().run()
    session = page.session_state["session"]
    assert session.settings == work.sweep.trials[best].subjects[0]
    assert session.run.epoch == 5
    assert session.run.mismatch_at(5) == pytest.approx(summaries[best].median)


def test_an_empty_range_is_said_and_cannot_be_started(page):
    page.number_input(key="sweep_low_sigma").set_value(2.0)
    page.number_input(key="sweep_high_sigma").set_value(1.0)
    page.run()
    assert "empty" in page.error[0].value
    assert page.button(key="sweep_start").disabled


def test_one_setting_is_enough(page):
    page.selectbox(key="sweep_second").set_value("").run()
    assert not page.exception
    assert not page.button(key="sweep_start").disabled


@pytest.fixture(scope="module")
def swept():
    sweep = Sweep(SMALL, AXES, (0,), Budget(3))
    return sweep, {place: run_trial(trial) for place, trial in enumerate(sweep.trials[:4])}


def test_the_map_shows_what_has_come_where_it_belongs(swept):
    sweep, outcomes = swept
    summaries = summarise(sweep, outcomes)
    figure = sweep_map(sweep, summaries)
    heat = figure.data[0]
    assert np.shape(heat.z) == (3, 2)
    assert list(heat.x) == ["0.5", "1"]
    assert list(heat.y) == ["0.1", "0.3", "0.5"]
    assert heat.z[1][0] == pytest.approx(summaries[2].median)
    assert np.isnan(heat.z[2]).all()
    assert [(image.x, round(image.y)) for image in figure.layout.images] == [
        (0, 0), (1, 0), (0, 1), (1, 1),
    ]  # fmt: skip
    assert heat.customdata[2][1] == "not trained yet"
    marks = figure.data[1]  # in the order of the cells, so that a click knows its cell
    assert list(zip(marks.y, marks.x, strict=True)) == [
        (f"{cell.values['learning_rate']:g}", f"{cell.values['sigma']:g}") for cell in sweep.cells
    ]


def test_the_small_picture_is_the_reconstruction_the_playground_shows(swept):
    sweep, outcomes = swept
    run = training.train(sweep.trials[0].subjects[0], 3)
    cloud = run.scored_cloud(3)
    pixels = picture_of(outcomes[0].picture)[1:-1:2, 1:-1:2, 0]
    dark = 255.0 - pixels
    rows = (dark.sum(axis=1) * (np.arange(32)[::-1] + 0.5)).sum() / dark.sum() / 32
    columns = (dark.sum(axis=0) * (np.arange(32) + 0.5)).sum() / dark.sum() / 32
    np.testing.assert_allclose([columns, rows], np.clip(cloud, 0, 1).mean(axis=0), atol=0.03)


def test_a_cell_says_how_many_of_its_runs_diverged(swept):
    sweep, _ = swept
    from rbm.tuning.sweep import Summary

    some = [Summary(3, 1, 0.5, 0.4, 2.0), *[Summary(0, 0)] * 5]
    heat = sweep_map(sweep, some).data[0]
    assert "✕1" in heat.text[0][0]
    assert "1 of them diverged" in heat.customdata[0][0]
