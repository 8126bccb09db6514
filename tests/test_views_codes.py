"""Figures of cases and hidden units, films of chains, tiles: what is in them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from rbm.codes import principal_axes, unit_portrait
from rbm.views.codes import (
    MOST_FILTERS,
    case_map,
    filter_grid,
    label_bars,
    mark,
    some_cases,
    unit_bars,
    weight_bars,
)
from rbm.views.films import film
from rbm.views.style import GREY
from rbm.views.tiles import FRAME, data_address, sheet, signed_tile, tile

ROWS = np.random.default_rng(0).random((9, 3))


def a_map(groups, names, held_out=None, shown=None, others=False):
    axes = principal_axes(ROWS)
    return case_map(
        axes.of(ROWS), np.array(groups), names,
        np.zeros(9, bool) if held_out is None else held_out,
        [f"case {i}" for i in range(9)], np.arange(9) if shown is None else shown, axes, others,
    )  # fmt: skip


def test_marks_of_the_first_groups_differ_in_shape_and_colour():
    marks = [mark(group) for group in range(56)]
    assert len({(each["color"], each["symbol"]) for each in marks}) == 56
    assert len({each["symbol"] for each in marks[:8]}) == 8


def test_the_map_shows_each_case_where_it_is_and_names_its_group():
    figure = a_map([0, 0, 0, 1, 1, 1, 2, 2, 2], ["a", "b & <i>c</i>", "d"])
    assert [trace.name for trace in figure.data] == ["a", "b &amp; &lt;i&gt;c&lt;/i&gt;", "d"]
    places = principal_axes(ROWS).of(ROWS)
    assert np.array_equal(figure.data[1].customdata, [3, 4, 5])
    assert figure.data[1].x == pytest.approx(places[3:6, 0])
    assert figure.data[1].y == pytest.approx(places[3:6, 1])
    assert list(figure.data[1].text) == ["case 3", "case 4", "case 5"]
    middle = figure.layout.annotations[1]
    assert (middle.x, middle.y) == pytest.approx(tuple(np.median(places[3:6], axis=0)))
    shares = principal_axes(ROWS).shares
    assert figure.layout.xaxis.title.text == f"principal axis 1 · {shares[0]:.0%} of the variance"
    assert figure.layout.yaxis.title.text == f"principal axis 2 · {shares[1]:.0%} of the variance"


def test_held_out_cases_are_hollow_and_the_rest_grey():
    held_out = np.arange(9) % 3 == 0
    figure = a_map([0] * 6 + [1] * 3, ["a", "5 smaller ones"], held_out, others=True)
    first, rest = figure.data
    assert list(first.customdata) == [1, 2, 4, 5, 0, 3]  # learnt ones first, for the legend
    hollow = [symbol.endswith("-open") for symbol in first.marker.symbol]
    assert hollow == [False] * 4 + [True] * 2
    assert rest.marker.color == GREY
    assert len(figure.layout.annotations) == 1
    few = a_map([0] * 6 + [1] * 3, ["a", "b"], shown=np.array([1, 2]))
    assert [len(trace.x) for trace in few.data] == [2]


def test_a_sample_of_many_cases_is_always_the_same():
    mask = np.arange(100) % 2 == 0
    assert np.array_equal(some_cases(mask, 60), np.flatnonzero(mask))
    sample = some_cases(mask, 20)
    assert len(set(sample)) == 20
    assert mask[sample].all()
    assert np.array_equal(sample, some_cases(mask, 20))


def test_filters_stand_in_a_grid_and_can_be_clicked():
    filters = np.arange(1.0, 31).reshape(5, 6) * [[1], [-1], [1], [1], [2]]
    sheet_, dots = filter_grid(filters, (2, 3), chosen=1).data
    assert sheet_.z.shape == (3 * 3 - 1, 4 * 2 - 1)  # 3 rows of 2 pixels, 2 columns of 3
    assert sheet_.z[0, 4] == pytest.approx(-7 / 12)
    assert sheet_.z[1, 6] == pytest.approx(-1)
    assert np.isnan(sheet_.z[2]).all()
    assert (dots.x[1], dots.y[1]) == (5, 0.5)
    assert list(dots.customdata) == [0, 1, 2, 3, 4]
    frame = filter_grid(filters, (2, 3), chosen=1).layout.shapes[0]
    assert frame.x0 < 4 < 6 < frame.x1
    many = filter_grid(np.ones((MOST_FILTERS + 5, 6)), (2, 3), chosen=MOST_FILTERS + 2)
    assert len(many.data[1].x) == MOST_FILTERS
    assert not many.layout.shapes


def test_bars_of_units_weights_and_labels():
    bars = unit_bars(np.array([0.2, 0.7]), np.array([0.1, 0.9]), chosen=1).data[0]
    assert list(bars.y) == [0.2, 0.7]
    assert bars.marker.pattern.shape == ("", "/")
    assert "on for 90%" in bars.hovertext[1]
    weights = weight_bars(np.array([0.5, -2.0, 1.0, 0.1]), ["a", "b", "c", "d"], most=3).data[0]
    assert list(weights.y) == ["b", "a", "c"]
    assert list(weights.text) == ["-2.00", "+0.50", "+1.00"]
    assert weights.marker.pattern.shape == ("/", "", "")
    portrait = unit_portrait(np.array([0.2, 0.4, 0.9]), np.array([0, 0, 1]), kinds=2)
    labels = label_bars(portrait, ["x", "y"])
    assert labels.data[0].y == pytest.approx([0.3, 0.9])
    assert labels.data[0].error_y.array == pytest.approx([0.2, 0.0])
    assert labels.layout.shapes[0].y0 == pytest.approx(0.5)


def test_a_film_has_a_picture_for_each_mark_and_opens_on_the_last():
    rows = [np.full((5, 6), value) for value in (0.1, 0.5, 0.9)]
    figure = film([rows, rows[::-1]], ["one", "two"], [0, 3, 10], (2, 3), [])
    assert [frame.name for frame in figure.frames] == ["0", "3", "10"]
    assert np.nanmax(figure.data[0].z) == pytest.approx(0.9)
    assert np.nanmax(figure.frames[0].data[1].z) == pytest.approx(0.9)
    slider = figure.layout.sliders[0]
    assert [step.args[0][0] for step in slider.steps] == ["0", "3", "10"]
    assert slider.active == 2
    table = film([rows], ["one"], [0, 3, 10], None, list("abcdef"))
    assert table.data[0].z.shape == (5, 6)
    assert list(table.data[0].x) == list("abcdef")


def test_a_sheet_of_images_by_hand():
    page = sheet(np.arange(30.0).reshape(5, 6), (2, 3), 4)
    assert page.shape == (2 * 3 - 1, 4 * 4 - 1)
    assert page[0, 4:7].tolist() == [6, 7, 8]
    assert page[3, :3].tolist() == [24, 25, 26]
    assert np.isnan(page[2]).all()
    assert np.isnan(page[3:, 4:]).all()


def test_tiles_are_sharp_and_framed():
    picture = tile(np.array([0.0, 1, 0.5, 2]), (2, 2), side=9)
    assert picture.shape == (10, 10, 3)
    assert picture[1:5, 1:5].min() == 255
    assert picture[1:5, 5:9].max() == 0
    assert picture[5:9, 1:5].max() == 128
    assert (picture[0] == FRAME).all()
    signed = signed_tile(np.array([2.0, -1, 0, 1]), (2, 2), side=2)
    assert signed[1, 1].tolist() == [0, 114, 178]
    assert signed[2, 1].tolist() == [242, 242, 242]
    assert signed[1, 2].tolist() == [228, 168, 121]
    read = Image.open(io.BytesIO(base64.b64decode(data_address(picture).split(",")[1])))
    assert np.array_equal(np.array(read), picture)
