"""The live view as one piece, fed by hand: its messages, its playhead, its keys."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import OpenPage
from .feeder import Feeder


def test_a_first_message_is_shown_and_then_all_is_quiet(feeder: Feeder) -> None:
    feeder.send(0, 20)
    feeder.shows(20)
    expect(feeder.view).to_have_attribute("data-newest", "20")
    pictures = feeder.settle()
    assert pictures > 0
    feeder.page.wait_for_timeout(300)
    assert feeder.pictures() == pictures  # nothing changes, nothing is drawn
    assert feeder.heard("ask") == []
    assert {"blue", "vermillion"} <= feeder.colours()


def test_while_running_it_asks_for_what_it_lacks_and_plays_it(feeder: Feeder) -> None:
    feeder.send(0, 20, run=True)
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask") == [{"frame": 1, "generation": "a", "epoch": 20, "data": ["d"]}]
    before = feeder.pictures()
    feeder.send(21, 80, run=True)
    feeder.shows(80)
    assert feeder.pictures() - before > 3
    feeder.send(81, 90)  # paused: no waiting, the picture is that of the newest epoch
    feeder.shows(90)


def test_a_message_that_pauses_shows_the_newest_epoch_in_one_picture(feeder: Feeder) -> None:
    feeder.send(0, 20, run=True)
    feeder.shows(20)
    before = feeder.settle()
    feeder.send(21, 500)
    feeder.shows(500)
    assert feeder.settle() == before + 1


def test_a_gap_is_asked_for_even_when_paused(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.send(20, 30)
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask")[0]["epoch"] == 5
    expect(feeder.view).to_have_attribute("data-newest", "5")
    feeder.send(6, 30, after=5)
    feeder.shows(30)


def test_more_frames_and_missing_data_are_asked_for(feeder: Feeder) -> None:
    feeder.send(0, 5, more=True)
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask")[0]["epoch"] == 5


def test_a_new_generation_forgets_and_a_branch_forgets_what_came_after(feeder: Feeder) -> None:
    feeder.send(0, 50)
    feeder.send(21, 22, keep=20, after=20)
    expect(feeder.view).to_have_attribute("data-newest", "22")
    feeder.shows(22)
    feeder.send(0, 3, generation="b")
    feeder.shows(3)
    expect(feeder.view).to_have_attribute("data-newest", "3")


def test_keys_scrub_and_the_picture_stays_while_frames_arrive(feeder: Feeder) -> None:
    feeder.send(0, 50, run=True)
    feeder.shows(50)
    canvas = feeder.view.locator("canvas.picture")
    canvas.focus()
    for key, epoch in [
        ("ArrowLeft", 49), ("Shift+ArrowLeft", 39), ("ArrowRight", 40), ("Home", 0),
        ("Shift+ArrowRight", 10),
    ]:  # fmt: skip
        canvas.press(key)
        feeder.shows(epoch)
    feeder.send(51, 90, run=True)
    expect(feeder.view).to_have_attribute("data-newest", "90")
    feeder.shows(10)
    canvas.press("End")
    feeder.shows(90)
    feeder.send(91, 99, run=True)
    feeder.shows(99)


def test_buttons_scrub_continue_from_here_and_go_back_to_live(feeder: Feeder) -> None:
    feeder.send(0, 50)
    feeder.shows(50)
    branch = feeder.view.get_by_role("button", name="Continue from here")
    expect(branch).to_be_disabled()
    feeder.view.get_by_role("button", name="Back ten frames").click()
    feeder.view.get_by_role("button", name="Back one frame").click()
    feeder.shows(39)
    branch.click()
    assert feeder.heard("branch") == [{"epoch": 39}]
    feeder.view.get_by_role("slider", name="Recorded epochs").fill("7")
    feeder.shows(7)
    feeder.view.get_by_role("button", name="Live").click()
    feeder.shows(50)
    expect(branch).to_be_disabled()


def test_thinning_keeps_the_epoch_that_is_looked_at(feeder: Feeder) -> None:
    feeder.send(0, 50)
    feeder.view.get_by_role("slider", name="Recorded epochs").fill("20")
    feeder.shows(20)
    feeder.send(51, 60, stride=4)
    expect(feeder.view).to_have_attribute("data-newest", "60")
    feeder.shows(20)
    feeder.view.locator("canvas.picture").press("ArrowRight")
    feeder.shows(24)


def test_other_keys_are_left_to_the_page(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.page.evaluate(
        "window.keys = []; document.addEventListener('keydown', (e) => window.keys.push(e.key))"
    )
    canvas = feeder.view.locator("canvas.picture")
    for key in (" ", "s", "n", "ArrowLeft", "Control+h"):
        canvas.press(key)
    assert feeder.page.evaluate("window.keys") == [" ", "s", "n", "Control", "h"]
    # Space on one of its own buttons presses that button, and nothing on the page as well.
    data = feeder.view.get_by_role("button", name="Data", exact=True)
    data.press(" ")
    expect(data).to_have_attribute("aria-pressed", "false")
    assert feeder.page.evaluate("window.keys.length") == 5


def test_h_opens_and_closes_the_list_of_keys(feeder: Feeder) -> None:
    feeder.send(0, 5)
    canvas = feeder.view.locator("canvas.picture")
    canvas.press("h")
    expect(feeder.view.get_by_role("dialog")).to_be_visible()
    feeder.page.keyboard.press("h")
    expect(feeder.view.get_by_role("dialog")).to_be_hidden()
    expect(canvas).to_be_focused()


def test_an_overtaken_update_does_not_end_the_view_but_a_removed_page_does(
    open_page: OpenPage, view_url: str
) -> None:
    page = open_page()
    page.clock.install()
    feeder = Feeder(page, view_url)
    feeder.send(0, 5)
    feeder.page.evaluate("window.cleanup()")
    feeder.send(6, 9, run=True)
    expect(feeder.view).to_have_attribute("data-newest", "9")
    feeder.page.wait_for_function("window.heard.length > 0")
    feeder.page.evaluate("host.remove(), window.cleanup()")
    page.clock.run_for(200)
    count = feeder.page.evaluate("window.heard.length")
    page.clock.run_for(10_000)  # longer than the pull loop waits for an answer
    assert feeder.page.evaluate("window.heard.length") == count


def test_copy_link_names_the_run_and_the_epoch_shown(feeder: Feeder) -> None:
    feeder.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    feeder.send(0, 20, link="v=1&sigma=0.5&changes=5~k%3A2&epoch=3")
    feeder.shows(20)
    feeder.page.keyboard.press("Tab")
    feeder.view.locator("canvas.picture").press("ArrowLeft")
    feeder.shows(19)
    feeder.view.get_by_role("button", name="Copy link").click()
    expect(feeder.view.get_by_role("button", name="Copied")).to_be_visible()
    link = feeder.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(feeder.page.url.split("?")[0])
    assert "sigma=0.5" in link
    assert "epoch=19" in link
    assert "epoch=3" not in link


def test_what_a_link_cannot_carry_is_said_before_copying(feeder: Feeder) -> None:
    feeder.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    feeder.send(0, 5, link="v=1")
    note = feeder.view.locator(".link-note")
    button = feeder.view.get_by_role("button", name="Copy link")
    expect(note).to_be_hidden()
    feeder.send(0, 5, link="v=1", link_note="The <b>8,000</b> points do not fit.")
    expect(note).to_have_text("The <b>8,000</b> points do not fit.")
    expect(note).to_be_visible()
    expect(button).to_have_attribute("title", re.compile("points do not fit"))
    expect(button).to_have_accessible_description("The <b>8,000</b> points do not fit.")
    button.click()
    expect(feeder.view.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    feeder.send(0, 5, link="v=1", link_note="")
    expect(note).to_be_hidden()


def test_the_memory_of_the_recording_is_shown(feeder: Feeder) -> None:
    feeder.send(0, 20, memory_cap=2**24)
    expect(feeder.view).to_contain_text("every epoch, 0.0 of 16.0 MB")
