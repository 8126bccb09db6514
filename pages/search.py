"""Search: better values, proposed by Optuna, and measured again before anything is claimed."""

import streamlit as st

from rbm.app import (
    lab,
    messages,
    navigation,
    search_panel,
    search_results,
    search_studies,
    server,
)
from rbm.app.arrival import arrive
from rbm.app.steady import steady_place

navigation.require_app()
session = server.session()
lab.meet()
search_panel.arrive(session)
st.title("Search")
arrive(session)
st.caption(
    "Which values are best? Optuna proposes values from what earlier trials found, each trial is "
    "trained with several seeds, and a winner is measured again with fresh seeds before it is "
    "called better."
)
messages.complaints(session)
with steady_place():
    search_studies.unfinished_searches()
search_panel.search_panel(session)
search_studies.searches_at_work()
search_results.results(session)
search_studies.kept_searches()
