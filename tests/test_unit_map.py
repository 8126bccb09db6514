"""The map between a table's units and the square: exact both ways, and as far as PCA is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rbm.tables import TableError, choose_points, read_table
from rbm.unit_map import Projection, UnitMap


def through_json(mapping: UnitMap) -> UnitMap:
    return UnitMap.from_dict(json.loads(json.dumps(mapping.to_dict())))


@given(arrays(np.float64, (12, 2), elements=st.floats(-1e6, 1e6)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_two_columns_come_back_and_the_map_survives_json(values, per_axis):
    values[0] = values.max(axis=0) + 1 + np.abs(values).max()  # no axis is constant
    mapping = UnitMap.fit(("a", "b"), values, 0.05, per_axis=per_axis, units=("", "days"))
    points = mapping.to_unit(values)
    assert points.min() > 0.05 - 1e-9
    assert points.max() < 0.95 + 1e-9
    np.testing.assert_allclose(mapping.from_unit(points), values, atol=1e-6)
    assert mapping.labels == ("a", "b (days)")
    assert through_json(mapping) == mapping


def cloud(columns: int, seed: int) -> np.ndarray:
    """Correlated columns in units a thousand times apart, none centred."""
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(60, columns)) @ rng.normal(size=(columns, columns))
    return (mixed + rng.normal(0, 5, columns)) * 10.0 ** rng.uniform(-2, 1, columns)


@pytest.mark.parametrize("equalise", [False, True])
@pytest.mark.parametrize("columns", [3, 7])
def test_components_are_those_of_the_singular_value_decomposition(columns, equalise):
    values = cloud(columns, columns)
    projection = Projection.fit(values, equalise=equalise)
    centred = values - values.mean(axis=0)
    if equalise:
        centred /= values.std(axis=0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(projection.explained, lengths[:2] ** 2 / (lengths**2).sum())
    for ours, theirs in zip(projection.axes, axes, strict=False):
        np.testing.assert_allclose(ours, theirs * np.sign(theirs[np.abs(theirs).argmax()]))
        assert max(ours, key=abs) > 0
    np.testing.assert_allclose(
        np.abs(projection.components(values)), np.abs(centred @ axes[:2].T), atol=1e-9
    )


@given(st.integers(2, 9), st.booleans(), st.booleans(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_what_lies_in_a_plane_comes_back_whole_and_else_its_nearest_point(
    columns, equalise, per_axis, seed
):
    values = cloud(columns, seed)
    names = [f"c{i}" for i in range(columns)]
    projection = Projection.fit(values, equalise=equalise)
    mapping = UnitMap.fit(names, values, 0.05, per_axis=per_axis, projection=projection)
    back = mapping.from_unit(mapping.to_unit(values))
    assert back.shape == values.shape
    np.testing.assert_allclose(mapping.from_unit(mapping.to_unit(back)), back, rtol=1e-6)
    spread = np.array(projection.spread)
    left_out = (((values - back) / spread) ** 2).mean(axis=0).sum()
    in_all = (((values - values.mean(axis=0)) / spread) ** 2).mean(axis=0).sum()
    assert left_out == pytest.approx(in_all * (1 - sum(projection.explained)), abs=1e-9 * in_all)
    assert through_json(mapping) == mapping


def test_a_map_by_hand():
    values = np.array([[0.0, 0.0, 7.0], [3.0, 4.0, 7.0], [6.0, 8.0, 7.0]])
    values = np.vstack([values, [[3 - 0.8, 4 + 0.6, 7], [3 + 0.8, 4 - 0.6, 7]]])
    projection = Projection.fit(values, equalise=False)
    np.testing.assert_allclose(projection.axes, [[0.6, 0.8, 0], [0.8, -0.6, 0]], atol=1e-12)
    np.testing.assert_allclose(projection.explained, [50 / 52, 2 / 52])
    mapping = UnitMap.fit("abc", values, 0.05, per_axis=False, projection=projection)
    np.testing.assert_allclose(
        mapping.to_unit(values),
        [[0.05, 0.5], [0.5, 0.5], [0.95, 0.5], [0.5, 0.41], [0.5, 0.59]],
        atol=1e-12,
    )
    assert (
        mapping.sentence()
        == "x' = (component 1 + 5.55556)/11.1111, y' = (component 2 + 5.55556)/11.1111"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"scale": [0, 1]}, {"scale": [1, float("nan")]}, {"offset": [1]}, {"offset": "12"},
        {"names": ["a"]}, {"names": "ab"}, {"names": ["a"] * 5000}, {"units": ["s"]},
        {"scale": [1, 10**400]}, {"projection": []}, {"projection": {"axes": [[1], [2]]}},
        {"projection": None}, {"offset": None}, {"names": {"a": 1}},
        {"projection": {"axes": [[1, 0], [0, 1]], "centre": [0, 0], "spread": [1, -1],
                        "explained": [1, 0]}},
    ],
)  # fmt: skip
def test_a_damaged_map_is_refused_with_a_sentence(change):
    good = UnitMap(("a", "b"), (1.0, 2.0), (3.0, 4.0)).to_dict()
    assert UnitMap.from_dict(good).scale == (3.0, 4.0)
    with pytest.raises(ValueError, match="map to the units of a table is damaged"):
        UnitMap.from_dict(good | change)


def test_a_map_that_is_no_mapping_is_refused():
    with pytest.raises(ValueError, match="damaged"):
        UnitMap.from_dict([1, 2])


def text_of(values: np.ndarray) -> str:
    head = ",".join(f"c{i}" for i in range(values.shape[1]))
    return head + "\n" + "\n".join(",".join(map(repr, row.tolist())) for row in values)


def test_columns_chosen_in_another_order_are_mapped_in_that_order():
    table = read_table(text_of(cloud(4, 1)))
    chosen = choose_points(table, ("c3", "c0", "c1"))
    assert chosen.map.names == ("c3", "c0", "c1")
    assert chosen.map.projection is not None
    assert chosen.available == 60
    explained = sum(chosen.map.projection.explained)
    assert f"= {explained:.1%} of their variance" in " ".join(chosen.notes)
    np.testing.assert_allclose(np.ptp(chosen.points, axis=0).max(), 0.9)


@pytest.mark.parametrize("names", [("c0", "c1"), ("c0", "c1", "c2")])
def test_numbers_near_the_ends_of_float64_are_mapped_all_the_same(names):
    values = cloud(3, 0)
    expected = choose_points(read_table(text_of(values)), names).points
    huge = choose_points(read_table(text_of(values * 2.0**1010)), names).points
    np.testing.assert_allclose(huge, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("values", "names", "words"),
    [
        (np.outer(np.arange(20.0), [1, 2, 3]), ("c0", "c1", "c2"), "lie on one line"),
        (np.hstack([cloud(3, 0), np.ones((60, 1))]), ("c0", "c1", "c3"), "“c3” is constant"),
        (cloud(3, 0), ("c0",), "two different columns"),
        (cloud(3, 0), (), "two different columns"),
        (cloud(3, 0), ("c0", "c1", "c0"), "two different columns"),
    ],
)
def test_columns_that_make_no_plane_are_refused(values, names, words):
    with np.errstate(all="ignore"), pytest.raises(TableError, match=words):
        choose_points(read_table(text_of(values)), names)
