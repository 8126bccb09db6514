"""The difference of two ways of learning, seed by seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from rbm.duel_seeds import Judgement, Result, judge
from rbm.views.style import GREEN, GREY, PURPLE

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "yref": "paper"}


def seed_differences(results: Sequence[Result], judgement: Judgement) -> go.Figure:
    """One mark a seed at the difference B − A of its mismatches, in order of size, with the median
    and its interval; left of 0 B is better, right of it A is."""
    ordered = sorted(results, key=lambda result: result.difference())
    figure = go.Figure()
    if not math.isnan(judgement.low):
        figure.add_vrect(
            judgement.low, judgement.high, fillcolor=GREY, opacity=0.2, line_width=0,
            showlegend=True, name="95 % interval of the median",
        )  # fmt: skip
    figure.add_vline(0, line={"color": GREY, "width": 1.5})
    figure.add_vline(
        judgement.median, line={"color": GREY, "width": 2, "dash": "dash"}, showlegend=True,
        name="median",
    )  # fmt: skip
    looks = {
        "B better": (lambda d: d < 0, {"symbol": "circle", "color": PURPLE}),
        "A better": (lambda d: d > 0, {"symbol": "square", "color": GREEN}),
        "equal": (lambda d: d == 0, {"symbol": "x", "color": GREY}),
    }
    for name, (belongs, mark) in looks.items():
        rows = [(row, r) for row, r in enumerate(ordered, start=1) if belongs(r.difference())]
        if rows:
            figure.add_scatter(
                x=[result.difference() for _, result in rows], y=[row for row, _ in rows],
                name=f"{name}: {len(rows)}", mode="markers", marker={**mark, "size": 9},
                customdata=[_words(result) for _, result in rows],
                hovertemplate="%{customdata}<extra></extra>",
            )  # fmt: skip
    figure.update_layout(
        height=max(360, 130 + 9 * len(ordered)), margin={"l": 20, "r": 20, "t": 10, "b": 10},
        legend=LEGEND, showlegend=True,
        xaxis={"title": {"text": "← B better · difference of mismatch, B − A · A better →"},
               "fixedrange": True},
        yaxis={"title": {"text": "seeds, in order"}, "showticklabels": False, "fixedrange": True,
               "ticks": "", "range": [0, len(ordered) + 1]},
    )  # fmt: skip
    return figure


def difference_curve(results: Sequence[Result]) -> go.Figure:
    """The median difference B − A over the epochs at which it was measured, with its interval at
    each of them, and the line of every seed thinly behind."""
    epochs = list(results[0].at)
    judged = [judge(results, place) for place in range(len(epochs))]
    figure = go.Figure()
    figure.add_hline(0, line={"color": GREY, "width": 1.5})
    for number, result in enumerate(results):
        figure.add_scatter(
            x=epochs, y=[result.difference(place) for place in range(len(epochs))],
            name="one seed", mode="lines", line={"color": GREY, "width": 0.7}, opacity=0.5,
            showlegend=number == 0, hoverinfo="skip",
        )  # fmt: skip
    if not math.isnan(judged[-1].low):
        figure.add_scatter(
            x=epochs + epochs[::-1],
            y=[one.low for one in judged] + [one.high for one in judged[::-1]],
            name="95 % interval of the median", fill="toself", fillcolor=GREY, opacity=0.3,
            line={"width": 0}, mode="lines", hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=epochs, y=[one.median for one in judged], name="median", mode="lines+markers",
        line={"color": PURPLE, "width": 2.5, "dash": "dash"}, marker={"size": 7},
        customdata=[[one.better, one.seeds] for one in judged],
        hovertemplate="epoch %{x:,}: %{y:+.3f}<br>B better on %{customdata[0]} of "
        "%{customdata[1]}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        height=360, margin={"l": 20, "r": 20, "t": 10, "b": 10}, legend=LEGEND,
        xaxis={"title": {"text": "epoch"}, "fixedrange": True},
        yaxis={"title": {"text": "B − A, below 0: B better"}, "fixedrange": True},
    )  # fmt: skip
    return figure


def _words(result: Result) -> str:
    one, other = (
        "diverged" if math.isnan(scores[-1]) else f"{scores[-1]:.3f}"
        for scores in (result.a, result.b)
    )
    return f"seed {result.seed}: A {one}, B {other}"
