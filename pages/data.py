"""Your data: draw, load, paste, photograph or type them, and watch the machine learn them."""

import streamlit as st

from rbm.app import messages, player, server
from rbm.app.data_panel import data_story
from rbm.app.draw_panel import draw_panel
from rbm.app.file_panel import file_panel, paste_panel
from rbm.app.picture_panel import picture_panel, word_panel

SOURCES = {
    "Draw": draw_panel,
    "File": file_panel,
    "Paste": paste_panel,
    "Picture": picture_panel,
    "Word": word_panel,
}

session = server.session()
messages.complaints(session)
left, right = st.columns([0.42, 0.58], gap="medium")
with left:
    source = st.segmented_control(
        "Where the points come from", list(SOURCES), key="data_source", required=True,
        default=st.session_state.get("data_source_last", "Draw"), label_visibility="collapsed",
    )  # fmt: skip
    st.session_state["data_source_last"] = source  # a widget forgets when its page is left
    SOURCES[source or "Draw"](session)
    if source != "Draw" or (session.dataset and session.dataset.kind != "drawing"):
        data_story(session)  # the board says itself that a drawing is learnt
with right:
    player.player(session)
