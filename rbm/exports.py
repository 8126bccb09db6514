"""Points and machines as CSV and JSON, for other people's programs.

CSV: comma, decimal point, one header row, numbers in their shortest form that reads back exactly.
"(square)" marks coordinates in the unit square, y upward; columns named after the columns of a
user's own table hold the same points in that table's units. A machine works in the range of its
units: v = low + (high − low)·square.

A name that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rbm import experiment
from rbm.dialects import clean
from rbm.experiment import Experiment
from rbm.reconstruction import reconstruct
from rbm.run import Run
from rbm.unit_map import UnitMap

Starts = Literal["data", "uniform"]
STARTS: dict[Starts, str] = {
    "data": "the points learnt from",
    "uniform": "2,000 uniform points",
}
"""Where reconstructions may start."""
N_UNIFORM = 2_000
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def points_csv(run: Run, epoch: int | None = None) -> str:
    """The data learnt at an epoch (default: the newest): set, x, y, and x, y in own units.

    The set of a row is "learnt" or "held out" (not learnt, only measured against).
    """
    setting = run.experiment_at(run.epoch if epoch is None else epoch)
    if setting.dataset is not None:
        sets = {"learnt": setting.dataset.points, "held out": setting.dataset.held_out}
    else:
        sets = {"learnt": _to_square(setting.data, setting)}
    own = _own_units(setting)
    names = [] if own is None else _own_names(own)
    return _csv(
        ["set", "x (square)", "y (square)", *names],
        (
            [name, *row]
            for name, cloud in sets.items()
            for row in _with_own_units(cloud, own)
        ),
    )  # fmt: skip


def reconstructions_csv(
    run: Run, epoch: int, passes: int = 20, starts: Starts = "uniform", seed: int = 0
) -> str:
    """Where the machine of a recorded epoch takes points in `passes` noisy passes.

    A row: the start (x, y), where it ends (x, y), and the end in own units. `starts`: from the
    data of that epoch, or from 2,000 uniform points of the square. The noise has the σ that held
    at that epoch; the same seed gives the same rows.
    """
    settings, setting = run.settings_at(epoch), run.experiment_at(epoch)
    if starts == "data":
        begin = setting.data.astype(np.float64)
    else:
        square = np.random.default_rng(seed).random((N_UNIFORM, 2))
        begin = experiment.to_range(square, settings)
    end = reconstruct(run.model_at(epoch), begin, passes, seed=seed, sigma=settings.sigma)
    own = _own_units(setting)
    names = [] if own is None else _own_names(own)
    start = _to_square(begin, setting).tolist()
    rows = _with_own_units(_to_square(end, setting), own)
    return _csv(
        ["start x (square)", "start y (square)", "x (square)", "y (square)", *names],
        ([*first, *row] for first, row in zip(start, rows, strict=True)),
    )


def weights_csv(run: Run, epoch: int) -> str:
    """The machine shown at a recorded epoch, a row for each unit: unit, bias, slope, and its
    weights to the visible units (empty for these themselves)."""
    machine = run.model_at(epoch)
    n = machine.n_visible
    rows: list[list[Any]] = [
        [f"visible {i + 1}", bias, slope, *[""] * n]
        for i, (bias, slope) in enumerate(
            zip(machine.visible_bias.tolist(), machine.visible_slope.tolist(), strict=True)
        )
    ]
    rows += [
        [f"hidden {j + 1}", bias, slope, *weights]
        for j, (bias, slope, weights) in enumerate(
            zip(
                machine.hidden_bias.tolist(),
                machine.hidden_slope.tolist(),
                machine.weights.T.tolist(),
                strict=True,
            )
        )
    ]
    return _csv(["unit", "bias", "slope", *(f"weight to visible {i + 1}" for i in range(n))], rows)


def weights_json(run: Run, epoch: int) -> str:
    """The machine shown at a recorded epoch and all that is needed to run it, as JSON.

    "read_me" says what the names mean; "format" and "version" say which edition this is.
    """
    machine, settings = run.model_at(epoch), run.settings_at(epoch)
    dataset, own = run.experiment_at(epoch).dataset, _own_units(run.experiment_at(epoch))
    content = {
        "format": "rbm machine",
        "version": 1,
        "read_me": READ_ME,
        "epoch": recorded_epoch(run, epoch),
        "n_visible": machine.n_visible,
        "n_hidden": machine.n_hidden,
        "low": machine.low,
        "high": machine.high,
        "sigma": settings.sigma,
        "weights": machine.weights.tolist(),
        "visible_bias": machine.visible_bias.tolist(),
        "hidden_bias": machine.hidden_bias.tolist(),
        "visible_slope": machine.visible_slope.tolist(),
        "hidden_slope": machine.hidden_slope.tolist(),
        "learnt_from": settings.pattern if dataset is None else clean(dataset.name),
        "own_units": None if own is None else own.to_dict(),
        "settings": asdict(settings) | {"pattern_options": settings.options},
    }
    return json.dumps(content, indent=1, allow_nan=False)


def spreadsheet_safe(text: str) -> str:
    """A stranger's text for a cell: one line, never a formula, nor one behind a semicolon, at
    which spreadsheets in half of the world end a cell."""
    line = clean(text).replace(";", ",")
    return f"'{line}" if line.startswith(_FORMULA) else line


def recorded_epoch(run: Run, epoch: int) -> int:
    """The recorded epoch that stands for `epoch`: itself, or in a thinned recording one before."""
    if epoch >= run.epoch:
        return run.epoch
    epochs = run.recording.epochs
    return int(epochs[max(0, int(np.searchsorted(epochs, epoch, side="right")) - 1)])


def _to_square(points: NDArray[np.floating], setting: Experiment) -> NDArray[np.float64]:
    """In float64, so that the float32 of the machine's own range can be had back exactly."""
    return experiment.to_square(points.astype(np.float64), setting.settings)


def _own_units(setting: Experiment) -> UnitMap | None:
    return None if setting.dataset is None else setting.dataset.map


def _own_names(own: UnitMap) -> list[str]:
    return [
        spreadsheet_safe(name) or f"column {place}" for place, name in enumerate(own.names, start=1)
    ]


def _with_own_units(square: NDArray[np.floating], own: UnitMap | None) -> list[list[float]]:
    """Rows of points in the square, followed by the same in own units."""
    if own is None:
        return square.tolist()
    return np.hstack([square, own.from_unit(square)]).tolist()


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


READ_ME = [
    "A continuous restricted Boltzmann machine (Chen & Murray 2003).",
    "Visible unit i has the state v[i], hidden unit j the state h[j]; all lie in [low, high].",
    "x = sum_i v[i] * weights[i][j] + hidden_bias[j] + sigma * N(0, 1)",
    "h[j] = low + (high - low) / (1 + exp(-hidden_slope[j] * x))",
    "x = sum_j weights[i][j] * h[j] + visible_bias[i] + sigma * N(0, 1)",
    "v[i] = low + (high - low) / (1 + exp(-visible_slope[i] * x))",
    "One pass is h from v, then v from h; N(0, 1) is drawn anew for each unit and pass.",
    "v[0] is across, v[1] upward, in the unit square: v = low + (high - low) * square.",
    "own_units, unless null, leads from the columns of the table learnt from to the square.",
    "settings: what held at this epoch while it was trained.",
]
"""What a machine's file says about itself."""
