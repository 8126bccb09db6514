"""Sweep: every combination of the values of one or two settings, as a map of small pictures."""

import streamlit as st

from rbm.app import lab, messages, navigation, server, sweep_panel, sweep_results, sweep_studies
from rbm.app.arrival import arrive

navigation.require_app()
session = server.session()
lab.meet()
sweep_panel.arrive(session)
st.title("Sweep")
arrive(session)
st.caption(
    "Which values are good, on these very data? A sweep trains a machine for every combination of "
    "values, with several seeds, and lays the results out as a map."
)
messages.complaints(session)
sweep_panel.sweep_panel(session)
sweep_results.results(session)
sweep_studies.kept_sweeps()
