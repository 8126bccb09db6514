"""A real server and a real browser for every test in this folder.

`server`: one for all tests; `fresh_server`: a new one, for first visits. `page`: a browser page
that fails its test when the console has shown an error; `open_page`: as many as one likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from rbm.app import drawing

from .asset_server import serve_assets
from .chromium import FLAGS, MISSING, find_chromium
from .drawing import Drawing
from .feeder import Feeder
from .server import Server, serve

OpenPage = Callable[..., Page]
RUNNING: list[Server] = []
expect.set_options(timeout=60_000)  # ms; a machine that builds something else is slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test here that fails is run once more, and told as "RERUN" with its failure at the end:
    it waits for a browser and a server that share few cores with trainings. No other test is."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test was run once more."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"RERUN {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.failed:
        for server in RUNNING:
            report.sections.append((f"log of {server.url}", server.log[-5000:]))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as running:
        RUNNING.append(running)
        yield running
        RUNNING.remove(running)


@pytest.fixture
def fresh_server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the test's own; options of `streamlit run` by indirect parametrisation."""
    with serve(tmp_path, *getattr(request, "param", ())) as running:
        RUNNING.append(running)
        yield running
        RUNNING.remove(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    assert path, MISSING
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page of its own browser context; arguments as of Playwright's `new_context`."""
    contexts = []
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Below a page's path Streamlit first looks for its server there, finds none, goes up. A
        # picture may be replaced while a slow browser is still asking for the one before.
        where = message.location.get("url", "") + message.text
        if message.type == "error" and not ("/_stcore/" in where or "/media/" in where):
            errors.append(message.text)

    def open_one(**options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == [], "the browser's console shows errors"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture(scope="session")
def view_url() -> Iterator[str]:
    """The live view's files, without the app."""
    with serve_assets() as url:
        yield url


@pytest.fixture
def feeder(open_page: OpenPage, view_url: str) -> Feeder:
    """The live view in a bare page, fed by the test."""
    return Feeder(open_page(), view_url)


@pytest.fixture(scope="session")
def board_url() -> Iterator[str]:
    """The drawing board's files, without the app."""
    with serve_assets(drawing.ASSETS) as url:
        yield url


@pytest.fixture
def board(open_page: OpenPage, board_url: str) -> Drawing:
    """The drawing board in a bare page."""
    return Drawing(open_page(), board_url)
