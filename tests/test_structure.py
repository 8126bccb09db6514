"""A small machine laid open, against sums over all its states written as plain loops."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rbm.models.binary import BinaryMachine
from rbm.structure import (
    EXAMPLES,
    MOST_TOGETHER,
    chance_distance,
    energy_of,
    filled_in,
    most_probable,
    probabilities,
    random_machine,
    resized,
)
from rbm.unit_sums import bracketed, unit_names, written, written_sum

MACHINE = BinaryMachine(
    np.array([[0.5, -1.0], [2.0, 0.3], [-0.7, 1.1]]),
    np.array([0.2, -0.4, 0.6]), np.array([-0.3, 0.9]),
)  # fmt: skip


def energy(machine: BinaryMachine, v: tuple[int, ...], h: tuple[int, ...]) -> float:
    pairs = sum(v[i] * h[j] * machine.weights[i, j] for i in range(len(v)) for j in range(len(h)))
    own = sum(b * s for b, s in zip(machine.visible_bias, v, strict=True))
    return -pairs - own - sum(c * s for c, s in zip(machine.hidden_bias, h, strict=True))


def table(machine: BinaryMachine) -> dict[tuple[tuple[int, ...], tuple[int, ...]], float]:
    """Probability of every (v, h)."""
    states = [
        (v, h)
        for v in product((0, 1), repeat=machine.n_visible)
        for h in product((0, 1), repeat=machine.n_hidden)
    ]
    weights = {state: math.exp(-energy(machine, *state)) for state in states}
    total = sum(weights.values())
    return {state: weight / total for state, weight in weights.items()}


def test_energy_by_hand() -> None:
    parts = energy_of(MACHINE, np.array([1.0, 0, 1]), np.array([0.0, 1]))
    assert_allclose(parts, [-0.8, -0.9, -0.1], atol=1e-15)
    assert parts.total == pytest.approx(-1.8)


@pytest.mark.parametrize("machine", [MACHINE, *(row.machine for row in EXAMPLES.values())])
def test_probabilities_are_those_of_plain_loops(machine: BinaryMachine) -> None:
    exact = table(machine)
    assert_allclose(probabilities(machine, "both"), list(exact.values()), rtol=1e-9)
    for over, which in (("visible", 0), ("hidden", 1)):
        summed: dict[tuple[int, ...], float] = {}
        for state, p in exact.items():
            summed[state[which]] = summed.get(state[which], 0) + p
        assert_allclose(probabilities(machine, over), list(summed.values()), rtol=1e-9)


def test_probabilities_given_what_is_known_are_those_of_the_states_that_agree() -> None:
    exact = table(MACHINE)
    held = np.array([1.0, np.nan, 0.0])
    agrees = {state: p for state, p in exact.items() if state[0][0] == 1 and state[0][2] == 0}
    total = sum(agrees.values())
    for over, which in (("both", None), ("visible", 0), ("hidden", 1)):
        expected = dict.fromkeys((s if which is None else s[which] for s in exact), 0.0)
        for state, p in agrees.items():
            expected[state if which is None else state[which]] += p / total
        found = probabilities(MACHINE, over, held)
        assert_allclose(found, list(expected.values()), rtol=1e-9, atol=0)
    liked = sum(p for (v, _), p in agrees.items() if v[1] == 1) / total
    assert_allclose(filled_in(MACHINE, held), [1, liked, 0], rtol=1e-9)


def test_with_nothing_known_filling_in_gives_the_means() -> None:
    means = sum(p * np.array(v) for (v, _), p in table(MACHINE).items())
    assert_allclose(filled_in(MACHINE, np.full(3, np.nan)), means, rtol=1e-9)


def test_the_most_probable_states_come_first_and_impossible_ones_not_at_all() -> None:
    p = np.array([0.1, 0.0, 0.5, 0.1, 0.3])
    assert most_probable(p, 3).tolist() == [2, 4, 0]
    assert most_probable(p, 9).tolist() == [2, 4, 0, 3]


def test_the_films_are_liked_by_taste() -> None:
    """As its sentence and its makers' sums say: each taste is held with ½, and a film of it is
    liked with σ(2), another with σ(−2)."""
    row = EXAMPLES["Six films, two tastes"]
    p_h = probabilities(row.machine, "hidden")
    assert_allclose(p_h, 0.25, rtol=1e-9)
    assert [len(names) for names in row.names] == list(row.machine.weights.shape)
    nothing = np.full(6, np.nan)
    before, after = nothing, nothing.copy()
    after[:2] = 1
    gain = filled_in(row.machine, after) - filled_in(row.machine, before)
    assert gain[2] > 0.3
    assert_allclose(gain[3:], 0, atol=1e-12)


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(KeyError):
        probabilities(MACHINE, "all")


def test_examples_do_what_their_sentences_say() -> None:
    p = {name: probabilities(row.machine, "visible") for name, row in EXAMPLES.items()}
    assert set(np.argsort(p["Two habits"])[-2:]) == {0b0011, 0b1100}
    assert p["Copycats"][[0b00, 0b11]].min() > 4 * p["Copycats"][[0b01, 0b10]].max()
    one = p["One at a time"]
    assert one[[0b001, 0b010, 0b100]].min() > 2 * np.delete(one, [1, 2, 4]).max()
    valleys = p["Two valleys"]
    assert valleys[0] == pytest.approx(valleys[-1])
    assert valleys[0] + valleys[-1] > 0.85
    for row in EXAMPLES.values():
        assert row.machine.n_visible + row.machine.n_hidden <= MOST_TOGETHER
        assert row.says.endswith(".")


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=5).filter(lambda p: sum(p) > 0.01),
    st.integers(1, 30),
)
def test_chance_is_the_mean_over_all_binomial_outcomes(shares: list[float], n: int) -> None:
    p = np.array(shares) / sum(shares)
    slow = 0.0
    for each in p.tolist():
        for x in range(n + 1):
            mass = math.comb(n, x) * each**x * (1 - each) ** (n - x)
            slow += 0.5 * mass * abs(x / n - each)
    assert_allclose(chance_distance(p, np.array([n])), slow, atol=1e-9)


def test_chance_for_many_samples_falls_with_their_square_root() -> None:
    few, many = chance_distance(probabilities(MACHINE, "both"), np.array([1e4, 1e8]))
    assert few / many == pytest.approx(100, rel=0.02)


def test_resizing_keeps_what_stays() -> None:
    larger = resized(MACHINE, 4, 3, seed=1)
    assert_array_equal(larger.weights[:3, :2], MACHINE.weights)
    assert_array_equal(larger.visible_bias[:3], MACHINE.visible_bias)
    assert_array_equal(larger.hidden_bias[:2], MACHINE.hidden_bias)
    assert larger.weights.shape == (4, 3)
    assert larger.weights[3:].any()
    back = resized(larger, 3, 2, seed=2)
    assert_array_equal(back.parameters, MACHINE.parameters)


def test_random_machines_are_easy_to_add_up_and_differ() -> None:
    machine = random_machine(8, 8, 3)
    assert_array_equal(machine.parameters, machine.parameters.round(1))
    assert 0.8 < machine.weights.std() < 1.2
    assert_array_equal(machine.parameters, random_machine(8, 8, 3).parameters)
    assert (machine.parameters != random_machine(8, 8, 4).parameters).any()


def test_numbers_and_sums_as_a_reader_writes_them() -> None:
    assert [written(x) for x in (0.5, -0.25, 3, -0.0001, 1.23456)] == [
        "0.5", "−0.25", "3", "0", "1.235",
    ]  # fmt: skip
    assert (written(120, 0), written(-1.26, 1)) == ("120", "−1.3")
    assert (bracketed(-2), bracketed(2)) == ("(−2)", "2")
    assert unit_names("h", 12)[-1] == "h₁₂"
    assert written_sum(0.3, [1, 0, 0.5], [0.8, -0.4, -1]) == (
        "0.3 + 1 × 0.8 + 0 × (−0.4) + 0.5 × (−1) = 0.6"
    )
