"""A CD step with momentum and decay, against what training computes for the same draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rbm import binary_epoch
from rbm.binary_settings import BinarySettings
from rbm.cd_models import BinaryCD, ContinuousCD
from rbm.cd_steps import CDStep, cd_step, no_pins, weight_lines
from rbm.cd_update import Pace
from rbm.engine import REFERENCE
from rbm.engine.state import State
from rbm.models.continuous import ContinuousMachine
from rbm.rules import Gradient, Offsets
from rbm.settings import Settings
from tests.cd_examples import CLASSIC, MACHINE, V, tables


def walked(model: BinaryCD | ContinuousCD, v: np.ndarray, pace: Pace, count: int) -> CDStep:
    """The last of `count` steps in a row; `model` has an epoch, which counts them."""
    velocity = None
    for epoch in range(count):
        model = replace(model, epoch=epoch)
        step = cd_step(model, v, pace, no_pins(*model.machine.weights.shape), velocity)
        velocity = step.velocity
        model = replace(model, machine=replace(model.machine, **step.learned))
    return step


@pytest.mark.parametrize("seed", [0, 11])
def test_binary_steps_are_the_epochs_of_training(seed: int) -> None:
    settings = BinarySettings(
        n_hidden=3, centred=False, learning_rate=0.3, momentum=0.7, weight_decay=0.05, seed=seed,
        batch_size=0,
    )  # fmt: skip
    zeros = Gradient(*(np.zeros(s) for s in ((4, 3), 4, 3, 4)))
    state = binary_epoch.State(
        MACHINE, zeros, Offsets(np.full(4, 0.4), np.full(3, 0.6)), np.ones(4), np.empty((0, 3))
    )
    for count in (1, 2, 3):
        state = binary_epoch.epoch(state, V[None], settings)
        model = BinaryCD(MACHINE, seed, with_probabilities=True)
        step = walked(model, V, Pace(0.3, 0.7, 0.05), count)
        for field, learned in step.learned.items():
            assert_allclose(learned, getattr(state.machine, field), atol=1e-12)
            assert_allclose(step.velocity[field], getattr(state.velocity, field), atol=1e-12)
    assert np.abs(state.velocity.visible_bias).max() > 0.1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
@pytest.mark.parametrize("slope_rule", ["tutorial", "corrected", "entropy"])
def test_continuous_steps_are_the_engines_epochs(low: float, high: float, slope_rule: str) -> None:
    settings = Settings(
        n_hidden=3, k=1, k_end=1, sigma=0.7, momentum=0.6, cost=0.02, learning_rate=0.4, seed=7,
        slope_learning_rate=0.3, low=low, high=high, visible_slope=0.6, slope_rule=slope_rule,
    )  # fmt: skip
    rng = np.random.default_rng(8)
    slopes = np.array([0.8, 1.5, 2.5])
    machine = ContinuousMachine(
        rng.normal(size=(2, 3)), np.array([0.3, -0.2]), np.array([0.1, -0.4, 0.5]),
        np.full(2, 0.6), slopes, low, high,
    )  # fmt: skip
    v = np.array([0.25, 0.75])
    state = State(machine.parameters, np.zeros(11), np.empty((0, 2), np.float32), 0)
    for count in (1, 3):
        after = REFERENCE.advance(state, v[None].astype(np.float32), settings, count).state
        step = walked(
            ContinuousCD(machine, 7, 0.7, 0.3, slope_rule), v, Pace(0.4, 0.6, 0.02), count
        )
        learned = replace(machine, **step.learned)
        assert_allclose(learned.parameters, after.parameters, atol=5e-6)
        velocity = np.concatenate([part.ravel() for part in step.velocity.values()])
        assert_allclose(velocity, after.velocity, atol=5e-6)
        assert np.abs(learned.hidden_slope - slopes).min() > 1e-4


def test_the_terms_of_an_update_add_up() -> None:
    """Against the formula written out for one weight, one visible and one hidden bias."""
    before = {"weights": np.full((4, 3), 0.5), "visible_bias": np.full(4, -0.2),
              "hidden_bias": np.full(3, 0.4)}  # fmt: skip
    pace = Pace(0.1, 0.9, 0.02)
    step = cd_step(BinaryCD(MACHINE, seed=3), V, pace, CLASSIC, before)
    parts = {name: part[3, 2] for name, part in step.moves["weights"].parts.items()}
    assert parts == pytest.approx({
        "before": 0.3, "velocity before": 0.5, "momentum × velocity": 0.45,
        "rate × difference": -0.1, "−rate × decay × value": -0.0006,
        "velocity after = their sum": 0.3494, "after": 0.6494,
    })  # fmt: skip
    update = tables(step, 7)
    assert_allclose(update["Weights: momentum × velocity"], np.full((4, 3), 0.45))
    assert_allclose(update["Visible biases"][:, 1], [-0.2, -0.2, -0.18, 0.1, -0.08, -0.28])
    assert_allclose(update["Hidden biases"][:, 0], [-0.3, 0.4, 0.36, 0, 0.36, 0.06])
    assert weight_lines(step, 7, 3, 2, pace) == [
        "velocity = 0.9 × 0.5 + 0.1 × (0 − 1) − 0.1 × 0.02 × 0.3 = 0.349",
        "weight v₄ h₃ = 0.3 + 0.349 = 0.649",
    ]


def test_momentum_alone_and_decay_alone_show_their_own_terms() -> None:
    only_momentum = cd_step(BinaryCD(MACHINE, 3), V, Pace(0.1, 0.5), CLASSIC)
    assert list(only_momentum.moves["weights"].parts) == [
        "before", "velocity before", "momentum × velocity", "rate × difference",
        "velocity after = their sum", "after",
    ]  # fmt: skip
    only_decay = cd_step(BinaryCD(MACHINE, 3), V, Pace(0.1, 0, 0.5), CLASSIC)
    assert list(only_decay.moves["weights"].parts) == [
        "before", "rate × difference", "−rate × decay × value", "velocity after = their sum",
        "after",
    ]  # fmt: skip
    assert list(only_decay.moves["hidden_bias"].parts) == [
        "before", "change = rate × difference", "after",
    ]  # fmt: skip
    assert weight_lines(only_decay, 7, 1, 1, Pace(0.1, 0, 0.5))[0] == (
        "velocity = 0.1 × (1 − 0) − 0.1 × 0.5 × 0.5 = 0.075"
    )
