"""Machines beside one another: where each takes uniform points, what a mixture is made of."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from rbm.views.clouds import some
from rbm.views.style import BLUE, GREEN, RECONSTRUCTION_MARK, ink

Floats = NDArray[np.floating]
SIDE = 340
"""Height of a picture in pixels; its width is that of its column."""
SHARE_DRAWN = 0.99
"""The largest parts of a mixture are drawn, until they hold this share of it."""
_AROUND = np.linspace(0, 2 * np.pi, 25)


def over_data(ink_of_data: Floats, cloud: Floats, low: float, high: float) -> go.Figure:
    """Reconstructions (n, 2) as hollow diamonds over the smoothed data (grid, grid)."""
    figure = _ground(ink_of_data, low, high)
    shown = some(cloud)
    figure.add_scatter(
        x=shown[:, 0], y=shown[:, 1], mode="markers", name="reconstruction",
        marker={**RECONSTRUCTION_MARK, "size": 5, "line": {"width": 1}, "opacity": 0.7},
        hoverinfo="skip",
    )  # fmt: skip
    return figure


def parts_of_mixture(
    ink_of_data: Floats, shares: Floats, centres: Floats, scale: Floats, low: float, high: float
) -> go.Figure:
    """The Gaussians of a mixture over the smoothed data: a ring of one standard deviation `scale`
    (2,) around each of the `centres` (n, 2), a dot whose area is its share. `shares` (n,) in
    falling order; the small rest beyond `SHARE_DRAWN` is left out."""
    count = drawn_parts(shares)
    shares, centres = shares[:count], centres[:count]
    ring = np.stack([np.cos(_AROUND), np.sin(_AROUND)], axis=1) * scale
    rings = np.full((count, len(ring) + 1, 2), np.nan)  # a NaN row lifts the pen
    rings[:, :-1] = centres[:, None] + ring
    line = rings.reshape(-1, 2)
    figure = _ground(ink_of_data, low, high)
    figure.add_scatter(
        x=line[:, 0], y=line[:, 1], mode="lines", name="one standard deviation",
        line={"color": GREEN, "width": 1.5}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=centres[:, 0], y=centres[:, 1], mode="markers", name="centre", customdata=shares,
        marker={"color": GREEN, "symbol": "circle", "size": 3 + 25 * np.sqrt(shares),
                "opacity": 0.9},
        hovertemplate="(%{x:.3f}, %{y:.3f}): share %{customdata:.1%}<extra></extra>",
    )  # fmt: skip
    return figure


def drawn_parts(shares: Floats) -> int:
    """How many parts are drawn, of shares (n,) in falling order."""
    return min(int(np.searchsorted(np.cumsum(shares), SHARE_DRAWN)) + 1, len(shares))


def _ground(ink_of_data: Floats, low: float, high: float) -> go.Figure:
    """The smoothed data on fixed, equal axes over the units' range."""
    grid = len(ink_of_data)
    cells = low + (high - low) * (np.arange(grid) + 0.5) / grid
    figure = go.Figure()
    figure.add_heatmap(
        x=cells, y=cells, z=np.asarray(ink_of_data, np.float32), colorscale=ink(BLUE), zmin=0,
        showscale=False, zsmooth="best", hoverinfo="skip",
    )  # fmt: skip
    margin = 0.1 * (high - low)  # Gaussians and their reconstructions know no border
    axis = {"range": [low - margin, high + margin], "constrain": "domain", "zeroline": False,
            "showgrid": False, "nticks": 4, "fixedrange": True}  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(scaleanchor="x", scaleratio=1, **axis)
    figure.update_layout(
        height=SIDE, margin={"l": 30, "r": 6, "t": 6, "b": 24}, showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    return figure
