"""The tutorial's own pictures: where the data are, and where the machine puts points."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from rbm.views.snapshot import Points, Snapshot, density
from rbm.views.style import (
    BLUE,
    DATA_MARK,
    GREEN,
    RECONSTRUCTION_MARK,
    VERMILLION,
    ink,
    scale_bar,
    square,
    titled,
)

DRAWN = 1_000
"""At most so many points of a cloud are drawn one by one; densities use them all."""


def some(points: Points) -> Points:
    """At most `DRAWN` rows of `points`, evenly spaced over the whole array."""
    if len(points) <= DRAWN:
        return points
    return points[np.linspace(0, len(points) - 1, DRAWN).round().astype(np.int64)]


def link_lines(origins: Points, ends: Points) -> NDArray[np.float64]:
    """One polyline (3n, 2) of n separate lines: origin, end, and a NaN row that lifts the pen."""
    lines = np.full((len(origins), 3, 2), np.nan)
    lines[:, 0], lines[:, 1] = origins, ends
    return lines.reshape(-1, 2)


def data_density(snapshot: Snapshot) -> go.Figure:
    """The training data, smoothed."""
    figure = _canvas(snapshot)
    _add_ink(figure, snapshot, snapshot.data, BLUE)
    subtitle = f"{snapshot.pattern} · {len(snapshot.data):,} points · {_bandwidth(snapshot)}"
    return titled(figure, "Data, smoothed", subtitle)


def reconstruction_density(snapshot: Snapshot) -> go.Figure:
    """Where uniform points have gone after the snapshot's passes, smoothed."""
    figure = _canvas(snapshot)
    _add_ink(figure, snapshot, snapshot.reconstructions, VERMILLION)
    return titled(
        figure,
        "Reconstruction, smoothed",
        snapshot.facts,
        f"{_starts(snapshot)} · {_bandwidth(snapshot)}",
    )


def superimposed(snapshot: Snapshot) -> go.Figure:
    """Data and reconstructions of uniform points, over their smoothed densities."""
    figure = _canvas(snapshot)
    _add_ink(figure, snapshot, snapshot.data, BLUE, opacity=0.35, scale=False)
    _add_contours(figure, snapshot, snapshot.reconstructions)
    _add_points(figure, snapshot.data, "data", DATA_MARK)
    _add_points(figure, snapshot.reconstructions, "reconstruction", RECONSTRUCTION_MARK)
    return titled(
        figure,
        "Data and reconstruction of uniform noise",
        snapshot.facts,
        f"{_starts(snapshot)} · mismatch {snapshot.mismatch:.2f}",
    )


def links(snapshot: Snapshot) -> go.Figure:
    """Each data point, its own reconstruction, and the line between them."""
    figure = _canvas(snapshot)
    origins, ends = some(snapshot.data), some(snapshot.data_reconstructions)
    lines = link_lines(origins, ends)
    figure.add_scatter(
        x=lines[:, 0],
        y=lines[:, 1],
        mode="lines",
        name="link",
        line={"color": GREEN, "width": 1},
        hoverinfo="skip",
    )
    _add_points(figure, origins, "data", DATA_MARK)
    _add_points(figure, ends, "its reconstruction", RECONSTRUCTION_MARK)
    distance = np.linalg.norm(snapshot.data_reconstructions - snapshot.data, axis=1)
    return titled(
        figure,
        "Data linked to their reconstruction",
        snapshot.facts,
        f"{_passes(snapshot.link_passes)} from each data point · "
        f"median link {np.median(distance):.3f}",
    )


def _canvas(snapshot: Snapshot) -> go.Figure:
    return square(snapshot.settings.low, snapshot.settings.high)


def _cells(snapshot: Snapshot, count: int) -> NDArray[np.float64]:
    """Centres of `count` equal cells over the units' range."""
    low, high = snapshot.settings.low, snapshot.settings.high
    return low + (high - low) * (np.arange(count) + 0.5) / count


def _add_ink(
    figure: go.Figure,
    snapshot: Snapshot,
    points: Points,
    colour: str,
    opacity: float = 1.0,
    scale: bool = True,
) -> None:
    """The smoothed density of `points`, on one scale for data and reconstruction alike, so that
    equal shades mean equal densities; the scale ends at the data's darkest spot."""
    grid = density(snapshot, points)
    centres = _cells(snapshot, len(grid))
    figure.add_heatmap(
        x=centres,
        y=centres,
        z=grid.astype(np.float32),
        colorscale=ink(colour),
        zmin=0,
        zmax=float(density(snapshot, snapshot.data).max()),
        opacity=opacity,
        zsmooth="best",
        showscale=scale,
        colorbar=scale_bar("density (uniform noise = 1)"),
        hovertemplate="(%{x:.3f}, %{y:.3f}): %{z:.2f}<extra></extra>",
    )


def _add_contours(figure: go.Figure, snapshot: Snapshot, points: Points) -> None:
    """Lines of equal smoothed density of `points`, at ¼, ½ and ¾ of the data's highest."""
    grid = density(snapshot, points)
    centres = _cells(snapshot, len(grid))
    peak = float(density(snapshot, snapshot.data).max())
    figure.add_contour(
        x=centres,
        y=centres,
        z=grid.astype(np.float32),
        contours={
            "coloring": "none",
            "start": peak / 4,
            "end": 0.75 * peak,
            "size": peak / 4,
        },
        line={"color": VERMILLION, "width": 1.2},
        name="density of the reconstruction",
        showlegend=True,
        hoverinfo="skip",
    )


def _add_points(figure: go.Figure, points: Points, name: str, mark: dict[str, object]) -> None:
    shown = some(points)
    figure.add_scatter(x=shown[:, 0], y=shown[:, 1], mode="markers", name=name, marker=mark)


def _starts(snapshot: Snapshot) -> str:
    return f"{len(snapshot.starts):,} uniform points, {_passes(snapshot.passes)}"


def _passes(count: int) -> str:
    return "1 noisy pass" if count == 1 else f"{count:,} noisy passes"


def _bandwidth(snapshot: Snapshot) -> str:
    return f"bandwidth {snapshot.bandwidth:g}"
