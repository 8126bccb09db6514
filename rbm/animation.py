"""A training as an animated GIF: where uniform points are taken, epoch after epoch.

Every picture shows the data that were learnt at its epoch and where the machine of that epoch takes
the same 500 uniform points with the same noise, so what moves is the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rbm.dots import MAX_SIZE, MIN_SIZE, Square, palette
from rbm.experiment import Experiment, to_range, to_square
from rbm.gif import gif
from rbm.reconstruction import reconstruct
from rbm.run import Run

STARTS = 500
SEED = 2008
"""Of the uniform points and of the noise: one and the same for all pictures."""
SPACINGS = {
    "ratio": "Even ratios: slow at first, as the first epochs change most",
    "even": "Even steps",
}


@dataclass(frozen=True)
class Film:
    """What an animation is to look like; raises `ValueError` with a sentence beyond its ranges.

    `size`: pixels of both sides, 240 to 800. `pictures`: 10 to 200 of them (a short run has fewer).
    `spacing`: a key of `SPACINGS`. `seconds` each picture is shown, 0.02 to 2, and `last_seconds`
    the last one, to 10. `passes` of the points, 1 to 100. `dark`: light marks on a dark ground.
    """

    size: int = 480
    pictures: int = 60
    spacing: str = "ratio"
    seconds: float = 0.1
    last_seconds: float = 2.0
    passes: int = 20
    dark: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:  # also catches NaN
                raise ValueError(f"An animation's {name} must lie between {low:g} and {high:g}.")
        if self.spacing not in SPACINGS:
            raise ValueError(f"An animation's spacing must be one of {', '.join(SPACINGS)}.")


def animate(run: Run, film: Film | None = None) -> Iterator[bytes]:
    """The pieces of the GIF of a run, one for each of `epochs_shown(run, film)` and one at the end.

    `b"".join(animate(run))` is the whole file. Stop asking, and nothing more is made.
    """
    film = film or Film()
    return gif(_pictures(run, film), palette(film.dark))


def epochs_shown(run: Run, film: Film) -> NDArray[np.int64]:
    """Recorded epochs of the pictures, the first and the newest of the run among them."""
    recorded = np.union1d(run.recording.epochs, [run.epoch]).astype(np.int64)
    if len(recorded) <= film.pictures:
        return recorded
    last = len(recorded) - 1
    if film.spacing == "even":
        return recorded[np.rint(np.linspace(0, last, film.pictures)).astype(int)]
    places = [0, 1]
    for left in range(film.pictures - 2, 0, -1):  # what is left to go, in even ratios
        following = places[-1] * (last / places[-1]) ** (1 / left)
        places.append(max(places[-1] + 1, round(following)))
    return recorded[places]


def _pictures(run: Run, film: Film) -> Iterator[tuple[NDArray[np.uint8], float]]:
    uniform = np.random.default_rng(SEED).random((STARTS, 2))
    epochs = epochs_shown(run, film)
    shown: Experiment | None = None
    square = None
    for epoch in epochs.tolist():
        settings = run.settings_at(epoch)
        experiment = run.experiment_at(epoch)
        if square is None or experiment is not shown:
            ends = (f"{settings.low:g}", f"{settings.high:g}")
            square, shown = (
                Square(film.size, to_square(experiment.data, settings), ends),
                experiment,
            )
        starts = to_range(uniform, settings)
        cloud = reconstruct(
            run.model_at(epoch), starts, film.passes, seed=SEED, sigma=settings.sigma
        )
        picture = square.draw(to_square(cloud, settings), f"Epoch {epoch:,}")
        yield picture, film.last_seconds if epoch == epochs[-1] else film.seconds


RANGES: dict[str, tuple[float, float]] = {
    "size": (MIN_SIZE, MAX_SIZE),
    "pictures": (10, 200),
    "seconds": (0.02, 2),
    "last_seconds": (0.02, 10),
    "passes": (1, 100),
}
