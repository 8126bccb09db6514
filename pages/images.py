"""Images: a binary machine learns digits, patterns or the user's own images and tables, live."""

import streamlit as st

from rbm.app import (
    binary_controls,
    binary_guide,
    cases_panel,
    messages,
    navigation,
    own_cases_panel,
)
from rbm.app.binary_player import binary_player
from rbm.app.binary_session import binary_session

navigation.require_app()
session = binary_session()

with st.sidebar:
    cases_panel.choice(session)
    binary_controls.learning_controls(session)

st.title("Images")
st.caption(
    "A binary machine learns images, or rows of any table, by switching hidden units on and off. "
    "Press Play and watch its filters grow."
)
own_cases_panel.own_cases_panel(session)
messages.complaints(session)
binary_player(session)
binary_guide.binary_guide(session)
