"""Structure: a small binary machine to touch, its sums, its energy, and what it believes."""

import streamlit as st

from rbm.app import navigation, structure_panel, structure_views

navigation.require_app()
structure_panel.arrive()
st.title("Structure")
st.caption(
    "A restricted Boltzmann machine: visible units below, hidden units above, a weight on every "
    "line between them and none within a layer. Every unit is on (1) or off (0)."
)
structure_panel.setup()
left, right = st.columns([0.45, 0.55], gap="medium")
with left:
    structure_panel.machine_panel()
with right:
    structure_panel.sums_panel()
    structure_views.energy_panel()
with st.expander(
    "All weights and biases as a table, and names", key="structure_table", on_change="rerun"
):
    structure_panel.parameter_table()
left, right = st.columns(2, gap="medium")
with left:
    structure_views.filling_panel()
with right:
    structure_views.clusters_panel()
structure_views.race_panel()
structure_panel.leave_address()
