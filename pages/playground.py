"""The playground: choose a pattern, press Play, watch a continuous RBM learn it."""

import streamlit as st

from rbm.app import controls, data_panel, guide, messages, navigation, player, server
from rbm.app.gaussian_panel import gaussian_panel

navigation.require_app()
session = server.session()

with st.sidebar:
    controls.preset_panel(session)
    data_panel.pattern_panel(session)
    controls.learning_controls(session)

messages.complaints(session)
player.player(session)
gaussian_panel(session)
guide.guide(session)
