"""The parts of a run's file, read with suspicion: entries, arrays, states, data, settings."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm import experiment
from rbm.datasets import KINDS, MAX_NOTE, Dataset, on_grid
from rbm.dialects import clean
from rbm.engine import State
from rbm.engine.state import has_diverged
from rbm.experiment import Experiment
from rbm.links import decode
from rbm.models.continuous import n_parameters
from rbm.payload import clean_map
from rbm.recording import MEMORY_CAP, Recording
from rbm.settings import Settings
from rbm.training import differences

FORMAT, VERSION = "rbm-run", 1
MAX_FILE = 50_000_000
MAX_TEXT = 20_000_000
MAX_POINTS = 600_000
"""Points of all data sets of a run together."""
MAX_STATES = 200
ARRAYS: dict[str, tuple[str, int, int]] = {
    "data": ("<f4", 2, MAX_POINTS),
    "held_out": ("<f8", 2, MAX_POINTS),
    "recording_epochs": ("<i4", 1, 2_000_000),
    "recording_frames": ("<f4", 2, 2_000_000),
    "recording_errors": ("<f4", 1, 2_000_000),
    "state_epochs": ("<i4", 1, MAX_STATES),
    "state_parameters": ("<f8", 2, MAX_STATES),
    "state_velocities": ("<f8", 2, MAX_STATES),
    "state_chain_rows": ("<i4", 1, MAX_STATES),
    "state_chains": ("<f4", 2, MAX_STATES * 10_000),
    "last_error": ("<f8", 1, 1),
    "mismatch_epochs": ("<i4", 1, 2_000_000),
    "mismatch": ("<f8", 1, 2_000_000),
}
"""Name, type, number of dimensions and most rows of every array of a file."""
MAX_ARRAY = 2 * MEMORY_CAP
"""Bytes of one array: the recording's cap, and room for what is counted otherwise."""


class RunFileError(ValueError):
    """A file cannot be opened; the message is one sentence for the person who brought it."""


def read_entries(content: bytes) -> tuple[Mapping[str, Any], dict[str, bytes]]:
    """The description and the bytes of every array, none larger than it may be."""
    if len(content) > MAX_FILE:
        raise RunFileError(
            f"The file has {len(content) / 1e6:.0f} MB; a run's has at most {MAX_FILE / 1e6:.0f}."
        )
    limits = {f"{name}.npy": MAX_ARRAY for name in ARRAYS} | {"run.json": MAX_TEXT}
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sorted(names) != sorted(limits):
                raise RunFileError(
                    "This is a zip file, but not that of a run: choose a file that was saved with "
                    "“Save the run”."
                )
            for name in names:
                with archive.open(name) as entry:
                    found[name] = entry.read(limits[name] + 1)
                if len(found[name]) > limits[name]:
                    raise RunFileError(f"The part “{name}” is larger than any run's.")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise RunFileError(
            "This is not the file of a run, or it is cut off or damaged: save it again."
        ) from None
    try:
        text = json.loads(found.pop("run.json"))
    except (ValueError, RecursionError):
        raise RunFileError("The file is damaged: its description cannot be read.") from None
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise RunFileError("This is not the file of a run.")
    if text.get("version") != VERSION:
        raise RunFileError(
            f"The file is of version {str(text.get('version'))[:20]}; this app reads version "
            f"{VERSION}."
        )
    return text, found


def read_arrays(entries: Mapping[str, bytes]) -> dict[str, NDArray[Any]]:
    """The arrays, each of the type and shape it must have; the bytes are never unpickled."""
    arrays = {}
    for name, (kind, dimensions, most) in ARRAYS.items():
        content = io.BytesIO(entries[f"{name}.npy"])
        try:
            if np.lib.format.read_magic(content) != (1, 0):
                raise ValueError("unknown version")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(content)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, TokenError):
            raise RunFileError(f"The file is damaged: “{name}” is not an array.") from None
        numbers = content.read()
        fits = dtype == np.dtype(kind) and not fortran and len(shape) == dimensions
        if not (fits and shape[0] <= most and math.prod(shape) * dtype.itemsize == len(numbers)):
            raise RunFileError(f"The file is damaged: “{name}” has an impossible shape.")
        arrays[name] = np.frombuffer(numbers, kind).reshape(shape)
    return arrays


def read_history(entries: Sequence[Any]) -> tuple[tuple[int, Settings], ...]:
    """The settings and from which epoch on they held."""
    history: list[tuple[int, Settings]] = []
    for epoch, params in entries:
        link = decode({str(name): str(value) for name, value in params.items()}, Settings())
        if link.complaints:
            raise RunFileError(f"The file's settings cannot be used. {link.complaints[0]}")
        if history and differences(history[0][1], link.settings, restarts=True):
            raise RunFileError("The file is damaged: its settings change as those of no run can.")
        history.append((int(epoch), link.settings))
    return tuple(history)


