"""A sweep as a map: every cell's mismatch as a colour, its reconstruction as a small picture.

What is said of a cell is decided here, as data that the browser lays out as a table; colours are
those of Cividis, which differ in lightness for every kind of colour vision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
from plotly.colors import sample_colorscale
from plotly.colors import unlabel_rgb as numbers_of

from rbm.settings import KNOBS
from rbm.tuning.space import Axis, Value
from rbm.tuning.sweep import Summary, Sweep, best_cell
from rbm.tuning.trial import PICTURE
from rbm.views.tiles import data_address

WORST = 1.0
"""Mismatch from which on the colour says no more: no better than uniform noise."""
PALETTE: list[str] = sample_colorscale("Cividis_r", 256)
"""From mismatch 0 to `WORST`."""
LEVELS = 15
"""Steps of grey in a small picture: enough for the eye, and a quarter of the bytes."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class MapCell:
    """One cell as it is shown: `number` (the median, or "" before the first run), `spread` (its
    quartiles), `failed` ("" or how many runs diverged), `says` all of it in a sentence,
    background `colour` ("" before the first run), `light` whether its text must be white, and
    whether there is a picture."""

    number: str
    spread: str
    failed: str
    says: str
    colour: str
    light: bool
    picture: bool


def map_data(sweep: Sweep, summaries: Sequence[Summary]) -> dict[str, object]:
    """The map as the browser's table wants it: titles and names of both axes, the last axis of the
    sweep across and the first one up; all cells in the order of `sweep.cells`, and the place of
    the best; their pictures as one image, a column of squares in the same order; and the colours
    of the scale."""
    across = sweep.axes[-1]
    up = sweep.axes[0] if len(sweep.axes) == 2 else None
    return {
        "across": axis_title(across),
        "up": axis_title(up) if up else "",
        "columns": value_names(across),
        "rows": value_names(up) if up else [""],
        "cells": [asdict(map_cell(sweep, at, known)) for at, known in enumerate(summaries)],
        "best": best_cell(summaries),
        "pictures": data_address(pictures(summaries)),
        "scale": [_colour(value) for value in np.linspace(0, WORST, 9)],
    }


def map_cell(sweep: Sweep, at: int, known: Summary) -> MapCell:
    """What is shown of one cell."""
    title = cell_title(sweep, at)
    if known.median is None or known.low is None or known.high is None:
        return MapCell("", "", "", f"{title}: not trained yet", "", False, False)
    share = f"{known.diverged} of {known.runs}"
    failed = f"{share} diverged" if known.diverged else "no run diverged"
    says = (
        f"{title}: median mismatch {known.median:.3f}, quartiles {known.low:.3f} to "
        f"{known.high:.3f}, of {known.runs} runs; {failed}"
    )
    spread = f"{known.low:.2f}–{known.high:.2f}"
    if known.runs == 1:
        says, spread = f"{title}: mismatch {known.median:.3f} of one run; {failed}", ""
    colour = _colour(known.median)
    return MapCell(
        f"{known.median:.2f}", spread, f"✕ {share}" if known.diverged else "", says, colour,
        _dark(colour), bool(known.picture),
    )  # fmt: skip


def pictures(summaries: Sequence[Summary]) -> np.ndarray:
    """The pictures of all cells below each other, (cells · PICTURE, PICTURE) bytes of grey: ink
    black on white, y upwards, white where there is none."""
    return np.concatenate([ink_picture(known.picture) for known in summaries])


def cell_title(sweep: Sweep, at: int) -> str:
    """The values of a cell, as in "Noise 0.5, CD steps 3"."""
    values = sweep.cells[at].values.items()
    return ", ".join(f"{KNOBS[name].label} {value_name(name, value)}" for name, value in values)


def value_name(name: str, value: Value) -> str:
    """A value as it is written on an axis: 0.03, 3,000, and 3·10⁻⁶ for 0.000003."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return (KNOBS[name].choices or {}).get(value, value).split(":")[0]
    if isinstance(value, int):
        return f"{value:,}"
    digits, _, power = f"{value:.4g}".partition("e")
    return f"{digits}·10{str(int(power)).translate(_RAISED)}" if power else digits


def value_names(axis: Axis) -> list[str]:
    """All values of an axis as they are written on it."""
    return [value_name(axis.name, value) for value in axis.values]


def axis_title(axis: Axis) -> str:
    """Label and symbol of a setting."""
    knob = KNOBS[axis.name]
    return f"{knob.label} {knob.symbol}".strip()


def ink_picture(picture: bytes) -> np.ndarray:
    """The picture of an `Outcome` as (PICTURE, PICTURE) bytes of grey, y upwards."""
    if not picture:
        return np.full((PICTURE, PICTURE), 255, np.uint8)
    ink = np.frombuffer(picture, np.uint8).reshape(PICTURE, PICTURE)[::-1] / 255
    return np.rint(np.rint((1 - ink) * LEVELS) * 255 / LEVELS).astype(np.uint8)


def _colour(mismatch: float) -> str:
    return PALETTE[round(min(max(mismatch / WORST, 0.0), 1.0) * (len(PALETTE) - 1))]


@lru_cache(maxsize=256)
def _dark(colour: str) -> bool:
    """Whether white text on it has more contrast than black (relative luminance of WCAG)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (number / 255 for number in numbers_of(colour))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return bool(luminance < 0.179)
