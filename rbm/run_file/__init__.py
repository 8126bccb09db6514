"""One file for a run: settings, data, weights, the whole recording and the measured mismatches.

The file is a zip of arrays in NumPy's own format (`*.npy`) and one text, `run.json`; there is no
code in it and nothing is ever unpickled. `numpy.load(path)` opens it in a notebook. `run.json`
says what holds from which epoch on (settings written as in a link) and how the arrays are cut;
docs/run-file.md describes both. Files come from strangers, so every entry has a size that is
checked before it is expanded, and every array the shape, type and range that a run has.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm.engine import State
from rbm.links import encode
from rbm.run import Run
from rbm.run_file.parts import (
    FORMAT,
    VERSION,
    RunFileError,
    read_arrays,
    read_entries,
    read_experiments,
    read_history,
    read_recording,
    read_states,
)
from rbm.settings import Settings

READ_ME = (
    "A run of a continuous restricted Boltzmann machine, made by the package rbm. Everything is "
    "in the arrays beside this text: numpy.load opens the whole file. A row of recording_frames "
    "holds the parameters after one epoch: weights (2 x hidden, row by row), visible biases, "
    "hidden biases, visible slopes, hidden slopes. docs/run-file.md of the project says the rest."
)
ENGINES = ("reference", "fused")


@dataclass(frozen=True)
class Saved:
    """What a file holds: the run, mismatch by epoch, and how the page was set (`page`).

    `complaints` are sentences about what is not as it was.
    """

    run: Run
    mismatches: Mapping[int, float] = field(default_factory=dict)
    page: Mapping[str, int] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def dump(
    run: Run, mismatches: Mapping[int, float] | None = None, page: Mapping[str, int] | None = None
) -> bytes:
    """The file of a run; `page` holds whole numbers that the app wants back."""
    scores = sorted((mismatches or {}).items())
    states = [*run.checkpoints, run.state]
    datasets = [setting.dataset for _, setting in run.experiments]
    text = {
        "format": FORMAT,
        "version": VERSION,
        "read_me": READ_ME,
        "epoch": run.epoch,
        "history": [[epoch, encode([(0, settings)], 0)] for epoch, settings in run.history],
        "data": [
            [
                epoch,
                {
                    "pattern": setting.pattern,
                    "rows": len(setting.data),
                    "dataset": None if dataset is None else {
                        "name": dataset.name, "kind": dataset.kind, "notes": dataset.notes,
                        "held_out_rows": len(dataset.held_out),
                        "map": dataset.map and dataset.map.to_dict(),
                    },
                },
            ]
            for (epoch, setting), dataset in zip(run.experiments, datasets, strict=True)
        ],
        "engines": run.engines,
        "recording": {"stride": run.recording.stride, "checkpoint_spacing": run.spacing},
        "notice": run.notice,
        "page": dict(page or {}),
    }  # fmt: skip
    held_out = [dataset.held_out for dataset in datasets if dataset is not None]
    arrays = {
        "data": np.vstack([setting.data for _, setting in run.experiments]),
        "held_out": np.vstack([np.zeros((0, 2)), *held_out]),
        "recording_epochs": run.recording.epochs,
        "recording_frames": run.recording.frames,
        "recording_errors": run.recording.errors,
        # the states of the checkpoints, then the newest one
        "state_epochs": np.array([state.epoch for state in states], np.int32),
        "state_parameters": np.array([state.parameters for state in states]),
        "state_velocities": np.array([state.velocity for state in states]),
        "state_chain_rows": np.array([len(state.chains) for state in states], np.int32),
        "state_chains": np.vstack([state.chains for state in states]),
        "last_error": np.array([run.last_error]),
        "mismatch_epochs": np.array([epoch for epoch, _ in scores], np.int32),
        "mismatch": np.array([score for _, score in scores], np.float64),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_entry("run.json"), json.dumps(text, indent=1, ensure_ascii=False))
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), content.getvalue())
    return file.getvalue()


def load(content: bytes) -> Saved:
    """The run of a file; `RunFileError` with a sentence for anything that is not one."""
    text, entries = read_entries(content)
    arrays = read_arrays(entries)
    try:
        return _parsed(text, arrays)
    except RunFileError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise RunFileError(
            f"The file is damaged: its description does not fit its arrays ({_short(error)})."
        ) from None


def _parsed(text: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Saved:
    history = read_history(text["history"])
    settings: Settings = history[-1][1]
    states = read_states(arrays, settings)
    first = states[0].epoch
    experiments, complaints = read_experiments(text["data"], arrays, history[0][1])
    engines = tuple((int(epoch), str(name)) for epoch, name in text["engines"])
    newest: State = states[-1]
    for what, entries in (("settings", history), ("data", experiments), ("engines", engines)):
        begins = [epoch for epoch, _ in entries]
        if begins != sorted(set(begins)) or not all(0 <= at <= newest.epoch for at in begins):
            raise RunFileError(f"The file is damaged: its {what} change at impossible epochs.")
        if newest.epoch > first and (not begins or begins[0] > first):
            raise RunFileError(f"The file is damaged: the {what} of its first epochs are missing.")
    if any(name not in ENGINES for _, name in engines):
        raise RunFileError("The file was trained by an engine that this version does not know.")
    run = Run(
        state=newest,
        recording=read_recording(arrays, int(text["recording"]["stride"]), states),
        history=history,
        experiments=experiments,
        checkpoints=states[:-1],
        engines=engines,
        last_error=float(arrays["last_error"][0]),
        notice=str(text["notice"])[:500],
        spacing=min(max(int(text["recording"]["checkpoint_spacing"]), 1), 2**40),
    )
    scores = zip(arrays["mismatch_epochs"].tolist(), arrays["mismatch"].tolist(), strict=True)
    page = {str(k): int(v) for k, v in list(text["page"].items())[:20] if isinstance(v, int)}
    return Saved(
        run,
        {epoch: score for epoch, score in scores if first <= epoch <= newest.epoch},
        page,
        complaints,
    )


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the time it was made at, so that equal runs give equal files."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:100].replace("\n", " ")
