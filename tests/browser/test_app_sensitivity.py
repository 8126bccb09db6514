"""The strips below the controls in a real browser, with the server's real workers."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import Server

SLOW = 120_000
LINK = "/?v=1&pattern=gauss2&n_points=60&n_hidden=2&k=1&k_end=1&k_ramp=0&sigma=0.6"
WITH = LINK + "&page.strips=1"
SIDEBAR_STANDS = (  # it slides in from the left
    "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().left === 0"
)
DONE = re.compile(r"\d+ trainings of 700 epochs, 3 seeds a value[,:] ")


def strip(page: Page, name: str) -> Locator:
    """The picture of one setting's strip."""
    return page.locator(f".st-key-strip_{name} img")


def wait_until_done(page: Page) -> None:
    expect(page.get_by_text(DONE).first).to_be_visible(timeout=SLOW)
    expect(strip(page, "k_end")).to_have_attribute("alt", re.compile(r"now [^;]*; best "))


def test_strips_fill_in_and_their_mark_moves_before_they_are_computed_again(
    server: Server, page: Page
) -> None:
    Playground(page, server.url + LINK)
    expect(page.locator(".strip")).to_have_count(0)
    page.get_by_text("Show what each setting does").click(timeout=SLOW)
    wait_until_done(page)
    expect(page.locator(".strip")).to_have_count(9)
    assert "page.strips=1" in page.evaluate("location.search")
    expect(strip(page, "sigma")).to_have_attribute("alt", re.compile("mismatch: now 0.6: [01]"))
    drawn = strip(page, "sigma").evaluate("picture => [picture.naturalHeight, picture.clientWidth]")
    assert min(drawn) > 0  # the browser could read it

    thumb = page.locator(".st-key-knob_sigma input")
    thumb.focus()
    thumb.press("ArrowRight")
    expect(strip(page, "sigma")).to_have_attribute(
        "alt", "Noise, mismatch: now 0.61: not trained yet", timeout=SLOW
    )
    expect(page.get_by_text("begin when the settings rest")).to_be_visible()
    wait_until_done(page)
    expect(strip(page, "sigma")).to_have_attribute("alt", re.compile("now 0.61: [01]"))


def test_a_page_that_was_left_is_asked_about_no_more(server: Server, page: Page) -> None:
    """A pulse that outlives its page asks for what is not there, and may break the next page."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    Playground(page, server.url + WITH.replace("pattern=gauss2", "pattern=line"))
    expect(page.locator(".strip")).to_have_count(9)
    expect(strip(page, "sigma")).to_have_attribute("alt", re.compile("best"), timeout=SLOW)
    page.get_by_test_id("stTopNavLink").filter(has_text="Figures").click()
    expect(page.get_by_text("Figure", exact=False).first).to_be_visible(timeout=SLOW)
    expect(page.locator(".strip")).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW)
    before = len(sent)
    assert before > 0
    page.wait_for_timeout(12_000)  # a pulse that goes on asks again every 10 s
    assert len(sent) == before
    page.get_by_test_id("stTopNavLink").filter(has_text="Playground").click()
    wait_until_done(page)


def test_playing_and_typing_go_on_meanwhile(server: Server, page: Page) -> None:
    playground = Playground(page, server.url + WITH.replace("pattern=gauss2", "pattern=moons"))
    playground.press("Play")
    field = page.locator(".st-key-knob_k_end input")
    field.fill("17", timeout=SLOW)  # and no Enter: nothing may take it away
    before = playground.epoch
    playground.wait_for_epoch(before + 20)
    expect(strip(page, "n_hidden")).to_have_attribute("alt", re.compile("now 2: "), timeout=SLOW)
    expect(strip(page, "n_hidden")).not_to_have_attribute(
        "alt", re.compile("not trained yet"), timeout=SLOW
    )
    assert field.input_value() == "17"
    playground.press("Pause")
    playground.wait_until_paused()


def test_strips_stand_below_the_slider_and_fit_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    Playground(page, server.url + WITH)
    page.get_by_test_id("stExpandSidebarButton").click(timeout=SLOW)
    page.wait_for_function(SIDEBAR_STANDS, timeout=SLOW)
    wait_until_done(page)
    picture = strip(page, "momentum")
    box = picture.bounding_box()
    thumb = page.locator(".st-key-knob_momentum input").locator("xpath=..").bounding_box()
    assert box
    assert thumb
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    middle = thumb["x"] + thumb["width"] / 2
    assert abs(middle - (box["x"] + box["width"] * 0.9 / 0.99)) < 3
    assert "F2F2F2" in (picture.get_attribute("src") or "")  # light ink on the dark page
