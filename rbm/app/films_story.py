"""A story on the page "Fill in": six films, two tastes, and a recommendation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.figure_look import dressed
from rbm.app.trained import trained
from rbm.cases import CASE_SETS, Cases
from rbm.filling import MOST_PARTS, Known, parts_of
from rbm.models.binary import BinaryMachine
from rbm.taste import Contrast, clearest_contrast, goes_with
from rbm.units import Floats
from rbm.views.codes import weight_bars

SET = "films"
ANSWERS = {None: "not seen", 1: "liked", 0: "not liked"}


def films_story(session: BinarySession) -> None:
    """The whole story; its machine is this tab's, once the films are loaded."""
    st.subheader("A story: people and films")
    if session.set_name != SET:
        st.markdown(
            "Sixty people have said which of six films they like. Nobody has told the machine what "
            "kinds of films there are. Can it find out, and recommend a film?"
        )
        st.button(
            "Load the six films", on_click=_load, args=(session,), icon=":material/movie:",
            help="They take the place of the present cases; Undo on the page Images brings those "
            "back.",
        )  # fmt: skip
        return
    cases = session.cases
    st.markdown("**1. Who likes what**")
    _people(cases)
    st.markdown("**2. Train**")
    if not trained(session, "films", "its hidden units stand for nothing"):
        return
    machine = session.machine()
    st.markdown("**3. What the hidden units have found**")
    _hidden_units(machine, cases)
    st.markdown("**4. People, as the hidden units see them**")
    _tastes(machine, cases)
    st.markdown("**5. Ask for a recommendation**")
    _recommendation(machine, cases)


def _load(session: BinarySession) -> None:
    session.use(CASE_SETS[SET].build(), SET)


def _people(cases: Cases) -> None:
    table = pd.DataFrame(cases.values.astype(bool), columns=list(cases.names),
                         index=pd.Index(cases.row_names, name="person"))  # fmt: skip
    st.dataframe(table, height=248)
    likes = cases.values.sum(axis=0).astype(int)
    st.caption(
        f"{len(cases.values)} people; ticked: liked. "
        + ", ".join(f"{name} {n}" for name, n in zip(cases.names, likes, strict=True))
        + ". The tastes behind it are kept from the machine."
    )


