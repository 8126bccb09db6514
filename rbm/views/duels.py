"""The difference of two ways of learning, seed by seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from rbm.duel_seeds import Judgement, Result
from rbm.views.style import GREEN, GREY, PURPLE


def seed_differences(results: Sequence[Result], judgement: Judgement) -> go.Figure:
    """One mark a seed at the difference B − A of its mismatches, in order of size, with the median
    and its interval; left of 0 B is better, right of it A is."""
    ordered = sorted(results, key=lambda result: result.difference)
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
        rows = [(row, r) for row, r in enumerate(ordered, start=1) if belongs(r.difference)]
        if rows:
            figure.add_scatter(
                x=[result.difference for _, result in rows], y=[row for row, _ in rows],
                name=f"{name}: {len(rows)}", mode="markers", marker={**mark, "size": 9},
                customdata=[_words(result) for _, result in rows],
                hovertemplate="%{customdata}<extra></extra>",
            )  # fmt: skip
    figure.update_layout(
        height=130 + 14 * max(len(ordered), 6), margin={"l": 20, "r": 20, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "yref": "paper"},
        showlegend=True,
        xaxis={"title": {"text": "← B better · difference of mismatch, B − A · A better →"},
               "fixedrange": True},
        yaxis={"title": {"text": "seeds, in order"}, "showticklabels": False, "fixedrange": True,
               "ticks": "", "range": [0, len(ordered) + 1]},
    )  # fmt: skip
    return figure


def _words(result: Result) -> str:
    one, other = (
        "diverged" if math.isnan(score) else f"{score:.3f}" for score in (result.a, result.b)
    )
    return f"seed {result.seed}: A {one}, B {other}"
