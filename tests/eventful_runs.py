"""Runs to which all has happened that can happen to a run, for tests of what leaves the app."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from rbm import experiment, training
from rbm.datasets import Dataset, make_dataset
from rbm.run import Run
from rbm.settings import RULES, SLOPE_RULES, Settings
from rbm.unit_map import UnitMap

HOSTILE = (
    "\"\"\" ''' \\ \\\" ')\nimport os\r\nraise SystemExit(7) #\u2028\x00 \ud800 {x} %s =1+1 ü 漢"
)
"""A name that would leave any string or comment that is not written with care."""
NAMES = ("weights", "visible_bias", "hidden_bias", "visible_slope", "hidden_slope")


def cloud(seed: int, count: int) -> np.ndarray:
    """Points of a bent band in the unit square."""
    rng = np.random.default_rng(seed)
    across = rng.random(count)
    return np.column_stack([across, 0.2 + 0.5 * across**2 + 0.3 * rng.random(count)])


def table(name: str = "heights", count: int = 130, seed: int = 1) -> Dataset:
    """Points of a table, with a map to its units, some of them held out."""
    own = UnitMap(("=cmd;width", 'height, "cm"'), (-3.5, 100.0), (7.25, 350.0))
    return make_dataset(name, "file", cloud(seed, count), map=own)


def drawing(count: int, seed: int = 2) -> Dataset:
    return make_dataset("sketch", "drawing", cloud(seed, count), hold_out=False)


ROUGH = Settings(
    seed=77, n_hidden=5, initial_scale=0.7, low=-0.4, high=0.9, rule="pcd", k=2, k_end=4, k_ramp=9,
    sigma=0.6, visible_slope=0.3, learn_visible_slope=True, hidden_slope=1.4,
    slope_learning_rate=0.2, slope_rule="entropy", learning_rate=0.3, momentum=0.7, cost=1e-3,
    batch_size=40, average_last=0.5, noise_free_statistics=True, centred=True,
)  # fmt: skip
"""Every setting differs from its default; the last batch is short."""


def eventful_run(settings: Settings = ROUGH, engine: str | None = "reference") -> Run:
    """Own data, other settings, more data, fewer data; some 12 epochs."""
    run = training.start(experiment.build(settings, dataset=table(HOSTILE)))
    run = training.advance(run, 4, engine)
    live = {"sigma": 0.45, "k_end": 3, "slope_rule": "corrected", "centred": not settings.centred}
    run = training.change(run, replace(settings, **live))
    run = training.advance(run, 3, engine)
    run = training.change_data(run, experiment.build(run.settings, dataset=drawing(170)))
    run = training.advance(run, 3, engine)
    run = training.change_data(run, experiment.build(run.settings, dataset=drawing(90)))
    run = training.change(run, replace(run.settings, learn_visible_slope=False, momentum=0.2))
    return training.advance(run, 3, engine)


@st.composite
def settings_of_all_kinds(draw: st.DrawFn) -> Settings:
    low = draw(st.sampled_from([0.0, -1.0, -0.3, 0.1]))
    count = draw(st.integers(10, 60))
    return Settings(
        pattern=draw(st.sampled_from(["split_ring", "moons"])),
        n_points=count,
        seed=draw(st.integers(0, 2**31 - 1)),
        n_hidden=draw(st.integers(1, 7)),
        initial_scale=draw(st.floats(0.05, 2)),
        low=low,
        high=low + draw(st.sampled_from([1.0, 2.0, 0.7])),
        rule=draw(st.sampled_from(sorted(RULES))),
        k=draw(st.integers(1, 4)),
        k_end=draw(st.integers(1, 4)),
        k_ramp=draw(st.integers(0, 9)),
        sigma=draw(st.floats(0.05, 1.2)),
        noisy=draw(st.booleans()),
        visible_slope=draw(st.floats(0.05, 2)),
        learn_visible_slope=draw(st.booleans()),
        hidden_slope=draw(st.floats(0.3, 3)),
        slope_learning_rate=draw(st.floats(0, 1)),
        slope_rule=draw(st.sampled_from(sorted(SLOPE_RULES))),
        learning_rate=draw(st.floats(0.01, 2)),
        momentum=draw(st.floats(0.1, 0.95)),
        cost=draw(st.floats(1e-5, 0.1)),
        batch_size=draw(st.sampled_from([0, count // 3, count // 2 + 1, count + 5])),
        average_last=draw(st.sampled_from([0.0, 0.3, 0.9])),
        noise_free_statistics=draw(st.booleans()),
        centred=draw(st.booleans()),
    )


def printed(output: str) -> dict[str, object]:
    """What a program printed, "name = value" a line."""
    pairs = (line.split(" = ", 1) for line in output.splitlines())
    return {
        name: float(value) if value == "nan" else ast.literal_eval(value) for name, value in pairs
    }


def furthest(output: str, run: Run) -> float:
    """By how much the numbers of a machine that was printed differ from the run's, at most."""
    found = printed(output)
    return max(np.abs(np.array(found[name]) - getattr(run.model, name)).max() for name in NAMES)
