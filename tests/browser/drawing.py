"""Plays the server for one drawing board in a bare page, and draws on it with a mouse."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from rbm.app.drawing import decode_points, encode_points
from rbm.datasets import from_places

MOUNT = """
async () => {
  window.component = (await import('./main.js')).default;
  window.sent = [];
  window.host = document.createElement('div');
  document.body.append(host);
  window.parentElement = host.attachShadow({mode: 'open'});
  parentElement.innerHTML = '<link rel="stylesheet" href="./style.css">';
  const style = parentElement.querySelector('link');
  await new Promise((loaded) => style.addEventListener('load', loaded));
}
"""
GIVE = """
(data) => {
  const setTriggerValue = (name, value) => window.sent.push([name, value]);
  window.cleanup = window.component({data, parentElement, setTriggerValue});
}
"""
FEW = from_places([[1000, 1000], [2000, 3000], [3000, 1000]])


class Drawing:
    """One mounted board; it hears from the server by `give` alone."""

    def __init__(self, page: Page, url: str, **message: Any) -> None:
        self.page, self.url = page, url
        page.goto(url)
        page.evaluate(MOUNT)
        self.give(**message)

    def give(self, points: np.ndarray = FEW[:0], **message: Any) -> None:
        """A message of the server with these points and changes to the usual rest of it."""
        usual = {
            "revision": 0, "learnt": "", "most": 1500, "points": encode_points(points),
            "backdrop": {"name": "Ring", "points": encode_points(FEW), "of": 3},
        }  # fmt: skip
        self.page.evaluate(GIVE, usual | message)

    @property
    def root(self) -> Locator:
        return self.page.get_by_test_id("drawing")

    @property
    def canvas(self) -> Locator:
        return self.root.locator("canvas")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def choose(self, brush: str) -> None:
        self.root.get_by_role("radio", name=brush).check()

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where the point (x, y) of the unit square lies on the page."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        assert box
        side = min(box["width"] - 40, box["height"] - 28)
        left = box["x"] + 32 + (box["width"] - 40 - side) / 2
        top = box["y"] + 8 + (box["height"] - 28 - side) / 2
        return left + x * side, top + (1 - y) * side

    def stroke(self, *path: tuple[float, float], lift: bool = True) -> None:
        self.page.mouse.move(*self.place(*path[0]))
        self.page.mouse.down()
        for at in path[1:]:
            self.page.mouse.move(*self.place(*at), steps=4)
        if lift:
            self.page.mouse.up()

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [value for name, value in self.page.evaluate("window.sent") if name == "drawn"]

    @property
    def points(self) -> np.ndarray:
        """The points last sent."""
        return decode_points(self.sent[-1]["points"])

    def pixel(self, x: float, y: float) -> list[int]:
        """Red, green and blue at the point (x, y) of the unit square."""
        box = self.canvas.bounding_box()
        assert box
        left, top = self.place(x, y)
        colour: list[int] = self.page.evaluate(
            "([x, y]) => Array.from(parentElement.querySelector('canvas').getContext('2d')"
            ".getImageData(Math.round(x), Math.round(y), 1, 1).data).slice(0, 3)",
            [left - box["x"], top - box["y"]],
        )
        return colour

    def shows(self, count: int) -> None:
        expect(self.root).to_have_attribute("data-count", str(count))
