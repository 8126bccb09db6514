"""The playground as a person meets it, for tests: what it shows and what can be pressed."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from .server import wait_until


class Playground:
    """A page that shows, or is about to show, the live view."""

    def __init__(self, page: Page, url: str | None = None) -> None:
        """Opens `url`, or stays where the page is, until the live view has drawn a picture."""
        self.page = page
        if url is not None:
            page.goto(url)
        self.view = page.get_by_test_id("live-view")
        wait_until(lambda: self.view.count() and self.pictures > 0, f"a picture at {page.url}")

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

    @property
    def numbers(self) -> str:
        """Everything the live view states in words: epoch, scores, slopes."""
        return self.view.locator(".panel").inner_text()

    def button(self, name: str) -> Locator:
        """The button of the strip whose name begins with `name`."""
        strip = self.page.locator(".st-key-strip")
        return strip.get_by_role("button", name=name).first

    def press(self, name: str) -> None:
        """Presses a button of the strip."""
        self.button(name).click()

    def touch(self, name: str) -> None:
        """Presses a button inside the live view."""
        self.view.get_by_role("button", name=name, exact=True).click()

    def run_to(self, epoch: int) -> None:
        """Enters an epoch and presses "Run to epoch"; waits until the picture shows it."""
        field = self.page.locator(".st-key-run_to input")
        field.fill(str(epoch))
        field.press("Enter")
        self.press("Run to epoch")
        wait_until(lambda: self.epoch == epoch == self.newest, f"epoch {epoch} exactly")

    def wait_for_epoch(self, epoch: int) -> None:
        """Waits until the picture shows `epoch` or a later one."""
        wait_until(lambda: self.epoch >= epoch, f"epoch {epoch} or later")

    def wait_until_paused(self) -> int:
        """Waits until "Play" is offered and the picture has reached the newest epoch; which."""
        self.button("Play").wait_for()
        wait_until(lambda: self.epoch == self.newest, "the picture to reach the newest epoch")
        return self.epoch
