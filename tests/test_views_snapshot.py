"""What a snapshot of a run holds, and that it is what the run says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rbm import engine, training
from rbm.experiment import SCORED_STARTS, build
from rbm.patterns import PATTERNS
from rbm.settings import Settings
from rbm.training import Run
from rbm.views import VIEWS, Snapshot, snapshot
from rbm.views.snapshot import CHAIN_PASSES, CHAINS, PASS_COUNTS, density

SMALL = Settings(
    n_points=80, n_hidden=3, k=2, k_end=4, k_ramp=40, initial_scale=1.0, sigma=0.5, seed=3
)
FORTY = 40


@pytest.fixture(scope="module")
def run() -> Run:
    return training.advance(training.start(build(SMALL)), FORTY)


@pytest.fixture(scope="module")
def shot(run: Run) -> Snapshot:
    return snapshot(run, starts=60, passes=5, link_passes=2)


def reach(points: np.ndarray, run: Run, passes: int, noisy: bool = True, seed: int = 0):
    """Points after passes through the run's newest machine, on the reference engine."""
    held = run.settings
    return engine.REFERENCE.reconstruct(
        run.parameters_at(run.epoch),
        np.asarray(points, np.float32),
        n_hidden=held.n_hidden,
        passes=passes,
        sigma=held.sigma,
        low=held.low,
        high=held.high,
        seed=seed,
        noisy=noisy,
    )


def test_same_run_same_snapshot_and_figures(run: Run) -> None:
    one, other = snapshot(run, starts=30), snapshot(run, starts=30)
    for name, view in VIEWS.items():
        assert view.draw(one).to_json() == view.draw(other).to_json(), name


def test_snapshot_holds_the_machine_of_its_epoch(run: Run) -> None:
    for epoch in (0, 1, 17, FORTY):
        shot = snapshot(run, epoch, starts=20)
        assert shot.epoch == epoch
        np.testing.assert_allclose(shot.model.parameters, run.parameters_at(epoch))
        assert shot.epochs[-1] == epoch
        rolled = shot.model.mean_v_from_h(shot.model.mean_h_from_v(shot.quiet_chains[0]))
        np.testing.assert_allclose(shot.quiet_chains[1], rolled, atol=1e-5)
        assert len(shot.frames) == epoch + 1
        assert shot.curves["epoch"].max() == epoch
        assert shot.curves["mismatch_epoch"].max() <= epoch
    assert snapshot(run, starts=20).epoch == FORTY
    assert snapshot(run, 10**9, starts=20).epoch == FORTY


def test_snapshot_refuses_an_epoch_before_the_recording(run: Run) -> None:
    with pytest.raises(ValueError, match="starts at epoch 0"):
        snapshot(run, -1)


def test_snapshot_takes_the_last_recorded_epoch_of_a_thinned_recording() -> None:
    begun = training.start(build(SMALL))
    tiny = dataclasses.replace(begun.recording, cap=4 * begun.recording.frames.shape[1] * 8)
    run = training.advance(dataclasses.replace(begun, recording=tiny), FORTY)
    assert run.recording.stride > 1
    assert snapshot(run, 3 * run.recording.stride + 1).epoch == 3 * run.recording.stride


def test_snapshot_uses_the_settings_that_held_then() -> None:
    early = training.advance(training.start(build(SMALL)), 10)
    changed = training.change(early, dataclasses.replace(SMALL, sigma=1.5))
    run = training.advance(changed, 10)
    assert snapshot(run, 5, starts=20).settings.sigma == 0.5
    assert snapshot(run, 20, starts=20).settings.sigma == 1.5
    assert "σ = 1.5" in snapshot(run, 20, starts=20).facts


def test_clouds_are_samples_of_the_chain(run: Run) -> None:
    """Clouds and their spread agree with the reference engine on other noise."""
    shot = snapshot(run, starts=2_000, passes=5, link_passes=3)
    assert shot.starts.shape == shot.reconstructions.shape == (2_000, 2)
    assert shot.starts.mean() == pytest.approx(0.5, abs=5 * np.sqrt(1 / 12 / 4_000))
    assert shot.starts.var() == pytest.approx(1 / 12, abs=5 * np.sqrt(1 / 180 / 4_000))
    pairs = (
        (shot.reconstructions, reach(shot.starts, run, 5, seed=77)),
        (shot.data_reconstructions, reach(run.data, run, 3, seed=78)),
    )
    for mine, other in pairs:
        spread = np.concatenate([mine, other]).std(axis=0)
        error = spread * np.sqrt(2 / len(mine))
        assert np.all(np.abs(mine.mean(axis=0) - other.mean(axis=0)) < 5 * error)
        ratio = mine.var(axis=0) / other.var(axis=0)
        assert np.all(np.abs(np.log(ratio)) < 5 * np.sqrt(4 / len(mine)))
        assert not np.allclose(mine, other)


