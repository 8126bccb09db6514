"""The page "Clusters": cases as points in the space of codes, and the clusters they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rbm.app import cases_panel
from rbm.app.binary_session import BinarySession
from rbm.app.figure_look import dressed
from rbm.app.reading import Reading
from rbm.app.trained import trained
from rbm.clusters import MEMBERSHIPS, Clusters, by_size, main_labels
from rbm.codes import Mask
from rbm.views.codes import MOST_POINTS, case_map, some_cases
from rbm.views.tiles import data_address, tile

NAMED, MOST_LABELS = 12, 24
"""Clusters, and labels, that have a mark of their own; smaller ones are put together."""
PARTS = {"all": "All", "learnt": "Learnt", "held_out": "Held out"}


def head(session: BinarySession) -> bool:
    """Which cases, and how far their machine is trained; whether there is something to see."""
    left, right = st.columns([0.4, 0.6], gap="large")
    with left:
        cases_panel.choice(session)
    with right:
        return trained(session, "clusters", "its codes would say nothing")


def map_panel(reading: Reading) -> None:
    """The map of cases, and what its colours mean."""
    cases = reading.cases
    kinds = {"clusters": "Clusters"} if cases.labels is None else {
        "labels": "Labels", "clusters": "Clusters"}  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            "Colour and shape by", list(kinds), key="clusters_by", format_func=kinds.__getitem__,
            default=next(iter(kinds)), required=True,
        )  # fmt: skip
        if cases.held_out is not None:
            st.segmented_control(
                "Cases", list(PARTS), key="clusters_part", format_func=PARTS.__getitem__,
                default="all", required=True,
            )  # fmt: skip
    part = part_of(reading)
    shown = some_cases(part)
    if by == "labels" and cases.labels is not None:
        divided, most = Clusters(cases.labels, cases.label_names), MOST_LABELS
        if len(divided.names) > most:
            divided = by_size(divided.members, list(divided.names))
    else:
        divided, most = clusters_of(reading), NAMED
    groups = divided.largest(most)
    figure = case_map(
        reading.projection.of(reading.codes), groups.members, groups.names, ~reading.learnt,
        case_names(reading), shown, reading.projection, len(groups.names) < len(divided.names),
    )  # fmt: skip
    st.plotly_chart(
        dressed(figure), theme=None, key="clusters_map", config={"displaylogo": False},
        alt="Cases on the two principal axes of their codes",
    )  # fmt: skip
    says = (
        f"Each mark is a case; near marks have similar codes. Two axes show "
        f"{reading.projection.shares.sum():.0%} of the variance of {reading.codes.shape[1]:,} "
        "hidden probabilities, so what overlaps here may be apart."
    )
    if cases.held_out is not None:
        says += " Hollow: held out, never learnt."
    if len(shown) < part.sum():
        says += f" A sample of {MOST_POINTS:,} of the {part.sum():,} cases is drawn."
    if not reading.projection.shares[0]:
        says = "All cases have the same code: this machine tells none of them apart."
    st.caption(says)


def membership_choice(reading: Reading) -> None:
    """By which rule a case belongs to a cluster."""
    labels = {name: rule.label for name, rule in MEMBERSHIPS.items()}
    st.segmented_control(
        "A case belongs to its", list(labels), key="clusters_rule", required=True,
        default="unusual" if reading.codes.shape[1] > 4 else "pattern",
        format_func=lambda name: labels[name].lower(),
    )  # fmt: skip
    st.caption(MEMBERSHIPS[rule_name()].says)


def rule_name() -> str:
    """The name of the rule chosen, a key of `MEMBERSHIPS`."""
    return str(st.session_state.get("clusters_rule") or next(iter(MEMBERSHIPS)))


def clusters_of(reading: Reading) -> Clusters:
    """The clusters by the rule chosen."""
    return reading.clusters[rule_name()]


def part_of(reading: Reading) -> Mask:
    """The cases chosen to be looked at, (n,): all, learnt or held-out ones."""
    part = st.session_state.get("clusters_part", "all")
    if reading.cases.held_out is None or part == "all":
        return np.ones(len(reading.codes), np.bool_)
    return reading.learnt if part == "learnt" else ~reading.learnt


def case_names(reading: Reading) -> list[str]:
    """What each case is called, its label with it."""
    cases = reading.cases
    names = list(cases.row_names) or [f"case {i + 1}" for i in range(len(cases.values))]
    if cases.labels is not None:
        names = [f"{name} · {cases.label_names[label]}" for name, label in
                 zip(names, cases.labels, strict=True)]  # fmt: skip
    return names


def cluster_table(reading: Reading) -> None:
    """The clusters one by one: size, main label, purity, and the mean of their cases."""
    cases, clusters = reading.cases, clusters_of(reading)
    part = part_of(reading)
    sizes = np.bincount(clusters.members[part], minlength=len(clusters.names))
    order = np.argsort(-sizes, kind="stable")[:NAMED]
    rows: list[dict[str, Any]] = []
    overall = cases.values[part].mean(axis=0)
    for cluster in order[sizes[order] > 0]:
        members = part & (clusters.members == cluster)
        mean = cases.values[members].mean(axis=0)
        row: dict[str, Any] = {"Cluster": clusters.names[cluster]}
        if cases.shape:
            row["Mean"] = data_address(tile(mean, cases.shape, 48))
        else:
            row["More than usual"] = _typical(mean - overall, cases.names)
        row["Cases"] = int(sizes[cluster])
        if cases.labels is not None:
            labels = cases.labels[members]
            main, count = main_labels(np.zeros_like(labels), labels)
            row["Main label"] = cases.label_names[main[0]]
            row["Purity"] = 100 * count[0] / len(labels)
        rows.append(row)
    st.dataframe(
        rows, hide_index=True, row_height=52 if cases.shape else None,
        height="content",
        column_config={
            "Mean": st.column_config.ImageColumn("Mean", help="The mean of the cluster's cases."),
            "Purity": st.column_config.ProgressColumn(
                "Purity", help="Share of its cases that bear its main label.", min_value=0,
                max_value=100, format="%.0f %%"),
        },
    )  # fmt: skip
    singles = int((sizes == 1).sum())
    says = f"{int((sizes > 0).sum()):,} clusters of {int(part.sum()):,} cases"
    if singles:
        says += f", {singles:,} of them of a single case"
    hidden = int((sizes > 0).sum()) - len(rows)
    if hidden > 0:
        says += f"; the {len(rows)} largest are listed"
    st.caption(f"{says}.")


def _typical(excess: np.ndarray, names: tuple[str, ...]) -> str:
    """The columns in which a cluster exceeds the mean of all cases most."""
    order = np.argsort(-excess, kind="stable")[:3]
    told = [f"{names[i]} {excess[i]:+.2f}" for i in order if excess[i] > 0.05]
    return ", ".join(told) or "nothing"
