"""What a closed tab leaves behind in the server: nothing."""

import pytest

from .server import Server, wait_until
from .tab import open_tab

TABS = 50
EPOCHS = 4000
LINK = f"n_points=50&n_hidden=16&k=1&k_end=1&epoch={EPOCHS}"
RECORDED = 4 * (16 * 2 + 2 * 18) * EPOCHS / 2**20
"""Megabytes that the recording of one such run takes."""


def visit(server: Server, tabs: int) -> None:
    """Opens so many tabs, one after another; each trains, plays on, and is closed."""
    for number in range(tabs):
        with open_tab(server.url, f"{LINK}&seed={number}") as tab:
            while tab.header["run"]:  # until the compiler is ready it takes a while
                tab.ask()
            assert tab.header["epoch"] == EPOCHS
            tab.press("Play")
            tab.ask()
            assert tab.header["run"]
            assert tab.exceptions == []


SHORT_MEMORY = ("--server.disconnectedSessionTTL", "1")
"""A closed tab may come back within a second only, so that the test need not wait longer."""


@pytest.mark.parametrize("fresh_server", [SHORT_MEMORY], indirect=True, ids=["short memory"])
@pytest.mark.timeout(600)  # so many tabs take their time on a busy machine
def test_fifty_closed_tabs_leave_nothing_behind(fresh_server: Server) -> None:
    visit(fresh_server, 8)  # imports, caches, pools
    threads, memory = fresh_server.census()["threads"], fresh_server.resident()
    visit(fresh_server, TABS)
    wait_until(lambda: fresh_server.census()["threads"] <= threads + 1, "the threads to end")
    grown = fresh_server.resident() - memory
    assert grown < TABS * RECORDED / 2, "closed tabs keep their recordings"

    def forgotten() -> bool:
        visit(fresh_server, 1)  # Streamlit forgets expired sessions when another one ends
        living = fresh_server.census()
        return living["Session"] <= 8 and living["Run"] <= 8

    wait_until(forgotten, "the sessions to be forgotten")
