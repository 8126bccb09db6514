"""A search in pictures: what it has found so far, which settings matter, and where good ones lie.

Every picture is a data step, which tests look at, and a drawing of it. Shapes say what colours say:
a circle is a trial that went all the way, a cross one that ended early, a triangle one with a run
that diverged, a star the best.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import optuna
import plotly.graph_objects as go
from numpy.typing import NDArray

from rbm.settings import KNOBS
from rbm.tuning.confirmation import Verdict
from rbm.tuning.search import Record, Search, best, study_of
from rbm.tuning.space import Range, Value
from rbm.views.style import BLUE, GREEN, GREY, ORANGE, VERMILLION
from rbm.views.sweeps import value_name
from rbm.views.ticks import even_ticks, log_ticks, tick_name

WHOLE, EARLY, DIVERGED = "went all the way", "ended early", "a run diverged"
MARKS = {
    WHOLE: {"symbol": "circle", "size": 7, "color": BLUE},
    EARLY: {"symbol": "x-thin", "size": 8, "line": {"width": 1.6, "color": GREY}},
    DIVERGED: {"symbol": "triangle-up-open", "size": 9, "color": ORANGE, "line": {"width": 2}},
}  # fmt: skip
BEST_MARK = {"symbol": "star", "size": 15, "color": VERMILLION}
FEWEST = 12
"""Whole trials below which nothing is said of what matters."""
TOP_SHARE = 0.25
SHORT = 8
"""Letters that fit above an axis without being slanted, as in "mismatch"."""
PLAIN = {"l": 56, "r": 16, "t": 12, "b": 52}


@dataclass(frozen=True)
class History:
    """Trials by number: mismatch, one of `MARKS` each, and the best so far (NaN: none yet)."""

    numbers: NDArray[np.int64]
    mismatch: NDArray[np.float64]
    kinds: NDArray[np.str_]
    best: NDArray[np.float64]


def history_of(records: Sequence[Record]) -> History:
    """The data of the history; a trial that ended early has the mismatch of its last check."""
    ordered = sorted(records, key=lambda record: record.number)
    mismatch = np.array([record.objective for record in ordered], np.float64)
    kinds = np.array([kind_of(record) for record in ordered], np.str_)
    whole = np.where(kinds == EARLY, np.inf, mismatch)
    least = np.minimum.accumulate(whole) if len(whole) else whole
    numbers = np.array([record.number for record in ordered], np.int64)
    return History(numbers, mismatch, kinds, np.where(np.isinf(least), np.nan, least))


def kind_of(record: Record) -> str:
    """Which mark a trial gets."""
    if record.outcome.pruned:
        return EARLY
    return DIVERGED if record.outcome.diverged else WHOLE


def importance_of(search: Search, records: Sequence[Record]) -> dict[str, float]:
    """Setting → how much it decides whether a trial is among the best quarter, as a share of 1,
    most first (PED-ANOVA: Watanabe, Bansal and Hutter 2023); {} while there is no telling."""
    whole = [record for record in records if not record.outcome.pruned]
    if len(whole) < FEWEST or len({record.objective for record in whole}) == 1:
        return {}
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=TOP_SHARE)
    found = optuna.importance.get_param_importances(study_of(search, whole), evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}


def history(records: Sequence[Record]) -> go.Figure:
    """Every trial's mismatch in the order of their numbers, and the best so far as a line."""
    told = history_of(records)
    figure = go.Figure()
    for kind in MARKS:
        own = told.kinds == kind
        _marks(figure, kind, told.numbers[own], told.mismatch[own], told.numbers[own])
    figure.add_scatter(
        x=told.numbers, y=told.best, mode="lines", name="best so far", hoverinfo="skip",
        line={"color": VERMILLION, "width": 2, "shape": "hv"},
    )  # fmt: skip
    if len(told.numbers):
        _ticks(figure, even_ticks(told.numbers[0], told.numbers[-1], whole=True))
    figure.update_xaxes(title="trial")
    return _framed(figure, 360)


