"""Keep and share: everything a run can leave as, and come back from."""

import streamlit as st

from rbm.app import messages, server
from rbm.app.animation_panel import animation_panel
from rbm.app.arrival import arrive
from rbm.app.export_panel import export_panel
from rbm.app.library_panel import library_panel
from rbm.app.link_panel import link_panel
from rbm.app.python_panel import python_panel
from rbm.app.run_file_panel import run_file_panel
from rbm.app.run_summary import name_of_data

PANELS = {
    "A link": link_panel,
    "A file": run_file_panel,
    "Library of runs": library_panel,
    "Tables": export_panel,
    "Python": python_panel,
    "A moving picture": animation_panel,
}

session = server.session()
st.title("Keep and share")
arrive(session)
messages.complaints(session)
st.caption(
    f"{messages.plain(name_of_data(session))}, epoch {session.run.epoch:,}. Whatever you take "
    "from here opens the same run again, or lets other programs use it."
)
columns = st.columns(2, gap="medium")
for place, (title, panel) in enumerate(PANELS.items()):
    with columns[place % 2].container(border=True):
        st.subheader(title, anchor=False)
        panel(session)
server.update_link(session)
