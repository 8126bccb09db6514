"""Structure: a small binary machine to touch, its sums, its energy, and what it believes."""

import streamlit as st

from rbm.app import navigation, structure_panel

navigation.require_app()
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
    structure_panel.energy_panel()
with st.expander("All weights and biases as a table"):
    structure_panel.parameter_table()
structure_panel.race_panel()
