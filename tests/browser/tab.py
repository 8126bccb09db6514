"""A browser tab without a browser: speaks Streamlit's websocket protocol with a server.

Fifty real tabs would need gigabytes, so tests that need many use this. It keeps to what the page
itself does: one run of the script at a time, presses and the live view's asks by widget id.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
SECONDS = 60


@dataclass(frozen=True)
class Widget:
    """Where an event goes: the widget, and the fragment that reruns for it ("" for the page)."""

    id: str
    fragment: str


@contextmanager
def open_tab(url: str, query: str = "") -> Iterator[Tab]:
    """A tab on the page at `url` (http://…) with `query`; leaving closes it."""
    with connect(
        f"ws{url.removeprefix('http')}/_stcore/stream",
        subprotocols=["streamlit"],
        compression=None,
        max_size=None,
        proxy=None,
    ) as connection:
        yield Tab(connection, query)


class Tab:
    """One session of the app: what its page has got from the server so far, and what it can do."""

    def __init__(self, connection: ClientConnection, query: str) -> None:
        """Asks for the page and waits until its script has run."""
        self.query = query
        self.buttons: dict[str, Widget] = {}
        self.view: Widget | None = None
        self.header: dict[str, Any] = {}
        self.alerts: list[str] = []
        self.exceptions: list[str] = []
        self._page = ""
        self._connection = connection
        self._run()

    def press(self, label: str) -> None:
        """Presses the button whose label begins with `label` and waits for its run."""
        names = [name for name in self.buttons if name.startswith(label)]
        assert names, f"there is no button {label!r} among {list(self.buttons)}"
        button = self.buttons[names[0]]
        message = self._message(button.fragment)
        message.rerun_script.widget_states.widgets.add(id=button.id, trigger_value=True)
        self._run(message)

    def ask(self) -> None:
        """Asks for the next batch as the live view does, and waits for it."""
        assert self.view is not None, "no live view on this page"
        held = {name: self.header.get(name) for name in ("frame", "generation", "epoch")}
        held["data"] = [data["id"] for data in self.header.get("datasets", [])]
        message = self._message(self.view.fragment)
        message.rerun_script.widget_states.widgets.add(id=self.view.id, json_value="{}")
        message.rerun_script.widget_states.widgets.add(
            id=f"$$STREAMLIT_INTERNAL_KEY_{self.view.id}__events",
            json_trigger_value=json.dumps([{"event": "ask", "value": held}]),
        )
        self._run(message)

    def _message(self, fragment: str = "") -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.SetInParent()
        return message

    def _run(self, message: BackMsg | None = None) -> None:
        """Sends one request and reads until the run that serves it has ended."""
        self._connection.send((message or self._message()).SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._connection.recv(SECONDS, decode=False))
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._page = answer.new_session.page_script_hash or self._page
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._note(answer.delta.new_element, answer.delta.fragment_id)
            elif kind == "script_finished" and answer.script_finished in DONE:
                return

    def _note(self, element: Element, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "button":
            self.buttons[element.button.label] = Widget(element.button.id, fragment)
        elif kind == "alert":
            self.alerts.append(element.alert.body)
        elif kind == "exception":
            self.exceptions.append(element.exception.message)
        elif kind == "bidi_component" and element.bidi_component.WhichOneof("data") == "bytes":
            blob = element.bidi_component.bytes
            (length,) = struct.unpack_from("<I", blob)
            self.header = json.loads(blob[4 : 4 + length])
            self.view = Widget(element.bidi_component.id, fragment)
