"""What the picture shows of a frame: where chains start, how much noise, what is done anew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from .asset_server import Call, loaded_modules, serve_assets
from .conftest import OpenPage
from .feeder import Feeder

SETUP = """
const { machineOf, reconstruct } = await import('./machine.js');
const { NoiseRows } = await import('./noise.js');
const { loadOptions } = await import('./options.js');
const shape = {n_visible: 2, n_hidden: 2, sigma: 0.4, low: -1, high: 3};
const frame = Float64Array.from([3, -2, 1, 2, 0.5, -0.6, 0.7, -0.8, 0.9, 1, 2, 1.5]);
const machine = machineOf(frame, shape);
const scene = new m.Scene();
scene.data = Float64Array.from([-0.5, 1, 0.25, 0, 2, 0.75]);
const options = Object.assign(loadOptions(), {passes: 4});
Object.assign(options.layers, {landscape: true, attractors: true});
"""


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser) as call:
        yield call


@pytest.mark.parametrize("noise", [0, 0.5, 1, 2])
def test_the_noise_is_a_multiple_of_the_machines_own(call: Call, noise: float) -> None:
    ends, expected = call(
        "scene",
        SETUP + "options.noise = noise; const { probes, ends } = scene.at(frame, shape, options);"
        "const rows = noise > 0 ? new NoiseRows(500) : null;"
        "return [ends, reconstruct(machine, probes, 4, rows, 0.4 * noise)].map((c) => [...c]);",
        noise=noise,
    )
    assert ends == expected
    assert len(ends) == 1000


def test_uniform_probes_fill_the_range_of_the_units(call: Call) -> None:
    probes = np.array(call("scene", SETUP + "return [...scene.at(frame, shape, options).probes];"))
    assert -1 < probes.min() < -0.95
    assert 2.95 < probes.max() < 3


def test_data_probes_are_the_data_and_never_too_many(call: Call) -> None:
    few, many, fewer, spread = call(
        "scene",
        SETUP + "options.probes = 'data'; const at = () => scene.at(frame, shape, options).probes;"
        "const few = [...at()]; scene.data = Float64Array.from({length: 9000}, (_, i) => i);"
        "const many = at().length / 2; const spread = [0, 1, 1999, 2000, 3999].map((i) => at()[i]);"
        "options.passes = 100; shape.n_hidden = 98;"
        "return [few, many, scene.probes(shape, options).length / 2, spread];",
    )
    assert few == [-0.5, 1, 0.25, 0, 2, 0.75]  # coordinate by coordinate
    assert many == 2000
    # From all over the table, which may be sorted, and each point with its own other coordinate.
    assert spread == [0, 2, 4497, 4500, 8997]
    assert fewer == 800  # 8 million normal numbers for 100 passes of 100 units


def test_each_point_of_the_user_starts_twenty_noisy_chains_or_one(call: Call) -> None:
    noisy, quiet = call(
        "scene",
        SETUP + "options.probes = 'clicks'; scene.clicks = [[0, 1], [2, 3]];"
        "const at = () => [...scene.at(frame, shape, options).probes];"
        "const noisy = at(); options.noise = 0; return [noisy, at()];",
    )
    assert noisy == [0] * 20 + [2] * 20 + [1] * 20 + [3] * 20
    assert quiet == [0, 2, 1, 3]


def test_only_what_has_changed_is_worked_out_anew(call: Call) -> None:
    same = call(
        "scene",
        SETUP + "const a = scene.at(frame, shape, options); options.bandwidth = 0.05;"
        "const b = scene.at(frame, shape, options); options.passes = 9;"
        "const c = scene.at(frame, shape, options);"
        "return ['machine', 'probes', 'ends', 'landscape', 'reconstructionInk', 'dataInk'].map("
        "(name) => [name, a[name] === b[name], b[name] === c[name]]);",
    )
    assert same == [
        ["machine", True, True], ["probes", True, True], ["ends", True, False],
        ["landscape", True, True], ["reconstructionInk", False, False], ["dataInk", False, True],
    ]  # fmt: skip


def test_the_landscapes_lowest_point_is_deepest(call: Call) -> None:
    heights, depths, levels = call(
        "scene",
        SETUP + "const { heights, depths, levels } = scene.at(frame, shape, options).landscape;"
        "return [heights, depths, levels].map((list) => [...list]);",
    )
    order = np.argsort(heights)
    assert depths[order[0]] == 1
    assert depths[order[-1]] == pytest.approx(0, abs=1e-6)
    assert np.all(np.diff(np.array(depths)[order]) <= 1e-9)
    for level, share in zip(levels, [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7], strict=True):
        assert np.mean(np.array(heights) <= level) == pytest.approx(share, abs=0.002)


def test_while_frames_rush_by_attractors_are_not_looked_for_each_time(call: Call) -> None:
    same, anew = call(
        "scene",
        SETUP + "const at = (moving) => scene.at(frame.slice(), shape, options, moving).attractors;"
        "const [a, b, c] = [at(true), at(true), at(false)]; return [a === b, b === c];",
    )
    assert (same, anew) == (True, False)


def test_the_page_shows_the_averaged_machine(open_page: OpenPage) -> None:
    with serve_assets() as url:
        feeder = Feeder(open_page(), url)
        feeder.send(0, 100)
        product = feeder.view.locator(".products b").first
        expect(product).not_to_be_empty()

        def hidden() -> float:
            return float(str(product.text_content()))

        newest = hidden()
        feeder.send(0, 100, average_last=0.5)
        # Slopes grow by 0.01 an epoch: their mean over epochs 51 … 100 is 0.245 less; σ is 0.5.
        expect(product).to_contain_text(f"{newest - 0.1225:.2f}"[:3])
        assert newest - hidden() == pytest.approx(0.1225, abs=0.011)
