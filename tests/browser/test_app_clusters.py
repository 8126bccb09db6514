"""The page "Clusters" in a real browser: clicks in figures, the film, a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .server import Server, wait_until
from .test_app_structure import PHONE, overflow

SLOW = 60_000


def open_clusters(page: Page, server: Server, cases: str, pauses: bool = False) -> None:
    """The page with a machine that has learnt these cases, or some of the way."""
    page.set_default_timeout(SLOW)
    page.goto(f"{server.url}/clusters")
    expect(page.get_by_text("has learnt nothing yet")).to_be_visible(timeout=SLOW)
    page.get_by_role("combobox", name="Cases").click()
    page.get_by_role("option", name=cases, exact=True).click()
    expect(page.get_by_role("combobox", name="Cases")).to_have_value(cases)
    page.get_by_role("button", name="Train it now").click()
    done = page.get_by_text("Do the clusters find the labels?")
    pause = page.get_by_role("button", name="Pause", exact=True)
    expect(pause.or_(done).first).to_be_visible(timeout=SLOW)
    if pause.count() and pauses:
        pause.click()
    expect(done).to_be_visible(timeout=2 * SLOW)
    expect(page.get_by_text("k-means, start")).to_have_count(0, timeout=2 * SLOW)


def click_at(page: Page, chart: str, across: float, down: float) -> None:
    """Clicks inside the plot of a chart, at these shares of its width and height."""
    plot = page.locator(f"{chart} .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.wait_for_timeout(200)  # plotly looks for what is under the pointer
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_a_click_on_a_bar_shows_that_unit_and_the_film_plays(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page()
    open_clusters(page, server, "Six films")
    for unit, across in ((1, 0.25), (2, 0.75), (1, 0.25)):
        click_at(page, "[class*='st-key-clusters_filters']", across, 0.97)
        expect(page.get_by_text(f"h{unit} is on (p > ½)")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Train the stack").click()
    film = page.locator(".st-key-deep_film")
    steps = film.locator(".slider-label").first  # the current value; the rest are marks
    expect(steps).to_have_text("Gibbs steps: 200", timeout=2 * SLOW)
    film.scroll_into_view_if_needed()
    film.locator(".updatemenu-button").first.click()
    wait_until(lambda: steps.text_content() != "Gibbs steps: 200", "the film to begin anew")
    expect(steps).to_have_text("Gibbs steps: 200", timeout=SLOW)
    expect(page.get_by_text("Is the deeper machine the better one?")).to_be_visible()


def test_a_filter_is_clicked_and_a_phone_has_room(server: Server, open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    open_clusters(page, server, "Bars and stripes", pauses=True)
    grid = "[class*='st-key-clusters_filters']"
    click_at(page, grid, 0.13, 0.17)  # 12 units in 4 columns: the first, then the last
    expect(page.get_by_text("h1 is on (p > ½)")).to_be_visible(timeout=SLOW)
    click_at(page, grid, 0.87, 0.83)
    expect(page.get_by_text("h12 is on (p > ½)")).to_be_visible(timeout=SLOW)
    assert overflow(page) == 0
