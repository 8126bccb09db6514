"""The machine itself: its hidden units as lines in the plane, and its parameters as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from rbm.models.continuous import ContinuousMachine
from rbm.views.clouds import some
from rbm.views.snapshot import Snapshot
from rbm.views.style import DIVERGING, GREY, NAMED_UP_TO, square, titled, unit_line, wide


@dataclass(frozen=True)
class UnitLines:
    """Where each hidden unit is half on, for m units.

    `ends` (m, 2, 2): both ends of the line h = ½ within the square, NaN when it passes by;
    `towards_on` (m, 2): unit vector to the side where the unit is on; `half_width` (m,): half the
    width 1/(A·|W|) of the band in which h goes from 0.38 to 0.62 of its range.
    """

    ends: NDArray[np.float64]
    towards_on: NDArray[np.float64]
    half_width: NDArray[np.floating]


def unit_lines(model: ContinuousMachine) -> UnitLines:
    """The lines W_j·v + c_j = 0 of a machine with two visible units."""
    norms = np.linalg.norm(model.weights, axis=0)
    norms = np.where(norms > 0, norms, np.nan)  # a unit that nothing turns on has no line
    normals = (model.weights / norms).T
    feet = -(model.hidden_bias / norms)[:, None] * normals
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    ends = [_clipped(*line, model.low, model.high) for line in zip(feet, along, strict=True)]
    return UnitLines(np.array(ends), normals, 0.5 / (model.hidden_slope * norms))


def _clipped(
    foot: NDArray[np.float64], along: NDArray[np.float64], low: float, high: float
) -> NDArray[np.float64]:
    """Ends (2, 2) of the line foot + t·along within the square, NaN when it passes by: it is
    inside from where it has entered both of the square's strips to where it leaves one."""
    enter, leave = -np.inf, np.inf
    for place, speed in zip(foot, along, strict=True):
        if abs(speed) > 1e-12:
            first, second = sorted([(low - place) / speed, (high - place) / speed])
            enter, leave = max(enter, first), min(leave, second)
        elif not low <= place <= high:
            return np.full((2, 2), np.nan)
    if not enter < leave:
        return np.full((2, 2), np.nan)
    return foot + np.outer([enter, leave], along)


def hidden_units(snapshot: Snapshot) -> go.Figure:
    """Hidden units as lines h = ½ with bands, over the data."""
    model = snapshot.model
    lines = unit_lines(model)
    figure = square(model.low, model.high)
    data = some(snapshot.data)
    figure.add_scatter(
        x=data[:, 0],
        y=data[:, 1],
        mode="markers",
        name="data",
        marker={"symbol": "circle", "size": 4, "color": GREY, "opacity": 0.6},
        showlegend=True,
        hoverinfo="skip",
    )
    crossing = np.flatnonzero(np.isfinite(lines.ends).all(axis=(1, 2)))
    for unit in crossing:
        _add_unit(figure, lines, int(unit), 0.12 * (model.high - model.low))
    missed = model.n_hidden - len(crossing)
    return titled(
        figure,
        "Hidden units: lines h = ½, bands 1/(A·|W|) wide",
        snapshot.facts,
        "the short stroke points to where the unit is on"
        + (f" · {missed} lines pass outside" if missed else ""),
    )


def parameter_table(model: ContinuousMachine) -> tuple[list[str], NDArray[np.float64]]:
    """Row labels, and a table (5, m): both weights, bias, slope and A·|W| of each hidden unit."""
    rows = ["weight from v₁", "weight from v₂", "bias", "slope A", "A·|W|"]
    steepness = model.hidden_slope * np.linalg.norm(model.weights, axis=0)
    table = np.stack([*model.weights, model.hidden_bias, model.hidden_slope, steepness])
    return rows, table


def parameters(snapshot: Snapshot) -> go.Figure:
    """The parameters of every hidden unit, as shades and numbers."""
    rows, table = parameter_table(snapshot.model)
    limits = np.abs(table).max(axis=1, keepdims=True)
    figure = go.Figure()
    figure.add_heatmap(
        x=[f"h{unit + 1}" for unit in range(table.shape[1])],
        y=rows,
        z=table / np.where(limits > 0, limits, 1),
        customdata=table,
        text=table,
        texttemplate="%{text:.3~g}" if table.shape[1] <= NAMED_UP_TO else None,
        textfont={"size": 12},
        colorscale=DIVERGING,
        zmin=-1,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{x}, %{y}: %{customdata:.4f}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True)
    figure.update_xaxes(showgrid=False)
    model = snapshot.model
    visible = " · ".join(
        f"v{'₁₂'[axis]}: bias {model.visible_bias[axis]:.2f}, slope {model.visible_slope[axis]:.3g}"
        for axis in (0, 1)
    )
    return titled(
        wide(figure),
        "Weights, biases and slopes",
        snapshot.facts,
        f"each row shaded by itself · {visible}",
    )


def _add_unit(figure: go.Figure, lines: UnitLines, unit: int, stroke: float) -> None:
    style = unit_line(unit)
    ends, side = lines.ends[unit], lines.towards_on[unit] * lines.half_width[unit]
    # The band's sides run on past the square's edge, so that its corners never show inside.
    reach = 2 * (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    long = np.stack([ends[0] - reach, ends[1] + reach])
    band = np.concatenate([long + side, (long - side)[::-1]])
    figure.add_scatter(
        x=band[:, 0],
        y=band[:, 1],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=style["color"],
        opacity=0.15,
        showlegend=False,
        hoverinfo="skip",
    )
    middle = ends.mean(axis=0)
    tip = middle + stroke * lines.towards_on[unit] / 2
    track = np.stack([ends[0], middle, tip, middle, ends[1]])
    figure.add_scatter(
        x=track[:, 0],
        y=track[:, 1],
        mode="lines+text" if len(lines.ends) <= NAMED_UP_TO else "lines",
        line=style,
        name=f"h{unit + 1}",
        showlegend=False,
        text=["", "", f"h{unit + 1}", "", ""],
        textposition="middle right",
        textfont={"size": 13},
        hoverinfo="name",
    )
