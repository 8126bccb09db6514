"""A sweep as a map: every cell's mismatch as a colour, its reconstruction as a small picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from rbm.settings import KNOBS
from rbm.tuning.space import Axis
from rbm.tuning.sweep import Summary, Sweep
from rbm.tuning.trial import PICTURE
from rbm.views.tiles import data_address, tile

WORST = 1.0
"""Mismatch from which on the colour says no more: no better than uniform noise."""


def sweep_map(sweep: Sweep, summaries: Sequence[Summary]) -> go.Figure:
    """The map of a sweep, filled in as far as its `summaries` know: the last axis across, the
    first one up (one axis: a single row)."""
    across = sweep.axes[-1]
    up = sweep.axes[0] if len(sweep.axes) == 2 else None
    shape = (len(up.values) if up else 1, len(across.values))
    medians = np.array([np.nan if s.median is None else s.median for s in summaries])
    words = np.array([_words(s) for s in summaries]).reshape(shape)
    marks = np.array([_mark(s) for s in summaries]).reshape(shape)
    figure = go.Figure(
        go.Heatmap(
            z=medians.reshape(shape), x=_names(across), y=_names(up) if up else [""],
            text=marks, texttemplate="%{text}", textfont={"size": 13}, customdata=words,
            hovertemplate="%{customdata}<extra></extra>", zmin=0, zmax=WORST, xgap=2, ygap=2,
            colorscale="Cividis_r", colorbar={"title": {"text": "mismatch"}, "thickness": 12},
        )
    )  # fmt: skip
    # A heat map cannot be clicked in Streamlit; marks that nobody sees, one a cell, can.
    figure.add_scatter(
        x=_names(across) * shape[0],
        y=[name for name in (_names(up) if up else [""]) for _ in across.values],
        mode="markers", marker={"size": 60, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
        customdata=words.ravel(), hovertemplate="%{customdata}<extra></extra>", showlegend=False,
    )  # fmt: skip
    for place, summary in enumerate(summaries):
        if summary.picture:
            row, column = divmod(place, shape[1])
            figure.add_layout_image(
                source=data_address(picture_of(summary.picture)), xref="x", yref="y",
                x=column, y=row + 0.1, sizex=0.62, sizey=0.62, xanchor="center", yanchor="middle",
                layer="above",
            )  # fmt: skip
    figure.update_layout(
        clickmode="event+select", height=90 + 92 * shape[0],
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis={"title": {"text": _title(across)}, "type": "category", "fixedrange": True},
        yaxis={
            "title": {"text": _title(up) if up else ""}, "type": "category", "fixedrange": True,
        },
    )  # fmt: skip
    return figure


def picture_of(picture: bytes) -> np.ndarray:
    """The smoothed reconstruction of an `Outcome` as pixels, y upwards, ink black on white."""
    ink = np.frombuffer(picture, np.uint8).reshape(PICTURE, PICTURE)[::-1] / 255
    return tile(ink.ravel(), (PICTURE, PICTURE), 2 * PICTURE)


def _names(axis: Axis) -> list[str]:
    choices = KNOBS[axis.name].choices or {}
    return [
        str(choices.get(str(value), value)) if isinstance(value, str | bool) else f"{value:.4g}"
        for value in axis.values
    ]


def _title(axis: Axis) -> str:
    knob = KNOBS[axis.name]
    return f"{knob.label} {knob.symbol}".strip()


def _mark(summary: Summary) -> str:
    """A few characters at the foot of a cell."""
    if summary.median is None:
        return ""
    failed = f" ✕{summary.diverged}" if summary.diverged else ""
    return f"<br><br><br>{summary.median:.2f}{failed}"


def _words(summary: Summary) -> str:
    if summary.median is None or summary.low is None or summary.high is None:
        return "not trained yet"
    failed = f"<br>{summary.diverged} of them diverged" if summary.diverged else ""
    return (
        f"mismatch {summary.median:.3f} (median of {summary.runs})<br>"
        f"quartiles {summary.low:.3f} to {summary.high:.3f}{failed}"
    )
