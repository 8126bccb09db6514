"""The browser's arithmetic against NumPy, SciPy and the project's own metrics.

The modules of the live view are loaded in a bare page and called one by one: no Streamlit.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy import stats
from scipy.special import ndtri

from rbm.app.live_view import pack_blob
from rbm.metrics import smoothed_density
from rbm.models.continuous import ContinuousMachine, n_parameters

from .asset_server import Call, loaded_modules

RANGES = [(0.0, 1.0), (-1.0, 1.0), (0.5, 3.0)]


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser) as call:
        yield call


def machine(seed: int, n_hidden: int, low: float, high: float) -> tuple[dict[str, Any], Any, Any]:
    """A random machine, no parameter zero: what the browser gets, the frame, and its NumPy twin."""
    rng = np.random.default_rng(seed)
    frame = rng.uniform(0.3, 2.0, n_parameters(2, n_hidden))
    frame[: 3 * n_hidden + 2] *= rng.choice([-1, 1], 3 * n_hidden + 2)  # slopes stay positive
    shape = {"n_visible": 2, "n_hidden": n_hidden, "sigma": 0.7, "low": low, "high": high}
    return shape, frame, ContinuousMachine.from_parameters(frame, n_hidden, low, high)


def cloud_of(points: np.ndarray) -> list[float]:
    """(n, 2) as the browser holds it: all first coordinates, then all second ones."""
    return np.asarray(points, float).T.ravel().tolist()


def points_of(cloud: list[float]) -> np.ndarray:
    return np.array(cloud).reshape(2, -1).T


RECONSTRUCT = """
const { NoiseRows, normals } = await import('./noise.js');
const machine = m.machineOf(Float64Array.from(frame), shape);
const noise = noisy ? new NoiseRows(cloud.length / 2) : null;
return Array.from(m.reconstruct(machine, Float64Array.from(cloud), passes, noise, sigma));
"""


@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize(("n_hidden", "passes"), [(1, 1), (2, 3), (8, 20), (64, 5)])
def test_without_noise_passes_equal_numpy(
    call: Call, low: float, high: float, n_hidden: int, passes: int
) -> None:
    shape, frame, model = machine(n_hidden, n_hidden, low, high)
    v = np.random.default_rng(1).uniform(low, high, (50, 2))
    found = call(
        "machine", RECONSTRUCT, shape=shape, frame=frame.tolist(), cloud=cloud_of(v),
        passes=passes, noisy=False, sigma=0.7,
    )  # fmt: skip
    for _ in range(passes):
        v = model.mean_v_from_h(model.mean_h_from_v(v))
    np.testing.assert_allclose(points_of(found), v, atol=1e-5 * (high - low))


def test_noisy_passes_equal_numpy_with_the_same_noise(call: Call) -> None:
    shape, frame, model = machine(3, 5, -0.5, 1.5)
    v = np.random.default_rng(2).uniform(-0.5, 1.5, (40, 2))
    rows = call(
        "noise",
        "return Array.from({length: 6}, (_, t) => Array.from({length: 7}, (_, unit) =>"
        " Array.from(m.normals(t, unit, 40))));",
    )
    noise = np.array(rows).transpose(0, 2, 1)  # half-pass, point, unit
    found = call(
        "machine", RECONSTRUCT, shape=shape, frame=frame.tolist(), cloud=cloud_of(v), passes=3,
        noisy=True, sigma=1.4,
    )  # fmt: skip
    for t in range(3):
        x = model.inputs_h_from_v(v) + 1.4 * noise[2 * t][:, 2:]
        h = model.low + 2 / (1 + np.exp(-model.hidden_slope * x))
        x = model.inputs_v_from_h(h) + 1.4 * noise[2 * t + 1][:, :2]
        v = model.low + 2 / (1 + np.exp(-model.visible_slope * x))
    np.testing.assert_allclose(points_of(found), v, atol=1e-5)


def test_the_machines_own_sigma_is_the_default(call: Call) -> None:
    shape, frame, _ = machine(4, 3, 0, 1)
    same = call(
        "machine",
        "const { NoiseRows } = await import('./noise.js');"
        "const machine = m.machineOf(Float64Array.from(frame), shape);"
        "const cloud = Float64Array.from([0.2, 0.8]);"
        "const at = (...sigma) => m.reconstruct(machine, cloud, 2, new NoiseRows(1), ...sigma);"
        "return [at()[0] === at(0.7)[0], at()[0] === at(0.8)[0]];",
        shape=shape,
        frame=frame.tolist(),
    )
    assert same == [True, False]


@pytest.mark.parametrize("change", ["n_hidden", "n_visible"])
def test_a_frame_that_does_not_fit_is_refused(call: Call, change: str) -> None:
    shape, frame, _ = machine(4, 3, 0, 1)
    message = call(
        "machine",
        "try { m.machineOf(Float64Array.from(frame), shape); } catch (e) { return e.message; }",
        shape=shape | {change: shape[change] + 1},
        frame=frame.tolist(),
    )
    assert "expected" in message or "two" in message


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_the_landscape_equals_numpy(call: Call, low: float, high: float) -> None:
    shape, frame, model = machine(5, 6, low, high)
    v = np.random.default_rng(3).uniform(low, high, (200, 2))
    v[:3] = [[low, low], [high, high], [low, high]]
    found = call(
        "machine",
        "return Array.from(m.landscape(m.machineOf(Float64Array.from(frame), shape),"
        " Float64Array.from(cloud)));",
        shape=shape, frame=frame.tolist(), cloud=cloud_of(v),
    )  # fmt: skip
    np.testing.assert_allclose(found, model.landscape(v), atol=2e-5)


ATTRACTORS = "return m.attractors(m.machineOf(Float64Array.from(frame), shape));"


@pytest.mark.parametrize("seed", range(4))
def test_attractors_are_fixed_points_that_share_the_starts(call: Call, seed: int) -> None:
    shape, frame, model = machine(seed, 6, -1, 1)
    ends = call("machine", ATTRACTORS, shape=shape, frame=frame.tolist())
    assert ends
    assert sum(end["share"] for end in ends) == pytest.approx(1)
    assert [end["share"] for end in ends] == sorted((e["share"] for e in ends), reverse=True)
    v = np.array([[end["x"], end["y"]] for end in ends])
    np.testing.assert_allclose(model.mean_v_from_h(model.mean_h_from_v(v)), v, atol=1e-5)


def test_a_machine_with_a_mirror_has_two_equal_attractors(call: Call) -> None:
    # One steep hidden unit whose line is x + y = 1: both corners draw half of the square each;
    # starts on the line itself stay there, in the middle.
    shape = {"n_visible": 2, "n_hidden": 1, "sigma": 0.5, "low": 0, "high": 1}
    frame = [4, 4, -2, -2, -4, 1, 1, 5]
    ends = call("machine", ATTRACTORS, shape=shape, frame=frame)
    first, second = ends[:2]
    assert first["share"] == pytest.approx(second["share"])
    assert first["share"] > 0.4
    assert first["x"] + second["x"] == pytest.approx(1, abs=1e-4)
    assert abs(first["x"] - second["x"]) > 0.5


def test_the_inverse_normal_distribution_equals_scipy(call: Call) -> None:
    p = np.concatenate([np.logspace(-12, -0.31, 300), np.linspace(0.5, 1 - 1e-9, 300)])
    found = call("noise", "return p.map(m.inverseNormal);", p=p.tolist())
    np.testing.assert_allclose(found, ndtri(p), rtol=1.2e-9, atol=1e-12)


def test_noise_is_standard_normal_and_rows_are_independent(call: Call) -> None:
    count = 20_000
    rows = np.array(
        call(
            "noise",
            "return [[0, 0], [0, 1], [1, 0], [1, 1], [198, 65], [199, 2]].map(([t, unit]) =>"
            " Array.from(m.normals(t, unit, count)));",
            count=count,
        )
    )
    spread = 1 / np.sqrt(count)
    assert np.all(np.abs(rows.mean(1)) < 4 * spread)
    assert np.all(np.abs(rows.var(1) - 1) < 4 * np.sqrt(2) * spread)
    assert np.all(np.abs((rows**4).mean(1) - 3) < 4 * np.sqrt(96) * spread)
    assert all(stats.kstest(row, "norm").pvalue > 1e-4 for row in rows)
    between = np.corrcoef(rows) - np.eye(len(rows))
    assert np.all(np.abs(between) < 4.5 * spread)
    along = [np.corrcoef(row[:-1], row[1:])[0, 1] for row in rows]
    assert np.all(np.abs(along) < 4.5 * spread)


def test_noise_depends_on_its_address_alone(call: Call) -> None:
    few, many, again = call(
        "noise",
        "const rows = new m.NoiseRows(9); return [m.normals(3, 4, 9), m.normals(3, 4, 99),"
        " (rows.row(3, 4), rows.row(3, 4))].map((row) => Array.from(row));",
    )
    assert few == many[:9] == again


def test_uniform_probes_are_uniform(call: Call) -> None:
    rows = call("noise", "return [0, 1].map((unit) => Array.from(m.uniforms(unit, 5000)));")
    for row in rows:
        assert min(row) > 0
        assert max(row) < 1
        assert stats.kstest(row, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(rows)[0, 1]) < 4.5 / np.sqrt(5000)


@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize("bandwidth", [0.005, 0.03, 0.1])
def test_the_ink_is_that_of_the_metrics(
    call: Call, low: float, high: float, bandwidth: float
) -> None:
    shares = np.random.default_rng(4).beta(0.4, 0.6, (300, 2))  # much of it near the borders
    shares[:2] = [[0, 0], [1, 1]]
    found = call(
        "density",
        "return Array.from(m.density(Float64Array.from(cloud), {low, high}, bandwidth));",
        cloud=cloud_of(low + (high - low) * shares), low=low, high=high, bandwidth=bandwidth,
    )  # fmt: skip
    assert sum(found) == pytest.approx(1)
    expected = smoothed_density(shares, bandwidth, 64)
    # Another range may round a point on a cell's edge into the next cell: one point's ink.
    assert np.abs(np.reshape(found, (64, 64)) - expected).sum() < (1e-9 if low == 0 else 0.007)


def test_levels_hold_their_share_of_the_ink(call: Call) -> None:
    cells = np.random.default_rng(5).exponential(size=64 * 64)
    levels = call(
        "density",
        "return m.inkLevels(cells, m.highest(cells), [0.5, 0.9, 1]);",
        cells=cells.tolist(),
    )
    held = [cells[cells >= level].sum() / cells.sum() for level in levels]
    np.testing.assert_allclose(held, [0.5, 0.9, 1], atol=0.01)


def test_contours_run_where_the_surface_crosses_the_level(call: Call) -> None:
    middle = (np.arange(60) + 0.5) / 60
    x, y = np.meshgrid(middle, middle)
    contour = "return m.contour(cells, 60, 0.3);"
    cone = call("density", contour, cells=np.hypot(x - 0.5, y - 0.4).ravel().tolist())
    ends = np.reshape(cone, (-1, 2))
    np.testing.assert_allclose(np.hypot(ends[:, 0] - 0.5, ends[:, 1] - 0.4), 0.3, atol=1e-3)
    steps = np.reshape(cone, (-1, 4))
    length = np.hypot(steps[:, 2] - steps[:, 0], steps[:, 3] - steps[:, 1]).sum()
    assert length == pytest.approx(2 * np.pi * 0.3, rel=0.01)
    plane = np.reshape(call("density", contour, cells=(x / 2 + y / 3).ravel().tolist()), (-1, 2))
    np.testing.assert_allclose(plane[:, 0] / 2 + plane[:, 1] / 3, 0.3, atol=1e-9)


def test_a_saddle_gives_two_separate_lines(call: Call) -> None:
    found = call("density", "return m.contour([1, 0, 0, 1], 2, 0.5);")
    assert np.reshape(found, (-1, 4)).shape == (2, 4)


def test_messages_survive_the_way_from_python(call: Call) -> None:
    arrays = {
        "epochs": np.arange(5, dtype=np.int32),
        "frames": np.random.default_rng(6).normal(size=(5, 3)).astype(np.float32),
        "data": np.empty((0, 2), np.float32),
    }
    blob = base64.b64encode(pack_blob({"notice": "σ → ∞", "floor": np.nan}, arrays)).decode()
    for shift in range(5):  # the browser may hand over bytes at any place of a larger buffer
        got = call(
            "../shared/blob",
            "const bytes = Uint8Array.from(atob(blob), (c) => c.charCodeAt(0));"
            "const larger = new Uint8Array(bytes.length + 9); larger.set(bytes, shift);"
            "const {header, arrays} = m.unpackBlob(larger.subarray(shift, shift + bytes.length));"
            "return {header, arrays: Object.fromEntries(Object.entries(arrays).map("
            "([name, {values, shape}]) => [name, {values: Array.from(values), shape}]))};",
            blob=blob, shift=shift,
        )  # fmt: skip
        assert got["header"]["notice"] == "σ → ∞"
        assert got["header"]["floor"] is None
        for name, array in arrays.items():
            assert got["arrays"][name]["shape"] == list(array.shape)
            np.testing.assert_array_equal(got["arrays"][name]["values"], array.ravel())
