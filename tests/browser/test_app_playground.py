"""The playground in a real browser, as a visitor uses it."""

from playwright.sync_api import Page

from .conftest import OpenPage
from .playground import Playground
from .server import Server, wait_until

SMALL = "?n_points=50&n_hidden=2&k=1&k_end=1&seed=3"
"""A run that a busy machine trains quickly too."""


def test_a_first_visitor_presses_only_play_and_sees_learning(server: Server, page: Page) -> None:
    ground = Playground(page, server.url)
    assert ground.epoch == 0
    before, pictures = ground.numbers, ground.pictures
    ground.press("Play")
    ground.wait_for_epoch(100)
    assert ground.pictures - pictures > 20
    assert ground.numbers != before
    ground.press("Pause")
    assert ground.wait_until_paused() >= 100


def test_pictures_go_on_while_training_and_rest_while_paused(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.press("Play")
    for _ in range(3):
        seen = ground.pictures
        wait_until(lambda seen=seen: ground.pictures > seen + 5, "more pictures")
    ground.press("Pause")
    ground.wait_until_paused()
    page.wait_for_timeout(300)
    rest = ground.pictures
    page.wait_for_timeout(700)
    assert ground.pictures == rest


def test_step_is_one_epoch_and_rests_while_playing(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    for epoch in (1, 2, 3):
        ground.press("Step")
        wait_until(lambda epoch=epoch: ground.epoch == epoch, f"epoch {epoch} exactly")
    ground.press("Play")
    ground.button("Pause").wait_for()
    assert ground.button("Step").is_disabled()


def test_reset_replays_the_same_run(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(60)
    first = ground.numbers
    ground.press("Reset")
    wait_until(lambda: ground.epoch == 0, "epoch 0")
    assert ground.numbers != first
    ground.run_to(60)
    assert ground.numbers == first


def test_run_to_an_epoch_stops_there_and_goes_back_too(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(77)
    assert ground.wait_until_paused() == 77
    ground.run_to(20)
    assert ground.wait_until_paused() == 20


def test_scrub_back_and_continue_from_there(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(200)
    ground.touch("Back one frame")
    wait_until(lambda: ground.epoch == 199, "one frame back")
    ground.touch("Back ten frames")
    wait_until(lambda: ground.epoch == 189, "ten frames back")
    assert ground.newest == 200
    ground.touch("Continue from here")
    wait_until(lambda: ground.newest == 189, "the branch")
    ground.press("Step")
    wait_until(lambda: ground.epoch == ground.newest == 190, "the branch's first epoch")


def test_the_timeline_is_scrubbed_by_keyboard(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(120)
    picture = ground.view.get_by_role("img").first
    picture.focus()
    for key, epoch in (
        ("ArrowLeft", 119), ("Shift+ArrowLeft", 109), ("ArrowRight", 110), ("Home", 0), ("End", 120)
    ):  # fmt: skip
        picture.press(key)
        wait_until(lambda epoch=epoch: ground.epoch == epoch, f"epoch {epoch} after {key}")


def test_space_plays_and_pauses(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    page.keyboard.press("Space")
    ground.wait_for_epoch(5)
    page.keyboard.press("Space")
    assert ground.wait_until_paused() >= 5


def test_a_live_change_takes_hold_without_a_restart(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(50)
    ground.press("Play")
    ground.wait_for_epoch(55)
    slider = page.locator(".st-key-knob_sigma").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    wait_until(lambda: "sigma=0.21" in page.url or "0.21" in slider.get_attribute("aria-valuetext"),
               "the new noise")  # fmt: skip
    assert ground.epoch >= 55
    ground.press("Pause")
    ground.wait_until_paused()
    wait_until(lambda: "changes=" in page.url, "the change in the link")
    wait_until(lambda: f"epoch={ground.epoch}&" in page.url, "the epoch shown in the link")


def test_a_restarting_change_starts_anew(server: Server, page: Page) -> None:
    ground = Playground(page, server.url + SMALL)
    ground.run_to(50)
    ground.press("New seed")
    wait_until(lambda: ground.epoch == 0 == ground.newest, "a new run")
    wait_until(lambda: "seed=4" in page.url, "the new seed in the link")


def test_a_phone_shows_everything_without_scrolling_sideways(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True)
    ground = Playground(page, server.url + SMALL)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    box = ground.view.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    ground.press("Play")
    ground.wait_for_epoch(10)


def test_dark_and_light_both_draw(server: Server, open_page: OpenPage) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        Playground(page, server.url + SMALL)
        grounds[scheme] = page.evaluate(
            "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        )
    assert grounds["light"] != grounds["dark"]