def _hidden_units(machine: BinaryMachine, cases: Cases) -> None:
    for columns in np.array_split(np.arange(machine.n_hidden), -(-machine.n_hidden // 2)):
        for box, unit in zip(st.columns(2, gap="medium"), columns, strict=False):
            with box:
                weights = machine.weights[:, unit]
                bars = weight_bars(weights, cases.names)
                bars.update_traces(textposition="outside")
                bars.update_xaxes(range=_roomy(weights))
                bars.update_layout(margin={"b": 52})
                st.plotly_chart(
                    dressed(bars), theme=None, key=f"films_unit_{unit}",
                    config={"displayModeBar": False},
                )  # fmt: skip
                st.markdown(_sentence(int(unit), weights, cases))


def _roomy(weights: Floats) -> list[float]:
    """The range of an axis of bars with room for numbers at their ends."""
    low, high = min(0.0, float(weights.min())), max(0.0, float(weights.max()))
    room = 0.17 * max(high - low, 1e-9)
    return [low - room * (low < 0), high + room * (high > 0)]


def _sentence(unit: int, weights: Floats, cases: Cases) -> str:
    found = goes_with(weights)
    names = [[cases.names[place] for place in places] for places in found]
    said = [f"makes {', '.join(names[0])} more likely"] * bool(names[0])
    said += [f"{', '.join(names[1])} less likely"] * bool(names[1])
    return f"When **h{unit + 1}** is on it {' and '.join(said)}." if said else (
        f"**h{unit + 1}** has no weights to speak of.")  # fmt: skip


def _tastes(machine: BinaryMachine, cases: Cases) -> None:
    hidden = machine.mean_h_from_v(cases.values)
    names = [f"h{unit + 1}" for unit in range(machine.n_hidden)]
    if cases.labels is not None:
        kinds = range(len(cases.label_names))
        means = pd.DataFrame(
            [[*hidden[cases.labels == kind].mean(axis=0), int((cases.labels == kind).sum())]
             for kind in kinds],
            columns=[*names, "people"], index=pd.Index(cases.label_names, name="true tastes"),
        )  # fmt: skip
        numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in names}
        st.dataframe(means, column_config=numbers)
        st.caption("Mean probability of each hidden unit to be on, by what people really like.")
        for unit in range(machine.n_hidden):
            found = clearest_contrast(hidden[:, unit], cases.labels, len(cases.label_names))
            st.markdown(_contrast(unit, found, cases))
    with st.expander("Every person"):
        table = pd.DataFrame(hidden, columns=names, index=pd.Index(cases.row_names, name="person"))
        if cases.labels is not None:
            table["true tastes"] = [cases.label_names[kind] for kind in cases.labels]
        st.dataframe(table.round(2))


def _contrast(unit: int, found: Contrast, cases: Cases) -> str:
    kinds = " or ".join(f"“{cases.label_names[kind]}”" for kind in found.kinds)
    return (
        f"**h{unit + 1}** is on for {found.inside:.0%} of the people whose taste is {kinds}, and "
        f"for {found.outside:.0%} of the others."
    )


def _recommendation(machine: BinaryMachine, cases: Cases) -> None:
    st.caption("What do you say of these films?")
    answers = []
    for box, (place, name) in zip(
        [box for _ in range(-(-len(cases.names) // 3)) for box in st.columns(3)],
        enumerate(cases.names), strict=False,
    ):  # fmt: skip
        with box:
            answers.append(
                st.segmented_control(
                    name,
                    [1, 0],
                    key=f"films_answer_{place}",
                    format_func=ANSWERS.__getitem__,
                    default=1 if place == 0 else None,
                )
            )
    known = np.array([answer is not None for answer in answers])
    v = np.array([answer or 0 for answer in answers], np.float64)
    if known.all():
        st.info("You have seen them all: there is nothing left to recommend.")
    elif machine.n_hidden > MOST_PARTS:
        st.info(
            f"The sum below can be written out for up to {MOST_PARTS} hidden units; fill in the "
            "row above instead."
        )
    else:
        _explained(machine, cases, v, known)


def _explained(machine: BinaryMachine, cases: Cases, v: Floats, known: Known) -> None:
    parts = parts_of(machine, v, known)
    chances = np.where(known, -1.0, parts.weights @ parts.means)
    best = int(chances.argmax())
    name = cases.names[best]
    st.success(f"Watch **{name}**: you like it with probability {chances[best]:.2f}.",
               icon=":material/recommend:")  # fmt: skip
    others = [place for place in np.argsort(-chances) if not known[place] and place != best]
    if others:
        said = ", ".join(f"{cases.names[place]} {chances[place]:.2f}" for place in others)
        st.markdown(f"The others: {said}.")
    rows = [
        {
            "hidden units": ", ".join(
                f"h{unit + 1} {'on' if on else 'off'}" for unit, on in enumerate(state)
            ),
            "how probable, given your answers": f"{weight:.3f}",
            f"{name} is then liked with": f"{mean:.3f}",
            "product": f"{weight * mean:.3f}",
        }
        for state, weight, mean in zip(
            parts.hidden, parts.weights, parts.means[:, best], strict=True
        )
    ]
    st.dataframe(rows, hide_index=True, height="content")
    products = parts.weights * parts.means[:, best]
    total = " + ".join(f"{product:.3f}" for product in products)
    st.caption(
        f"The sum of the products is the probability: {total} = {chances[best]:.3f}. It is "
        f"exact: {machine.n_hidden} hidden units have only {len(products)} states."
    )
