"""The app: its pages and nothing else. Start it with `make run` or `streamlit run app.py`."""

import streamlit as st

from rbm.app import navigation, server

st.set_page_config(page_title="RBM playground", page_icon="◍", layout="wide")
server.prepare()
st.html(server.STYLE)
navigation.navigation().run()
