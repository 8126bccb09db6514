"""The link to give away, and what it cannot carry, said before it is copied."""

from __future__ import annotations

from urllib.parse import urljoin

import streamlit as st

from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.run_link import of_run

LONG = 2_000
"""Characters from which on some programs cut links off."""


@st.fragment
def link_panel(session: Session) -> None:
    """The link of the run as it is now, ready to be copied."""
    run = session.run
    weighty = st.toggle(
        "With what was learnt", key="link_weights", disabled=not run.epoch,
        help="The link then holds the trained weights, and opens at once at this epoch instead of "
        "training to it. It cannot be scrubbed back behind that.",
    )  # fmt: skip
    link = of_run(run, with_weights=weighty)
    if link.note:
        st.warning(plain(link.note), icon=":material/info:")
    address = f"{urljoin(st.context.url or '', '.')}?{link.query}"
    st.code(address, language=None, height=110, wrap_lines=True)
    holds = ["the settings", f"epoch {run.epoch:,}"]
    if "points" in link.params:
        count = len(run.data) + len(
            run.experiment.dataset.held_out if run.experiment.dataset else ()
        )
        holds.append(f"{count:,} points, rounded to 1/4095 of the side as they are learnt")
    if "weights" in link.params:
        holds.append("the weights")
    advice = " Some programs cut links of this length off: try it before class." if (
        len(address) > LONG) else ""  # fmt: skip
    st.caption(f"{len(address):,} characters hold {', '.join(holds)}.{advice}")
