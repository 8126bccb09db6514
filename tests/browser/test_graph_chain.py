"""The Gibbs chain of the graph and its bars, as modules without a page: distributed exactly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy import stats

from rbm.app.graph import ASSETS, race_message
from rbm.structure import EXAMPLES, chance_distance, probabilities, random_machine

from .asset_server import Call, loaded_modules


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser, ASSETS) as call:
        yield call


def test_the_chains_of_many_seeds_are_distributed_exactly(call: Call) -> None:
    """4,000 independent chains after 40 passes: a χ² test for each way of counting."""
    machine = random_machine(3, 2, seed=5)
    for over in ("visible", "hidden", "both"):
        race = race_message(machine, over, seed=0)
        counts = call(
            "chain",
            """const counts = race.p.map(() => 0);
            for (let seed = 0; seed < 4000; seed += 1) {
              const chain = new m.Chain(weights, {...race, seed});
              for (let pass = 0; pass < 40; pass += 1) chain.step();
              counts[chain.state] += 1;
            }
            return counts;""",
            weights=machine.weights.tolist(), race=race,
        )  # fmt: skip
        expected = 4000 * probabilities(machine, over)
        assert stats.chisquare(counts, expected).pvalue > 1e-3, over


def test_clamped_chains_keep_what_is_known_and_are_distributed_exactly(call: Call) -> None:
    machine = random_machine(4, 2, seed=5)
    held = np.array([1.0, np.nan, 0.0, np.nan])
    for over in ("visible", "hidden"):
        race = race_message(machine, over, seed=0, held=held)
        counts = call(
            "chain",
            """const counts = race.p.map(() => 0);
            for (let seed = 0; seed < 4000; seed += 1) {
              const chain = new m.Chain(weights, {...race, seed});
              for (let pass = 0; pass < 40; pass += 1) chain.step();
              counts[chain.state] += 1;
            }
            return counts;""",
            weights=machine.weights.tolist(), race=race,
        )  # fmt: skip
        p = probabilities(machine, over, held)
        assert sum(np.array(counts)[p == 0]) == 0
        assert stats.chisquare(np.array(counts)[p > 0], 4000 * p[p > 0]).pvalue > 1e-3, over


def test_states_that_cannot_be_have_no_bar(call: Call) -> None:
    p = [0.25, 0, 0.75, 0]
    names = call(
        "bars",
        """const chain = {p, counts: [1, 0, 1, 0], samples: 2, v: [0, 0], h: [0]};
        return m.barsOf(chain, "visible").map(({name}) => name);""",
        p=p,
    )
    assert names == ["00", "10"]


def test_uniform_numbers_are_uniform(call: Call) -> None:
    numbers = np.array(
        call(
            "../shared/random",
            "const draw = m.uniforms(7); return Array.from({length: 20000}, draw);",
        )
    )
    assert stats.kstest(numbers, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4 / np.sqrt(20_000)


def test_the_distance_and_chance_are_those_of_python(call: Call) -> None:
    machine = EXAMPLES["Two habits"].machine
    race = race_message(machine, "visible", seed=3)
    distance, counts, samples = call(
        "chain",
        """const chain = new m.Chain(weights, race);
        for (let pass = 0; pass < 500; pass += 1) chain.step();
        return [chain.distance, [...chain.counts], chain.samples];""",
        weights=machine.weights.tolist(), race=race,
    )  # fmt: skip
    p = probabilities(machine, "visible")
    assert samples == sum(counts) == 500
    assert distance == pytest.approx(np.abs(np.array(counts) / 500 - p).sum() / 2)
    asked = [1, 2, 7, 150, 12_345, 10**9]
    told = call("chain", "return asked.map((n) => m.chanceAt(n, race));", asked=asked, race=race)
    np.testing.assert_allclose(told, chance_distance(p, np.array(asked)), rtol=0.03)


def test_too_many_states_leave_the_most_probable_and_one_bar_for_the_rest(call: Call) -> None:
    p = probabilities(random_machine(7, 3, seed=2), "visible")
    bars = call(
        "bars",
        """const counts = p.map((_, state) => state % 3);
        const samples = counts.reduce((sum, count) => sum + count, 0);
        const chain = {p, counts, samples, v: Array(7).fill(0), h: Array(3).fill(0)};
        return m.barsOf(chain, "visible");""",
        p=p.tolist(),
    )  # fmt: skip
    assert len(bars) == 32
    assert bars[-1]["name"] == "others"
    best = np.argsort(-p)[:31]
    assert [bar["name"] for bar in bars[:-1]] == [f"{state:07b}" for state in best]
    assert sum(bar["exact"] for bar in bars) == pytest.approx(1)
    assert sum(bar["sampled"] for bar in bars) == pytest.approx(1)
