"""Which columns of a table become points, and how: widgets, the map, and the points to see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from rbm.app.messages import plain
from rbm.datasets import MAX_DRAWN
from rbm.tables import MAX_ROWS, MIN_ROWS, Points, Table, choose_points
from rbm.unit_map import Projection

SHOWN = 2_000
"""Points drawn in the preview: more only make a blot."""
TWO, MANY = "Two columns", "Many columns (PCA)"


def points_panel(prefix: str, table: Table) -> Points:
    """The points that the widgets choose; raises `TableError` when they cannot be made."""
    names = table.names
    if len(names) < 2:
        return choose_points(table, names)  # says what is wrong
    way = TWO
    if len(names) > 2:
        way = st.segmented_control(
            "Points from", (TWO, MANY), default=TWO, key=f"{prefix}_way", required=True,
            help="PCA: the two directions in which many columns vary most.",
        )  # fmt: skip
    equalise = False
    if way == MANY:
        chosen = _many(prefix, names)
        equalise = st.toggle(
            "Equalise the columns' spreads first", value=True, key=f"{prefix}_equalise",
            help="Each column is divided by its standard deviation, so that none counts more only "
            "because of its units.",
        )  # fmt: skip
    else:
        chosen = [
            _one(prefix, "x", "Column across (x)", names, 0),
            _one(prefix, "y", "Column up (y)", names, 1),
        ]
    per_axis = st.toggle(
        "Stretch each axis by itself", key=f"{prefix}_per_axis",
        help="Off: both axes keep the same scale, so shapes keep their proportions.",
    )  # fmt: skip
    drop = st.toggle(
        "Leave out rows that are not finite numbers", key=f"{prefix}_drop",
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


def _one(prefix: str, axis: str, label: str, names: Sequence[str], index: int) -> str:
    key = f"{prefix}_{axis}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[index]
    return st.selectbox(label, names, key=key)


def _many(prefix: str, names: Sequence[str]) -> list[str]:
    key = f"{prefix}_columns"
    kept = [name for name in st.session_state.get(key, ()) if name in names]
    st.session_state[key] = kept or list(names[:50])
    return st.multiselect("Columns", names, key=key, placeholder="Choose three")


def _sample(prefix: str, rows: int) -> tuple[int, int]:
    """How many points to learn, and the seed of the sample when that is not all of them."""
    most = max(min(rows, MAX_ROWS), MIN_ROWS)
    key = f"{prefix}_limit"
    if not MIN_ROWS <= st.session_state.get(key, 0) <= most:
        st.session_state[key] = most
    left, right = st.columns(2)
    limit = left.number_input(
        "Points to learn", MIN_ROWS, most, key=key,
        help=f"At most {MAX_ROWS:,}. Every link carries up to {MAX_DRAWN:,}; a run file all.",
    )  # fmt: skip
    if limit >= rows:
        return limit, 0
    seed = right.number_input(
        "Seed of the sample", 0, 2**31 - 1, 0, key=f"{prefix}_seed",
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
