"""Editing the parameters of a small machine as one table: a row for each visible unit.

Streamlit's editor keeps its own list of edits on top of the table it was first given, and forgets
them when that table changes. So it is given the machine as it was when something *else* last
changed it (`Base`), under a key with a revision; its edits are then applied to that machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.unit_sums import Floats, unit_names

LARGEST = 20.0
"""No parameter on these pages may be larger: beyond it units are simply on or off."""
_BIAS = "bias"


def parameter_frame(weights: Floats, visible_bias: Floats, hidden_bias: Floats) -> pd.DataFrame:
    """Weights with the visible biases as last column and the hidden biases as last row; the corner
    belongs to nobody and is empty."""
    square = np.full((weights.shape[0] + 1, weights.shape[1] + 1), np.nan)
    square[:-1, :-1], square[:-1, -1], square[-1, :-1] = weights, visible_bias, hidden_bias
    rows, columns = unit_names("v", weights.shape[0]), unit_names("h", weights.shape[1])
    return pd.DataFrame(square, [*rows, _BIAS], [*columns, _BIAS])


def with_edits(
    machine: BinaryMachine | ContinuousMachine, edited: Mapping[int, Mapping[str, Any]]
) -> dict[str, Floats]:
    """Weights and biases of the machine after an editor's edits {row: {column: number or None}},
    by field; None leaves a number as it was, and all are kept within ±`LARGEST`."""
    frame = parameter_frame(machine.weights, machine.visible_bias, machine.hidden_bias)
    for row, cells in edited.items():
        for column, value in cells.items():
            if value is not None and np.isfinite(value):
                place = frame.columns.get_loc(column)
                frame.iloc[int(row), place] = np.clip(float(value), -LARGEST, LARGEST)
    square = frame.to_numpy()
    return {
        "weights": square[:-1, :-1].copy(),
        "visible_bias": square[:-1, -1].copy(),
        "hidden_bias": square[-1, :-1].copy(),
    }


def parameter_editor(
    base: BinaryMachine | ContinuousMachine, key: str, on_edit: Callable[[dict[str, Any]], None]
) -> None:
    """Shows the editor of `base`; `on_edit` gets its fields as edited. A new base, a new key."""

    def edited() -> None:
        on_edit(with_edits(base, st.session_state[key]["edited_rows"]))

    frame = parameter_frame(base.weights, base.visible_bias, base.hidden_bias)
    st.data_editor(
        frame,
        key=key,
        on_change=edited,
        num_rows="fixed",
        column_config={
            name: st.column_config.NumberColumn(
                name, min_value=-LARGEST, max_value=LARGEST, format="%.3f", width=64
            )
            for name in frame.columns
        },
    )
