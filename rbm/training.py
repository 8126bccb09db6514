"""A run: what training has produced so far, and the ways to go on, back and elsewhere.

`start` and `advance` are all a training is. A `Run` never changes: `advance` returns a longer one,
`rewind` an earlier one, `change` one that goes on with other live settings. Since noise is
addressed by (seed, epoch), a run is a pure function of its `history` (which settings held from
which epoch on), so any epoch can be reached again from the nearest checkpoint, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm import engine, experiment
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, Experiment
from rbm.models.continuous import ContinuousRBM
from rbm.reconstruction import reconstruct
from rbm.recording import Recording
from rbm.settings import KNOBS, Settings

MAX_CHECKPOINTS = 64
CURVE_POINTS = 32
"""How many epochs of a run `Run.curves` measures the mismatch at."""
SCORE_SEED = 20_080
"""Seed of the uniform starts and of the passes' noise when a mismatch is measured: always the same,
so that two machines are compared on the same noise."""


@dataclass(frozen=True)
class Run:
    """The immutable result of training so far.

    `history`: pairs (epoch, settings): from which epoch on which settings held; `checkpoints`:
    full states at spaced epochs, the first one included; `notice`: a sentence when the run stopped
    by itself, else "".
    """

    experiment: Experiment
    state: engine.State
    recording: Recording
    history: tuple[tuple[int, Settings], ...]
    checkpoints: tuple[engine.State, ...]
    last_error: float = float("nan")
    notice: str = ""
    spacing: int = field(default=64, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.history[-1][1]

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.state.epoch

    @property
    def data(self) -> NDArray[np.float32]:
        """The points learnt from, (n, 2), in the units' range."""
        return self.experiment.data

    @cached_property
    def model(self) -> ContinuousRBM:
        """The machine: its newest parameters, or their mean over the last epochs when
        `settings.average_last` asks for it."""
        return self.model_at(self.epoch)

    def parameters_at(self, epoch: int) -> NDArray[np.float64]:
        """The parameters shown at a recorded epoch, averaged as the settings ask, (P,)."""
        newest = self.state.parameters if epoch >= self.epoch else None
        return self.recording.mean(
            min(epoch, self.epoch), self._settings_at(epoch).average_last, newest
        )

    def model_at(self, epoch: int) -> ContinuousRBM:
        """The machine at a recorded epoch (the nearest one before it when thinned)."""
        settings = self.settings
        return ContinuousRBM.from_parameters(
            self.parameters_at(epoch),
            n_hidden=settings.n_hidden,
            low=settings.low,
            high=settings.high,
        )

    @cached_property
    def curves(self) -> Mapping[str, NDArray[np.floating]]:
        """Name → array. "epoch" and "error" (reconstruction error, NaN at epoch 0), one value for
        each recorded epoch; "mismatch_epoch" and "mismatch", measured when first asked for, at
        up to `CURVE_POINTS` recorded epochs in even ratios."""
        milestones = self.milestones(CURVE_POINTS)
        return {
            "epoch": self.recording.epochs.astype(np.float64),
            "error": self.recording.errors.astype(np.float64),
            "mismatch_epoch": milestones.astype(np.float64),
            "mismatch": np.array([self.mismatch_at(int(epoch)) for epoch in milestones]),
        }

    def milestones(self, count: int) -> NDArray[np.int64]:
        """Up to `count` epochs of the run in even ratios, 0 and the newest among them."""
        if self.epoch == 0:
            return np.zeros(1, np.int64)
        ratios = np.geomspace(1, self.epoch, max(count - 1, 1)).round().astype(np.int64)
        recorded = self.recording.epochs[
            np.searchsorted(self.recording.epochs, ratios, side="right") - 1
        ]
        return np.unique(np.concatenate([[0], recorded, [self.epoch]])).astype(np.int64)

    def mismatch_at(self, epoch: int) -> float:
        """Mismatch of the machine at a recorded epoch: 0 as good as fresh data, 1 no better than
        uniform noise (from `SCORED_STARTS` uniform points, `SCORED_PASSES` noisy passes)."""
        settings = self._settings_at(epoch)
        rng = np.random.default_rng(SCORE_SEED)
        starts = experiment.to_range(rng.random((SCORED_STARTS, 2)), settings)
        cloud = reconstruct(
            self.model_at(epoch), starts, SCORED_PASSES, seed=SCORE_SEED, sigma=settings.sigma
        )
        return self.experiment.yardstick.mismatch(experiment.to_square(cloud, settings))

    def _settings_at(self, epoch: int) -> Settings:
        return next(s for start, s in reversed(self.history) if start <= epoch or start == 0)


def start(setting: Experiment) -> Run:
    """The run at epoch 0: the first machine, nothing learnt."""
    first = setting.first
    return Run(
        experiment=setting,
        state=first,
        recording=Recording.begin(first.parameters.astype(np.float32), first.epoch),
        history=((0, setting.settings),),
        checkpoints=(first,),
    )


