"""The machine view's arithmetic against NumPy and the project's own binary machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from rbm import exact
from rbm.app.machine_view import ASSETS
from rbm.models.binary import BinaryMachine

from .asset_server import Call, loaded_modules


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser, ASSETS) as call:
        yield call


def machine(visible: str, n_visible: int = 5, n_hidden: int = 4, seed: int = 3) -> BinaryMachine:
    """A random machine, no parameter zero."""
    rng = np.random.default_rng(seed)
    return BinaryMachine(
        rng.normal(0, 1, (n_visible, n_hidden)),
        rng.normal(0.3, 0.5, n_visible),
        rng.normal(-0.2, 0.5, n_hidden),
        visible,
        rng.uniform(0.5, 1.5, n_visible) if visible == "gaussian" else np.ones(n_visible),
    )


def sent(model: BinaryMachine) -> dict[str, Any]:
    """What the browser gets of a machine."""
    shape = {"n_visible": model.n_visible, "n_hidden": model.n_hidden, "visible": model.visible}
    return {"shape": shape, "frame": model.parameters.tolist()}


@pytest.mark.parametrize("visible", ["bernoulli", "gaussian"])
def test_hidden_probabilities_equal_numpy(call: Call, visible: str) -> None:
    model = machine(visible, 7, 3)
    v = np.random.default_rng(1).uniform(-0.5, 1.5, (20, 7))
    v[3, 2:5] = 0
    found = call(
        "machine",
        "const machine = m.machineOf(Float64Array.from(frame), shape);"
        "return [Array.from(m.hiddenProbabilities(machine, Float64Array.from(v))),"
        " Array.from(machine.visibleBias), machine.scale && Array.from(machine.scale)];",
        **sent(model), v=v.ravel().tolist(),
    )  # fmt: skip
    np.testing.assert_allclose(np.reshape(found[0], (20, 3)), model.mean_h_from_v(v), atol=1e-6)
    np.testing.assert_allclose(found[1], model.visible_bias)
    if visible == "gaussian":
        np.testing.assert_allclose(found[2], model.visible_scale)
    else:
        assert found[2] is None


@pytest.mark.parametrize("visible", ["bernoulli", "gaussian"])
def test_a_frame_that_does_not_fit_is_refused(call: Call, visible: str) -> None:
    shape = {"n_visible": 3, "n_hidden": 2, "visible": visible}
    message = call(
        "machine",
        "try { m.machineOf(new Float32Array(12), shape); } catch (e) { return e.message; }",
        shape=shape,
    )
    assert "12 numbers, expected are " + ("11" if visible == "bernoulli" else "14") in message


def chains(call: Call, model: BinaryMachine, count: int, steps: int) -> tuple[Any, Any]:
    """States and means (count, n_visible) of chains from noise after some steps."""
    found = call(
        "chains",
        "const { machineOf } = await import('./machine.js');"
        "const machine = machineOf(Float64Array.from(frame), shape);"
        "const chains = new m.Chains(count, machine.nVisible, 7); chains.start(null);"
        "for (let step = 0; step < steps; step += 1) chains.step(machine);"
        "return [Array.from(chains.v), Array.from(chains.mean), chains.steps];",
        **sent(model), count=count, steps=steps,
    )  # fmt: skip
    assert found[2] == steps
    return tuple(np.reshape(part, (count, -1)) for part in found[:2])


def test_chains_reach_the_exact_distribution(call: Call) -> None:
    model = machine("bernoulli")
    states, p = exact.states(model.n_visible), exact.distribution(model)
    v, mean = chains(call, model, 6000, 60)
    assert set(np.unique(v)) == {0, 1}
    truth = p @ states
    spread = np.sqrt(truth * (1 - truth) / 6000)
    assert np.all(np.abs(v.mean(0) - truth) < 4.5 * spread)
    assert np.all(np.abs(mean.mean(0) - truth) < 4.5 * spread)
    together = (states * p[:, None]).T @ states
    spread = np.sqrt(together * (1 - together) / 6000)
    assert np.all(np.abs(v.T @ v / 6000 - together) < 4.5 * spread + 1e-12)


def test_chains_of_gaussian_units_have_its_mean_and_its_spread(call: Call) -> None:
    model = machine("gaussian")
    v, mean = chains(call, model, 6000, 80)
    h = np.array(list(np.ndindex(*[2] * model.n_hidden)), float)
    log_p = -model.free_energy_of_h(h)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    centres = model.mean_v_from_h(h)
    truth = p @ centres
    between = p @ (centres - truth) ** 2
    variance = between + model.visible_scale**2
    assert np.all(np.abs(v.mean(0) - truth) < 4.5 * np.sqrt(variance / 6000))
    fourth = ((v - v.mean(0)) ** 4).mean(0)
    spread = np.sqrt((fourth - variance**2) / 6000)
    assert np.all(np.abs(v.var(0) - variance) < 4.5 * spread)
    np.testing.assert_allclose(mean.var(0), between, rtol=0.15)


def test_chains_start_at_cases_or_at_noise_and_outlive_a_change_of_machine(call: Call) -> None:
    cases = np.random.default_rng(2).random((5, 3)).round(3)
    at_cases, at_noise, steps = call(
        "chains",
        "const { machineOf } = await import('./machine.js');"
        "const chains = new m.Chains(400, 3, 7);"
        "chains.start(cases); const at = Array.from(chains.v);"
        "chains.start(null); const noise = Array.from(chains.v);"
        "for (const bias of [-50, 50]) { const frame = new Float64Array(11);"
        "  frame.fill(bias, 6, 9); chains.step(machineOf(frame,"
        "    {n_visible: 3, n_hidden: 2, visible: 'bernoulli'})); noise.push(...chains.v); }"
        "return [at, noise, chains.steps];",
        cases=cases.ravel().tolist(),
    )
    rows = {tuple(row) for row in np.reshape(at_cases, (400, 3)).round(3)}
    assert rows == {tuple(row) for row in cases}
    noise, off, on = np.reshape(at_noise, (3, 1200))
    assert abs(noise.mean() - 0.5) < 4.5 * 0.5 / np.sqrt(1200)
    assert off.sum() == 0
    assert on.sum() == 1200
    assert steps == 2


@pytest.mark.parametrize("limit", [0.7, 2.0])
def test_histograms_equal_numpy(call: Call, limit: float) -> None:
    values = np.random.default_rng(4).normal(size=500).round(2)
    values[:3] = [limit, -limit, 0]
    found = call(
        "statistics",
        "return Array.from(m.histogram(numbers, limit, 41));",
        numbers=values.tolist(), limit=limit,
    )  # fmt: skip
    expected, edges = np.histogram(values, 41, (-limit, limit))
    on_an_edge = np.abs(values[:, None] - edges).min(1) < 1e-9
    assert np.abs(np.array(found) - expected).sum() <= 2 * on_an_edge.sum()
    assert sum(found) == expected.sum()
    assert found[0] == expected[0]
    assert found[-1] == expected[-1]


def test_sizes_and_changes_equal_numpy(call: Call) -> None:
    rng = np.random.default_rng(5)
    now, before = rng.normal(size=(2, 9))
    most, mean, change = call(
        "statistics",
        "return [m.largest(now), m.meanSize(now), Array.from(m.changeOf(now, before, 6, 4))];",
        now=now.tolist(), before=before.tolist(),
    )  # fmt: skip
    assert most == pytest.approx(np.abs(now).max())
    assert mean == pytest.approx(np.abs(now).mean())
    np.testing.assert_allclose(change, (now - before)[:6] / 4, atol=1e-7)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99, 1])
def test_the_size_of_most_values_is_their_quantile(call: Call, share: float) -> None:
    values = np.random.default_rng(8).normal(size=4000)
    body = "return [m.sizeBelow(numbers, share), m.sizeBelow([0, 0], share)];"
    size, none = call("statistics", body, numbers=values.tolist(), share=share)
    step = np.abs(values).max() / 1000
    assert size == pytest.approx(np.quantile(np.abs(values), share), abs=1.5 * step)
    assert none == 0


def test_dead_and_saturated_units_are_found(call: Call) -> None:
    p = np.random.default_rng(6).random((30, 6))
    p[:, 1] *= 0.05
    p[:, 3] = 0.95 + 0.05 * p[:, 3]
    p[:, 4] *= 0.05
    p[7, 4] = 0.06  # once is enough to live
    p[:, 5] = 0.5
    found = call(
        "statistics",
        "const { mean, dead, saturated } = m.activity(p, 6);"
        "return [Array.from(mean), dead, saturated];",
        p=p.ravel().tolist(),
    )
    np.testing.assert_allclose(found[0], p.mean(0))
    assert found[1:] == [[1], [3]]


def test_without_cases_no_unit_is_blamed(call: Call) -> None:
    none = "const { dead, saturated } = m.activity([], 4); return [dead, saturated];"
    assert call("statistics", none) == [[], []]
