"""A widget whose first value comes from elsewhere and that keeps what its user sets."""

from __future__ import annotations

from typing import Any

import streamlit as st


def keyed(key: str, value: Any) -> str:
    """The key of a widget that has `value` when it is first shown, also after its page was left.

    Its value is given to it in every run: a first run that is cut short by a click never reaches
    the browser, which would then take the widget's default for what its user wants.
    """
    st.session_state[key] = st.session_state.get(key, value)
    return key
