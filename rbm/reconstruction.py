"""Where a machine takes points: the reconstruction, by whichever engine is ready."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm import engine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import Settings


def reconstruct(
    model: ContinuousMachine,
    points: ArrayLike,
    passes: int = 1,
    noisy: bool = True,
    seed: int = 0,
    sigma: float = Settings.sigma,
) -> NDArray[np.float32]:
    """The points (n, n_visible), in the units' range, after `passes` passes v → h → v.

    Noise of standard deviation `sigma` enters every unit unless `noisy` is False; to see what was
    learnt, use the σ of the training. The same seed gives the same noise. Returns (n, n_visible)
    float32. Raises `ValueError` for points of another shape or not finite.
    """
    start = np.asarray(points, np.float32)
    if start.ndim != 2 or start.shape[1] != model.n_visible:
        raise ValueError(
            f"Points must have shape (n, {model.n_visible}), as the machine has "
            f"{model.n_visible} visible units; got {start.shape}."
        )
    if not np.isfinite(start).all():
        raise ValueError("Points must be finite numbers.")
    if passes < 0:
        raise ValueError(f"The number of passes must be 0 or more; got {passes}.")
    return engine.current().reconstruct(
        model.parameters,
        start,
        n_hidden=model.n_hidden,
        passes=passes,
        sigma=sigma,
        low=model.low,
        high=model.high,
        seed=seed,
        noisy=noisy,
    )
