"""Fill in: part of a case is covered, and a trained machine fills it, step by step."""

import streamlit as st

from rbm.app import (
    cases_panel,
    fill_bench,
    fill_panel,
    fill_table,
    films_story,
    navigation,
    recovery_panel,
    trained,
)
from rbm.app.binary_session import binary_session

navigation.require_app()
session = binary_session()
st.title("Fill in")
st.caption(
    "Cover part of a case. What is known is held fast, the rest begins as noise, and the machine "
    "draws hidden from visible and visible from hidden units until both agree."
)
left, right = st.columns([0.4, 0.6], gap="medium", vertical_alignment="bottom")
with left:
    cases_panel.choice(session)
with right:
    ready = trained.trained(session, "fill", "it would fill in noise")
if ready:
    image = session.cases.shape is not None
    left, right = st.columns([0.36, 0.64], gap="large")
    with left:
        fill_panel.case_choice(session)
        fill_panel.cover_panel(session)
        if not image:
            fill_table.row_editor(session)
    with right:
        fill_panel.chains_panel(session)
        if fill_bench.bench(session).known.all():
            st.info("Everything is known. Cover something.", icon=":material/brush:")
        else:
            filled = fill_bench.filled(session)
            if image:
                fill_panel.watch_panel(filled)
            else:
                fill_table.belief_panel(filled)
            fill_panel.numbers_panel(filled)
    recovery_panel.recovery_panel(session)
films_story.films_story(session)
