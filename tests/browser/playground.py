"""The playground as a person meets it, for tests: what it shows and what can be pressed."""

from __future__ import annotations

from playwright.sync_api import Page

from .server import wait_until


class Playground:
    """A page that shows, or is about to show, the live view."""

    def __init__(self, page: Page, url: str) -> None:
        """Opens `url` and waits until the live view has drawn its first picture."""
        self.page = page
        page.goto(url)
        self.view = page.get_by_test_id("live-view")
        wait_until(lambda: self.view.count() and self.pictures > 0, f"a picture at {url}")

    def _number(self, name: str) -> int:
        return int(self.view.get_attribute(f"data-{name}") or -1)

    @property
    def epoch(self) -> int:
        """The epoch that the picture shows."""
        return self._number("epoch")

    @property
    def newest(self) -> int:
        """The newest recorded epoch that the browser holds."""
        return self._number("newest")

    @property
    def pictures(self) -> int:
        """Pictures drawn so far."""
        return self._number("pictures")

    def press(self, name: str) -> None:
        """Presses the button that begins with `name`."""
        self.page.get_by_role("button", name=name).first.click()

    def wait_for_epoch(self, epoch: int) -> None:
        """Waits until the picture shows `epoch` or a later one."""
        wait_until(lambda: self.epoch >= epoch, f"epoch {epoch}")

    def wait_until_still(self) -> int:
        """Waits until neither the picture nor the recording moves any more; the epoch shown."""
        last = (-2, -2)

        def still() -> bool:
            nonlocal last
            before, last = last, (self.epoch, self.newest)
            self.page.wait_for_timeout(400)
            return before == last

        wait_until(still, "the training to pause")
        return self.epoch
