"""Films of chains that the browser plays by itself: one picture for each kept Gibbs step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from rbm.units import Floats
from rbm.views.style import BLUE, GREY
from rbm.views.tiles import sheet

COLUMNS = 4
NAMED_COLUMNS = 12
"""Tables of so many columns have room for their names."""
SECONDS = 0.25
"""Between two pictures."""


def film(
    films: Sequence[Sequence[Floats]],
    titles: Sequence[str],
    marks: Sequence[int],
    shape: tuple[int, int] | None,
    names: Sequence[str],
) -> go.Figure:
    """Films side by side, with a button that plays them and a slider over `marks` (Gibbs steps).

    `films`: for each title one array of rows (n, units) for each mark. It opens on the last one.
    """
    figure = make_subplots(1, len(films), subplot_titles=list(titles), horizontal_spacing=0.04)
    pictures = [[_heat(rows, shape, names) for rows in one] for one in films]
    for column, one in enumerate(pictures, start=1):
        figure.add_trace(one[-1], row=1, col=column)
    figure.frames = [
        go.Frame(name=str(mark), data=[one[place] for one in pictures])
        for place, mark in enumerate(marks)
    ]
    below = -0.06 if shape else -0.3  # room for names of columns
    now = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    play = {"frame": {"duration": 1_000 * SECONDS, "redraw": True}, "fromcurrent": False,
            "transition": {"duration": 0}}  # fmt: skip
    figure.update_layout(
        height=430 if shape else 520, margin={"t": 32, "b": 8, "l": 8, "r": 8}, dragmode=False,
        updatemenus=[{
            "type": "buttons", "direction": "left", "x": 0, "y": below, "xanchor": "left",
            "yanchor": "top", "pad": {"t": 18}, "bgcolor": "#FFFFFF", "bordercolor": GREY,
            "font": {"color": "#1A1A1A"},
            "buttons": [
                {"label": "▶", "method": "animate", "args": [None, play]},
                {"label": "❚❚", "method": "animate", "args": [[None], now]},
            ],
        }],
        sliders=[{
            "active": len(marks) - 1, "x": 0.2, "len": 0.8, "y": below, "yanchor": "top",
            "activebgcolor": BLUE, "ticklen": 0, "minorticklen": 0,
            "currentvalue": {"prefix": "Gibbs steps: ", "font": {"color": GREY, "size": 14}},
            "font": {"color": "rgba(0,0,0,0)"},  # of the marks: too many to be read
            "steps": [
                {"label": str(mark), "method": "animate", "args": [[str(mark)], now]}
                for mark in marks
            ],
        }],
    )  # fmt: skip
    bare = {"showgrid": False, "showticklabels": False, "ticks": "", "showline": False}
    figure.update_xaxes(**bare, constrain="domain")
    figure.update_yaxes(**bare, autorange="reversed", constrain="domain")
    if shape is None:
        figure.update_xaxes(showticklabels=len(names) <= NAMED_COLUMNS, automargin=True)
    else:
        for place in range(1, len(films) + 1):
            anchor = f"x{place}" if place > 1 else "x"
            figure.update_yaxes(scaleanchor=anchor, row=1, col=place)
    return figure


def _heat(rows: Floats, shape: tuple[int, int] | None, names: Sequence[str]) -> go.Heatmap:
    """1 is black, 0 white, on any background."""
    drawn = rows if shape is None else sheet(rows, shape, COLUMNS)
    return go.Heatmap(
        z=drawn.astype(np.float32), x=None if shape else list(names), colorscale=[
            [0, "#FFFFFF"], [1, "#000000"]], zmin=0, zmax=1, showscale=False,
        xgap=0 if shape else 1, ygap=0 if shape else 1,
        hovertemplate="%{z:.2f}<extra></extra>" if shape else "%{x}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
