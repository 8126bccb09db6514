"""Cases as points, and hidden units as pictures: figures of the page Clusters.

Clusters and labels are told apart by colour and shape together, and the larger ones bear their
name at their middle, so that nothing hangs on colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from rbm.codes import Ints, Mask, Projection, UnitPortrait
from rbm.units import Floats
from rbm.views.style import BLUE, DIVERGING, GREY, UNIT_COLOURS, VERMILLION
from rbm.views.tiles import sheet

SYMBOLS = ("circle", "square", "triangle-up", "diamond", "x", "star", "cross", "triangle-down")
MOST_POINTS = 2_000
"""The browser moves no more of them smoothly; more cases are drawn as a sample, and it says so."""
MOST_FILTERS = 144
MAP_HEIGHT = 560


def mark(group: int) -> dict[str, object]:
    """Colour and shape of a group: 56 combinations before one repeats."""
    return {
        "color": UNIT_COLOURS[group % len(UNIT_COLOURS)],
        "symbol": SYMBOLS[group % len(SYMBOLS)],
    }


def some_cases(mask: Mask, most: int = MOST_POINTS) -> Ints:
    """Places of at most `most` of the cases in `mask` (n,), the same ones each time."""
    places = np.flatnonzero(mask)
    if len(places) <= most:
        return places
    return np.sort(np.random.default_rng(0).choice(places, most, replace=False))


def case_map(
    places: Floats,
    groups: Ints,
    names: Sequence[str],
    held_out: Mask,
    says: Sequence[str],
    shown: Ints,
    projection: Projection,
    others: bool = False,
) -> go.Figure:
    """Cases on two principal axes.

    `places` (n, 2), `groups` (n,) numbers into `names`, `held_out` (n,), `says` (n,) what a case
    is: all of these over all cases; `shown`: which to draw. `others`: whether the last group is
    what is left, drawn small and grey. Held-out cases are hollow.
    """
    figure = go.Figure()
    for group in range(len(names)):
        members = shown[groups[shown] == group]
        members = members[np.argsort(held_out[members], kind="stable")]  # the legend's is the first
        if not len(members):
            continue
        left = others and group == len(names) - 1
        look = {"color": GREY, "symbol": "circle"} if left else mark(group)
        hollow = [f"{look['symbol']}-open" if held_out[i] else look["symbol"] for i in members]
        figure.add_scatter(
            x=places[members, 0], y=places[members, 1], mode="markers",
            name=_literal(names[group], 28), customdata=members,
            text=[_literal(says[i], 80) for i in members],
            hovertemplate="%{text}<extra></extra>",
            marker={"color": look["color"], "symbol": hollow, "size": 4 if left else 7,
                    "opacity": 0.5 if left else 0.75, "line": {"width": 1}},
        )  # fmt: skip
        if not left and len(members) > 1:
            middle = np.median(places[members], axis=0)
            figure.add_annotation(
                x=middle[0], y=middle[1], text=f"<b>{_literal(names[group])}</b>", showarrow=False,
                font={"size": 13, "color": "#FFFFFF"}, bgcolor="rgba(20,20,20,0.72)", borderpad=2,
            )  # fmt: skip
    for axis, share in zip("xy", projection.shares, strict=True):
        title = f"principal axis {'12'['xy'.index(axis)]} · {share:.0%} of the variance"
        figure.update_layout({f"{axis}axis": {"title": title, "zeroline": False}})
    figure.update_yaxes(scaleanchor="x", scaleratio=1)
    figure.update_layout(
        height=MAP_HEIGHT, margin={"t": 8, "b": 8, "l": 56, "r": 8},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY, "activecolor": BLUE},
        legend={"itemsizing": "constant", "font": {"size": 12}, "yref": "paper", "y": -0.14,
                "yanchor": "top"},
    )  # fmt: skip
    return figure


def filter_grid(filters: Floats, shape: tuple[int, int], chosen: int) -> go.Figure:
    """Weights of hidden units as small images, to be clicked: (units, height · width), the first
    `MOST_FILTERS` of them; `chosen` is framed. Each is shaded by its own largest weight."""
    height, width = shape
    shown = filters[:MOST_FILTERS]
    shown = shown / np.maximum(np.abs(shown).max(axis=1, keepdims=True), 1e-12)
    columns = int(np.ceil(np.sqrt(len(shown) * height / width)))
    line, column = np.divmod(np.arange(len(shown)), columns)
    middles = np.stack(
        [column * (width + 1) + (width - 1) / 2, line * (height + 1) + (height - 1) / 2], axis=1
    )
    figure = go.Figure()
    figure.add_heatmap(
        z=sheet(shown, shape, columns),
        colorscale=DIVERGING,
        zmin=-1,
        zmax=1,
        showscale=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=middles[:, 0], y=middles[:, 1], mode="markers", showlegend=False,
        customdata=np.arange(len(shown)), text=[f"h{unit + 1}" for unit in range(len(shown))],
        hovertemplate="%{text}<extra></extra>",
        marker={"size": max(6, min(36, 300 // columns)), "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
    )  # fmt: skip
    if chosen < len(shown):
        x, y = middles[chosen]
        figure.add_shape(
            type="rect", x0=x - width / 2 - 0.5, x1=x + width / 2 + 0.5, y0=y - height / 2 - 0.5,
            y1=y + height / 2 + 0.5, line={"color": VERMILLION, "width": 3},
        )  # fmt: skip
    bare = {"visible": False, "constrain": "domain"}
    figure.update_xaxes(**bare)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", **bare)
    figure.update_layout(
        height=360, margin={"t": 4, "b": 4, "l": 4, "r": 4}, clickmode="event+select",
        dragmode=False,
    )  # fmt: skip
    return figure


def unit_bars(means: Floats, on_shares: Floats, chosen: int) -> go.Figure:
    """Mean activation of every hidden unit, to be clicked: for tables, where filters are no
    images. The chosen unit is vermillion and hatched."""
    units = np.arange(len(means))
    figure = go.Figure()
    figure.add_bar(
        x=[f"h{unit + 1}" for unit in units], y=means, customdata=units,
        hovertext=[f"h{unit + 1}: mean {mean:.2f}, on for {share:.0%}"
                   for unit, mean, share in zip(units, means, on_shares, strict=True)],
        hoverinfo="text",
        marker={"color": [VERMILLION if unit == chosen else BLUE for unit in units],
                "pattern": {"shape": ["/" if unit == chosen else "" for unit in units]}},
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    figure.update_yaxes(title="mean activation", range=[0, 1])
    figure.update_layout(
        height=230, margin={"t": 8, "b": 28, "l": 56, "r": 8}, clickmode="event+select",
        dragmode=False,
    )  # fmt: skip
    return figure


def weight_bars(weights: Floats, names: Sequence[str], most: int = 24) -> go.Figure:
    """Weights of one hidden unit by the names of the visible ones, the strongest `most`, the most
    positive on top: to the right switches on, to the left off."""
    strongest = np.argsort(-np.abs(weights), kind="stable")[:most]
    order = strongest[np.argsort(weights[strongest], kind="stable")]
    figure = go.Figure()
    figure.add_bar(
        x=weights[order], y=[_literal(names[i], 28) for i in order], orientation="h",
        text=[f"{weights[i]:+.2f}" for i in order], textposition="outside", cliponaxis=False,
        hoverinfo="skip",
        marker={"color": [BLUE if weights[i] >= 0 else VERMILLION for i in order],
                "pattern": {"shape": ["" if weights[i] >= 0 else "/" for i in order]}},
    )  # fmt: skip
    figure.update_yaxes(automargin=True, type="category")
    low, high = min(weights[order].min(), 0.0), max(weights[order].max(), 0.0)
    room = 0.2 * max(high - low, 1e-6)  # for the numbers beside the bars
    figure.update_xaxes(
        title="weight", zeroline=True, zerolinecolor=GREY, range=[low - room, high + room]
    )
    figure.update_layout(height=80 + 26 * len(order), margin={"t": 8, "b": 48, "l": 8, "r": 48})
    return figure


def label_bars(portrait: UnitPortrait, names: Sequence[str]) -> go.Figure:
    """Mean activation of one hidden unit by label, with twice its standard error, and the mean
    over all cases as a dashed line."""
    figure = go.Figure()
    figure.add_bar(
        x=[_literal(name) for name in names], y=portrait.by_label, marker={"color": BLUE},
        error_y={"type": "data", "array": np.nan_to_num(2 * portrait.errors), "thickness": 1.5,
                 "color": GREY},
        hovertext=[f"{_literal(name)}: {mean:.2f}, {count:,} cases" for name, mean, count in
                   zip(names, portrait.by_label, portrait.counts, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    figure.add_hline(y=portrait.mean, line={"dash": "dash", "color": GREY})
    figure.update_xaxes(type="category", automargin=True)
    figure.update_yaxes(title="mean activation", range=[0, 1.08])
    figure.update_layout(height=250, margin={"t": 8, "b": 8, "l": 56, "r": 8}, showlegend=False)
    return figure


def _literal(name: str, most: int = 18) -> str:
    """A name of somebody's as plotly shall show it: without tags, and not endless."""
    return escape(name if len(name) <= most else f"{name[: most - 1]}…")
