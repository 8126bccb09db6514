"""The figures, tested by the arrays they draw; and the document that holds them all."""

from __future__ import annotations

import dataclasses
import re
from html import escape

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm import training
from rbm.experiment import build
from rbm.settings import KNOBS, Settings
from rbm.training import Run
from rbm.views import BACKGROUNDS, VIEWS, Snapshot, document, dress, offered, snapshot
from rbm.views.clouds import link_lines, some
from rbm.views.document import settings_rows
from rbm.views.histories import milestones
from rbm.views.landscape import polylines
from rbm.views.snapshot import density
from rbm.views.style import titled, unit_line

SMALL = Settings(
    n_points=80, n_hidden=3, k=2, k_end=4, k_ramp=40, initial_scale=1.0, sigma=0.5, seed=3
)
FORTY = 40


@pytest.fixture(scope="module")
def run() -> Run:
    return training.advance(training.start(build(SMALL)), FORTY)


@pytest.fixture(scope="module")
def shot(run: Run) -> Snapshot:
    return snapshot(run, starts=60, passes=5, link_passes=2)


def test_link_lines_join_each_point_to_its_own() -> None:
    lines = link_lines(np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5, 0.6], [0.7, 0.8]]))
    nan = [np.nan, np.nan]
    expected = [[0.1, 0.2], [0.5, 0.6], nan, [0.3, 0.4], [0.7, 0.8], nan]
    np.testing.assert_array_equal(lines, expected)


def test_polylines_keep_chains_apart() -> None:
    paths = np.arange(12.0).reshape(3, 2, 2)
    expected = [[0, 1], [4, 5], [8, 9], [np.nan] * 2, [2, 3], [6, 7], [10, 11], [np.nan] * 2]
    np.testing.assert_array_equal(polylines(paths), expected)


def test_some_spreads_over_the_whole_cloud() -> None:
    points = np.arange(10_000.0)[:, None] * [1, 1]
    few = some(points)
    assert len(few) == 1_000
    assert few[0, 0] == 0
    assert few[-1, 0] == 9_999
    assert np.all(np.diff(few[:, 0]) > 0)
    assert some(points[:700]) is not None
    assert len(some(points[:700])) == 700


@given(st.integers(1, 50_000))
def test_milestones_keep_both_ends_and_all_early_epochs(count: int) -> None:
    rows = milestones(np.arange(count), 100)
    assert rows[0] == 0
    assert rows[-1] == count - 1
    assert len(rows) <= 100
    assert np.all(np.diff(rows) > 0)
    assert set(range(min(count, 5))) <= set(rows.tolist())


@pytest.mark.parametrize("n_hidden", [1, 40])
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
def test_every_view_draws_on_both_backgrounds(n_hidden: int, low: float, high: float) -> None:
    held = dataclasses.replace(SMALL, n_hidden=n_hidden, low=low, high=high)
    run = training.advance(training.start(build(held)), 3)
    shot = snapshot(run, starts=30)
    assert offered(shot) == VIEWS
    for name, view in VIEWS.items():
        for background in BACKGROUNDS:
            figure = dress(view.draw(shot), background)
            assert figure.layout.template == BACKGROUNDS[background]
            assert figure.layout.title.text.startswith("<b>"), name
            assert "Split ring" in figure.layout.title.subtitle.text
            for trace in figure.data:
                marks = np.asarray(trace.x, object)
                assert len(marks), f"{name}: an empty trace"


@pytest.mark.parametrize("scale", [0.0, 1e5])
def test_dead_and_runaway_machines_can_be_drawn(shot: Snapshot, scale: float) -> None:
    weights = scale * np.ones_like(shot.model.weights)
    model = dataclasses.replace(
        shot.model,
        weights=weights,
        hidden_bias=-scale * np.array([1.0, 2.5, 4.0]),
        visible_bias=0 * weights[:, 0],
    )
    for name, view in VIEWS.items():
        figure = view.draw(dataclasses.replace(shot, model=model))
        assert "NaN" not in figure.layout.title.subtitle.text, name
    lines = traces(VIEWS["hidden_units"].draw(dataclasses.replace(shot, model=model)))
    assert set(lines) == ({"data"} if scale == 0 else {"data", "h1"})


