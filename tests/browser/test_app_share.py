"""Own data on their way: a copied link, a saved run, another browser, another server."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import Server, wait_until

SMALL = "/data?n_hidden=3&k=1&k_end=1&seed=3"
PIXELS = "(canvas) => canvas.toDataURL()"


def learn_a_word(page: Page, server: Server, word: str) -> Playground:
    """The page "Your data" where a typed word is being learnt."""
    playground = Playground(page, server.url + SMALL)
    page.get_by_test_id("stButtonGroup").get_by_text("Word", exact=True).click()
    field = page.get_by_role("textbox", name="A word, or a few")
    field.fill(word)
    field.press("Enter")
    page.get_by_role("button", name="Learn these points").click()
    expect(page.get_by_text("are held out").first).to_be_visible(timeout=20_000)
    return playground


def picture(playground: Playground) -> str:
    """What the live view's canvas shows."""
    shown: str = playground.view.locator("canvas.picture").evaluate(PIXELS)
    return shown


def test_a_link_with_own_points_shows_the_same_picture_on_a_fresh_server(
    server: Server, fresh_server: Server, open_page: OpenPage
) -> None:
    here = learn_a_word(open_page(), server, "Öl")
    here.run_to(90)
    wait_until(lambda: "epoch=90" in here.page.url, "the epoch in the link")
    assert "points=" in here.page.url
    link = here.page.url.removeprefix(server.url)
    there = Playground(open_page(), fresh_server.url + link)
    there.wait_for_epoch(90)
    assert there.wait_until_paused() == 90
    wait_until(lambda: there.numbers == here.numbers, "the same numbers in both browsers", 10)
    wait_until(lambda: picture(there) == picture(here), "the same picture in both browsers", 10)


def test_a_reload_keeps_the_points_and_a_damaged_link_says_so(server: Server, page: Page) -> None:
    here = learn_a_word(page, server, "Hi")
    here.run_to(30)
    wait_until(lambda: "epoch=30" in page.url, "the epoch in the link")
    link = page.url
    page.reload()
    wait_until(lambda: here.view.count() and here.epoch == 30, "the same run after a reload")
    expect(page.get_by_text("Hi: learning from").first).to_be_visible()
    cut = link[: link.index("points=") + 500] + "&epoch=3"
    Playground(page, cut)
    expect(page.get_by_text("cut off or edited").first).to_be_visible()


def test_a_saved_run_opens_elsewhere_with_its_whole_past(
    server: Server, fresh_server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    here = learn_a_word(open_page(), server, "RBM")
    here.run_to(120)
    here.page.get_by_test_id("stTopNavLink").filter(has_text="Keep and share").click()
    with here.page.expect_download() as download:
        here.page.get_by_role("button", name="Save the run").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)

    there = open_page()
    there.goto(f"{fresh_server.url}/share")
    upload = there.get_by_test_id("stFileUploaderDropzoneInput")
    upload.first.set_input_files(path)
    expect(there.get_by_text("is open: epochs 0 to 120")).to_be_visible(timeout=30_000)
    there.get_by_role("link", name="To the playground").click()
    playground = Playground(there)
    wait_until(lambda: playground.epoch == 120, "the saved epoch")
    playground.touch("Back ten frames")
    wait_until(lambda: playground.epoch == 110, "ten epochs back in the recording")
    expect(there.get_by_text("RBM: learning from").first).to_be_visible()


def test_a_link_says_before_copying_what_it_cannot_carry(server: Server, page: Page) -> None:
    learn_a_word(page, server, "RBM")
    points = page.get_by_label("Points", exact=True)
    points.fill("4000")
    points.press("Enter")
    expect(page.get_by_text("4,000 points were drawn")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Learn these points").click()
    expect(page.get_by_text("The 4,000 points do not fit").first).to_be_visible(timeout=20_000)
    assert "points=" not in page.url.replace("n_points=", "")