def read_states(arrays: Mapping[str, NDArray[Any]], settings: Settings) -> tuple[State, ...]:
    """The states of the checkpoints and, last, the newest one."""
    count, n_slopes = n_parameters(2, settings.n_hidden), 2 + settings.n_hidden
    epochs, rows = arrays["state_epochs"], arrays["state_chain_rows"]
    parameters, velocities = arrays["state_parameters"], arrays["state_velocities"]
    chains = arrays["state_chains"]
    right = (
        len(epochs) >= 2
        and (np.diff(epochs) >= 0).all()
        and epochs[0] >= 0
        and parameters.shape == (len(epochs), count)
        and velocities.shape == (len(epochs), count - n_slopes)
        and len(rows) == len(epochs)
        and ((rows > 0) == (settings.rule == "pcd")).all()
        and (rows >= 0).all()
        and chains.shape == (rows.sum(), 2)
        and np.isfinite(velocities).all()
        and ((chains >= settings.low) & (chains <= settings.high)).all()
        and not any(has_diverged(row, n_slopes) for row in parameters)
        and (parameters[:, -n_slopes:] > 0).all()
    )
    if not right:
        raise RunFileError("The file is damaged: its weights are not those of a run.")
    ends = np.cumsum(rows)
    return tuple(
        State(parameters[i], velocities[i], chains[ends[i] - rows[i] : ends[i]], int(epochs[i]))
        for i in range(len(epochs))
    )


def read_recording(
    arrays: Mapping[str, NDArray[Any]], stride: int, states: Sequence[State]
) -> Recording:
    """The recording of the epochs between the first state and the newest."""
    epochs, frames = arrays["recording_epochs"], arrays["recording_frames"]
    errors = arrays["recording_errors"]
    right = (
        len(epochs) >= 1
        and (np.diff(epochs) > 0).all()
        and epochs[0] >= states[0].epoch
        and epochs[-1] <= states[-1].epoch
        and frames.shape == (len(epochs), states[0].parameters.size)
        and frames.nbytes <= MEMORY_CAP
        and len(errors) == len(epochs)
        and np.isfinite(frames).all()
        and 1 <= stride <= 2**30
        and (epochs[1:] % stride == 0).all()
    )
    if not right:
        raise RunFileError("The file is damaged: its recording is not that of a run.")
    return Recording.restored(stride, epochs, frames, errors)


def read_experiments(
    entries: Sequence[Any], arrays: Mapping[str, NDArray[Any]], settings: Settings
) -> tuple[tuple[tuple[int, Experiment], ...], tuple[str, ...]]:
    """The data and from which epoch on they were learnt, and complaints."""
    data = experiment.check_range(arrays["data"], settings)
    held_out = on_grid(arrays["held_out"])
    complaints: list[str] = []
    experiments: list[tuple[int, Experiment]] = []
    begin = kept = 0
    for epoch, described in entries:
        points = data[begin : begin + int(described["rows"])]
        begin += len(points)
        told, dataset = described["dataset"], None
        if told is not None:
            rows = int(told["held_out_rows"])
            dataset = _dataset(told, points, held_out[kept : kept + rows], settings)
            kept += rows
        elif described["pattern"] is None:
            square = experiment.to_square(points, settings)
            dataset = Dataset("Points of a script", "file", square, held_out[:0])
        built = experiment.build(settings, dataset=dataset)
        if not np.array_equal(built.data, points):
            complaints.append(
                "This version draws the file's data a little differently; the run goes on with "
                "the points in the file, and Reset would take the new ones."
            )
            built = replace(built, data=points)
        experiments.append((int(epoch), built))
    if begin != len(data) or kept != len(held_out):
        raise RunFileError("The file is damaged: it holds more points than it describes.")
    return tuple(experiments), tuple(dict.fromkeys(complaints))


def _dataset(
    told: Mapping[str, Any],
    points: NDArray[np.float32],
    held_out: NDArray[np.float64],
    settings: Settings,
) -> Dataset:
    name, kind = clean(str(told["name"])), told["kind"]
    if kind not in KINDS or not name:
        raise RunFileError("The file is damaged: it does not say what its data are.")
    notes = tuple(clean_note(note) for note in told["notes"][:20])
    unit_map = None if told["map"] is None else clean_map(told["map"])
    square = on_grid(np.clip(experiment.to_square(points, settings), 0, 1))
    return Dataset(name, kind, square, held_out, unit_map, notes)


def clean_note(note: Any) -> str:
    """A stranger's sentence, on one line and not too long."""
    return "".join(c for c in str(note)[:MAX_NOTE] if c.isprintable())
