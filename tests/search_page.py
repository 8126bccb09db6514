"""The page "Search" as tests open it: a small search, its link, and how long to wait for it."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

SMALL = {"n_points": "40", "n_hidden": "2", "k": "1", "k_end": "1", "pattern": "moons"}
CHOICE = {
    "page.search_ranges": "sigma=0.1:2:log;centred=no,yes",
    "page.search_epochs": "5", "page.search_trials": "4", "page.search_seeds": "2",
}  # fmt: skip


def open_page(**params: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.query_params.update({**SMALL, **CHOICE, **params})
    return checked(app.switch_page("pages/search.py").run())


def checked(app: AppTest) -> AppTest:
    assert [error.value for error in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key=key).click().run())


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def searched(app: AppTest, name: str = "mine") -> AppTest:
    """The page after a search that has run to its end."""
    app.text_input(key="search_name").set_value(name)
    press(app, "search_start")
    wait_for(lambda: not app.session_state["search_work"].active)
    return checked(app.run())


def says(app: AppTest) -> str:
    return "\n".join(e.value for e in [*app.markdown, *app.caption, *app.error, *app.warning])
