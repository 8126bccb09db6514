"""Tune: sweep one or two settings, and see what each value makes of the picture."""

import streamlit as st

from rbm.app import messages, navigation, server, sweep_panel

navigation.require_app()
session = server.session()
st.title("Tune")
st.caption(
    "Which values are good, on these very data? A sweep trains a machine for every combination of "
    "values, with several seeds, and lays the results out as a map."
)
messages.complaints(session)
sweep_panel.sweep_panel(session)
