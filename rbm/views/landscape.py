"""The machine without its noise: the landscape F(v), its attractors, and chains that roll in it.

The noise-free chain never climbs F (`ContinuousMachine.landscape` says why), so it comes to rest in
the valleys' lowest points. Their places are found by letting a grid of starts roll until they rest;
the share of starts that end in one is the size of its basin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from rbm.models.continuous import ContinuousMachine
from rbm.views.clouds import some
from rbm.views.snapshot import Points, Snapshot
from rbm.views.style import DATA_MARK, ORANGE, VERMILLION, scale_bar, square, titled

GRID = 96
"""Cells of the landscape along each side."""
ROLL_STARTS, ROLL_PASSES = 20, 3_000
"""Starts along each side of the square, and the most passes that they may roll."""
AT_REST = 1e-7
"""A chain rests when a pass moves it less than this share of the square's side."""
MERGE = 0.01
"""Resting places closer than this share of the square's side count as one attractor."""


@dataclass(frozen=True)
class Attractors:
    """`places` (a, 2), largest basin first; `basins` (a,): shares of the starts, summing to 1;
    `resting`: share of the starts that came to rest within the passes allowed."""

    places: NDArray[np.float64]
    basins: NDArray[np.float64]
    resting: float


def landscape_grid(model: ContinuousMachine, count: int = GRID) -> tuple[Points, Points]:
    """Coordinates (count,) over the units' range, both ends included, and F there, (count, count):
    v₁ along columns, v₂ along rows."""
    places = np.linspace(model.low, model.high, count)
    return places, model.landscape(np.stack(np.meshgrid(places, places), axis=-1))


def attractors(model: ContinuousMachine) -> Attractors:
    """Where a grid of noise-free chains comes to rest."""
    width = model.high - model.low
    side = model.low + width * (np.arange(ROLL_STARTS) + 0.5) / ROLL_STARTS
    v = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    rolling = np.arange(len(v))
    for _ in range(ROLL_PASSES):
        moved = model.mean_v_from_h(model.mean_h_from_v(v[rolling]))
        step = np.abs(moved - v[rolling]).max(axis=1)
        v[rolling] = moved
        rolling = rolling[step > AT_REST * width]
        if not len(rolling):
            break
    groups = fcluster(linkage(v, "single"), MERGE * width, criterion="distance")
    sizes = np.bincount(groups)[1:]
    places = np.stack([np.bincount(groups, v[:, axis])[1:] / sizes for axis in (0, 1)], axis=1)
    order = np.argsort(-sizes, kind="stable")
    return Attractors(places[order], sizes[order] / len(v), 1 - len(rolling) / len(v))


def landscape(snapshot: Snapshot) -> go.Figure:
    """F(v) as a map with lines of equal height, and its attractors as stars."""
    model = snapshot.model
    places, heights = landscape_grid(model)
    lowest = heights.min()
    # Beyond the data the walls rise on and on; colours are spent where the data are.
    top = 2 * float(np.quantile(model.landscape(snapshot.data), 0.95) - lowest)
    figure = square(model.low, model.high)
    figure.add_contour(
        x=places,
        y=places,
        z=np.minimum(heights - lowest, top).astype(np.float32),
        colorscale="Cividis",
        contours={"start": 0, "end": top, "size": top / 16},
        line={"width": 0.6, "color": "rgba(255,255,255,0.6)"},
        colorbar=scale_bar("F(v) above its lowest value"),
        hovertemplate="(%{x:.3f}, %{y:.3f}): %{z:.3f}<extra></extra>",
    )
    found = attractors(model)
    figure.add_scatter(
        x=found.places[:, 0],
        y=found.places[:, 1],
        mode="markers",
        name="attractor",
        customdata=found.basins,
        marker={
            "symbol": "star",
            "size": 9 + 16 * np.sqrt(found.basins),
            "color": VERMILLION,
            "line": {"color": "#FFFFFF", "width": 1.2},
        },
        hovertemplate="(%{x:.3f}, %{y:.3f})<br>basin: %{customdata:.0%}<extra></extra>",
    )
    count = len(found.places)
    rest = "" if found.resting == 1 else f" · {1 - found.resting:.0%} of the chains still rolling"
    return titled(
        figure,
        "Landscape F(v)",
        snapshot.facts,
        f"{count} attractor{'s' * (count != 1)}, the larger the basin the larger the star{rest}",
    )


def chains(snapshot: Snapshot) -> go.Figure:
    """A few chains from uniform points, with noise and without."""
    settings = snapshot.settings
    figure = square(settings.low, settings.high)
    data = some(snapshot.data)
    figure.add_scatter(
        x=data[:, 0],
        y=data[:, 1],
        mode="markers",
        name="data",
        marker=DATA_MARK | {"size": 4, "opacity": 0.35},
        hoverinfo="skip",
    )
    for paths, name, line in (
        (snapshot.chains, "with noise", {"color": ORANGE, "width": 1}),
        (snapshot.quiet_chains, "without noise", {"color": VERMILLION, "width": 2.5}),
    ):
        track = polylines(paths)
        figure.add_scatter(
            x=track[:, 0], y=track[:, 1], mode="lines", name=name, line=line, hoverinfo="skip"
        )
    for place, name, symbol in (
        (snapshot.chains[0], "start", "circle-open"),
        (snapshot.quiet_chains[-1], "end without noise", "star"),
    ):
        figure.add_scatter(
            x=place[:, 0],
            y=place[:, 1],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 10, "color": VERMILLION, "line": {"width": 1.5}},
        )
    passes = len(snapshot.chains) - 1
    return titled(
        figure,
        "Chains with and without noise",
        snapshot.facts,
        f"{snapshot.chains.shape[1]} uniform points, {passes} passes",
    )


def polylines(paths: Points) -> NDArray[np.float64]:
    """Paths (steps, chains, 2) as one polyline, ((steps + 1) · chains, 2), the pen lifted (NaN)
    after each."""
    lifted = np.concatenate([paths, np.full((1, *paths.shape[1:]), np.nan)])
    return lifted.transpose(1, 0, 2).reshape(-1, 2)
