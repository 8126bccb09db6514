"""The playground's comparison panel without a browser."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm import experiment, gaussian
from rbm.app.gaussian_panel import KEY
from rbm.app.gaussian_work import GaussianWork
from rbm.gaussian import WAYS, settings_of
from rbm.settings import Settings
from rbm.views.mixtures import drawn_parts, over_data, parts_of_mixture

APP = Path(__file__).parents[1] / "app.py"
QUICK = {"v": "1", "n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1"}


def page(opened: bool = True) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.session_state["gaussian"] = opened
    for name, value in QUICK.items():
        app.query_params[name] = value
    return app.run()


def work_of(app: AppTest) -> GaussianWork:
    return app.session_state[KEY]


def trained(app: AppTest, epoch: int) -> AppTest:
    """The page after the pool has done its work; AppTest has no timers, so each run is a tick."""
    deadline = time.monotonic() + 100
    while work_of(app).playing:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    assert work_of(app).epoch == epoch
    return app.run()


def words(app: AppTest) -> str:
    return "\n".join(part.value for part in [*app.markdown, *app.caption, *app.warning])


def test_closed_it_costs_nothing():
    app = page(opened=False)
    assert not app.exception
    assert KEY not in app.session_state
    assert "mixture" not in words(app)


def test_open_it_trains_and_tells():
    app = trained(page(), WAYS["exact"].epochs)
    assert not app.exception
    said = words(app)
    assert "is a mixture of 4 Gaussians" in said
    assert "not known: it has no formula" in said
    likelihood = gaussian.log_likelihood(work_of(app).run.machine, work_of(app).run.data)
    assert f"{likelihood:.2f} nats a point" in said
    assert f"| {work_of(app).mismatch_at(work_of(app).epoch):.2f} |" in said
    assert "has not been trained yet" in said
    assert len(app.get("plotly_chart")) == 3
    app.button(key="step").click().run()
    app.button(key="gaussian_look").click().run()
    assert any(word in words(app) for word in ("misplaces", "No difference"))


def test_other_points_or_settings_train_anew_and_the_same_do_not():
    app = trained(page(), WAYS["exact"].epochs)
    first = work_of(app)
    app.run()
    assert work_of(app) is first
    app.number_input(key="gaussian_hidden_2").set_value(1).run()
    second = work_of(app)
    assert second is not first
    assert second.run.settings.n_hidden == 1
    app.selectbox(key="pattern").set_value("ring").run()
    assert work_of(app) is not second
    assert work_of(app).run.settings.n_hidden == 1
    app.segmented_control(key="gaussian_rule").set_value("cd").run()
    app.number_input(key="gaussian_k_cd").set_value(3).run()
    assert (work_of(app).run.settings.rule, work_of(app).run.settings.k) == ("cd", 3)
    assert not app.exception


def test_earlier_epochs_can_be_looked_at_and_more_be_trained():
    epochs = WAYS["exact"].epochs
    app = trained(page(), epochs)
    app.slider(key=f"gaussian_epoch_{epochs}").set_value(0).run()
    assert "Gaussian–Bernoulli RBM, epoch 0" in words(app)
    assert f"| {work_of(app).mismatch_at(0):.2f} |" in words(app)
    app.button(key="gaussian_more").click().run()
    trained(app, 2 * epochs)
    again = app.button(key="gaussian_again").click().run()
    assert work_of(again).epoch <= epochs


def test_closing_lets_go():
    app = page()
    work = work_of(app)
    app.session_state["gaussian"] = False
    app.run()
    assert KEY not in app.session_state
    assert not work.playing


def test_a_run_fits_only_its_own_settings_and_points():
    built = experiment.build(Settings(n_points=30))
    settings = settings_of("exact", 2, 0)
    work = GaussianWork(settings, built)
    assert work.fits(settings_of("exact", 2, 0), experiment.build(Settings(n_points=30)))
    assert not work.fits(settings_of("exact", 3, 0), built)
    assert not work.fits(settings, experiment.build(Settings(n_points=31)))
    work.train(3)
    assert set(work.scores) == {work.epoch} == {3}
    assert work.scores[3] == gaussian.mismatch(work.run.machine_at(3), built)


def test_parts_of_a_mixture_are_drawn_by_their_share():
    shares = np.array([0.7, 0.295, 0.004, 0.001])
    centres = np.array([[0.1, 0.2], [0.8, 0.7], [0, 0], [1, 1]])
    assert drawn_parts(shares) == 2
    assert drawn_parts(np.full(4, 0.25)) == 4
    scale = np.array([0.1, 0.02])
    figure = parts_of_mixture(np.ones((4, 4)), shares, centres, scale, 0, 1)
    rings, dots = figure.data[1], figure.data[2]
    assert len(dots.x) == 2
    x, y = np.array(rings.x[:25]), np.array(rings.y[:25])
    np.testing.assert_allclose(((x - 0.1) / 0.1) ** 2 + ((y - 0.2) / 0.02) ** 2, 1)
    assert np.isnan(rings.x[25])
    cloud = np.random.default_rng(0).random((1500, 2)) * 4 - 1
    picture = over_data(np.ones((4, 4)), cloud, -1, 3)
    assert picture.data[0].x == pytest.approx([-0.5, 0.5, 1.5, 2.5])
    assert len(picture.data[1].x) == 1000
