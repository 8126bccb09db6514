"""How every figure looks: palette, symbols, two backgrounds, square axes, titles.

Data are blue filled circles, reconstructions vermillion hollow diamonds, links green lines: colours
of Okabe and Ito (2008), which stay apart for all common kinds of colour blindness, and shapes that
stay apart in print without any colour.
"""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE, GREY = "#E69F00", "#56B4E9", "#CC79A7", "#7F7F7F"
UNIT_COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, SKY, PURPLE, GREY)
UNIT_DASHES = ("solid", "dash", "dot", "dashdot")

DATA_MARK = {"symbol": "circle", "size": 5, "color": BLUE}
RECONSTRUCTION_MARK = {
    "symbol": "diamond-open",
    "size": 7,
    "color": VERMILLION,
    "line": {"width": 1.4},
}


def ink(colour: str) -> list[list[float | str]]:
    """A colour scale from nothing to `colour` ("#RRGGBB"): it works on white and on black."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return [[share, f"rgba({red},{green},{blue},{share:g})"] for share in (0.0, 1.0)]


def scale_bar(title: str) -> dict[str, object]:
    """A thin colour bar below the plot."""
    return {
        "title": {"text": title, "side": "bottom", "font": {"size": 13}},
        "orientation": "h",
        "thickness": 10,
        "len": 0.8,
        "y": -0.12,
        "yanchor": "top",
        "nticks": 6,
        "tickformat": ".2~f",
    }


def unit_line(unit: int, width: float = 2) -> dict[str, object]:
    """Line style of hidden unit `unit`: 28 combinations of colour and dash before one repeats."""
    colour = UNIT_COLOURS[unit % len(UNIT_COLOURS)]
    dash = UNIT_DASHES[unit // len(UNIT_COLOURS) % len(UNIT_DASHES)]
    return {"color": colour, "dash": dash, "width": width}


def titled(figure: go.Figure, name: str, *facts: str) -> go.Figure:
    """The figure with a bold title and lines of facts below it, all taken literally: plotly would
    read tags in them, and the name of somebody's file may hold anything."""
    lines = "<br>".join(escape(line) for line in facts)
    figure.update_layout(title={"text": f"<b>{escape(name)}</b>", "subtitle": {"text": lines}})
    return figure


def square(low: float, high: float) -> go.Figure:
    """An empty figure with equal, fixed axes over [low, high]², and room for marks at the edge."""
    margin = 0.02 * (high - low)
    axis = {"range": [low - margin, high + margin], "constrain": "domain", "zeroline": False}
    figure = go.Figure()
    figure.update_xaxes(title="v₁", **axis)
    figure.update_yaxes(title="v₂", scaleanchor="x", scaleratio=1, constraintoward="top", **axis)
    figure.update_layout(width=SQUARE[0], height=SQUARE[1], margin={"b": 120})
    return figure


def wide(figure: go.Figure) -> go.Figure:
    """The figure at the size of one that runs over epochs or units, with room for the legend."""
    figure.update_layout(width=WIDE[0], height=WIDE[1], margin={"b": 96})
    return figure


def dress(figure: go.Figure, background: str) -> go.Figure:
    """The figure on one of `BACKGROUNDS`; `KeyError` for another name."""
    figure.update_layout(template=BACKGROUNDS[background])
    return figure


def _background(paper: str, text: str, grid: str) -> go.layout.Template:
    axis = {
        "gridcolor": grid,
        "linecolor": text,
        "showline": True,
        "mirror": True,
        "ticks": "outside",
        "tickcolor": text,
        "title": {"standoff": 8},
        "zeroline": False,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": paper,
            "plot_bgcolor": paper,
            "font": {"family": "Helvetica, Arial, sans-serif", "size": 15, "color": text},
            "title": {
                "x": 0.02,
                "xanchor": "left",
                "y": 0.97,
                "yanchor": "top",
                "font": {"size": 19},
                "subtitle": {"font": {"size": 13, "color": text}},
            },
            "margin": {"l": 64, "r": 24, "t": 108, "b": 60},
            "legend": {"orientation": "h", "yref": "container", "y": 0.01, "yanchor": "bottom"},
            "xaxis": axis,
            "yaxis": axis,
        }
    )


NAMED_UP_TO = 20
"""In figures of more hidden units than this, names appear only under the pointer."""

DIVERGING = [[0.0, VERMILLION], [0.5, "#F2F2F2"], [1.0, BLUE]]
"""Colour scale for signed numbers; set the range symmetric about 0."""

SQUARE, WIDE = (640, 760), (900, 540)
"""Width and height of a figure in pixels, on the page and (times a scale) in a picture file."""

BACKGROUNDS: dict[str, go.layout.Template] = {
    "paper": _background("#FFFFFF", "#1A1A1A", "#E3E3E3"),
    "dark": _background("#171614", "#F2F2F2", "#3A3834"),
}
