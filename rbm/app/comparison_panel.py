"""How well clusters agree with the labels, beside k-means, honestly."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rbm.app.clusters_panel import clusters_of, rule_name
from rbm.app.comparison import SEEDS, SPACES, STARTS, Comparison, summary
from rbm.app.features_panel import features_panel
from rbm.app.reading import Reading
from rbm.app.watched import watched
from rbm.clusters import MEMBERSHIPS, Agreement, verdict

KEY = "clusters_comparison"
MOST_CLUSTERS = 64
PART_NAMES = {"learnt": "learnt", "held_out": "held-out"}


def comparison_panel(reading: Reading) -> None:
    """Agreement of all rules with the labels, on learnt and held-out cases."""
    cases = reading.cases
    st.subheader("Do the clusters find the labels?")
    if cases.labels is None:
        st.info("These cases have no labels, so there is nothing to compare with.")
        return
    work = _comparison(reading, _cluster_count(reading))
    if work.playing:
        watched(work, "clusters_k_means", work.goal,
                lambda: f"k-means, start {work.epoch:,} of {work.goal:,}")  # fmt: skip
    elif work.epoch < work.goal:
        st.button("Go on with k-means", on_click=work.catch_up, args=(work.goal,),
                  icon=":material/play_arrow:")  # fmt: skip
    masks = {"learnt": reading.learnt, "held_out": ~reading.learnt}
    found = {part: work.agreements(mask) for part, mask in masks.items() if mask.any()}
    names = _names(reading)
    rows: list[dict[str, Any]] = []
    for name in next(iter(found.values())):
        row: dict[str, Any] = {"Rule": names[name]}
        for part, by_rule in found.items():
            one = summary(by_rule)[name]
            row |= {
                f"Clusters, {PART_NAMES[part]}": one.clusters,
                f"Index, {PART_NAMES[part]}": _number(one, by_rule[name]),
                f"Purity, {PART_NAMES[part]}": f"{one.purity:.0%}",
            }
        rows.append(row)
    st.dataframe(rows, hide_index=True, height="content")
    judged = "held_out" if "held_out" in found else "learnt"
    mine, data = rule_name(), next(iter(SPACES))
    where = f"the {int(masks[judged].sum()):,} {PART_NAMES[judged]} cases"
    if data in found[judged]:
        means = summary(found[judged])
        st.markdown(f"**{verdict(names[mine], means[mine], names[data], means[data], where)}**")
    st.caption(
        "Index: the adjusted Rand index of clusters and labels, 1 for the same division and 0 on "
        "average for chance, however many clusters there are; ± its standard error (jackknife "
        f"over the cases). k-means: the mean over {SEEDS} seeds, each the best of {STARTS} starts, "
        "and in brackets the lowest and highest. A division into many more clusters than labels "
        "has a low index even when each cluster is pure. Purity: share of cases that bear the main "
        "label of their cluster; many small clusters have it for nothing."
    )
    features_panel(reading)


def _cluster_count(reading: Reading) -> int:
    """How many clusters k-means shall make."""
    cases = reading.cases
    kinds = len(cases.label_names)
    own = min(len(clusters_of(reading).names), MOST_CLUSTERS)
    choices = {"rule": own, "labels": kinds}
    says = {
        "rule": f"as many as the rule above makes ({own}"
        + (", the most there can be)" if own == MOST_CLUSTERS else ")"),
        "labels": f"as many as there are labels ({kinds})",
    }
    chosen = st.segmented_control(
        "Clusters of k-means", list(choices), key="clusters_count", default="rule", required=True,
        format_func=says.__getitem__,
    )  # fmt: skip
    return choices[str(chosen)]


def _comparison(reading: Reading, count: int) -> Comparison:
    """The comparison of this reading, begun if it is not there."""
    work: Comparison | None = st.session_state.get(KEY)
    if work is None or work.reading is not reading or work.count != count:
        if work is not None:
            work.pause()
        work = st.session_state[KEY] = Comparison(reading, count)
        work.catch_up(work.goal)
    return work


def _names(reading: Reading) -> dict[str, str]:
    raw = "k-means on the pixels" if reading.cases.shape else "k-means on the columns"
    return {name: rule.label for name, rule in MEMBERSHIPS.items()} | {
        "pixels": raw, "codes": "k-means on the codes"}  # fmt: skip


def _number(mean: Agreement, seeds: list[Agreement]) -> str:
    text = f"{mean.index:.2f}"
    if np.isfinite(mean.error):
        text += f" ± {mean.error:.2f}"
    if len(seeds) > 1:
        indices = [each.index for each in seeds]
        text += f" ({min(indices):.2f} to {max(indices):.2f})"
    return text.replace("-", "−")
