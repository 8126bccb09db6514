"""What the page says: complaints about a link or a value, and what to try first."""

from __future__ import annotations

import re

import streamlit as st

from rbm.app.session import Session

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(text: str) -> str:
    """A stranger's text with nothing left in it that Markdown or HTML would act on."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def complaints(session: Session) -> None:
    """Sentences about what was refused, until they are dismissed."""
    if session.complaints:
        st.warning(
            "  \n".join(plain(text) for text in session.complaints[-8:]), icon=":material/info:"
        )
        st.button("Dismiss", on_click=session.complaints.clear, key="dismiss")
