"""The ways of a run: on, back, elsewhere.

`start` and `advance` are all a training is. A `Run` never changes: `advance` returns a longer one,
`rewind` an earlier one, `change` one that goes on with other live settings, `change_data` one that
goes on with other points. What held when is written into the run, so any epoch can be reached again
from the nearest checkpoint, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm import engine, experiment
from rbm.datasets import Dataset
from rbm.experiment import Experiment
from rbm.recording import Recording
from rbm.run import Run, held_at
from rbm.settings import KNOBS, Settings

__all__ = [
    "Change", "Run", "advance", "apply", "change", "change_data", "changes", "differences",
    "rewind", "start", "train",
]  # fmt: skip

MAX_CHECKPOINTS = 64

_Held = TypeVar("_Held")


@dataclass(frozen=True)
class Change:
    """What takes hold at an epoch: other settings, other data, or both."""

    epoch: int
    settings: Settings | None = None
    experiment: Experiment | None = None


def start(setting: Experiment, state: engine.State | None = None) -> Run:
    """The run before its first epoch: the first machine, or one (`state`) that has learnt
    elsewhere and whose past is not known."""
    first = setting.first if state is None else state
    return Run(
        state=first,
        recording=Recording.begin(first.parameters.astype(np.float32), first.epoch),
        history=((first.epoch, setting.settings),),
        experiments=((first.epoch, setting),),
        checkpoints=(first,),
    )


def advance(run: Run, epochs: int, engine_name: str | None = None) -> Run:
    """The run after `epochs` more epochs; fewer when it diverges, and then `notice` says why.

    `engine_name`: which engine trains (default: the fastest there is); see `engine.named`.
    """
    longer = run
    for piece in _advancing(run, epochs, engine_name):
        longer = piece
    return longer


def _advancing(run: Run, epochs: int, engine_name: str | None = None) -> Iterator[Run]:
    """`advance` in pieces that end on checkpoints; yields the run after each."""
    target = run.epoch + epochs
    trainer = engine.named(engine_name) if engine_name else engine.current()
    if target > run.epoch and not (run.engines and run.engines[-1][1] == trainer.name):
        run = replace(run, engines=(*run.engines, (run.epoch, trainer.name)))
    while run.epoch < target and not run.notice:
        piece = min(target - run.epoch, run.checkpoints[-1].epoch + run.spacing - run.epoch)
        begun = _with_chains_for(run.state, run.data)
        result = trainer.advance(begun, run.data, run.settings, max(piece, 1))
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


def change_data(run: Run, setting: Experiment) -> Run:
    """The run going on with the data of `setting` from its present epoch.

    Data take hold like live settings do: nothing restarts, and the past stays as it was.
    """
    earlier = tuple(entry for entry in run.experiments if entry[0] < run.epoch)
    return replace(run, experiments=(*earlier, (run.epoch, setting)), notice="")


def changes(run: Run) -> tuple[Change, ...]:
    """All that changed on the way, in order: what `apply` takes to repeat the run."""
    settings, experiments = dict(run.history[1:]), dict(run.experiments[1:])
    return tuple(
        Change(epoch, settings.get(epoch), experiments.get(epoch))
        for epoch in sorted({*settings, *experiments})
    )


def apply(run: Run, what: Change) -> Run:
    """The run with a change taking hold at its present epoch."""
    if what.settings is not None:
        run = change(run, what.settings)
    if what.experiment is not None:
        run = change_data(run, what.experiment)
    return run


def origin(run: Run) -> Run:
    """The run before its first epoch again; `changes` and `advance` then repeat it."""
    first = start(run.experiments[0][1], run.checkpoints[0])
    return replace(first, history=((first.epoch, run.history[0][1]),))


def rewind(run: Run, epoch: int) -> Run:
    """The run as it was at `epoch`, ready to go on from there: replayed from the nearest
    checkpoint through the same settings, data and engines, so equal to what it was bit for bit.

    Raises `ValueError` for an epoch that the run has not reached, or that lies before its first.
    """
    if not run.first_epoch <= epoch <= run.epoch:
        raise ValueError(
            f"The run has epochs {run.first_epoch:,} to {run.epoch:,}; there is no epoch {epoch:,}."
        )
    if epoch == run.epoch:
        return run
    past = replace(
        run,
        recording=run.recording.up_to(epoch),
        history=_until(run.history, epoch),
        experiments=_until(run.experiments, epoch),
        engines=tuple(entry for entry in run.engines if entry[0] < epoch),
        checkpoints=tuple(state for state in run.checkpoints if state.epoch <= epoch),
        notice="",
    )
    state, error = past.checkpoints[-1], float("nan")
    turns = sorted({at for entries in (past.history, past.experiments, past.engines)
                    for at, _ in entries} | {epoch})  # fmt: skip
    while state.epoch < epoch:
        stop = next(at for at in turns if at > state.epoch)
        data = past.experiment_at(state.epoch).data
        trainer = engine.named(held_at(past.engines, state.epoch))
        result = trainer.advance(
            _with_chains_for(state, data), data, past.settings_at(state.epoch), stop - state.epoch
        )
        state, error = result.state, float(result.errors[-1])
    return replace(past, state=state, last_error=error)


def forget_before(run: Run, epoch: int) -> Run:
    """The run without its past before the first checkpoint at or after `epoch` (the newest state
    if there is none): it can no longer go back there, and holds less."""
    kept = tuple(state for state in run.checkpoints if state.epoch >= epoch) or (run.state,)
    first = kept[0].epoch
    return replace(
        run,
        checkpoints=kept,
        recording=run.recording.since(first),
        history=_since(run.history, first),
        experiments=_since(run.experiments, first),
        engines=_since(run.engines, first) if run.engines else (),
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
    settings: Settings,
    epochs: int,
    data: ArrayLike | Dataset | None = None,
    progress: bool = False,
) -> Run:
    """Train a continuous RBM for `epochs` epochs, on `data` instead of the pattern if given: an
    array (n, 2) in the units' range, or a `Dataset` in the unit square.

    `epochs=0` gives the initial machine; `progress=True` shows a progress bar on stderr. The same
    settings give the same run, bit for bit. Raises `ValueError` with a sentence for settings or
    data that do not fit; a run that diverges ends early with its reason in `run.notice`.
    """
    if epochs < 0:
        raise ValueError(f"The number of epochs must be 0 or more; got {epochs}.")
    engine.warm_up(background=False)
    if isinstance(data, Dataset):
        run = start(experiment.build(settings, dataset=data))
    else:
        run = start(experiment.build(settings, data))
    if not progress:
        return advance(run, epochs)
    from tqdm import tqdm  # only scripts that ask for a bar need it

    with tqdm(total=epochs, unit="epoch") as bar:
        longer = run
        for longer in _advancing(run, epochs):
            bar.update(longer.epoch - bar.n)
    return longer


def _until(entries: tuple[tuple[int, _Held], ...], epoch: int) -> tuple[tuple[int, _Held], ...]:
    """What held up to `epoch`, its own included; at least the first entry."""
    return tuple(entry for entry in entries if entry[0] <= epoch) or entries[:1]


def _since(entries: tuple[tuple[int, _Held], ...], epoch: int) -> tuple[tuple[int, _Held], ...]:
    """What held from `epoch` on."""
    later = tuple(entry for entry in entries if entry[0] > epoch)
    return ((epoch, held_at(entries, epoch)), *later)


def _with_chains_for(state: engine.State, data: NDArray[np.float32]) -> engine.State:
    """The state with as many persistent chains as there are data, if it has any: chains beyond
    them end, and new ones start at their points."""
    kept = len(state.chains)
    if kept in (0, len(data)):
        return state
    return replace(state, chains=np.vstack([state.chains[: len(data)], data[kept:]]))


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
