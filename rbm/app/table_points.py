"""Which columns of a table become points, and how: widgets, the map, and the points to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from rbm.app.messages import plain
from rbm.datasets import MAX_DRAWN
from rbm.tables import (
    LEAVE_OUT,
    MAX_ROWS,
    MIN_ROWS,
    STRETCH,
    Points,
    Table,
    choose_points,
    first_many,
    first_pair,
    is_flat,
)
from rbm.unit_map import Projection

SHOWN = 2_000
"""Points drawn in the preview: more only make a blot."""
MOST_PROJECTED = 50
"""Columns that are projected unless the user chooses others."""
TWO, MANY = "Two columns", "Many columns (PCA)"


def points_panel(prefix: str, table: Table, identity: object) -> Points:
    """The points that the widgets choose; raises `TableError` when they cannot be made.

    Another `identity` is another table, for which every widget starts afresh.
    """
    names = table.names
    if len(names) < 2:
        return choose_points(table, names)  # says what is wrong
    if st.session_state.get(f"{prefix}_points_of") != identity:
        st.session_state[f"{prefix}_points_of"] = identity
        for control in CONTROLS:
            st.session_state.pop(f"{prefix}_{control}", None)
    way: str | None = TWO
    if len(names) > 2:
        way = st.segmented_control(
            "Points from", (TWO, MANY), key=_held(prefix, "way", TWO), required=True,
            help="PCA: the two directions in which many columns vary most.",
        )  # fmt: skip
    equalise = False
    if way == MANY:
        chosen = _many(prefix, table)
        equalise = st.toggle(
            "Equalise the columns' spreads first", key=_held(prefix, "equalise", True),
            help="Each column is divided by its standard deviation, so that none counts more only "
            "because of its units.",
        )  # fmt: skip
    else:
        across, up = first_pair(table)
        chosen = [
            _one(prefix, "x", "Column across (x)", names, across),
            _one(prefix, "y", "Column up (y)", names, up),
        ]
    if st.session_state.get(f"{prefix}_pair") != chosen:  # other columns, another proposal
        st.session_state[f"{prefix}_pair"] = chosen
        st.session_state[f"{prefix}_per_axis"] = is_flat(table, chosen)
    per_axis = st.toggle(
        STRETCH, key=_held(prefix, "per_axis", False),
        help="Off: both axes keep the same scale, so shapes keep their proportions.",
    )  # fmt: skip
    drop = st.toggle(
        LEAVE_OUT, key=_held(prefix, "drop", False),
        help="They are counted, and the first one is named.",
    )  # fmt: skip
    limit, seed = _sample(prefix, len(table.row_numbers))
    points = choose_points(
        table, chosen, per_axis=per_axis, equalise=equalise, drop_bad_rows=drop, limit=limit,
        seed=seed,
    )  # fmt: skip
    _scatter(points)
    if points.map.projection:
        _loadings(points.map.names, points.map.projection)
    st.caption(f"The map to the square: {plain(points.map.sentence())}")
    return points


def _held(prefix: str, control: str, value: Any) -> str:
    """The key of a widget, whose value is written anew in every run.

    Left to itself a widget whose bounds or options change goes back to its own default in the
    browser, while the script still sees the last value.
    """
    key = f"{prefix}_{control}"
    st.session_state[key] = st.session_state.get(key, value)
    return key


def _one(prefix: str, axis: str, label: str, names: Sequence[str], first: str) -> str:
    key = _held(prefix, axis, first)
    if st.session_state[key] not in names:
        st.session_state[key] = first
    return st.selectbox(label, names, key=key)


def _many(prefix: str, table: Table) -> list[str]:
    first = first_many(table, MOST_PROJECTED)
    key = _held(prefix, "columns", first)
    st.session_state[key] = [n for n in st.session_state[key] if n in table.names] or first
    return st.multiselect("Columns", table.names, key=key, placeholder="Choose three")


def _sample(prefix: str, rows: int) -> tuple[int, int]:
    """How many points to learn, and the seed of the sample when that is not all of them."""
    most = max(min(rows, MAX_ROWS), MIN_ROWS)
    if st.session_state.get(f"{prefix}_most") != most:  # read another way, it has other rows
        st.session_state[f"{prefix}_most"] = st.session_state[f"{prefix}_limit"] = most
    left, right = st.columns(2)
    limit = left.number_input(
        "Points to learn", MIN_ROWS, most, key=_held(prefix, "limit", most),
        help=f"At most {MAX_ROWS:,}. Every link carries up to {MAX_DRAWN:,}; a run file all.",
    )  # fmt: skip
    if limit >= rows:
        return limit, 0
    seed = right.number_input(
        "Seed of the sample", 0, 2**31 - 1, key=_held(prefix, "seed", 0),
        help="Another seed, another random sample of the rows.",
    )  # fmt: skip
    return limit, seed


def _scatter(chosen: Points) -> None:
    """The points in the unit square, axes fixed."""
    points = chosen.points[:: -(-len(chosen.points) // SHOWN)]
    fixed = {"scale": {"domain": [0, 1]}, "axis": {"values": [0, 0.5, 1]}, "type": "quantitative"}
    st.vega_lite_chart(
        pd.DataFrame(np.round(points, 4), columns=["x", "y"]),
        {
            "mark": {"type": "circle", "size": 14, "tooltip": False},
            "encoding": {
                "x": {"field": "x", "title": "x'", **fixed},
                "y": {"field": "y", "title": "y'", **fixed},
            },
            "width": 300, "height": 300,
        },
        width="content",
    )  # fmt: skip
    count = f"{len(chosen.points):,} points in the square"
    st.caption(count if len(points) == len(chosen.points) else f"{count}, {len(points):,} shown")


def _loadings(names: Sequence[str], projection: Projection) -> None:
    """Variance explained, and how much each column counts in the two components."""
    for number, share in enumerate(projection.explained, 1):
        st.progress(min(share, 1.0), f"Component {number}: {share:.1%} of the variance")
    with st.expander("What the components are made of"):
        st.dataframe(
            pd.DataFrame(
                {
                    "column": names,
                    "in component 1": projection.axes[0],
                    "in component 2": projection.axes[1],
                    "centre": projection.centre,
                    "divided by": projection.spread,
                }
            ),
            hide_index=True,
        )


CONTROLS = (
    "way", "columns", "equalise", "x", "y", "pair", "per_axis", "drop", "limit", "most", "seed",
)  # fmt: skip
"""What is kept of the choices; another table makes all of it forgotten."""
