"""The pictures on paper: the tutorial's figures of a run at one of its epochs, to be saved."""

from functools import partial
from urllib.parse import urljoin

import streamlit as st

from rbm.app import server
from rbm.app.arrival import arrive
from rbm.app.figure_buttons import figure_with_buttons
from rbm.run_link import of_run
from rbm.views import BACKGROUNDS, document, dress, offered, snapshot

session = server.session()
st.title("The pictures on paper")
arrive(session)
run = session.run
if run.epoch == run.first_epoch == 0:
    st.info(
        "Nothing has been learnt yet, so the figures show the first, random machine. "
        "Train it in the playground, then come back."
    )
    st.page_link("pages/playground.py", label="To the playground", icon=":material/play_circle:")
epoch = run.epoch
if run.epoch > run.first_epoch:
    epoch = st.slider(
        "Epoch", run.first_epoch, run.epoch, run.epoch,
        help="The machine as it was after this many epochs (the last recorded one before it).",
    )  # fmt: skip

with st.container(horizontal=True, vertical_alignment="bottom"):
    bandwidth = st.slider(
        "Bandwidth", 0.005, 0.1, 0.03, 0.005, format="%.3f", width=220,
        help="Standard deviation of the Gaussian that smooths the densities, as a share of the "
        "square's side. The mismatch is always measured with 0.03.",
    )  # fmt: skip
    passes = st.slider(
        "Passes from uniform points",
        1,
        100,
        50,
        width=220,
        help="A pass: hidden from visible, then visible from hidden, with noise.",
    )
    link_passes = st.slider(
        "Passes from the data", 1, 100, 1, width=220, help="How far the links reach."
    )
    starts = st.slider("Uniform points", 100, 2_000, 500, 100, width=220)
    dark = st.context.theme.type == "dark"
    background = st.segmented_control(
        "Background", list(BACKGROUNDS), default="dark" if dark else "paper", required=True,
        format_func={"paper": "White, for paper", "dark": "Dark, for a screen"}.__getitem__,
    )  # fmt: skip

shot = snapshot(
    run, epoch, passes=passes, link_passes=link_passes, starts=starts, bandwidth=bandwidth
)  # fmt: skip
views = offered(shot)
figures = {name: dress(view.draw(shot), background) for name, view in views.items()}
playground = urljoin(st.context.url or "", ".")
address = f"{playground}?{of_run(run).at(shot.epoch).query}"

st.download_button(
    "All figures in one HTML file",
    partial(
        document,
        shot,
        {name: (figures[name], view.caption) for name, view in views.items()},
        address,
    ),
    f"rbm_epoch_{shot.epoch}.html",
    "text/html",
    on_click="ignore",
    icon=":material/download:",
    help="About 5 MB; opens without a network, and each figure in it can be saved again.",
)

numbered = list(enumerate(views.items(), start=1))
for first in range(0, len(numbered), 2):  # row by row, so that a narrow screen keeps the order
    columns = st.columns(2, gap="large")
    for column, (number, (name, view)) in zip(columns, numbered[first : first + 2], strict=False):
        with column:
            figure_with_buttons(figures[name], name, view.label, f"rbm_{name}_epoch_{shot.epoch}")
            st.caption(f"**Figure {number}.** {view.caption}")
server.update_link(session)
