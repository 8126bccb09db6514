"""The key of a browser's library: to be copied to another computer, or brought from there."""

from __future__ import annotations

import streamlit as st

from rbm.app.messages import plain
from rbm.app.person import Person, use_key


def browser_key_panel(person: Person) -> None:
    """Says whose library it is, when that is decided by a key; shows the key only when asked."""
    if not person.key:
        return
    st.caption("This library belongs to this browser: nobody else who uses this server sees it.")
    if not person.kept:
        st.warning(
            "This browser keeps no cookies, so it will not find its library again by itself: "
            "copy your key.",
            icon=":material/cookie_off:",
        )
    with st.expander("Your key", key="library_key", on_change="rerun") as group:
        if not group.open:
            return
        st.caption(
            "With this key you reach your library from another computer. Whoever has it can, too: "
            "treat it like a password."
        )
        st.code(person.key, language=None)
        st.text_input("A key from another computer", key="library_key_entry", type="password")
        st.caption("This browser then forgets its present key. Copy it first if you need it.")
        st.button("Use that key", key="library_key_use", on_click=_use)
        refusal = st.session_state.get("library_key_refusal", "")
        if refusal:
            st.error(plain(refusal), icon=":material/error:")


def _use() -> None:
    state = st.session_state
    try:
        use_key(state["library_key_entry"])
    except ValueError as error:
        state["library_key_refusal"] = str(error)
        return
    state["library_key_refusal"] = state["library_key_entry"] = ""
    state["library_said"] = None  # it was about another library