def test_a_run_of_one_epoch_is_offered_no_histories(run: Run) -> None:
    views = offered(snapshot(run, 0, starts=20))
    assert set(VIEWS) - set(views) == {"measures", "slopes", "weights"}


def test_planes_have_equal_fixed_axes(shot: Snapshot) -> None:
    for name in ("data", "reconstruction", "superimposed", "links", "hidden_units", "landscape"):
        figure = VIEWS[name].draw(shot)
        assert figure.layout.yaxis.scaleanchor == "x"
        assert figure.layout.yaxis.scaleratio == 1
        np.testing.assert_allclose(figure.layout.xaxis.range, [-0.02, 1.02])
        np.testing.assert_allclose(figure.layout.yaxis.range, [-0.02, 1.02])


def traces(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_data_and_reconstruction_differ_in_colour_and_shape(shot: Snapshot) -> None:
    drawn = traces(VIEWS["superimposed"].draw(shot))
    data, reconstruction = drawn["data"], drawn["reconstruction"]
    assert (data.marker.symbol, data.marker.color) == ("circle", "#0072B2")
    assert (reconstruction.marker.symbol, reconstruction.marker.color) == (
        "diamond-open",
        "#D55E00",
    )
    np.testing.assert_array_equal(np.stack([data.x, data.y], 1), shot.data)
    np.testing.assert_array_equal(
        np.stack([reconstruction.x, reconstruction.y], 1), shot.reconstructions
    )


def test_links_run_from_the_data_to_their_reconstruction(shot: Snapshot) -> None:
    drawn = traces(VIEWS["links"].draw(shot))
    assert drawn["link"].line.color == "#009E73"
    lines = np.stack([drawn["link"].x, drawn["link"].y], 1).reshape(-1, 3, 2)
    np.testing.assert_array_equal(lines[:, 0], shot.data)
    np.testing.assert_allclose(lines[:, 1], shot.data_reconstructions)
    median = np.median(np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1))
    assert f"median link {median:.3f}" in VIEWS["links"].draw(shot).layout.title.subtitle.text


