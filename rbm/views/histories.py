"""What changed over the epochs: the two measures, the slopes and the weights."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from rbm.models.continuous import Parameters, split
from rbm.settings import SLOPE_BOUNDS
from rbm.views.snapshot import PASS_COUNTS, Snapshot
from rbm.views.style import (
    BLUE,
    GREEN,
    GREY,
    NAMED_UP_TO,
    PURPLE,
    UNIT_DASHES,
    VERMILLION,
    titled,
    unit_line,
    wide,
)

SHOWN_EPOCHS = 600
"""A history of more recorded epochs is drawn at so many of them, in even ratios."""


def milestones(epochs: NDArray[np.number], count: int = SHOWN_EPOCHS) -> NDArray[np.int64]:
    """Rows of at most `count` of the `epochs` (sorted, all ≥ 0), in even ratios: the first and the
    last are among them, and early epochs, where most happens, are all kept."""
    if len(epochs) <= count:
        return np.arange(len(epochs))
    ratios = np.geomspace(1, len(epochs), count).round().astype(np.int64) - 1
    return np.unique(ratios)


def measures(snapshot: Snapshot) -> go.Figure:
    """Reconstruction error and mismatch over the epochs, each with its two fixed points."""
    curves = snapshot.curves
    keep = milestones(curves["epoch"])
    floor, uniform = snapshot.error_fixed_points
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.12)
    figure.add_scatter(
        x=curves["epoch"][keep],
        y=curves["error"][keep],
        name="reconstruction error",
        mode="lines",
        line={"color": BLUE, "width": 2},
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=curves["mismatch_epoch"],
        y=curves["mismatch"],
        name="mismatch",
        mode="lines+markers",
        line={"color": VERMILLION, "width": 2},
        marker={"symbol": "diamond-open", "size": 7},
        row=1,
        col=2,
    )
    for column, noise, fresh in ((1, uniform, floor), (2, 1.0, 0.0)):
        _add_fixed_point(figure, noise, "uniform noise", "dash", column)
        _add_fixed_point(figure, fresh, "fresh data", "dot", column)
    figure.update_yaxes(title="reconstruction error", rangemode="tozero", col=1)
    figure.update_yaxes(title="mismatch", rangemode="tozero", col=2)
    _epoch_axis(figure, snapshot)
    last = curves["error"][-1]
    error = "" if np.isnan(last) else f"error {last:.4f} · "
    return titled(
        wide(figure),
        "Reconstruction error and mismatch",
        snapshot.facts,
        f"{error}mismatch {snapshot.mismatch:.2f} (0 as good as fresh data, 1 as uniform noise)",
    )


def slopes(snapshot: Snapshot) -> go.Figure:
    """The slope of every unit that learns its slope, over the epochs."""
    epochs, groups = _history(snapshot)
    figure = go.Figure()
    lines = {
        f"h{unit + 1}": (line, unit_line(unit)) for unit, line in enumerate(groups.hidden_slope.T)
    }
    if snapshot.settings.learn_visible_slope:
        for axis, name in enumerate(("v₁", "v₂")):
            look = {"color": GREY, "dash": UNIT_DASHES[axis], "width": 3}
            lines[name] = groups.visible_slope[:, axis], look
    named = len(lines) <= NAMED_UP_TO
    for name, (line, look) in lines.items():
        # Named at its end: a legend of many lines would leave no room for them.
        figure.add_scatter(
            x=epochs,
            y=line,
            mode="lines+text" if named else "lines",
            name=name,
            line=look,
            text=[""] * (len(epochs) - 1) + [name],
            textposition="middle right",
            cliponaxis=False,
            showlegend=False,
        )
    for bound, place in zip(SLOPE_BOUNDS, ("bottom left", "top left"), strict=True):
        if np.isclose(groups.hidden_slope, bound).any():
            figure.add_hline(
                bound,
                line={"color": GREY, "dash": "dash", "width": 1},
                annotation={"text": f"clamped at {bound:g}"},
                annotation_position=place,
            )
    figure.update_yaxes(type="log", title="slope A")
    figure.update_layout(margin={"r": 56})
    _epoch_axis(figure, snapshot)
    sigma = snapshot.settings.sigma
    return titled(
        wide(figure),
        "Slopes over the epochs",
        snapshot.facts,
        f"what counts is A·σ: hidden {sigma * snapshot.model.hidden_slope.mean():.2f} on average, "
        f"visible {sigma * snapshot.model.visible_slope.mean():.3f}",
    )


def weights(snapshot: Snapshot) -> go.Figure:
    """All weights and biases over the epochs: one look for each kind, one line for each."""
    epochs, groups = _history(snapshot)
    figure = go.Figure()
    for kind, lines, look in (
        ("weights from v₁", groups.weights[:, 0], {"color": BLUE, "dash": "solid", "width": 2}),
        (
            "weights from v₂",
            groups.weights[:, 1],
            {"color": VERMILLION, "dash": "dash", "width": 2},
        ),
        ("hidden biases", groups.hidden_bias, {"color": GREEN, "dash": "dot", "width": 2}),
        ("visible biases", groups.visible_bias, {"color": PURPLE, "dash": "dashdot", "width": 2}),
    ):
        # One trace a kind: the lines of its units one after the other, the pen lifted between.
        gaps = np.full((1, lines.shape[1]), np.nan)
        heights = np.concatenate([lines, gaps]).T
        units = np.repeat([f"unit {unit + 1}" for unit in range(lines.shape[1])], len(epochs) + 1)
        figure.add_scatter(
            x=np.tile([*epochs, np.nan], lines.shape[1]),
            y=heights.ravel(),
            mode="lines",
            name=kind,
            line=look,
            text=units,
            hovertemplate="%{text}, epoch %{x:,}: %{y:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(title="weight")
    _epoch_axis(figure, snapshot)
    return titled(wide(figure), "Weights and biases over the epochs", snapshot.facts)


def mismatch_by_pass(snapshot: Snapshot) -> go.Figure:
    """Mismatch of the machine after more and more passes from uniform noise."""
    figure = go.Figure()
    figure.add_scatter(
        x=PASS_COUNTS,
        y=snapshot.mismatch_by_pass,
        mode="lines+markers",
        name="mismatch",
        line={"color": VERMILLION, "width": 2},
        marker={"symbol": "diamond-open", "size": 9},
    )
    _add_fixed_point(figure, 1.0, "uniform noise", "dash")
    _add_fixed_point(figure, 0.0, "fresh data", "dot")
    figure.update_xaxes(type="log", title="noisy passes from uniform points", tickvals=PASS_COUNTS)
    figure.update_yaxes(title="mismatch", rangemode="tozero")
    return titled(wide(figure), "Mismatch against passes", snapshot.facts)


def _history(snapshot: Snapshot) -> tuple[NDArray[np.integer], Parameters]:
    """Epochs, and the parameters of each, thinned for drawing."""
    keep = milestones(snapshot.epochs)
    return snapshot.epochs[keep], split(snapshot.frames[keep], snapshot.settings.n_hidden)


def _epoch_axis(figure: go.Figure, snapshot: Snapshot) -> None:
    """Epochs in even ratios, as most happens early; epoch 0 has no place on such an axis."""
    last = np.log10(max(snapshot.epoch, 2))
    figure.update_xaxes(type="log", range=[0, last], title="epoch (logarithmic)", dtick=1)


def _add_fixed_point(
    figure: go.Figure, height: float, name: str, dash: str, column: int | None = None
) -> None:
    """A level line across the plot, with its name on it."""
    figure.add_hline(
        height,
        line={"color": GREY, "dash": dash, "width": 1.5},
        annotation={"text": name, "font": {"size": 12}},
        **({} if column is None else {"row": 1, "col": column}),
    )
