"""Editing the parameters of a small machine as one table: a row for each visible unit.

Streamlit's editor keeps its own list of edits on top of the table it was first given, and forgets
them when that table changes. So it is given the machine as it was when something *else* last
changed it (`Base`), under a key with a revision; its edits are then applied to that machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from rbm.bench_link import LEAST_SLOPE
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import SLOPE_BOUNDS
from rbm.unit_sums import Floats, unit_names

LARGEST = 20.0
"""No weight or bias may be set larger on these pages: beyond it units are simply on or off."""
_BIAS, _SLOPE = "bias", "slope A"
Machine = BinaryMachine | ContinuousMachine


def parameter_frame(machine: Machine) -> pd.DataFrame:
    """Weights with the visible biases as a last column and the hidden biases as a last row, and
    for a continuous machine the slopes as one more of each; corners belong to nobody and are empty.
    """
    extra = [_BIAS, _SLOPE] if isinstance(machine, ContinuousMachine) else [_BIAS]
    n_visible, n_hidden = machine.weights.shape
    rows, columns = unit_names("v", n_visible), unit_names("h", n_hidden)
    frame = pd.DataFrame(np.nan, [*rows, *extra], [*columns, *extra])
    for row, column, values in _places(machine):
        frame.iloc[row, column] = values
    return frame


def with_edits(machine: Machine, edited: Mapping[int, Mapping[str, Any]]) -> dict[str, Floats]:
    """The machine's parameters by field after an editor's edits {row: {column: number or None}};
    None leaves a number as it was; others are kept within ±`LARGEST`, slopes in their bounds."""
    frame = parameter_frame(machine)
    for row, cells in edited.items():
        for column, value in cells.items():
            if value is not None and np.isfinite(value):
                of_slopes = _SLOPE in (column, frame.index[int(row)])
                low, high = (LEAST_SLOPE, SLOPE_BOUNDS[1]) if of_slopes else (-LARGEST, LARGEST)
                place = frame.columns.get_loc(column)
                frame.iloc[int(row), place] = min(max(float(value), low), high)
    fields = ("weights", "visible_bias", "hidden_bias", "visible_slope", "hidden_slope")
    return {
        field: frame.iloc[row, column].to_numpy(float, copy=True)
        for field, (row, column, _) in zip(fields, _places(machine), strict=False)
    }


def parameter_editor(
    base: Machine,
    key: str,
    on_edit: Callable[[dict[str, Any]], None],
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
) -> None:
    """Shows the editor of `base`; `on_edit` gets its fields as edited. A new base, a new key.

    names: what visible and hidden units are called beside v₁ and h₁, if anything.
    """

    def edited() -> None:
        on_edit(with_edits(base, st.session_state[key]["edited_rows"]))

    frame = parameter_frame(base)
    shown = frame.set_axis(_called(frame.index, names[0]), axis=0)
    labels = _called(frame.columns, names[1])
    st.data_editor(
        shown,
        key=key,
        on_change=edited,
        num_rows="fixed",
        column_config={
            column: st.column_config.NumberColumn(label, format="%.3f", width=72)
            for column, label in zip(frame.columns, labels, strict=True)
        },
    )


def _called(units: Any, names: tuple[str, ...]) -> list[str]:
    return [f"{unit} {name}".strip() for unit, name in zip_longest(units, names, fillvalue="")]


def _places(machine: Machine) -> list[tuple[Any, Any, Floats]]:
    """Rows, columns and values in the frame of weights, biases and slopes, in this order."""
    n_visible, n_hidden = machine.weights.shape
    v, h = slice(n_visible), slice(n_hidden)
    places = [
        (v, h, machine.weights), (v, n_hidden, machine.visible_bias),
        (n_visible, h, machine.hidden_bias),
    ]  # fmt: skip
    if isinstance(machine, ContinuousMachine):
        places += [
            (v, n_hidden + 1, machine.visible_slope),
            (n_visible + 1, h, machine.hidden_slope),
        ]
    return places
