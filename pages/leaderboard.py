"""Leaderboard: whose settings learn a pattern best, as measured by the server."""

import streamlit as st

from rbm.app import (
    lab,
    leaderboard_entering,
    leaderboard_panel,
    leaderboard_place,
    messages,
    navigation,
    server,
)
from rbm.app.arrival import arrive
from rbm.tuning.database import StoreError

navigation.require_app()
session = server.session()
lab.meet()
leaderboard_panel.arrive(session)
st.title("Beat the tutorial")
arrive(session)
st.caption(
    "The tutorial's author found tuning the hardest part, and asked for better values: enter "
    "yours. An entry is a way of learning, not a claim: the server trains it with its own seeds "
    "before it gets a rank."
)
messages.complaints(session)
try:
    place = leaderboard_place.place()
    left, right = st.columns([0.25, 0.75], gap="medium")
    with left.container(border=True):
        leaderboard_entering.entering(session, place)
    with right:
        leaderboard_panel.board_panel(session, place)
except StoreError as reason:
    st.info(messages.plain(str(reason)), icon=":material/info:")
