"""The panels for files and pasted text as an app of their own, for tests without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from rbm.app.session import Session


def script() -> None:
    import streamlit as st

    from rbm.app.file_panel import file_panel, paste_panel
    from rbm.app.session import from_params

    if "session" not in st.session_state:
        st.session_state["session"] = from_params({"n_points": "30", "n_hidden": "3"})
    session = st.session_state["session"]
    file_panel(session)
    paste_panel(session)
    st.write(" ".join(session.complaints))


def opened() -> AppTest:
    return AppTest.from_function(script, default_timeout=120).run()


def session_of(app: AppTest) -> Session:
    session: Session = app.session_state["session"]
    return session


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="paste_text").set_value(text).run()
    assert not app.exception
    return app


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="file_upload").set_value((name, content, "text/csv")).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.caption, *app.error]).replace("\\", "")
