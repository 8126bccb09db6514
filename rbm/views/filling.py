"""What is believed of unknown units, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from rbm.units import Floats
from rbm.views.style import BLUE, GREY, VERMILLION

MOST_BARS = 40


def surest_first(mean: Floats, most: int = MOST_BARS) -> np.ndarray:
    """Places of the units whose mean is furthest from ½, at most so many."""
    return np.argsort(-np.abs(mean - 0.5), kind="stable")[:most]


def belief_bars(
    names: Sequence[str], mean: Floats, error: Floats, truth: Floats | None = None
) -> go.Figure:
    """Means (n,) of unknown units with twice their standard errors (n,), the first on top; what was
    covered, if it is known, as a diamond."""
    figure = go.Figure()
    labels = [_short(name) for name in names]
    places = np.arange(len(names))
    figure.add_bar(
        x=mean, y=places, orientation="h", name="expected by the machine",
        marker={"color": VERMILLION, "opacity": 0.75},
        error_x={"type": "data", "array": 2 * error, "thickness": 1.4,
                 "visible": bool(error.any())},
        hovertemplate="%{customdata}: %{x:.3f}<extra></extra>", customdata=list(names),
    )  # fmt: skip
    if truth is not None:
        figure.add_scatter(
            x=truth, y=places, mode="markers", name="the truth, which it was not told",
            marker={"symbol": "diamond", "size": 10, "color": BLUE}, cliponaxis=False,
            hovertemplate="truth: %{x:.3f}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0.5, line={"dash": "dot", "color": GREY})
    figure.update_xaxes(title="p(v = 1 | what is known)", range=[-0.03, 1.03])
    figure.update_yaxes(
        tickvals=places, ticktext=labels, autorange="reversed", automargin=True, showgrid=False
    )
    figure.update_layout(
        height=120 + 28 * len(names), margin={"t": 40, "b": 52, "l": 8, "r": 16}, bargap=0.35,
        legend={"yref": "paper", "y": 1.0, "yanchor": "bottom"}, showlegend=True,
    )  # fmt: skip
    return figure


def _short(name: str, most: int = 24) -> str:
    """A name as a label: cut, and without anything that plotly would act on."""
    cut = name if len(name) <= most else f"{name[: most - 1]}…"
    return cut.replace("&", "&amp;").replace("<", "&lt;")
