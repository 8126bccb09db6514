"""The page "Clusters", run by Streamlit's own test runner through `app.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.app import comparison
from rbm.cases import CASE_SETS, Cases, films, make_cases
from rbm.clusters import MEMBERSHIPS


def opened() -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    return app.switch_page("pages/clusters.py").run()


def trained(cases: Cases, epochs: int = 5, set_name: str = "", **settings: Any) -> AppTest:
    """The page of a machine that has learnt these cases for a while; k-means has ended."""
    app = opened()
    session = app.session_state["binary_session"]
    session.use(cases, set_name)
    if settings:
        session.apply(**settings)
    for _ in range(epochs):
        session.step()
    app.run()
    finish(app, "clusters_comparison")
    return app


def finish(app: AppTest, key: str) -> None:
    """Work in the pool is done at once, so that no test waits for ticks."""
    if key in app.session_state:
        work = app.session_state[key]
        work = work[1] if isinstance(work, tuple) else work
        with work.lock:  # the pool may be at it too
            work._train(work.goal - work.epoch)
            work._measure()
            work.pause()
        app.run()
    assert not app.exception, app.exception[0].stack_trace


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.warning]
    return "\n".join(part.value for part in parts)


def charts(app: AppTest) -> dict[str, Any]:
    """The figures by what screen readers call them."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def chart(app: AppTest, beginning: str) -> Any:
    return next(spec for alt, spec in charts(app).items() if alt.startswith(beginning))


def pick(app: AppTest, key: str, value: Any) -> None:
    app.segmented_control(key=key).set_value(value).run()
    finish(app, "clusters_comparison")


def tiny(**options: Any) -> Cases:
    rows = np.random.default_rng(0).random((12, 3)) < [0.2, 0.5, 0.8]
    return make_cases(rows, "Tiny", **{"share": 0.0, **options})


@pytest.fixture(scope="module", autouse=True)
def _few_starts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "SEEDS", 2)
        patch.setattr(comparison, "STARTS", 1)
        yield


@pytest.fixture(scope="module")
def six_films() -> AppTest:
    return trained(films(), 60, "films")


def test_an_untrained_machine_says_so_and_offers_to_train() -> None:
    app = opened()
    assert not app.exception
    assert "has learnt nothing yet" in app.info[0].value
    assert not charts(app)
    app.button(key="clusters_train").click().run()
    session = app.session_state["binary_session"]
    assert session.epoch > 0
    if session.playing:  # a slow machine goes on by ticks, and the page waits
        assert "being trained" in said(app)
        with session.lock:  # the pool may be at work on it
            session._train(CASE_SETS["digits"].epochs - session.epoch)
            session.pause()
        app.run()
    assert session.epoch == CASE_SETS["digits"].epochs
    finish(app, "clusters_comparison")
    assert any("learnt for 60 epochs" in line.value for line in app.caption)
    verdict = next(m.value for m in app.markdown if "adjusted Rand index" in m.value)
    assert "On the 449 held-out cases" in verdict
    assert "k-means on the pixels agrees better" in verdict
    map_ = chart(app, "Cases on the two principal axes")
    assert [trace["name"] for trace in map_["data"]] == [str(digit) for digit in range(10)]
    symbols = {(t["marker"]["color"], t["marker"]["symbol"][0]) for t in map_["data"]}
    assert len(symbols) == 10
    assert len(map_["layout"]["annotations"]) == 10


def test_films_are_told_by_names_and_their_patterns_are_the_tastes(six_films: AppTest) -> None:
    table = six_films.dataframe[-1].value
    assert list(table["Rule"])[: len(MEMBERSHIPS)] == [r.label for r in MEMBERSHIPS.values()]
    assert list(table["Rule"])[-2:] == ["k-means on the columns", "k-means on the codes"]
    index = dict(zip(table["Rule"], table["Index, learnt"], strict=True))
    assert float(index["Pattern of units"].split(" ")[0]) > 0.4
    weights = chart(six_films, "Weights of hidden unit")
    assert set(weights["data"][0]["y"]) == set(films().names)
    assert "More than usual" in six_films.dataframe[0].value.columns
    assert "On the 60 learnt cases" in said(six_films)


