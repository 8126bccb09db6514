"""Both engines against the slow twin, and against each other, over all settings at random."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from rbm.engine import REFERENCE, current, initial_state, warm_up
from rbm.engine.state import State
from rbm.settings import RULES, SLOPE_RULES, Settings
from tests.engine_oracle import Oracle


@pytest.fixture(scope="module")
def fused():
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    warm_up(background=False)
    assert current().name == "fused"
    return current()


@st.composite
def problems(draw, most_points):
    """(settings, data, state): every option, nothing zero, a state in the middle of a run."""
    low = draw(st.sampled_from([0.0, -1.0, -0.3]))
    high = low + draw(st.sampled_from([1.0, 2.0, 0.7]))
    n_points = draw(st.integers(1, most_points))
    settings = Settings(
        seed=draw(st.integers(0, 2**31 - 1)),
        n_hidden=draw(st.integers(1, 9)),
        initial_scale=draw(st.floats(0.05, 2.0)),
        low=low,
        high=high,
        rule=draw(st.sampled_from(sorted(RULES))),
        k=draw(st.integers(1, 4)),
        k_end=draw(st.integers(1, 4)),
        k_ramp=draw(st.integers(0, 9)),
        sigma=draw(st.floats(0.05, 1.2)),
        noisy=draw(st.booleans()),
        visible_slope=draw(st.floats(0.05, 2.0)),
        learn_visible_slope=draw(st.booleans()),
        hidden_slope=draw(st.floats(0.3, 3.0)),
        slope_learning_rate=draw(st.floats(0.0, 1.0)),
        slope_rule=draw(st.sampled_from(sorted(SLOPE_RULES))),
        learning_rate=draw(st.floats(0.01, 2.0)),
        momentum=draw(st.floats(0.1, 0.95)),
        cost=draw(st.floats(1e-5, 0.1)),
        batch_size=draw(st.sampled_from([0, n_points // 3, n_points // 2 + 1, n_points + 5])),
        noise_free_statistics=draw(st.booleans()),
        centred=draw(st.booleans()),
    )
    n_visible = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    data = rng.uniform(low, high, (n_points, n_visible)).astype(np.float32)
    first = initial_state(settings, data)
    state = State(
        first.parameters,
        rng.normal(0, 0.01, first.velocity.size),
        rng.uniform(low, high, first.chains.shape).astype(np.float32),
        epoch=draw(st.integers(0, 10**6)) if draw(st.booleans()) else 3,
    )
    return settings, data, state


def rounding(problem, epochs):
    """How far two correct runs may be apart.

    Rounding errors grow with the parameters, their steps and the states, and rough settings
    blow them up: how much, a run tells whose parameters were nudged by a few such errors.
    """
    settings, data, state = problem
    nudge = np.where(np.arange(state.parameters.size) % 2, 1 + 1e-6, 1 - 1e-6)
    nudged = replace(state, parameters=nudge * state.parameters)
    frames, others = (
        REFERENCE.advance(start, data, settings, epochs).frames for start in (state, nudged)
    )
    size = max(abs(settings.low), abs(settings.high))
    steps = settings.learning_rate * size**2 / (1 - settings.momentum)
    slopes = settings.slope_learning_rate * (1 + size**2) * 4 / min(1.0, frames[:, -1].min()) ** 2
    scale = 1 + np.abs(frames).max() + steps + slopes
    return float(1e-6 * epochs * scale + 10 * np.abs(frames - others).max())


def check_against_oracle(engine, problem, epochs):
    settings, data, state = problem
    oracle = Oracle(state, settings, data.shape[1])
    result = engine.advance(state, data, settings, epochs)
    errors = [oracle.epoch(data.astype(float).tolist()) for _ in range(epochs)]
    tolerance = rounding(problem, epochs)
    assert not result.diverged
    assert result.state.epoch == state.epoch + epochs
    assert result.errors == pytest.approx(errors, rel=1e-5, abs=tolerance)
    assert result.state.parameters == pytest.approx(oracle.parameters, rel=0, abs=tolerance)
    assert np.array_equal(result.frames[-1], result.state.parameters.astype(np.float32))
    if settings.rule == "pcd":
        assert result.state.chains == pytest.approx(
            np.array(oracle.chains), rel=0, abs=10 * tolerance
        )


@examples(max_examples=40, deadline=None)
@given(problem=problems(most_points=7))
def test_the_reference_is_the_slow_twin(problem):
    check_against_oracle(REFERENCE, problem, epochs=2)


@examples(max_examples=40, deadline=None)
@given(problem=problems(most_points=7))
def test_the_compiled_engine_is_the_slow_twin(problem, fused):
    check_against_oracle(fused, problem, epochs=2)


@pytest.mark.parametrize("epochs", [1, 10])
@examples(max_examples=40, deadline=None)
@given(problem=problems(most_points=700))
def test_the_engines_agree_to_float32_rounding(problem, epochs, fused):
    settings, data, state = problem
    ours = fused.advance(state, data, settings, epochs)
    theirs = REFERENCE.advance(state, data, settings, epochs)
    tolerance = rounding(problem, epochs)
    assert ours.diverged == theirs.diverged
    assert ours.frames == pytest.approx(theirs.frames, rel=0, abs=tolerance)
    assert ours.errors == pytest.approx(theirs.errors, rel=1e-5, abs=tolerance)
    assert ours.state.velocity == pytest.approx(theirs.state.velocity, rel=0, abs=tolerance)


def test_with_the_tutorials_values_they_agree_to_a_millionth(fused):
    settings = Settings()
    data = np.random.default_rng(2).random((500, 2), dtype=np.float32)
    state = initial_state(settings, data)
    for epochs, tolerance in ((1, 1e-6), (10, 1e-5)):
        ours = fused.advance(state, data, settings, epochs)
        theirs = REFERENCE.advance(state, data, settings, epochs)
        assert ours.frames == pytest.approx(theirs.frames, rel=0, abs=tolerance)


@examples(max_examples=40, deadline=None)
@given(problem=problems(most_points=700), passes=st.integers(0, 8), seed=st.integers(0, 2**31 - 1))
def test_the_engines_reconstruct_alike(problem, passes, seed, fused):
    settings, data, state = problem
    moved, still = (
        engine.reconstruct(
            state.parameters,
            data,
            n_hidden=settings.n_hidden,
            passes=passes,
            sigma=settings.sigma,
            low=settings.low,
            high=settings.high,
            seed=seed,
            noisy=settings.noisy,
        )
        for engine in (fused, REFERENCE)
    )
    assert moved.dtype == still.dtype == np.float32
    assert moved.shape == still.shape == data.shape
    assert np.abs(moved - still).max() < 1e-5 * (1 + np.abs(state.parameters).max())


def test_a_wide_machine_and_many_points_agree(fused):
    settings = Settings(n_hidden=64, k=3, k_end=3, sigma=0.5, initial_scale=1.0)
    data = np.random.default_rng(1).random((3000, 2), dtype=np.float32)
    state = initial_state(settings, data)
    ours = fused.advance(state, data, settings, 5)
    theirs = REFERENCE.advance(state, data, settings, 5)
    assert ours.frames == pytest.approx(theirs.frames, abs=2e-5)
    longer = replace(settings, rule="pcd", batch_size=700)
    state = initial_state(longer, data)
    ours = fused.advance(state, data, longer, 3)
    theirs = REFERENCE.advance(state, data, longer, 3)
    assert ours.state.chains == pytest.approx(theirs.state.chains, abs=2e-4)