def importance(shares: Mapping[str, float]) -> go.Figure:
    """The shares of `importance_of` as bars, the longest at the top."""
    names = list(shares)[::-1]
    figure = go.Figure(
        go.Bar(
            x=[shares[name] for name in names], y=[KNOBS[name].label for name in names],
            orientation="h", text=[f"{shares[name]:.0%}" for name in names],
            textposition="auto", marker={"color": BLUE}, hoverinfo="skip",
        )
    )  # fmt: skip
    figure.update_xaxes(title="share of what decides", tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(automargin=True)
    figure.update_layout(height=130 + 34 * len(names), margin=PLAIN)
    return figure


def slices(search: Search, records: Sequence[Record], name: str) -> go.Figure:
    """Mismatch against one setting; the start's value as a dashed line, the best as a star."""
    chosen = _range(search, name)
    ordered = sorted(records, key=lambda record: record.number)
    figure = go.Figure()
    for kind in MARKS:
        own = [record for record in ordered if kind_of(record) == kind]
        values = [_place(chosen, record.values[name]) for record in own]
        _marks(figure, kind, values, [r.objective for r in own], [r.number for r in own])
    for record in best(ordered):
        figure.add_scatter(
            x=[_place(chosen, record.values[name])], y=[record.objective], mode="markers",
            name="best", marker=BEST_MARK, hoverinfo="skip",
        )  # fmt: skip
    start = getattr(search.base, name)
    if chosen.choices:
        order = [value_name(name, value) for value in chosen.choices]
        figure.update_xaxes(type="category", categoryorder="array", categoryarray=order)
        figure.update_xaxes(range=[-0.5, len(order) - 0.5])
    else:
        if chosen.low <= start <= chosen.high:
            figure.add_vline(start, line={"color": GREEN, "dash": "dash", "width": 2})
        scale = math.log10 if chosen.log else float
        low, high = scale(chosen.low), scale(chosen.high)
        rim = 0.04 * (high - low)
        figure.update_xaxes(type="log" if chosen.log else "linear", range=[low - rim, high + rim])
        _ticks(figure, _ticks_of(chosen))
    knob = KNOBS[name]
    figure.update_xaxes(title=f"{knob.label} {knob.symbol}".strip())
    return _framed(figure, 300).update_layout(showlegend=False)


def parallel(search: Search, records: Sequence[Record]) -> go.Figure:
    """Every trial that went all the way as a line through its values to its mismatch."""
    whole = [record for record in records if not record.outcome.pruned]
    scores = [record.objective for record in whole]
    mismatch = _axis("mismatch", scores, even_ticks(min(scores, default=0), max(scores, default=1)))
    dimensions = [*(_dimension(chosen, whole) for chosen in search.ranges), mismatch]
    short = all(len(str(axis["label"])) <= SHORT for axis in dimensions)
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": scores, "colorscale": [[0, VERMILLION], [1, GREY]]},
            labelangle=0 if short else -20, labelside="top", tickfont={"size": 11},
        )
    )  # fmt: skip
    return figure.update_layout(height=420, margin={"l": 60, "r": 60, "t": 76, "b": 24})


def verdicts(found: Sequence[Verdict]) -> go.Figure:
    """Mean mismatch of each candidate on fresh seeds and data, with its 95 % interval."""
    names = [verdict.name for verdict in found][::-1]
    means = np.array([verdict.mean for verdict in found][::-1])
    low = np.array([verdict.low for verdict in found][::-1])
    high = np.array([verdict.high for verdict in found][::-1])
    figure = go.Figure(
        go.Scatter(
            x=means, y=names, mode="markers", marker={"size": 11, "color": BLUE},
            error_x={
                "type": "data", "array": high - means, "arrayminus": means - low, "color": BLUE,
                "thickness": 2.5, "width": 8,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(title="mismatch, 95 % interval", rangemode="tozero")
    figure.update_yaxes(automargin=True, range=[-0.6, len(names) - 0.4])
    return figure.update_layout(height=130 + 44 * len(names), margin=PLAIN)


def _marks(
    figure: go.Figure, kind: str, x: Sequence[object] | NDArray[np.int64],
    y: Sequence[float] | NDArray[np.float64], numbers: Sequence[int] | NDArray[np.int64],
) -> None:  # fmt: skip
    figure.add_scatter(
        x=x, y=y, mode="markers", name=kind, marker=MARKS[kind], customdata=numbers,
        hovertemplate="trial %{customdata}<br>mismatch %{y:.3f}<extra>%{fullData.name}</extra>",
    )  # fmt: skip


def _framed(figure: go.Figure, height: int) -> go.Figure:
    figure.update_yaxes(title="mismatch", rangemode="tozero")
    return figure.update_layout(
        height=height, margin=PLAIN, legend={"yref": "paper", "y": 1.02, "yanchor": "bottom"}
    )


def _range(search: Search, name: str) -> Range:
    return next(chosen for chosen in search.ranges if chosen.name == name)


def _place(chosen: Range, value: Value) -> Value:
    return value_name(chosen.name, value) if chosen.choices else value


def _dimension(chosen: Range, whole: Sequence[Record]) -> dict[str, object]:
    """One axis: choices by name, numbers of a logarithmic range by their logarithm."""
    values = [record.values[chosen.name] for record in whole]
    label = KNOBS[chosen.name].symbol or KNOBS[chosen.name].label
    if chosen.choices:
        names = [value_name(chosen.name, choice) for choice in chosen.choices]
        places = [chosen.choices.index(value) for value in values]
        return {
            "label": label, "values": places, "tickvals": list(range(len(names))),
            "ticktext": names, "range": [-0.2, len(names) - 0.8],
        }  # fmt: skip
    numbers, ticks = [float(value) for value in values], _ticks_of(chosen)
    if not chosen.log:
        return {**_axis(label, numbers, ticks), "range": [chosen.low, chosen.high]}
    axis = _axis(label, np.log10(numbers), ticks)
    return {**axis, "tickvals": np.log10(ticks), "range": np.log10([chosen.low, chosen.high])}


def _axis(
    label: str, values: Sequence[float] | NDArray[np.float64], ticks: Sequence[float]
) -> dict[str, object]:
    """One axis with its own ticks: plotly's have unrounded numbers at both ends besides."""
    names = [tick_name(tick) for tick in ticks]
    return {"label": label, "values": values, "tickvals": ticks, "ticktext": names}


def _ticks(figure: go.Figure, places: Sequence[float]) -> None:
    figure.update_xaxes(tickvals=places, ticktext=[tick_name(place) for place in places])


def _ticks_of(chosen: Range) -> list[float]:
    if chosen.log:
        return log_ticks(chosen.low, chosen.high)
    return even_ticks(chosen.low, chosen.high, whole=KNOBS[chosen.name].kind == "int")
