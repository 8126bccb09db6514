"""A component's files over HTTP, without Streamlit, for tests of its modules."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from rbm.app.assets import BROWSER
from rbm.app.live_view import ASSETS

Call = Callable[..., Any]
PAGE = b"""<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Test</title><body></body></html>"""


class AssetHandler(SimpleHTTPRequestHandler):
    """Files of the folder; at each folder's address an empty page."""

    def do_GET(self) -> None:
        if not self.path.endswith(("/", "/favicon.ico")):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *values: object) -> None:
        """Tests say what went wrong themselves."""


@contextmanager
def serve_assets(folder: Path = ASSETS) -> Iterator[str]:
    """The address of a component's files on a server, for the length of the block."""
    place = folder.relative_to(BROWSER).as_posix()
    handler = functools.partial(AssetHandler, directory=str(BROWSER))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{place}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def loaded_modules(browser: Browser, folder: Path = ASSETS) -> Iterator[Call]:
    """`call(module, body, **values)`: runs JavaScript with a module's exports (`m`) and values."""
    with serve_assets(folder) as url:
        page = browser.new_page()
        page.goto(url)

        def call(module: str, body: str, **values: object) -> Any:
            return page.evaluate(
                f"async (values) => {{ const m = await import('./{module}.js');"
                f" const {{ {', '.join(values)} }} = values; {body} }}",
                values,
            )

        yield call
        page.close()
