"""A place on a page for what comes and goes, so that what stands below it stays where it is."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def steady_place() -> DeltaGenerator:
    """A container that is there also when empty.

    Streamlit tells fragments apart by where they stand: when something above one appears or
    leaves, it is another fragment, and a press that is still under way to the former one is lost.
    """
    return st.container()