def test_passes_are_counted_for_each_cloud() -> None:
    """Without noise a cloud tells exactly how many passes it has made."""
    run = training.advance(training.start(build(dataclasses.replace(SMALL, sigma=0.0))), FORTY)
    shot = snapshot(run, starts=50, passes=5, link_passes=3)
    for start, end, passes in (
        (shot.starts, shot.reconstructions, 5),
        (shot.data, shot.data_reconstructions, 3),
    ):
        np.testing.assert_allclose(end, reach(start, run, passes, noisy=False), atol=1e-6)
        assert np.abs(end - reach(start, run, passes - 1, noisy=False)).max() > 1e-4


def test_every_walk_has_noise_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the mismatch is measured on one cloud that walks on from count to count."""
    calls = []

    class Listener:
        @staticmethod
        def reconstruct(parameters: np.ndarray, points: np.ndarray, **options: object):
            calls.append((len(points), options))
            return engine.REFERENCE.reconstruct(parameters, points, **options)

    curves = run.curves  # measured before, so that only the snapshot's own walks are heard
    assert curves
    monkeypatch.setattr(engine, "current", lambda: Listener)
    snapshot(run, starts=50)
    scored = [options["passes"] for count, options in calls if count == SCORED_STARTS]
    assert tuple(np.cumsum(scored)) == PASS_COUNTS
    seeds = [options["seed"] for _, options in calls if options["noisy"]]
    assert len(seeds) == len(set(seeds)) == len(PASS_COUNTS) + CHAIN_PASSES + 2


def test_chains_take_one_pass_a_step(run: Run, shot: Snapshot) -> None:
    assert shot.chains.shape == shot.quiet_chains.shape == (CHAIN_PASSES + 1, CHAINS, 2)
    np.testing.assert_array_equal(shot.chains[0], shot.quiet_chains[0])
    for step in (0, 7):
        expected = reach(shot.quiet_chains[step], run, 1, noisy=False)
        np.testing.assert_allclose(shot.quiet_chains[step + 1], expected, atol=1e-5)
    jumps = shot.chains[1:] - [reach(place, run, 1, noisy=False) for place in shot.chains[:-1]]
    assert jumps.std() > 0.001
    lags = np.corrcoef(jumps[1:].ravel(), jumps[:-1].ravel())[0, 1]
    assert abs(lags) < 5 / np.sqrt(jumps[1:].size)  # fresh noise in each step


def test_mismatch_by_pass_ends_up_where_training_measures_it(run: Run, shot: Snapshot) -> None:
    assert shot.mismatch_by_pass.shape == (len(PASS_COUNTS),)
    assert shot.mismatch == pytest.approx(run.mismatch_at(FORTY), abs=0.1)
    assert shot.error_fixed_points == (run.experiment.error_floor, run.experiment.error_uniform)


def test_facts_name_pattern_epoch_noise_and_steps(run: Run, shot: Snapshot) -> None:
    assert shot.facts == (
        f"{PATTERNS['split_ring'].label} · epoch 40 · σ = 0.5 · k = 3 (of 2…4) · 3 hidden units"
    )
    assert snapshot(run, starts=20, pattern="My file").facts.startswith("My file · ")


def test_density_has_v1_along_columns_and_uniform_noise_at_one(shot: Snapshot) -> None:
    corner = density(shot, np.full((50, 2), [0.9, 0.2]))
    row, column = np.unravel_index(corner.argmax(), corner.shape)
    assert (column + 0.5) / 64 == pytest.approx(0.9, abs=1 / 64)
    assert (row + 0.5) / 64 == pytest.approx(0.2, abs=1 / 64)
    assert corner.mean() == pytest.approx(1)
    wider = dataclasses.replace(shot, bandwidth=0.09)
    assert density(wider, shot.data).max() < density(shot, shot.data).max()
