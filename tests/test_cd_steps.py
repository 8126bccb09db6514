"""One CD step taken apart: the classic example by hand, and what every step has to keep."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rbm.cd_models import BinaryCD, ContinuousCD
from rbm.cd_steps import NAMES, CDModel, Pins, cd_step, no_pins
from rbm.cd_update import Pace
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from tests.cd_examples import CLASSIC, MACHINE, RATE, WEIGHTS, V, tables


def random_machine(n_visible: int, n_hidden: int, seed: int) -> BinaryMachine:
    rng = np.random.default_rng(seed)
    return BinaryMachine(
        rng.normal(size=(n_visible, n_hidden)),
        rng.normal(size=n_visible),
        rng.normal(size=n_hidden),
    )


def test_the_classic_example_by_hand() -> None:
    step = cd_step(BinaryCD(MACHINE, seed=3), V, RATE, CLASSIC)
    assert tuple(sub.name for sub in step.sub_steps) == NAMES
    positive = [[0, 0, 0], [0, 1, 1], [0, 1, 1], [0, 0, 0]]
    negative = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    change = [[0, 0, 0], [0, 0.1, 0.1], [0, 0.1, 0.1], [0, 0, -0.1]]
    assert_array_equal(tables(step, 2)["v hᵀ"], positive)
    assert_array_equal(tables(step, 5)["v′ h′ᵀ"], negative)
    assert_array_equal(
        tables(step, 6)["v hᵀ − v′ h′ᵀ: for the weights"], np.subtract(positive, negative)
    )
    assert_array_equal(tables(step, 6)["v − v′: for the visible biases"], [[0, 1, 1, -1]])
    assert_array_equal(tables(step, 6)["h − h′: for the hidden biases"], [[0, 1, 0]])
    update = tables(step, 7)
    assert_array_equal(update["Weights: before"], WEIGHTS)
    assert_allclose(update["Weights: change = rate × difference"], change, atol=1e-15)
    after = [[0.2, -0.1, 0.4], [-0.3, 0.6, 0.2], [0.1, 0.4, -0.1], [0.4, -0.2, 0.2]]
    assert_allclose(update["Weights: after"], after, atol=1e-15)
    assert_allclose(
        update["Visible biases"],
        [[0.1, -0.2, 0.3, -0.1], [0, 0.1, 0.1, -0.1], [0.1, -0.1, 0.4, -0.2]],
        atol=1e-15,
    )
    assert_allclose(
        update["Hidden biases"], [[-0.3, 0.2, 0.1], [0, 0.1, 0], [-0.3, 0.3, 0.1]], atol=1e-15
    )
    assert_allclose(step.learned["weights"], after, atol=1e-15)
    assert_allclose(step.learned["visible_bias"], [0.1, -0.1, 0.4, -0.2], atol=1e-15)
    assert_allclose(step.learned["hidden_bias"], [-0.3, 0.3, 0.1], atol=1e-15)


def test_what_the_graph_shows_from_sub_step_to_sub_step() -> None:
    step = cd_step(BinaryCD(MACHINE, seed=3), V, RATE, CLASSIC)
    assert step.sub_steps[0].hidden is None
    for at, sub in enumerate(step.sub_steps):
        assert_array_equal(sub.visible, V if at < 3 else CLASSIC.visible)
        if at > 0:
            assert_array_equal(sub.hidden, CLASSIC.hidden if at < 4 else CLASSIC.hidden_again)
        assert (sub.answer is not None) == (at in (1, 3, 4))
        assert bool(sub.tables) == (at in (2, 5, 6, 7))


def test_sums_and_probabilities_by_hand() -> None:
    step = cd_step(BinaryCD(MACHINE, seed=3), V, RATE, CLASSIC)
    first, back, again = (step.sub_steps[at].answer for at in (1, 3, 4))
    assert first is not None
    assert back is not None
    assert again is not None
    assert first.names == ("h₁", "h₂", "h₃")
    assert_allclose(first.inputs, [-0.5, 1.0, 0.0], atol=1e-15)
    assert_allclose(first.means, [0.3775406688, 0.7310585786, 0.5], rtol=1e-9)
    assert first.lines[0] == [
        "input = −0.3 + 0 × 0.2 + 1 × (−0.3) + 1 × 0.1 + 0 × 0.4 = −0.5",
        "probability to be on = 1 / (1 + e^(0.5)) = 0.378",
        "pinned by hand: off",
    ]
    assert back.names == ("v₁′", "v₂′", "v₃′", "v₄′")
    assert_allclose(back.inputs, [0.4, 0.4, 0.4, 0.0], atol=1e-15)
    assert again.names == ("h₁′", "h₂′", "h₃′")
    assert_allclose(again.inputs, [0.1, 0.0, 0.4], atol=1e-15)
    assert again.lines[2][2] == "pinned by hand: on"


def test_draws_are_below_the_probability_exactly_when_the_unit_is_on() -> None:
    step = cd_step(BinaryCD(MACHINE, seed=5), V, RATE, no_pins(4, 3))
    said = set()
    for at in (1, 3, 4):
        answer = step.sub_steps[at].answer
        assert answer is not None
        assert_array_equal(answer.states, answer.draws < answer.means)
        for line, on in zip(answer.lines, answer.states, strict=True):
            said.add(line[2].rsplit(" ", 1)[1])
            assert line[2].endswith("so on" if on else "so off")
            assert ("<" in line[2]) == bool(on)
    assert said == {"on", "off"}


def test_a_pin_moves_no_other_units_draw() -> None:
    free = cd_step(BinaryCD(MACHINE, seed=5), V, RATE, no_pins(4, 3)).sub_steps[1].answer
    pins = no_pins(4, 3)._replace(hidden=np.array([np.nan, 1, np.nan]))
    pinned = cd_step(BinaryCD(MACHINE, seed=5), V, RATE, pins).sub_steps[1].answer
    assert free is not None
    assert pinned is not None
    assert pinned.states[1] == 1
    assert np.isnan(pinned.draws[1])
    assert_array_equal(pinned.draws[[0, 2]], free.draws[[0, 2]])


def test_probabilities_in_the_statistics_but_samples_in_the_chain() -> None:
    step = cd_step(BinaryCD(MACHINE, 3, with_probabilities=True), V, RATE, CLASSIC)
    first, back, again = (step.sub_steps[at].answer for at in (1, 3, 4))
    assert first is not None
    assert back is not None
    assert again is not None
    assert_array_equal(back.inputs, CLASSIC.hidden @ WEIGHTS.T + MACHINE.visible_bias)
    assert_allclose(tables(step, 2)["v hᵀ"][1], first.means)
    assert_allclose(tables(step, 5)["v′ h′ᵀ"][3], again.means)
    assert_allclose(
        step.learned["hidden_bias"], MACHINE.hidden_bias + 0.1 * (first.means - again.means)
    )


def test_the_mean_step_over_seeds_is_the_expected_step() -> None:
    """Against the expectation of CD-1 by enumeration of h, v' and h' (2 x 2 units)."""
    machine, v, rate, n = random_machine(2, 2, 4), np.array([1.0, 0.0]), 0.5, 1500
    pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)

    def chance(p: np.ndarray) -> np.ndarray:
        return np.prod(np.where(pairs == 1, p, 1 - p), axis=1)

    expected = np.outer(v, machine.mean_h_from_v(v[None])[0])
    for h, p_h in zip(pairs, chance(machine.mean_h_from_v(v[None])[0]), strict=True):
        for v_end, p_v in zip(pairs, chance(machine.mean_v_from_h(h[None])[0]), strict=True):
            expected -= p_h * p_v * np.outer(v_end, machine.mean_h_from_v(v_end[None])[0])
    steps = np.array([
        cd_step(BinaryCD(machine, seed), v, Pace(rate), no_pins(2, 2)).learned["weights"]
        - machine.weights
        for seed in range(n)
    ])  # fmt: skip
    error = steps.std(0) / np.sqrt(n)
    assert (np.abs(steps.mean(0) - rate * expected) < 4 * error).all()


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 99), st.floats(0, 2), st.booleans())
def test_any_size_adds_up(
    n_visible: int, n_hidden: int, seed: int, rate: float, with_probabilities: bool
) -> None:
    machine = random_machine(n_visible, n_hidden, seed)
    v = np.random.default_rng(seed).integers(0, 2, n_visible).astype(float)
    model: CDModel = BinaryCD(machine, seed, with_probabilities)
    step = cd_step(model, v, Pace(rate), no_pins(n_visible, n_hidden))
    again = cd_step(model, v, Pace(rate), no_pins(n_visible, n_hidden))
    for field, new in step.learned.items():
        assert_array_equal(new, again.learned[field])
        assert new.shape == getattr(machine, field).shape
    difference = tables(step, 2)["v hᵀ"] - tables(step, 5)["v′ h′ᵀ"]
    assert_allclose(step.learned["weights"], machine.weights + rate * difference)
    update = tables(step, 7)
    assert_allclose(
        update["Weights: before"] + update["Weights: change = rate × difference"],
        update["Weights: after"],
    )
    for sub in step.sub_steps:
        for table in sub.tables:
            assert table.values.shape == (len(table.rows), len(table.columns))


def test_continuous_lines_and_pins() -> None:
    machine = ContinuousMachine(
        np.array([[1.0, -2.0]]), np.array([0.5]), np.array([0.1, 0.2]), np.array([2.0]),
        np.array([1.0, 3.0]),
    )  # fmt: skip
    pins = no_pins(1, 2)._replace(hidden=np.array([0.25, np.nan]))
    step = cd_step(ContinuousCD(machine, 1, 0.0, 0.5), np.array([0.6]), RATE, pins)
    answer = step.sub_steps[1].answer
    assert answer is not None
    assert answer.lines[0] == ["input = 0.1 + 0.6 × 1 = 0.7", "pinned by hand: state = 0.25"]
    assert answer.lines[1][0] == "input = 0.2 + 0.6 × (−2) = −1"
    assert answer.lines[1][2] == "state = 1 / (1 + e^(−3 × (−1))) = 0.047"
    assert_allclose(answer.states, [0.25, 1 / (1 + np.exp(3.0))])
    assert answer.states[1] == answer.means[1]


def test_hidden_slopes_stay_within_their_bounds() -> None:
    machine = ContinuousMachine(
        np.array([[4.0]]), np.array([-3.0]), np.array([0.0]), np.array([5.0]), np.array([0.06])
    )
    pins = Pins(np.array([0.0]), np.array([np.nan]), np.array([1.0]))
    step = cd_step(ContinuousCD(machine, 1, 0.2, 5.0), np.array([1.0]), RATE, pins)
    assert step.learned["hidden_slope"] == 0.05
