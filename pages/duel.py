"""Compare: two runs side by side, on the same data and the same noise, with one difference."""

import streamlit as st

from rbm.app import messages, navigation, server
from rbm.app.duel_player import duel_player
from rbm.app.duel_seeds_panel import seeds_panel
from rbm.app.duel_settings import duel_settings
from rbm.app.duel_setup import setup_panel, story, this_duel

navigation.require_app()
session = server.session()
st.title("Compare")
st.caption(
    "Two runs side by side, on the same data and the same noise, always at the same epoch: what "
    "differs between the pictures is due to what differs between the sides."
)
duel = this_duel(session)
with st.sidebar:
    duel_settings(duel)
messages.complaints(duel)
story(duel)
duel_player(duel)
setup_panel(duel, session)
seeds_panel(duel)
