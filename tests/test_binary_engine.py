"""The fast updates of the Bernoulli machine against a twin in plain loops, and against formulas."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm.engine import binary, binary_compilation, binary_reference
from rbm.engine.binary import BinaryOptions, start
from rbm.engine.binary_state import OFFSET_SHARE, padded
from rbm.engine.noise import uniforms
from rbm.exact import data_statistics
from rbm.models.binary import BinaryMachine
from rbm.rules import Gradient, Offsets, gradient, moved

ARRAYS = ("weights", "visible_bias", "hidden_bias", "chains", "hidden_offset", "weights_step")


@pytest.fixture(params=["reference", "fused"])
def engine(request):
    if request.param == "reference":
        return binary_reference
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    fused = binary_compilation.fused("float64")
    assert fused is not None
    return fused


def random_state(rng, data, n_hidden, options):
    """A state in which no array is zero and chains stand anywhere."""
    first = start(data.mean(0), len(data), n_hidden, options)
    arrays = {
        name: array + rng.normal(0, 0.7, array.shape).astype(array.dtype)
        for name, array in first.copies().items()
    }
    arrays["chains"] = (rng.random(first.chains.shape) < 0.5).astype(data.dtype)
    arrays["hidden_offset"] = rng.random(n_hidden).astype(data.dtype)
    return replace(first, **arrays, updates=7)


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


def slow_update(state, rows, options):
    """One update, unit by unit, from the definition alone; it shares only the uniforms."""
    w, b, c = state.weights.tolist(), state.visible_bias.tolist(), state.hidden_bias.tolist()
    n, visible, hidden = len(rows), range(len(b)), range(len(c))

    def p_h(v):
        return [logistic(c[j] + sum(v[i] * w[i][j] for i in visible)) for j in hidden]

    def p_v(h):
        return [logistic(b[i] + sum(h[j] * w[i][j] for j in hidden)) for i in visible]

    def drawn(p, half_pass, row):
        u = uniforms(options.seed, state.updates, half_pass, (n, padded(len(p))))[row]
        return [1.0 if u_j < p_j else 0.0 for u_j, p_j in zip(u.tolist(), p, strict=False)]

    chains = state.chains.copy()
    ends = []
    for row in range(n):
        h = chains[row].tolist() if options.rule == "pcd" else drawn(p_h(rows[row]), 0, row)
        v = []
        for step in range(options.k):
            v = drawn(p_v(h), 2 * step + 1, row)
            h = drawn(p_h(v), 2 * step + 2, row)
        ends.append(v)
        if options.rule == "pcd":
            chains[row] = h
    machine = BinaryMachine(state.weights, state.visible_bias, state.hidden_bias)
    positive, negative = data_statistics(machine, rows), data_statistics(machine, np.array(ends))
    offset = state.hidden_offset
    offsets = Offsets(np.zeros(len(b)), np.zeros(len(c)))
    if options.centred:
        offset = (1 - OFFSET_SHARE) * offset + OFFSET_SHARE * positive.hidden
        offsets = Offsets(state.visible_offset, offset)
    slope = gradient(machine, positive, negative, offsets)
    slope = slope._replace(weights=slope.weights - options.weight_decay * machine.weights)
    last = (state.weights_step, state.visible_step, state.hidden_step, np.zeros(len(b)))
    step = Gradient(*(
        options.momentum * old + options.learning_rate * new
        for old, new in zip(last, slope, strict=True)
    ))  # fmt: skip
    after = moved(machine, step, offsets)
    return {
        "weights": after.weights,
        "visible_bias": after.visible_bias,
        "hidden_bias": after.hidden_bias,
        "chains": chains,
        "hidden_offset": offset,
        "weights_step": step.weights if options.momentum else state.weights_step,
    }


OPTIONS = st.builds(
    BinaryOptions,
    learning_rate=st.sampled_from([0.05, 0.7]),
    momentum=st.sampled_from([0.0, 0.6]),
    weight_decay=st.sampled_from([0.0, 0.04]),
    k=st.integers(1, 3),
    rule=st.sampled_from(["cd", "pcd"]),
    centred=st.booleans(),
    batch_size=st.integers(1, 9),
    seed=st.integers(0, 2**31 - 2),
)


@settings(max_examples=40)
@given(options=OPTIONS, n_visible=st.integers(1, 5), n_hidden=st.integers(1, 5))
def test_the_reference_is_the_definition(options, n_visible, n_hidden):
    rng = np.random.default_rng(options.seed)
    data = rng.random((options.batch_size, n_visible))
    state = random_state(rng, data, n_hidden, options)
    new = binary_reference.train(state, data, options, np.arange(len(data)))
    for name, expected in slow_update(state, data, options).items():
        np.testing.assert_allclose(getattr(new, name), expected, atol=1e-12, err_msg=name)
    assert new.updates == 8


def assert_agree(kind, tolerance, options, shape, n_rows):
    fused = binary_compilation.fused(kind)
    assert fused is not None
    rng = np.random.default_rng(options.seed)
    data = rng.random((n_rows, shape[0])).astype(kind)
    state = random_state(rng, data, shape[1], options)
    order = rng.permutation(n_rows)
    new = fused.train(state, data, options, order)
    expected = binary_reference.train(state, data, options, order)
    assert new.updates == expected.updates == 7 + math.ceil(n_rows / options.batch_size)
    for name in ARRAYS:
        mine, other = getattr(new, name), getattr(expected, name)
        assert mine.dtype == other.dtype == kind
        np.testing.assert_allclose(mine, other, atol=tolerance, err_msg=name)


@settings(max_examples=60)
@given(options=OPTIONS, shape=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_both_engines_agree_to_rounding(options, shape):
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    assert_agree(np.float64, 1e-10, options, shape, n_rows=min(23, 3 * options.batch_size - 1))


@pytest.mark.parametrize("rule", ["cd", "pcd"])
@pytest.mark.parametrize("batch_size", [1, 10, 16])
@pytest.mark.parametrize("shape", [(3, 33), (64, 100), (17, 16)])
def test_both_engines_agree_to_rounding_in_single_precision(rule, batch_size, shape):
    """On fixed cases: here rounding decides about one draw in a million."""
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    options = BinaryOptions(0.3, 0.5, 0.02, 2, rule, batch_size > 1, batch_size, seed=shape[0])
    assert_agree(np.float32, 5e-5, options, shape, n_rows=2 * batch_size + batch_size // 2)


@pytest.mark.parametrize("rule", ["cd", "pcd"])
def test_pieces_of_whole_batches_are_the_whole(engine, rule):
    options = BinaryOptions(0.3, momentum=0.5, weight_decay=0.01, k=2, rule=rule, batch_size=4)
    rng = np.random.default_rng(5)
    data = rng.random((19, 6))
    state = random_state(rng, data, 3, options)
    whole = engine.train(state, data, options, np.arange(19))
    pieces = state
    for piece in (data[:8], data[8:12], data[12:]):
        pieces = engine.train(pieces, piece, options, np.arange(len(piece)))
    for name, array in whole.copies().items():
        np.testing.assert_array_equal(array, getattr(pieces, name), err_msg=name)


def test_arguments_stay_as_they_are(engine):
    options = BinaryOptions(0.3, momentum=0.5, rule="pcd", batch_size=4)
    rng = np.random.default_rng(6)
    data = rng.random((9, 6))
    state = random_state(rng, data, 3, options)
    before, rows = state.copies(), data.copy()
    data.flags.writeable = False
    engine.train(state, data, options, np.arange(9)[::-1])
    for name, array in before.items():
        np.testing.assert_array_equal(array, getattr(state, name))
    np.testing.assert_array_equal(data, rows)


def test_a_persistent_chain_samples_the_machine(engine):
    """At rate 0 the chains, started anywhere, end at p(v, h), enumerated: means, pairs, spread."""
    rng = np.random.default_rng(2)
    machine = BinaryMachine(rng.normal(0, 1.2, (3, 2)), rng.normal(0, 1, 3), rng.normal(0, 1, 2))
    n_chains = 4000
    options = BinaryOptions(1e-300, k=30, rule="pcd", batch_size=n_chains, seed=4)
    data = np.full((n_chains, 3), 0.5)
    state = start(data.mean(0), n_chains, 2, options)
    state = replace(
        state,
        weights=machine.weights,
        visible_bias=machine.visible_bias,
        hidden_bias=machine.hidden_bias,
    )
    chains = engine.train(state, data, options, np.arange(n_chains)).chains
    states = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], float)
    p = np.exp(-machine.free_energy_of_h(states))
    p /= p.sum()
    counts = np.array([(chains == h).all(1).sum() for h in states])
    chi_square = ((counts - n_chains * p) ** 2 / (n_chains * p)).sum()
    assert chi_square < 16.3  # 3 degrees of freedom: exceeded once in 1,000


def test_uniforms_are_uniform_and_independent():
    u = uniforms(1, 2, 3, (500, 400)).astype(float)
    n = u.size
    assert u.min() > 0
    assert u.max() < 1
    for power in (1, 2, 3, 4):
        error = math.sqrt((1 / (2 * power + 1) - 1 / (power + 1) ** 2) / n)
        assert abs((u**power).mean() - 1 / (power + 1)) < 4 * error
    flat = u.ravel()
    for lag in (1, 2, 16, 400):
        assert abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) < 4 / math.sqrt(n)
    others = [uniforms(*address, (500, 400)) for address in [(2, 2, 3), (1, 3, 3), (1, 2, 4)]]
    for other in others:
        assert abs(np.corrcoef(flat, other.ravel())[0, 1]) < 4 / math.sqrt(n)


def test_the_power_of_two_is_good_to_rounding():
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    binary_compilation.fused("float64")
    from rbm.engine import binary_lanes as lanes

    x = np.linspace(-100, 100, 20_001)
    for kind, power, bound in (
        (np.float64, lanes._power_64, 1e-15),
        (np.float32, lanes._power_32, 3e-7),
    ):
        values = x.astype(kind)
        mine = np.array([power(value) for value in values], np.float64)
        exact = np.exp2(values.astype(np.longdouble))
        assert np.abs(mine / exact - 1).max() < bound


def test_too_few_chains_are_refused():
    options = BinaryOptions(rule="pcd", batch_size=3)
    data = np.full((5, 2), 0.25)
    state = start(data.mean(0), 5, 2, options)
    with pytest.raises(ValueError, match="3 persistent chains cannot face 5 rows"):
        binary.train(state, data, replace(options, batch_size=8))


def test_the_first_machine_has_the_means_of_the_data():
    data = np.random.default_rng(0).random((5000, 4)) ** 3
    state = start(data.mean(0), 5000, 300, BinaryOptions(seed=1))
    np.testing.assert_allclose(1 / (1 + np.exp(-state.visible_bias)), data.mean(0), atol=3e-4)
    assert abs(state.weights.std() - 0.01) < 4 * 0.01 / math.sqrt(2 * 1200)
    assert abs(state.weights.mean()) < 4 * 0.01 / math.sqrt(1200)
