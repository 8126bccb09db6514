"""What the figures are drawn from: a run at one of its recorded epochs, as plain arrays.

`snapshot` does all the sampling, with its own seeds, so that drawing is a pure function of arrays
and the same run at the same epoch gives the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rbm import engine, metrics
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, Experiment, to_range, to_square
from rbm.models.continuous import ContinuousMachine
from rbm.patterns import PATTERNS
from rbm.settings import Settings

if TYPE_CHECKING:
    from rbm.training import Run

CHAINS, CHAIN_PASSES = 10, 25
"""How many chains the figure of chains follows, and for how many passes."""
PASS_COUNTS = (1, 2, 3, 5, 10, 20, 50, 100, 200)
"""Passes after which the mismatch is measured."""

Points = NDArray[np.floating]


@dataclass(frozen=True)
class Snapshot:
    """A run at `epoch`. All points are in the units' range [settings.low, settings.high].

    `settings` held at that epoch; `pattern` is what the data are called; `own_data`: whether they
    are a user's own instead of a pattern's. `data` (n, 2) and
    `data_reconstructions` (n, 2), the same points after `link_passes` noisy passes;
    `starts` (m, 2), uniform, and `reconstructions` (m, 2), the same after `passes` noisy passes.
    `chains`, `quiet_chains` (CHAIN_PASSES + 1, CHAINS, 2): the way of some uniform points, with
    noise and without. `epochs` (r,), `frames` (r, P): the recording up to `epoch` (layout of a
    frame: docs/architecture.md). `curves`: as `Run.curves`, up to `epoch`.
    `error_fixed_points`: reconstruction error of fresh data put in place of the reconstructions,
    and of uniform noise. `mismatch_by_pass` (len(PASS_COUNTS),). `bandwidth`: of the smoothed
    densities, as a share of the square's side.
    """

    settings: Settings
    pattern: str
    own_data: bool
    epoch: int
    model: ContinuousMachine
    data: Points
    data_reconstructions: Points
    starts: Points
    reconstructions: Points
    chains: Points
    quiet_chains: Points
    epochs: NDArray[np.integer]
    frames: NDArray[np.floating]
    curves: Mapping[str, NDArray[np.floating]]
    error_fixed_points: tuple[float, float]
    mismatch_by_pass: NDArray[np.floating]
    passes: int
    link_passes: int
    bandwidth: float

    @property
    def facts(self) -> str:
        """One line that says which machine this is: pattern, epoch, σ, k, units."""
        settings = self.settings
        k = f"{settings.k_at(max(self.epoch - 1, 0))}"
        if settings.k_ramp and settings.k != settings.k_end:
            k += f" (of {settings.k}…{settings.k_end})"
        return (
            f"{self.pattern} · epoch {self.epoch:,} · σ = {settings.sigma:g} · k = {k} · "
            f"{settings.n_hidden} hidden units"
        )

    @property
    def mismatch(self) -> float:
        """Mismatch of the machine, measured as everywhere: after `SCORED_PASSES` passes."""
        return float(self.mismatch_by_pass[PASS_COUNTS.index(SCORED_PASSES)])


def snapshot(
    run: Run,
    epoch: int | None = None,
    *,
    passes: int = SCORED_PASSES,
    link_passes: int = 1,
    starts: int = 500,
    bandwidth: float = 0.03,
    pattern: str | None = None,
    seed: int = 2008,
) -> Snapshot:
    """`run` at the last recorded epoch that is not after `epoch` (default: the newest).

    `passes` ≥ 1 noisy passes lead from `starts` uniform points to their reconstructions,
    `link_passes` ≥ 1 from each data point to its own. `pattern`: what to call the data (default:
    the pattern's label). `seed` decides starts and noise. Raises `ValueError` when the run has no
    frame that early.
    """
    recorded = run.recording.epochs
    wanted = run.epoch if epoch is None else epoch
    count = int(np.searchsorted(recorded, wanted, side="right"))
    if count == 0:
        raise ValueError(f"The recording starts at epoch {recorded[0]:,}, after epoch {wanted:,}.")
    at = min(wanted, run.epoch) if wanted >= run.epoch else int(recorded[count - 1])
    settings, setting = run.settings_at(at), run.experiment_at(at)
    parameters = run.parameters_at(at)
    rng = np.random.default_rng(seed)

    def walk(points: Points, passes: int, address: int, noisy: bool = True) -> Points:
        return engine.current().reconstruct(
            parameters,
            np.ascontiguousarray(points, np.float32),
            n_hidden=settings.n_hidden,
            passes=passes,
            sigma=settings.sigma,
            low=settings.low,
            high=settings.high,
            seed=seed + address,
            noisy=noisy,
        )

    def way(points: Points, noisy: bool) -> Points:
        places = [points]
        for step in range(CHAIN_PASSES):
            places.append(walk(places[-1], 1, 1_000 + step, noisy))
        return np.stack(places)

    uniform: Points = to_range(rng.random((starts, 2)), settings)
    chain_starts = to_range(rng.random((CHAINS, 2)), settings)
    cloud: Points = to_range(rng.random((SCORED_STARTS, 2)), settings)
    mismatches, done = [], 0
    for target in PASS_COUNTS:
        cloud = walk(cloud, target - done, 2_000 + done)
        done = target
        mismatches.append(setting.yardstick.mismatch(to_square(cloud, settings)))
    return Snapshot(
        settings=settings,
        pattern=pattern or _label(setting),
        own_data=setting.pattern is None,
        epoch=at,
        model=run.model_at(at),
        data=setting.data,
        data_reconstructions=walk(setting.data, link_passes, 1),
        starts=uniform,
        reconstructions=walk(uniform, passes, 2),
        chains=way(chain_starts, noisy=True),
        quiet_chains=way(chain_starts, noisy=False),
        epochs=recorded[:count],
        frames=run.recording.frames[:count],
        curves=_up_to(run.curves, at),
        error_fixed_points=(setting.error_floor, setting.error_uniform),
        mismatch_by_pass=np.array(mismatches),
        passes=passes,
        link_passes=link_passes,
        bandwidth=bandwidth,
    )


def density(snapshot: Snapshot, points: Points) -> NDArray[np.float64]:
    """Smoothed density of `points` over the square, (64, 64) with v₁ along columns and v₂ along
    rows; 1 is the density of uniform noise."""
    grid = metrics.smoothed_density(to_square(points, snapshot.settings), snapshot.bandwidth)
    return np.asarray(grid * grid.size)


def _label(setting: Experiment) -> str:
    if setting.dataset is not None:
        return setting.dataset.name
    return "Own data" if setting.pattern is None else PATTERNS[setting.pattern].label


def _up_to(
    curves: Mapping[str, NDArray[np.floating]], epoch: int
) -> dict[str, NDArray[np.floating]]:
    """The curves without what was measured after `epoch`."""
    trained, scored = curves["epoch"] <= epoch, curves["mismatch_epoch"] <= epoch
    return {
        "epoch": curves["epoch"][trained],
        "error": curves["error"][trained],
        "mismatch_epoch": curves["mismatch_epoch"][scored],
        "mismatch": curves["mismatch"][scored],
    }