def test_densities_share_one_scale(shot: Snapshot) -> None:
    data, other = (VIEWS[name].draw(shot).data[0] for name in ("data", "reconstruction"))
    assert data.zmax == other.zmax == pytest.approx(density(shot, shot.data).max())
    np.testing.assert_allclose(data.z, density(shot, shot.data), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(other.z, density(shot, shot.reconstructions), rtol=1e-6, atol=1e-6)


def test_measures_show_curves_and_fixed_points(shot: Snapshot) -> None:
    figure = VIEWS["measures"].draw(shot)
    drawn = traces(figure)
    np.testing.assert_array_equal(drawn["reconstruction error"].y, shot.curves["error"])
    np.testing.assert_array_equal(drawn["mismatch"].x, shot.curves["mismatch_epoch"])
    np.testing.assert_array_equal(drawn["mismatch"].y, shot.curves["mismatch"])
    levels = [(shape.y0, shape.line.dash, shape.yref) for shape in figure.layout.shapes]
    floor, uniform = shot.error_fixed_points
    assert levels == [
        (uniform, "dash", "y"),
        (floor, "dot", "y"),
        (1.0, "dash", "y2"),
        (0.0, "dot", "y2"),
    ]


def test_histories_are_the_recorded_parameters(shot: Snapshot) -> None:
    slopes = traces(VIEWS["slopes"].draw(shot))
    for unit in range(3):
        np.testing.assert_array_equal(slopes[f"h{unit + 1}"].y, shot.frames[:, 13 + unit])
    assert list(slopes) == ["h1", "h2", "h3"]
    learnt = dataclasses.replace(SMALL, learn_visible_slope=True)
    slopes = traces(VIEWS["slopes"].draw(dataclasses.replace(shot, settings=learnt)))
    np.testing.assert_array_equal(slopes["v₁"].y, shot.frames[:, 11])
    np.testing.assert_array_equal(slopes["v₂"].y, shot.frames[:, 12])
    weights = traces(VIEWS["weights"].draw(shot))
    count = len(shot.epochs)
    for name, columns in (
        ("weights from v₁", range(3)),
        ("weights from v₂", range(3, 6)),
        ("visible biases", range(6, 8)),
        ("hidden biases", range(8, 11)),
    ):
        heights = np.reshape(weights[name].y, (-1, count + 1))
        np.testing.assert_array_equal(heights[:, :-1].T, shot.frames[:, list(columns)])
        assert np.isnan(heights[:, -1]).all()
        epochs = np.reshape(weights[name].x, (-1, count + 1))[0, :-1]
        np.testing.assert_array_equal(epochs, shot.epochs)


def test_clamped_slopes_are_marked(shot: Snapshot) -> None:
    def notes(figure: go.Figure) -> list[str]:
        return [note.text for note in figure.layout.annotations]

    assert notes(VIEWS["slopes"].draw(shot)) == []
    frames = shot.frames.copy()
    frames[-1, 13] = 0.05
    assert notes(VIEWS["slopes"].draw(dataclasses.replace(shot, frames=frames))) == [
        "clamped at 0.05"
    ]


def test_hidden_units_look_different() -> None:
    looks = {(unit_line(unit)["color"], unit_line(unit)["dash"]) for unit in range(28)}
    assert len(looks) == 28


def test_titles_are_taken_literally() -> None:
    figure = titled(go.Figure(), "a <b> & c", '<a href="x">', "second")
    assert figure.layout.title.text == "<b>a &lt;b&gt; &amp; c</b>"
    assert figure.layout.title.subtitle.text == "&lt;a href=&quot;x&quot;&gt;<br>second"


def test_rows_are_complete() -> None:
    for name, view in VIEWS.items():
        assert re.fullmatch(r"[a-z_0-9]+", name)
        assert view.label
        assert view.caption.endswith(".")
        assert len(re.findall(r"[.?!](?:\s|$)", view.caption)) <= 4


# -- the document


def test_document_holds_everything_once_and_fetches_nothing(shot: Snapshot) -> None:
    figures = {name: (view.draw(shot), view.caption) for name, view in VIEWS.items()}
    page = document(shot, figures, "http://localhost:8501/?a=1&b=2")
    assert page.count("* plotly.js v") == 1
    assert 3e6 < len(page) < 8e6
    own = re.sub(r"<script>.*?</script>", "", page, count=1, flags=re.S)
    assert "src=" not in own
    assert re.findall(r'href="([^"]*)"', own) == ["http://localhost:8501/?a=1&amp;b=2"]
    assert f"<p>{escape(shot.facts)}</p>" in own
    for name, view in VIEWS.items():
        assert own.count(f'id="figure-{name}"') == 1
        assert escape(view.caption) in own
        for kind in ("png", "svg"):
            assert f"save('{name}', '{kind}')" in own
    for label, symbol, value in settings_rows(shot):
        assert f"<td>{label}</td><td>{symbol}</td><td>{value}</td>" in own


def test_document_escapes_what_strangers_wrote(run: Run) -> None:
    shot = snapshot(run, starts=20, pattern="</script><script>alert(1)</script>")
    figure = VIEWS["data"].draw(shot)
    page = document(shot, {"data": (figure, shot.pattern)}, "javascript:alert(1)")
    assert "<script>alert" not in page
    assert "href=" not in page.split("</head>")[1]
    assert "javascript:alert(1)" in page


def test_settings_rows_name_every_setting() -> None:
    held = dataclasses.replace(SMALL, pattern_options={"gap": 0.1}, noisy=False)
    rows = settings_rows(snapshot(training.start(build(held)), starts=20))
    assert rows[:2] == [("Data", "", "Split ring"), ("Pattern: gap", "", "0.1")]
    assert len(rows) == 2 + len(KNOBS)
    assert ("Noise in training", "", "off") in rows
    assert ("Noise", "σ", "0.5") in rows
    assert ("Points", "n", "80") in rows


def test_settings_rows_of_own_data_leave_the_pattern_out() -> None:
    points = np.random.default_rng(0).random((40, 2))
    rows = settings_rows(snapshot(training.start(build(SMALL, points)), starts=20))
    assert rows[:2] == [("Data", "", "Own data"), ("Points", "n", "40")]
    assert "Data seed" not in [label for label, _, _ in rows]
    assert len(rows) == 2 + len(KNOBS) - 3
