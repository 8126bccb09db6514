"""The page of figures, run by Streamlit's own test runner through `app.py`."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from rbm import training
from rbm.views import VIEWS

LINK = {"v": "1", "n_points": "60", "n_hidden": "3", "sigma": "0.7", "seed": "5"}
TRAINED = 30


@pytest.fixture
def page() -> AppTest:
    """The page of a machine that has not learnt anything yet."""
    app = AppTest.from_file("../app.py", default_timeout=120)
    for name, value in LINK.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("pages/figures.py").run()
    assert not app.exception
    return app


@pytest.fixture
def trained(page: AppTest) -> AppTest:
    """The page of a machine of `TRAINED` epochs."""
    session = page.session_state["session"]
    session.run = training.advance(session.run, TRAINED)
    page.run()
    assert not page.exception
    return page


def titles(page: AppTest) -> list[str]:
    """Title and facts of every figure on the page."""
    layouts = [json.loads(chart.proto.spec)["layout"] for chart in page.get("plotly_chart")]
    return [each["title"]["text"] + each["title"]["subtitle"]["text"] for each in layouts]


def test_without_training_it_says_so_and_shows_the_way_back(page: AppTest) -> None:
    assert "Nothing has been learnt yet" in page.info[0].value
    assert [link.proto.page for link in page.get("page_link")] == ["playground"]
    assert len(titles(page)) == len(VIEWS) - 3  # no histories yet
    assert "Epoch" not in [slider.label for slider in page.slider]


def test_every_figure_has_a_caption_and_two_buttons(trained: AppTest) -> None:
    assert not trained.info
    assert len(titles(trained)) == len(VIEWS)
    captions = [caption.value for caption in trained.caption]
    assert captions == [
        f"**Figure {number}.** {view.caption}" for number, view in enumerate(VIEWS.values(), 1)
    ]
    assert len(trained.get("bidi_component")) == len(VIEWS)
    assert len(trained.get("download_button")) == 1


def test_it_opens_on_the_newest_epoch_and_scrubs(trained: AppTest) -> None:
    epoch = trained.slider[0]
    assert (epoch.label, epoch.value, epoch.max) == ("Epoch", TRAINED, TRAINED)
    assert all(f"epoch {TRAINED} · σ = 0.7" in title for title in titles(trained)[1:])
    epoch.set_value(12)
    trained.run()
    assert not trained.exception
    assert all("epoch 12 · σ = 0.7" in title for title in titles(trained)[1:])


def test_controls_reach_the_figures(trained: AppTest) -> None:
    by_label = {slider.label: slider for slider in trained.slider}
    by_label["Bandwidth"].set_value(0.05)
    by_label["Passes from uniform points"].set_value(7)
    by_label["Passes from the data"].set_value(3)
    by_label["Uniform points"].set_value(200)
    trained.run()
    assert not trained.exception
    data, reconstruction, superimposed, links = titles(trained)[:4]
    assert "bandwidth 0.05" in data
    assert "200 uniform points, 7 noisy passes · bandwidth 0.05" in reconstruction
    assert "200 uniform points, 7 noisy passes" in superimposed
    assert "3 noisy passes from each data point" in links


def test_dark_background(trained: AppTest) -> None:
    trained.get("button_group")[0].set_value("dark").run()
    assert not trained.exception
    layout = json.loads(trained.get("plotly_chart")[0].proto.spec)["layout"]
    assert layout["template"]["layout"]["paper_bgcolor"] == "#171614"


def test_a_run_on_its_way_to_an_epoch_arrives(page: AppTest) -> None:
    session = page.session_state["session"]
    session.playing, session.target = True, 25
    page.run()
    assert not page.exception
    assert session.run.epoch == 25
    assert session.target is None
    assert all("epoch 25" in title for title in titles(page)[1:])
