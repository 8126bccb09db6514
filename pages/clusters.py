"""Clusters: hidden activations as codes, what the units stand for, and layers stacked on top."""

import streamlit as st

from rbm.app import clusters_panel, comparison_panel, deep_panel, messages, unit_panel
from rbm.app.binary_session import binary_session
from rbm.app.reading import reading

session = binary_session()
st.title("Clusters")
st.caption(
    "The hidden units of a trained machine describe each case by a code: the probability of every "
    "unit to be on. Cases with similar codes belong together, and nobody has told the machine how."
)
messages.complaints(session)
if clusters_panel.head(session):
    network, revision = deep_panel.codes_of(session)
    here = reading(session, network, revision)
    left, right = st.columns([0.54, 0.46], gap="large")
    with left:
        clusters_panel.membership_choice(here)
        clusters_panel.map_panel(here)
        clusters_panel.cluster_table(here)
    with right:
        unit_panel.portrait(here, unit_panel.unit_choice(here))
    comparison_panel.comparison_panel(here)
    deep_panel.deep_panel(session)