def test_each_rule_and_colouring_draws(six_films: AppTest) -> None:
    for rule in MEMBERSHIPS:
        pick(six_films, "clusters_rule", rule)
        assert MEMBERSHIPS[rule].says in said(six_films)
    pick(six_films, "clusters_by", "clusters")
    names = [t["name"] for t in chart(six_films, "Cases on the two")["data"]]
    assert "none on" in names
    pick(six_films, "clusters_by", "labels")
    pick(six_films, "clusters_count", "labels")
    assert list(six_films.dataframe[-1].value["Clusters, learnt"])[-2:] == [4, 4]


def test_a_hidden_unit_is_looked_at(six_films: AppTest) -> None:
    six_films.selectbox(key="clusters_unit").set_value(1).run()
    assert not six_films.exception
    assert "**h2** is on" in said(six_films)
    codes = six_films.session_state["clusters_reading"].codes
    most = next(d.value for d in six_films.dataframe if "p(h2)" in d.value.columns)
    assert most["p(h2)"][0] == pytest.approx(codes[:, 1].max(), abs=6e-4)
    by_label = chart(six_films, "Mean activation of hidden unit 2")["data"][0]["x"]
    assert by_label == list(films().label_names)


@pytest.mark.parametrize("n_hidden", [1, 3])
@pytest.mark.parametrize("labelled", [True, False])
def test_one_unit_and_no_labels_are_no_obstacle(n_hidden: int, labelled: bool) -> None:
    labels = {"labels": np.arange(12) % 2, "label_names": ("<b>odd</b>", "even")}
    app = trained(tiny(**(labels if labelled else {})), 2, n_hidden=n_hidden)
    assert ("no labels" in said(app)) is not labelled
    names = [t["name"] for t in chart(app, "Cases on the two")["data"]]
    assert not any("<b>" in name for name in names)
    if n_hidden == 1:
        assert chart(app, "Cases on")["layout"]["yaxis"]["title"]["text"].endswith(
            "0% of the variance"
        )


def test_many_labels_are_not_all_drawn_apart() -> None:
    names = [f"kind {i}" for i in range(30)]
    many = make_cases(np.eye(60)[:, :5], "Many", labels=np.arange(60) // 2, label_names=names)
    app = trained(many, 1, n_hidden=2)
    shown = [trace["name"] for trace in chart(app, "Cases on the two")["data"]]
    assert len(shown) == 25
    assert shown[-1] == "6 smaller ones"


def test_a_machine_without_weights_says_that_all_codes_are_equal() -> None:
    app = trained(tiny(), 1, initial_scale=0.0, learning_rate=0.0, learning_rate_end=0.0)
    assert "tells none of them apart" in said(app)


def test_images_show_filters_and_prototypes() -> None:
    app = trained(CASE_SETS["bars"].build(), 30, "bars")
    assert "Mean" in app.dataframe[0].value.columns
    assert app.dataframe[0].value["Mean"][0].startswith("data:image/png;base64,")
    grid = chart(app, "Hidden units")
    assert grid["data"][1]["customdata"] is not None
    assert "switch it on least" in said(app)


def test_layers_are_stacked_watched_and_judged() -> None:
    app = trained(films(), 30, "films")
    pick(app, "deep_count", 2)
    app.number_input(key="deep_units_2").set_value(3)
    app.number_input(key="deep_epochs_2").set_value(4)
    app.number_input(key="deep_units_3").set_value(2)
    app.number_input(key="deep_epochs_3").set_value(3)
    app.button(key="deep_train").click().run()
    finish(app, "clusters_stack")
    stack = app.session_state["clusters_stack"]
    assert [len(run.recording.epochs) - 1 for run in stack.run.runs] == [4, 3]
    assert "6 – 2 – 3 – 2" in said(app)
    finish(app, "deep_chains")
    film = chart(app, "Samples of the stack")
    assert film["layout"]["annotations"][0]["text"] == "All 3 layers"
    depths = next(d.value for d in app.dataframe if "Layers" in d.value.columns)
    assert list(depths["Layers"]) == ["2", "2 – 3", "2 – 3 – 2"]
    assert depths.iloc[0, 1].startswith("−")
    assert depths.iloc[2, 1].startswith("at least −")
    pick(app, "clusters_layer", 3)
    assert app.session_state["clusters_reading"].codes.shape == (60, 2)
    app.session_state["binary_session"].step()
    app.run()
    assert "Stack anew to follow it" in said(app)
    assert app.session_state["clusters_reading"].codes.shape == (60, 2)  # the machine's own
    app.button(key="deep_discard").click().run()
    assert "clusters_stack" not in app.session_state
    app.session_state["binary_session"].use(tiny())
    app.run()
    assert not app.exception
