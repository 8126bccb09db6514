"""Plays the server for one live view in a bare page: sends it messages, hears what it says."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from rbm.app.live_view import pack_blob
from rbm.models.continuous import n_parameters

N_HIDDEN = 3
MOUNT = """
async () => {
  window.component = (await import('./main.js')).default;
  window.heard = [];
  window.host = document.createElement('div');
  document.body.append(host);
  window.parentElement = host.attachShadow({mode: 'open'});
  parentElement.innerHTML = '<link rel="stylesheet" href="./style.css">';
  const style = parentElement.querySelector('link');
  await new Promise((loaded) => style.addEventListener('load', loaded));
}
"""
SEND = """
(blob) => {
  const data = Uint8Array.from(atob(blob), (c) => c.charCodeAt(0));
  const setTriggerValue = (name, value) => window.heard.push([name, value]);
  window.cleanup = window.component({data, parentElement, setTriggerValue});
}
"""


class Feeder:
    """One mounted live view; it gets its messages from `send` alone."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.frame = 0
        page.goto(url)
        page.evaluate(MOUNT)

    @property
    def view(self) -> Locator:
        return self.page.get_by_test_id("live-view")

    def send(
        self, first: int, last: int, data: Mapping[str, np.ndarray] | None = None, **header: object
    ) -> None:
        """A message with the frames of epochs first … last, and changes to its usual header.

        `data`: the (n, 2) points that come with it, by the name of their dataset; not given: 200
        points under the name "d", the only one in the usual header.
        """
        self.frame += 1
        epochs = np.arange(first, last + 1)
        rng = np.random.default_rng(1)
        frames = rng.uniform(0.5, 2, (1, n_parameters(2, N_HIDDEN))) + epochs[:, None] / 100
        usual: dict[str, Any] = {
            "run": False, "per": 0.05, "frame": self.frame, "generation": "a", "keep": 2**31 - 1,
            "epoch": last, "after": first - 1, "more": False, "stride": 1, "n_visible": 2,
            "n_hidden": N_HIDDEN, "sigma": 0.5, "low": 0.0, "high": 1.0, "average_last": 0.0,
            "jump": False, "notice": "", "datasets": [{"id": "d", "from": 0}], "link_note": "",
            "scores": {"floor": 0, "uniform": 1, "error_floor": 0.01, "error_uniform": 0.1},
        }  # fmt: skip
        arrays = {
            "epochs": epochs, "frames": frames, "errors": 0.1 / (1 + epochs),
            "mismatch_epochs": np.array([0, 10]), "mismatch": np.array([1.0, 0.8]),
        }  # fmt: skip
        brought = {"d": rng.uniform(0.2, 0.8, (200, 2))} if data is None else data
        arrays |= {f"data:{name}": points for name, points in brought.items()}
        blob = pack_blob(usual | header, arrays)
        self.page.evaluate(SEND, base64.b64encode(blob).decode())

    def heard(self, name: str) -> list[Any]:
        said: list[Any] = self.page.evaluate("window.heard")
        return [value for event, value in said if event == name]

    def shows(self, epoch: int) -> None:
        expect(self.view).to_have_attribute("data-epoch", str(epoch))

    def pictures(self) -> int:
        return int(self.view.get_attribute("data-pictures") or 0)

    def settle(self) -> int:
        """Waits until nothing is drawn any more; the number of pictures."""
        self.page.evaluate(  # what has been asked for so far is drawn at the screen's next turn
            "window.last = null, new Promise((drawn) =>"
            " requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        self.page.wait_for_function(
            "() => { const now = parentElement.querySelector('.live-view').dataset.pictures;"
            " const same = window.last === now; window.last = now; return same; }",
            polling=150,
        )
        return self.pictures()

    def colours(self) -> set[str]:
        """Which inks the picture holds: "blue", "vermillion", "green"; "nothing" when blank."""
        found: dict[str, int] = self.page.evaluate(
            """() => {
              const canvas = parentElement.querySelector('.picture');
              const { data } = canvas.getContext('2d').getImageData(
                0, 0, canvas.width, canvas.height);
              const found = {blue: 0, vermillion: 0, green: 0};
              for (let at = 0; at < data.length; at += 4) {
                const [r, g, b] = data.slice(at, at + 3);
                if (b > r + 60 && b > g + 20) found.blue += 1;
                if (r > g + 60 && r > b + 60) found.vermillion += 1;
                if (g > r + 40 && g > b + 15) found.green += 1;
              }
              return found;
            }"""
        )
        return {colour for colour, count in found.items() if count > 40}
