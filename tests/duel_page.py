"""The page "Compare" for tests without a browser: opened from a link, pressed, read."""

from __future__ import annotations

import time

import numpy as np
from streamlit.testing.v1 import AppTest

from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=2, k=1, k_end=1)
LINK = {"v": "1", "n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1", "epoch": "12"}
DUEL = LINK | {"epoch": "20", "page.start": "12", "page.b.changes": "12~sigma:0.7"}


def open_page(params: dict[str, str]) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.query_params.update(params)
    return run(app.switch_page("pages/duel.py"))


def run(app: AppTest) -> AppTest:
    app.run()
    assert [error.value for error in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return run(app)


def words(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(element.value for element in shown)


def rest(app: AppTest) -> AppTest:
    """Until what was pressed has been trained, by asking as the view does."""
    duel = app.session_state["duel"]
    for _ in range(600):
        duel.tick()
        if not duel.playing:
            return run(app)
        time.sleep(0.02)
    raise AssertionError("it trains and trains")


def same(one, other):
    np.testing.assert_array_equal(one.recording.frames, other.recording.frames)
