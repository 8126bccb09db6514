"""The playground's Gaussian–Bernoulli machine in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import Server

SLOW = 90_000
TITLE = "Compare with a Gaussian–Bernoulli RBM"
LINK = "/?v=1&pattern=gauss2&n_points=100&n_hidden=2&k=1&k_end=1"


def open_panel(page: Page) -> Locator:
    """The panel, opened, with a machine that has been trained."""
    page.get_by_text(TITLE).click(timeout=SLOW)
    panel = page.locator(".st-key-gaussian")
    expect(panel.get_by_role("button", name="Train again")).to_be_visible(timeout=SLOW)
    return panel


def test_both_machines_are_compared_and_the_playground_goes_on(server: Server, page: Page) -> None:
    playground = Playground(page, server.url + LINK)
    playground.run_to(30)
    panel = open_panel(page)
    expect(panel.get_by_text("Continuous RBM, epoch 30")).to_be_visible()
    expect(panel.get_by_text("Gaussian–Bernoulli RBM, epoch 600")).to_be_visible()
    expect(panel.get_by_text("is a mixture of 4 Gaussians")).to_be_visible()
    expect(panel.locator(".js-plotly-plot")).to_have_count(3)
    expect(panel.get_by_text("nats a point")).to_be_visible()
    playground.press("Step")
    playground.wait_for_epoch(31)
    panel.get_by_role("button", name="Look again").click()
    expect(panel.get_by_text("Continuous RBM, epoch 31")).to_be_visible(timeout=SLOW)
    expect(panel.get_by_text("Gaussian–Bernoulli RBM, epoch 600")).to_be_visible()


def test_earlier_epochs_are_shown_and_closing_ends_it(server: Server, page: Page) -> None:
    Playground(page, server.url + LINK)
    panel = open_panel(page)
    slider = panel.get_by_role("slider", name="Epoch shown")
    slider.focus()
    slider.press("Home")
    expect(panel.get_by_text("Gaussian–Bernoulli RBM, epoch 0")).to_be_visible(timeout=SLOW)
    page.get_by_text(TITLE).click(timeout=SLOW)
    expect(page.get_by_text("is a mixture of 4 Gaussians")).to_be_hidden()


def test_it_fits_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    Playground(page, server.url + LINK)
    panel = open_panel(page)
    main = page.locator(".stMain")
    assert main.evaluate("part => part.scrollWidth - part.clientWidth") <= 0
    for picture in panel.locator(".js-plotly-plot").all():
        box = picture.bounding_box()
        assert box
        assert box["width"] <= 390
