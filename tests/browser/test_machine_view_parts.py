"""The machine view's drawing and its words, module by module, without Streamlit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser

from rbm.app.machine_view import ASSETS

from .asset_server import Call, loaded_modules


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser, ASSETS) as call:
        yield call


@pytest.mark.parametrize("density", [1, 2, 1.5])
@pytest.mark.parametrize(
    ("count", "shape", "width"),
    [
        (1, (8, 8), 500),
        (64, (8, 8), 480),
        (36, (4, 4), 300),
        (7, (3, 9), 360),
        (256, (28, 28), 520),
    ],
)
def test_tiles_fill_a_box_and_are_found_again(
    call: Call, count: int, shape: tuple[int, int], width: int, density: float
) -> None:
    layout, boxes, found, outside = call(
        "tiles",
        "const layout = m.layoutTiles(count, shape, width, 400, density);"
        "const boxes = Array.from({length: count}, (_, t) => m.boxOf(layout, shape, t));"
        "const at = (x, y) => m.pixelAt(layout, count, shape, x, y);"
        "const found = boxes.map(([x, y, w, h]) => [at(x + 0.01, y + 0.01),"
        " at(x + w - 0.01, y + h - 0.01), at(x + w + layout.gap / 2 - 0.01, y + h / 2)]);"
        "return [layout, boxes, found, [at(-1, 5), at(5, -1), at(layout.width + 1, 5),"
        " at(5, layout.height + 1)]];",
        count=count, shape=shape, width=width, density=density,
    )  # fmt: skip
    assert layout["width"] <= width
    assert layout["height"] <= 400
    assert layout["across"] * layout["down"] >= count
    if layout["zoom"] * density >= 1:
        assert layout["zoom"] * density == pytest.approx(round(layout["zoom"] * density))
    x, y, wide, tall = np.array(boxes).T
    assert min(x) > 0
    assert min(y) > 0
    assert max(x + wide) < layout["width"]
    assert max(y + tall) < layout["height"]
    assert len({(a, b) for a, b in zip(x, y, strict=True)}) == count
    for tile, (first, last, beside) in enumerate(found):
        assert first == {"place": tile, "row": 0, "column": 0}
        assert last == {"place": tile, "row": shape[0] - 1, "column": shape[1] - 1}
        assert (beside["place"], beside["column"]) == (tile, shape[1] - 1)  # in the gap
    assert outside == [None] * 4


def test_a_sheet_shows_each_value_where_it_belongs(call: Call) -> None:
    values = np.arange(24).reshape(12, 2)  # 12 pixels of two filters, as weights are
    cells = call(
        "tiles",
        "const sheet = new m.Sheet(); const shade = {gap: 'red',"
        " table: Uint32Array.from({length: 512}, (_, step) => 0xff000000 | step)};"
        "const canvas = document.createElement('canvas');"
        "sheet.paint(canvas.getContext('2d'), m.layoutTiles(2, [3, 4], 200, 200, 1),"
        " {count: 2, shape: [3, 4], values: numbers, first: (t) => t, stride: 2,"
        "  range: () => [0, 512], shade});"
        "return Array.from(sheet.cells, (cell) => cell & 0xffff);",
        numbers=values.ravel().tolist(),
    )
    np.testing.assert_array_equal(cells, np.concatenate([values[:, 0], values[:, 1]]))


@pytest.mark.parametrize("dark", [False, True])
def test_shades_run_from_end_to_end_and_stop_there(call: Call, dark: bool) -> None:
    colours = call(
        "shades",
        "const { signed, share } = m.shadesFor(dark);"
        "const rgb = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];"
        "return [[-9, -2, 0, 2, 9].map((v) => rgb(m.colourOf(signed, v, -2, 2))),"
        " [-1, 0, 1, 2].map((v) => rgb(m.colourOf(share, v, 0, 1)))];",
        dark=dark,
    )
    (below, low, _, high, above), (none, zero, one, more) = colours
    assert below == low
    assert above == high
    assert low[0] > low[2] + 100  # vermillion
    assert high[2] > high[0] + 100  # blue
    assert none == zero
    assert one == more
    assert (sum(one) > sum(zero)) is dark


def test_cells_of_a_map_are_found_again(call: Call) -> None:
    frame = {"left": 30, "top": 1, "width": 100, "height": 60}
    found = call(
        "heatmap",
        "return [[31, 2], [129, 60], [29, 5], [131, 5], [50, 62]].map(([x, y]) =>"
        " m.cellAt(frame, 3, 5, x, y));",
        frame=frame,
    )
    assert found == [{"row": 0, "column": 0}, {"row": 2, "column": 4}, None, None, None]


def test_long_names_are_cut_to_their_room(call: Call) -> None:
    short, long, width = call(
        "heatmap",
        "const context = document.createElement('canvas').getContext('2d');"
        "const cut = m.fitted(context, 'x'.repeat(90), 60);"
        "return [m.fitted(context, 'abc', 60), cut, context.measureText(cut).width];",
    )
    assert short == "abc"
    assert long.endswith("x…")
    assert 40 < width <= 60


def test_a_curve_has_the_last_finite_value_so_far(call: Call) -> None:
    found = call(
        "curves",
        "const curve = {epochs: [0, 5, 9], values: [NaN, 2, NaN]};"
        "return [3, 5, 20].map((epoch) => m.valueAt(curve, epoch));",
    )
    assert found == [None, {"epoch": 5, "value": 2}, {"epoch": 5, "value": 2}]


def test_the_span_of_curves_holds_all_of_them_and_a_margin(call: Call) -> None:
    some, level, none = call(
        "curves",
        "return [m.spanOf([{values: [1, NaN, 3]}, {values: [-1, Infinity]}], [5]),"
        " m.spanOf([{values: [2, 2]}], []), m.spanOf([{values: [NaN]}], [])];",
    )
    assert some == pytest.approx([-1.3, 5.3])
    assert level[0] < 2 < level[1]
    assert none is None


@pytest.mark.parametrize(
    ("dead", "saturated", "words"),
    [
        ([], [], ["No unit is dead"]),
        ([0, 4], [], ["2 of 9 dead", "h1, h5.", "learning rate"]),
        ([], [8], ["1 of 9 saturated", "h9.", "weight decay"]),
        (list(range(8)), [8], ["8 of 9 dead", "h6 and 2 more", "1 of 9 saturated", "fewer"]),
    ],
)
def test_idle_units_are_named_with_advice(
    call: Call, dead: list[int], saturated: list[int], words: list[str]
) -> None:
    body = "return m.verdictOf(dead, saturated, 9);"
    said = call("hidden", body, dead=dead, saturated=saturated)
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.12345, "−0.123"), (12.345, "12.3"), (1234.4, "1234"), (2e-5, "2.0e-5"),
     (math.nan, "–"), (1e7, "1.0e+7")],
)  # fmt: skip
def test_numbers_are_short(call: Call, value: float, text: str) -> None:
    assert call("words", "return m.number(value);", value=value) == text


def test_gaussian_units_are_drawn_in_the_range_of_their_cases(call: Call) -> None:
    ranges = call(
        "moment",
        "return [m.rangeOf([-2, 5, 1], 'gaussian'), m.rangeOf([3, 3], 'gaussian'),"
        " m.rangeOf([], 'gaussian'), m.rangeOf([0.2, 0.4], 'bernoulli')];",
    )
    assert ranges == [[-2, 5], [2.5, 3.5], [0, 1], [0, 1]]


def test_the_machine_shown_is_that_of_its_epoch(call: Call) -> None:
    epoch, since, weights, before, first = call(
        "moment",
        "const header = {n_visible: 1, n_hidden: 1, visible: 'bernoulli'};"
        "const recording = {width: 3, epochs: [0, 4], frames: Float32Array.of(1, 2, 3, 4, 5, 6)};"
        "const at = m.recorded(recording, 1, header);"
        "return [at.epoch, at.since, Array.from(at.machine.weights), Array.from(at.before),"
        " m.recorded(recording, 0, header).before];",
    )
    assert (epoch, since, weights, before, first) == (4, 4, [4], [1, 2, 3], None)


def test_activity_is_measured_once_a_machine_and_rarely_while_epochs_rush_by(call: Call) -> None:
    same, late, rest, fresh = call(
        "moment",
        "const { machineOf } = await import('./machine.js');"
        "const of = (bias) => machineOf(Float64Array.of(0, 0, bias),"
        " {n_visible: 1, n_hidden: 1, visible: 'bernoulli'});"
        "const activity = new m.Activity(); const cases = [1, 0];"
        "const first = activity.of(of(0), cases, 'a', false);"
        "return [activity.of(of(9), cases, 'a', false) === first,"
        " activity.of(of(9), cases, 'b', true) === first,"
        " activity.of(of(9), cases, 'b', false).mean[0],"
        " (activity.forget(), activity.of(of(-9), cases, 'b', true).mean[0])];",
    )
    assert same
    assert late
    assert rest == pytest.approx(1 / (1 + np.exp(-9)))
    assert fresh == pytest.approx(1 / (1 + np.exp(9)))


def test_strange_stored_options_are_the_defaults(call: Call) -> None:
    body = (
        "sessionStorage.setItem('rbm-machine-view', stored);"
        "const options = m.loadOptions(); sessionStorage.clear(); return options;"
    )
    usual = call("options", body, stored="null")
    assert call("options", body, stored="{broken") == usual
    strange = '{"scale": "each", "chains": 36, "steps": "7", "logCount": "yes"}'
    assert call("options", body, stored=strange) == usual | {"scale": "each"}
