"""What every engine promises: hand-computed epochs, nothing written to, the same bits, a stop."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from rbm.engine import initial_state
from rbm.engine.noise import INITIAL, normals
from rbm.models import split
from rbm.settings import WEIGHT_LIMIT, Settings


@pytest.fixture
def data():
    return np.random.default_rng(0).random((300, 2), dtype=np.float32)


def same(one, other):
    return all(
        np.array_equal(a, b)
        for a, b in (
            (one.frames, other.frames),
            (one.errors, other.errors),
            (one.state.parameters, other.state.parameters),
            (one.state.velocity, other.state.velocity),
            (one.state.chains, other.state.chains),
        )
    )


ROUGH = Settings(
    rule="pcd", batch_size=70, k=3, k_end=5, k_ramp=10, sigma=0.6, slope_rule="corrected",
    learn_visible_slope=True, centred=True, noise_free_statistics=True, momentum=0.5,
)  # fmt: skip


def test_nothing_that_is_handed_in_is_written_to(engine, data):
    state = initial_state(ROUGH, data)
    arrays = (data, state.parameters, state.velocity, state.chains)
    before = [array.copy() for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    result = engine.advance(state, data, ROUGH, 5)
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
    assert not np.shares_memory(result.state.chains, state.chains)
    options = {"n_hidden": 8, "passes": np.int32(2), "sigma": 1, "low": 0, "high": 1, "seed": 0}
    engine.reconstruct(state.parameters, data, noisy=True, **options)
    if engine.name == "fused":
        from rbm.engine import kernel  # needs numba

        # a second signature would be compiled in a live server
        assert len(kernel.train.signatures) == len(kernel.reconstruct.signatures) == 1
    assert result.frames.shape == (5, 36)
    assert result.frames.dtype == result.errors.dtype == np.float32
    assert result.state.chains.dtype == np.float32
    assert result.state.parameters.dtype == np.float64


@pytest.mark.parametrize("settings", [Settings(k=2, k_end=7, k_ramp=12), ROUGH])
def test_a_run_cut_anywhere_is_the_same_run(engine, data, settings):
    whole = engine.advance(initial_state(settings, data), data, settings, 12)
    part = engine.advance(initial_state(settings, data), data, settings, 5)
    rest = engine.advance(part.state, data, settings, 7)
    assert np.array_equal(whole.frames, np.concatenate([part.frames, rest.frames]))
    assert np.array_equal(whole.errors, np.concatenate([part.errors, rest.errors]))
    assert np.array_equal(whole.state.parameters, rest.state.parameters)


def test_no_epochs_change_nothing_but_the_live_slope(engine, data):
    state = initial_state(Settings(), data)
    result = engine.advance(state, data, Settings(), 0)
    assert np.array_equal(result.state.parameters, state.parameters)
    assert result.frames.shape == (0, 36)
    assert not result.diverged


def test_the_same_bits_from_any_number_of_threads(engine, data):
    runs = [(ROUGH, 6), (Settings(k=4, k_end=4), 6), (Settings(n_hidden=5, k=2), 9)]
    alone = [engine.advance(initial_state(s, data), data, s, n) for s, n in runs]
    with ThreadPoolExecutor(5) as pool:
        tasks = [
            pool.submit(engine.advance, initial_state(s, data), data, s, n) for s, n in 6 * runs
        ]
        for i, task in enumerate(tasks):
            assert same(task.result(), alone[i % len(runs)])


def test_a_live_visible_slope_takes_hold_and_a_learned_one_stays(engine, data):
    settings = Settings(k=1, k_end=1, visible_slope=0.3)
    state = initial_state(settings, data)
    live = replace(settings, visible_slope=0.7)
    moved = engine.advance(state, data, live, 1).state
    assert split(moved.parameters, 8).visible_slope == pytest.approx([0.7, 0.7], abs=0)
    afresh = engine.advance(initial_state(live, data), data, live, 1).state
    assert np.array_equal(moved.parameters, afresh.parameters)
    learned = replace(live, learn_visible_slope=True, slope_learning_rate=0.01)
    moved = engine.advance(state, data, learned, 1).state
    slopes = split(moved.parameters, 8).visible_slope
    assert ((slopes > 0.2) & (slopes < 0.6) & (slopes != 0.3)).all()


def test_slopes_are_clamped_at_both_ends(engine, data):
    for rate, start in ((5.0, 0.06), (5.0, 0.3)):
        settings = Settings(
            k=1, k_end=1, slope_learning_rate=rate, hidden_slope=start, initial_scale=3.0
        )
        frames = engine.advance(initial_state(settings, data), data, settings, 30).frames
        slopes = split(frames, 8).hidden_slope
        assert slopes.min() >= np.float32(0.05)
        assert slopes.max() <= 50
        assert ((slopes == np.float32(0.05)) | (slopes == 50)).any()


def test_a_diverging_run_stops_at_its_last_good_epoch(engine, data):
    settings = Settings(
        k=1, k_end=1, momentum=0.99, rule="pcd", cost=0.0, learning_rate=1e-9, batch_size=100
    )
    first = initial_state(settings, data)
    velocity = np.zeros_like(first.velocity)
    velocity[3] = 0.11 * WEIGHT_LIMIT  # three batches an epoch: beyond the limit in the fourth
    state = replace(first, velocity=velocity)
    result = engine.advance(state, data, settings, 10)
    assert result.diverged
    done = len(result.frames)
    assert done == len(result.errors) == result.state.epoch == 3
    assert np.array_equal(result.frames[-1], result.state.parameters.astype(np.float32))
    assert 0.5 * WEIGHT_LIMIT < abs(result.state.parameters[3]) <= WEIGHT_LIMIT
    good = engine.advance(state, data, settings, done)
    assert not good.diverged
    assert same(good, result)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -2 * WEIGHT_LIMIT])
def test_a_broken_machine_goes_nowhere(engine, data, poison):
    settings = Settings(k=1, k_end=1, learning_rate=1e-3)
    state = initial_state(settings, data)
    velocity = state.velocity.copy()
    velocity[17] = poison
    result = engine.advance(replace(state, velocity=velocity), data, settings, 4)
    assert result.diverged
    assert len(result.frames) == 0
    assert np.array_equal(result.state.parameters, state.parameters)


def test_extreme_machines_give_numbers_and_no_warnings(engine, data):
    settings = Settings(
        k=2, k_end=2, hidden_slope=50.0, visible_slope=10.0, initial_scale=10.0, sigma=2.0,
        slope_rule="entropy", low=-10.0, high=10.0, learning_rate=10.0,
    )  # fmt: skip
    result = engine.advance(initial_state(settings, data), data, settings, 20)
    assert np.isfinite(result.frames).all()
    assert np.isfinite(result.errors).all()


def test_the_first_state_is_drawn_by_the_seed(data):
    settings = Settings(seed=4, initial_scale=0.5, hidden_slope=1.5, visible_slope=0.2)
    state = initial_state(settings, data)
    assert state.parameters[:26] == pytest.approx(0.5 * normals(4, INITIAL, 0, 0, 0, 26))
    assert state.parameters[26:].tolist() == [0.2] * 2 + [1.5] * 8
    assert not state.velocity.any()
    assert state.chains.shape == (0, 2)
    assert np.array_equal(initial_state(replace(settings, rule="pcd"), data).chains, data)
    draws = np.concatenate(
        [initial_state(replace(settings, seed=s), data).parameters[:26] for s in range(200)]
    )
    assert draws.std() == pytest.approx(0.5, abs=4.5 * 0.5 / np.sqrt(2 * draws.size))


def test_persistent_chains_go_on_and_do_not_restart_at_the_data(engine, data):
    """With frozen parameters the chains' law forgets the data; one pass from the data does not."""
    settings = Settings(
        rule="pcd", k=1, k_end=1, learning_rate=0.0, slope_learning_rate=0.0, sigma=1.0,
        initial_scale=1.0, visible_slope=1.0, momentum=0.0,
    )  # fmt: skip
    far = np.tile(np.float32([0.01, 0.99]), (2000, 1))
    state = initial_state(settings, far)
    chains = engine.advance(state, far, settings, 30).state.chains
    elsewhere = replace(state, chains=np.tile(np.float32([0.99, 0.01]), (2000, 1)))
    others = engine.advance(elsewhere, far, settings, 30).state.chains
    error = np.sqrt((chains.var(0) + others.var(0)) / 2000)
    assert (np.abs(chains.mean(0) - others.mean(0)) < 4.5 * error).all()
    assert not np.array_equal(chains, engine.advance(state, far, settings, 1).state.chains)
