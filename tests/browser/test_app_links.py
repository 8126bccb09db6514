"""Links: opened first on a fresh server, copied to another browser, made to hurt."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import ROOT, Server, wait_until
from .tab import open_tab

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
SMALL = "/?n_points=50&n_hidden=2&k=1&k_end=1&seed=3"
HOSTILE = {
    "numbers beyond their range": "sigma=99&n_hidden=1000000&n_points=-5",
    "no numbers": "sigma=nan&learning_rate=inf&k=NaN&seed=1e400",
    "words": "n_hidden=many&rule=drop&pattern=../../etc/passwd",
    "markup": "pattern=" + quote("<img src=x onerror=document.title='broken'>"),
    "markdown": "pattern=" + quote("[here](javascript:alert(1)) $x^2$ :red[x]"),
    "an empty range": "low=1&high=0",
    "an epoch without end": "epoch=99999999999999999999",
    "a long value": "pattern=" + "x" * 5000,
    "changes that are none": "changes=~~~~5~sigma:~~x~sigma:2",
    "names nobody knows": "" + "&".join(f"z{i}=1" for i in range(200)),
    "odd characters": "pattern=%00%ff%0a&seed=%F0%9F%98%80",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_link_to_a_page_works_as_a_servers_first_visit(
    fresh_server: Server, page: Page, name: str
) -> None:
    page.goto(f"{fresh_server.url}/{name}?n_points=100&n_hidden=4&seed=3")
    expect(page.get_by_test_id("stSidebar")).to_be_visible(timeout=60_000)
    expect(page).to_have_title(re.compile("RBM"), timeout=60_000)  # app.py gives it, not the page
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    assert page.get_by_role("dialog").count() == 0, "Streamlit says the page was not found"
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_role("link", name="app", exact=True).count() == 0, "app.py is no page"
    assert f"/{name}?" in page.url
    assert "seed=3" in page.url


def test_the_bare_address_works_as_a_servers_first_visit(fresh_server: Server, page: Page) -> None:
    Playground(page, fresh_server.url)
    assert page.get_by_role("dialog").count() == 0


def test_two_fresh_browsers_show_the_same_run_on_a_copied_link(
    server: Server, fresh_server: Server, open_page: OpenPage
) -> None:
    here = Playground(open_page(), server.url + SMALL)
    here.run_to(130)
    wait_until(lambda: "epoch=130" in here.page.url, "the epoch in the link")
    link = here.page.url.removeprefix(server.url)
    there = Playground(open_page(), fresh_server.url + link)
    there.wait_for_epoch(130)
    assert there.wait_until_paused() == 130
    wait_until(lambda: there.numbers == here.numbers, "the same numbers in both browsers", 10)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_link_gives_a_sentence_and_a_working_page(server: Server, name: str) -> None:
    with open_tab(server.url, HOSTILE[name]) as tab:
        assert tab.alerts
        tab.press("Step")
        assert tab.header["epoch"] == 1
        assert tab.exceptions == []


def test_the_last_of_two_equal_names_counts(server: Server) -> None:
    with open_tab(server.url, "sigma=0.5&sigma=0.7") as tab:
        assert tab.header["sigma"] == 0.7
        assert tab.exceptions == []


@pytest.mark.parametrize("name", ["markup", "markdown"])
def test_a_links_text_stays_text(server: Server, page: Page, name: str) -> None:
    Playground(page, f"{server.url}/?{HOSTILE[name]}")
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    assert page.title() != "broken"
    assert page.locator("a[href^=javascript], .stAlert a, .stAlert img, .katex").count() == 0


def test_an_unknown_page_leads_to_the_playground(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{server.url}/no-such-page")
    expect(page.get_by_test_id("live-view")).to_be_visible(timeout=60_000)
    page.close()
