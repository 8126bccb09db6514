"""What one hidden unit stands for: its weights, the cases it goes with, the labels it goes with."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rbm.app.clusters_panel import part_of
from rbm.app.figure_look import dressed
from rbm.app.reading import Reading
from rbm.codes import Ints, unit_portrait
from rbm.views.codes import MOST_FILTERS, filter_grid, label_bars, unit_bars, weight_bars
from rbm.views.tiles import signed_tile, tile

EXAMPLES = 12
UNIT = "clusters_unit"
QUIET = {"displayModeBar": False}


def unit_choice(reading: Reading) -> int:
    """Which hidden unit is looked at: clicked in the figure, or named; its number from 0."""
    count = reading.codes.shape[1]
    part = part_of(reading)
    if not 0 <= st.session_state.get(UNIT, -1) < count:
        st.session_state[UNIT] = int(reading.codes.var(axis=0).argmax())  # tells cases apart most
    chosen = int(st.session_state[UNIT])
    key = f"clusters_filters_{hash((reading.stamp, chosen))}"  # a new figure forgets its selection
    if reading.cases.shape:
        figure = filter_grid(reading.filters, reading.cases.shape, chosen)
    else:
        codes = reading.codes[part]
        figure = unit_bars(codes.mean(axis=0), (codes > 0.5).mean(axis=0), chosen)
    st.plotly_chart(
        dressed(figure), theme=None, key=key, config=QUIET, selection_mode="points",
        on_select=lambda: _clicked(key), alt="Hidden units: click one to see what it stands for",
    )  # fmt: skip
    if reading.cases.shape:
        more = f" The first {MOST_FILTERS} are shown." if count > MOST_FILTERS else ""
        above = " above the first layer the weights on the way are multiplied," if len(
            reading.network.machines) > 1 else ""  # fmt: skip
        st.caption(
            "Click a hidden unit. Each is drawn by its weights to the pixels,"
            f"{above} blue for pixels that switch it on, orange for those that switch it off."
            f"{more}"
        )
    else:
        st.caption("Click a hidden unit. Each bar is its mean probability over the cases.")
    st.selectbox(
        "Hidden unit", range(count), key=UNIT, format_func=lambda unit: f"h{unit + 1}",
    )  # fmt: skip
    return int(st.session_state[UNIT])


def _clicked(key: str) -> None:
    points = st.session_state[key].selection.points
    if points and "customdata" in points[0]:
        data = points[0]["customdata"]
        st.session_state[UNIT] = int(data[0] if isinstance(data, list) else data)


def portrait(reading: Reading, unit: int) -> None:
    """The unit's weights, numbers and examples."""
    cases, part = reading.cases, np.flatnonzero(part_of(reading))
    labels = None if cases.labels is None else cases.labels[part]
    found = unit_portrait(reading.codes[part, unit], labels, len(cases.label_names), EXAMPLES)
    weights = reading.filters[unit]
    left, right = st.columns([0.3, 0.7], gap="small") if cases.shape else (st.container(),) * 2
    with left:
        if cases.shape:
            st.image(signed_tile(weights, cases.shape), caption=f"weights of h{unit + 1}",
                     width=160)  # fmt: skip
        else:
            figure = weight_bars(weights, cases.names)
            st.plotly_chart(dressed(figure), theme=None, key="clusters_weights", config=QUIET,
                            alt=f"Weights of hidden unit {unit + 1}")  # fmt: skip
    with right:
        st.markdown(
            f"**h{unit + 1}** is on (p > ½) for **{found.on_share:.0%}** of {len(part):,} cases; "
            f"its mean probability is {found.mean:.2f}."
        )
        if labels is not None:
            st.plotly_chart(
                dressed(label_bars(found, cases.label_names)), theme=None, key="clusters_by_label",
                config=QUIET, alt=f"Mean activation of hidden unit {unit + 1} by label",
            )  # fmt: skip
    _examples(reading, unit, "switch it on most", part[found.most])
    _examples(reading, unit, "switch it on least", part[found.least])


def _examples(reading: Reading, unit: int, which: str, places: Ints) -> None:
    cases, values = reading.cases, reading.codes[places, unit]
    if not len(places):
        return
    st.markdown(f"Cases that **{which}**")
    if cases.shape:
        shape = cases.shape
        st.image(
            [tile(cases.values[i], shape, 56) for i in places],
            caption=[f"{p:.2f}" for p in values], width=56,
            alt=[_called(reading, int(i)) for i in places],
        )  # fmt: skip
        return
    rows: list[dict[str, Any]] = []
    for i, p in zip(places, values, strict=True):
        on = [name for name, v in zip(cases.names, cases.values[i], strict=True) if v > 0.5]
        rows.append({"Case": _called(reading, int(i)), f"p(h{unit + 1})": round(float(p), 3),
                     "On": ", ".join(on[:8]) + (" …" if len(on) > 8 else "")})  # fmt: skip
    st.dataframe(rows, hide_index=True, height=180)


def _called(reading: Reading, place: int) -> str:
    cases = reading.cases
    name = cases.row_names[place] if cases.row_names else f"case {place + 1}"
    label = "" if cases.labels is None else f" · {cases.label_names[cases.labels[place]]}"
    return name + label
