"""The ways of a binary RBM's run, as `rbm.training` has those of a continuous one's.

A `BinaryRun` never changes: `advance` returns a longer one, `rewind` an earlier one, `change` one
that goes on with other live settings. Since noise is addressed, any epoch is reached again from the
nearest checkpoint, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from rbm import binary_epoch
from rbm.binary_epoch import State
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.binary_trainer import Trainer, fastest
from rbm.models.binary import BinaryMachine
from rbm.recording import Recording
from rbm.run import held_at
from rbm.settings import WEIGHT_LIMIT
from rbm.units import Floats

MAX_CHECKPOINTS = 64
CHECKPOINT_MEMORY = 16 * 2**20
"""Bytes that a run's checkpoints may take together; large machines keep fewer (at least two)."""


@dataclass(frozen=True, eq=False)
class BinaryRun:
    """The immutable result of training so far.

    `data` (n, n_visible) float64; `recording`: the machine's parameter vector at each recorded
    epoch, and the epoch's reconstruction error; `history`: pairs (epoch, settings that held from
    there on); `checkpoints`: full states at spaced epochs, the first one included; `notice`: a
    sentence when the run stopped by itself, else "".
    """

    state: State
    data: Floats
    recording: Recording
    history: tuple[tuple[int, BinarySettings], ...]
    checkpoints: tuple[State, ...]
    trainer: Trainer
    notice: str = ""
    spacing: int = field(default=1, repr=False)

    @property
    def settings(self) -> BinarySettings:
        """The settings that hold now."""
        return self.history[-1][1]

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.state.epoch

    @property
    def machine(self) -> BinaryMachine:
        """The machine as it is now."""
        return self.state.machine

    def machine_at(self, epoch: int) -> BinaryMachine:
        """The machine at a recorded epoch (the nearest one before it when thinned), rounded to
        float32 as the recording keeps it."""
        place = int(np.searchsorted(self.recording.epochs, epoch, side="right")) - 1
        settings = self.settings
        return BinaryMachine.from_parameters(
            self.recording.frames[max(place, 0)], settings.n_hidden, settings.visible
        )


def start(settings: BinarySettings, data: ArrayLike, trainer: Trainer | None = None) -> BinaryRun:
    """The run before its first epoch, on rows `data` (n, n_visible), trained by `trainer` (default:
    the fastest there is).

    Raises `ValueError` with a sentence for data that the units cannot take or machines that the
    rule cannot train.
    """
    rows = np.array(data, np.float64)
    rows.setflags(write=False)
    first = binary_epoch.first_state(settings, rows)
    return BinaryRun(
        state=first,
        data=rows,
        recording=Recording.begin(_frame(first)),
        history=((0, settings),),
        checkpoints=(first,),
        trainer=trainer or fastest(settings),
    )


def advance(run: BinaryRun, epochs: int) -> BinaryRun:
    """The run after `epochs` more epochs; fewer when it diverges, and then `notice` says why."""
    state, recording = run.state, run.recording
    checkpoints, spacing = run.checkpoints, run.spacing
    for _ in range(0 if run.notice else epochs):
        after = _trained(run, state, run.settings)
        if after is None:
            run = replace(run, notice=_why_diverged(run.settings, state.epoch))
            break
        state = after
        error = binary_epoch.reconstruction_error(state, run.data, run.settings.seed)
        recording = recording.append(
            state.epoch, _frame(state)[None], np.array([error], np.float32)
        )
        if state.epoch >= checkpoints[-1].epoch + spacing:
            checkpoints = (*checkpoints, state)
            if len(checkpoints) > _max_checkpoints(state):
                checkpoints, spacing = checkpoints[::2], spacing * 2
    return replace(run, state=state, recording=recording, checkpoints=checkpoints, spacing=spacing)


def change(run: BinaryRun, settings: BinarySettings) -> BinaryRun:
    """The run going on with other live settings from its present epoch.

    Raises `ValueError` when a setting differs that needs a new run (`BINARY_KNOBS[...].restarts`).
    """
    restarting = [
        name
        for name, knob in BINARY_KNOBS.items()
        if knob.restarts and getattr(run.settings, name) != getattr(settings, name)
    ]
    if restarting:
        raise ValueError(f"These settings need a new run: {', '.join(restarting)}.")
    if settings == run.settings:
        return run
    earlier = tuple(entry for entry in run.history if entry[0] < run.epoch)
    return replace(run, history=(*earlier, (run.epoch, settings)), notice="")


def rewind(run: BinaryRun, epoch: int) -> BinaryRun:
    """The run as it was at `epoch`, ready to go on from there, bit for bit.

    Raises `ValueError` for an epoch that the run has not reached.
    """
    if not 0 <= epoch <= run.epoch:
        raise ValueError(f"The run has epochs 0 to {run.epoch:,}; there is no epoch {epoch:,}.")
    checkpoints = tuple(state for state in run.checkpoints if state.epoch <= epoch)
    state = checkpoints[-1]
    while state.epoch < epoch:
        state = run.trainer(state, run.data, held_at(run.history, state.epoch))
    return replace(
        run,
        state=state,
        recording=run.recording.up_to(epoch),
        history=tuple(entry for entry in run.history if entry[0] <= epoch),
        checkpoints=checkpoints,
        notice="",
    )


def train(settings: BinarySettings, data: ArrayLike, epochs: int) -> BinaryRun:
    """A run of `epochs` epochs from its start. Raises `ValueError` as `start` does."""
    return advance(start(settings, data), epochs)


def _trained(run: BinaryRun, state: State, settings: BinarySettings) -> State | None:
    """The state after one more epoch; None when a parameter grows out of bounds."""
    with np.errstate(over="ignore", invalid="ignore"):  # what they lead to is looked at below
        try:
            after = run.trainer(state, run.data, settings)
        except ValueError:  # a variance has become 0 or no number: there is no such machine
            return None
    within = np.abs(after.machine.parameters).max() <= WEIGHT_LIMIT  # false for NaN
    return after if within else None


def _frame(state: State) -> Floats:
    return state.machine.parameters.astype(np.float32)


def _max_checkpoints(state: State) -> int:
    numbers = 2 * state.machine.parameters.size + state.chains.size
    return max(2, min(MAX_CHECKPOINTS, CHECKPOINT_MEMORY // (8 * numbers)))


def _why_diverged(settings: BinarySettings, epoch: int) -> str:
    """A sentence that names the setting furthest above its safe value."""
    excess = {
        "learning_rate": settings.learning_rate_at(epoch) / 0.5,
        "variance_learning_rate": settings.variance_learning_rate / 0.05,
        "momentum": (1 - 0.9) / (1 - settings.momentum),
        "initial_scale": settings.initial_scale / 1.0,
    }
    knob = BINARY_KNOBS[max(excess, key=lambda name: excess[name])]
    return (
        f"The run diverged after epoch {epoch:,}, its last good one: a parameter grew out of "
        f"bounds. Lower the {knob.label.lower()} ({knob.symbol}) and start again."
    )
