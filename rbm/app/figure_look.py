"""How a figure looks on a page of the app."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from rbm.views.style import BACKGROUNDS


def dressed(figure: go.Figure) -> go.Figure:
    """The figure on the background of the page's theme, without a margin for titles."""
    dark = st.context.theme.type == "dark"
    figure.update_layout(template=BACKGROUNDS["dark" if dark else "paper"])
    figure.update_layout(font={"size": 13}, paper_bgcolor="rgba(0,0,0,0)")
    return figure