def advance(run: Run, epochs: int) -> Run:
    """The run after `epochs` more epochs; fewer when it diverges, and then `notice` says why."""
    longer = run
    for piece in _advancing(run, epochs):
        longer = piece
    return longer


def _advancing(run: Run, epochs: int) -> Iterator[Run]:
    """`advance` in pieces that end on checkpoints; yields the run after each."""
    target = run.epoch + epochs
    while run.epoch < target and not run.notice:
        piece = min(target - run.epoch, run.checkpoints[-1].epoch + run.spacing - run.epoch)
        result = engine.current().advance(run.state, run.data, run.settings, max(piece, 1))
        state = result.state
        recording = run.recording.append(run.epoch + 1, result.frames, result.errors)
        checkpoints, spacing = run.checkpoints, run.spacing
        if state.epoch >= checkpoints[-1].epoch + spacing:
            checkpoints = (*checkpoints, state)
            if len(checkpoints) > MAX_CHECKPOINTS:
                checkpoints, spacing = checkpoints[::2], spacing * 2
        run = replace(
            run,
            state=state,
            recording=recording,
            checkpoints=checkpoints,
            spacing=spacing,
            last_error=float(result.errors[-1]) if len(result.errors) else run.last_error,
            notice=_why_diverged(run.settings, state.epoch) if result.diverged else "",
        )
        yield run


def change(run: Run, settings: Settings) -> Run:
    """The run going on with other live settings from its present epoch.

    Raises `ValueError` when a setting differs that needs a new run (`KNOBS[...].restarts`).
    """
    restarting = differences(run.settings, settings, restarts=True)
    if restarting:
        raise ValueError(f"These settings need a new run: {', '.join(restarting)}.")
    if settings == run.settings:
        return run
    earlier = tuple(entry for entry in run.history if entry[0] < run.epoch)
    return replace(run, history=(*earlier, (run.epoch, settings)), notice="")


def rewind(run: Run, epoch: int) -> Run:
    """The run as it was at `epoch`, ready to go on from there: replayed from the nearest
    checkpoint through the same settings, so equal to what it was bit for bit.

    Raises `ValueError` for an epoch the run has not reached.
    """
    if not 0 <= epoch <= run.epoch:
        raise ValueError(f"The run has epochs 0 to {run.epoch:,}; there is no epoch {epoch:,}.")
    if epoch == run.epoch:
        return run
    checkpoints = tuple(state for state in run.checkpoints if state.epoch <= epoch)
    state = checkpoints[-1]
    error = float("nan")
    history = tuple(entry for entry in run.history if entry[0] <= epoch)
    while state.epoch < epoch:
        settings = next(s for begin, s in reversed(history) if begin <= state.epoch)
        following = [begin for begin, _ in history if begin > state.epoch]
        stop = min([epoch, *following])
        result = engine.current().advance(state, run.data, settings, stop - state.epoch)
        state, error = result.state, float(result.errors[-1])
    return replace(
        run,
        state=state,
        recording=run.recording.up_to(epoch),
        history=history,
        checkpoints=checkpoints,
        last_error=error,
        notice="",
    )


def differences(one: Settings, other: Settings, restarts: bool) -> list[str]:
    """Names of the fields that differ and do (or do not) restart a run."""
    return [
        name
        for name in vars(one)
        if getattr(one, name) != getattr(other, name)
        and (name not in KNOBS or KNOBS[name].restarts) == restarts
    ]


def train(
    settings: Settings, epochs: int, data: ArrayLike | None = None, progress: bool = False
) -> Run:
    """Train a continuous RBM for `epochs` epochs, on `data` (n, 2) instead of the pattern if given.

    `epochs=0` gives the initial machine; `progress=True` shows a progress bar on stderr. The same
    settings give the same run, bit for bit. Raises `ValueError` with a sentence for settings or
    data that do not fit; a run that diverges ends early with its reason in `run.notice`.
    """
    if epochs < 0:
        raise ValueError(f"The number of epochs must be 0 or more; got {epochs}.")
    engine.warm_up(background=False)
    run = start(experiment.build(settings, data))
    if not progress:
        return advance(run, epochs)
    from tqdm import tqdm  # only scripts that ask for a bar need it

    with tqdm(total=epochs, unit="epoch") as bar:
        longer = run
        for longer in _advancing(run, epochs):
            bar.update(longer.epoch - bar.n)
    return longer


def _why_diverged(settings: Settings, epoch: int) -> str:
    """A sentence that names the parameter furthest above its safe value."""
    excess = {
        "learning_rate": settings.learning_rate / 2,
        "slope_learning_rate": settings.slope_learning_rate / 1,
        "momentum": (1 - 0.9) / (1 - settings.momentum),
        "initial_scale": settings.initial_scale / 3,
        "cost": settings.cost * settings.learning_rate / 0.1,
    }
    knob = KNOBS[max(excess, key=lambda name: excess[name])]
    return (
        f"The run diverged after epoch {epoch:,}, its last good one: a weight grew out of bounds. "
        f"Lower the {knob.label.lower()} ({knob.symbol}) and press Reset."
    )
