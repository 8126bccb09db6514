"""The pages "Structure" and "One CD step" in a real browser: hands, keys, phone."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, Page, expect

from .conftest import OpenPage
from .server import Server, wait_until

SLOW = 60_000
SECTION = "Binary machines"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def graph(page: Page, at: int = 0) -> Locator:
    return page.get_by_test_id("machine").nth(at)


def open_structure(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/structure")
    expect(graph(page, 1).locator(".race")).to_be_visible(timeout=SLOW)


def open_step(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/cd_step")
    expect(graph(page).locator(".graph")).to_be_visible(timeout=SLOW)


def visit(page: Page, name: str) -> None:
    """Another page of the same section, chosen in the menu at the top."""
    page.get_by_test_id("stTopNavSection").filter(has_text=SECTION).click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=name).click()


def press(page: Page, key: str) -> None:
    """A key pressed while the page rests: one that comes as a button is renewed goes nowhere."""
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=SLOW
    )
    page.wait_for_timeout(200)
    page.keyboard.press(key)


def sub_step(page: Page) -> int:
    """The number of the sub-step on show."""
    return int(page.get_by_role("heading", level=3).first.inner_text()[:1])


def address(page: Page) -> str:
    """The address bar's text as it is now."""
    text: str = page.evaluate("location.href")
    return text


def settled(part: Locator) -> FloatRect:
    """Where a part is once it has stopped moving."""
    seen: list[FloatRect | None] = [None]

    def rests() -> bool:
        part.scroll_into_view_if_needed()
        seen.append(part.bounding_box())
        part.page.wait_for_timeout(100)
        return seen[-1] is not None and seen[-1] == seen[-2]

    wait_until(rests, "a part of the page to come to rest")
    box = seen[-1]
    assert box
    return box


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = page.evaluate(
        "(() => { const main = document.querySelector('.stMain');"
        " return main.scrollWidth - main.clientWidth; })()"
    )
    return wide


def test_links_to_both_pages_open_as_a_servers_first_visit(
    fresh_server: Server, open_page: OpenPage
) -> None:
    open_step(open_page(), fresh_server)
    page = open_page()
    open_structure(page, fresh_server)
    expect(page.get_by_test_id("stTopNavSection").filter(has_text=SECTION)).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_units_are_switched_and_weights_changed_by_touch(server: Server, page: Page) -> None:
    open_structure(page, server)
    graph(page).locator('[data-part="v0"]').click()
    expect(graph(page).locator('[data-part="v0"]')).to_have_attribute("aria-label", "v₁: 1")
    expect(page.get_by_text("−1.5 + 1 × 2.5 + 0 × 2.5")).to_be_visible()
    expect(page.get_by_label("Bias of v₁")).to_have_value("-0.50")
    graph(page).locator('[data-part="w0-0"] .hit').dispatch_event("click")
    weight = page.get_by_label("Weight between v₁ and h₁")
    expect(weight).to_have_value("2.50")
    weight.fill("-1")
    weight.press("Enter")
    expect(page.get_by_text("−1.5 + 1 × (−1) + 0 × 2.5")).to_be_visible()
    title = graph(page).locator('[data-part="w0-0"] title')
    wait_until(lambda: title.text_content() == "weight v₁ h₁: −1", "the new weight in the graph")
    title = graph(page, 1).locator('[data-part="w0-0"] title')
    wait_until(lambda: title.text_content() == "weight v₁ h₁: −1", "the new weight in the race")


def test_a_race_goes_on_while_the_page_is_used_above_it(server: Server, page: Page) -> None:
    open_structure(page, server)
    race = graph(page, 1).locator(".race")
    race.get_by_role("button", name="Play").click()
    wait_until(lambda: int(race.get_attribute("data-samples") or 0) > 3, "a few samples")
    graph(page).locator('[data-part="h1"]').click()
    expect(graph(page).locator('[data-part="h1"]')).to_have_attribute("aria-label", "h₂: 1")
    before = int(race.get_attribute("data-samples") or 0)
    assert before > 3
    wait_until(lambda: int(race.get_attribute("data-samples") or 0) > before, "more samples")


def test_the_table_of_parameters_is_an_editor(server: Server, page: Page) -> None:
    open_structure(page, server)
    page.get_by_text("All weights and biases as a table").click()
    editor = page.get_by_test_id("stDataFrame")

    def edited(row: int, value: str) -> bool:
        """One try: a grid that is still being drawn does not notice clicks or keys."""
        box = settled(editor)
        page.mouse.click(box["x"] + 120, box["y"] + 52 + 35 * row)
        for key in (value, "Enter"):
            page.wait_for_timeout(300)
            page.keyboard.press(key)
        page.wait_for_timeout(1_000)
        title = graph(page).locator(f'[data-part="w{row}-0"] title')
        return (title.text_content() or "").endswith(f": {value}")

    for row, value in enumerate("12"):  # the second edit must not undo the first
        wait_until(lambda row=row, value=value: edited(row, value), "the edit in the graph")
    assert graph(page).locator('[data-part="w0-0"] title').text_content() == "weight v₁ h₁: 1"


def test_the_classic_step_is_walked_with_the_arrow_keys(server: Server, page: Page) -> None:
    open_step(page, server)
    for at, name in enumerate(
        ("Hidden units, given the data", "Positive outer product", "Reconstruct"), start=2
    ):
        press(page, "ArrowRight")
        expect(page.get_by_role("heading", name=f"{at}. {name}")).to_be_visible()
    expect(graph(page).locator('[data-part="v3"]')).to_have_attribute("aria-label", "v₄′: 1")
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", name="3. Positive outer product")).to_be_visible()
    cells = page.locator("td").all_text_contents()
    assert cells == [
        "0", "0", "0", "0", "1", "1", "0", "1", "1", "0", "0", "0",
    ]  # fmt: skip
    page.get_by_text("8 update").click()
    expect(page.get_by_text("Weights: after")).to_be_visible()


def test_a_touched_unit_of_the_data_is_switched(server: Server, page: Page) -> None:
    open_step(page, server)
    graph(page).locator('[data-part="v0"]').click()
    expect(page.get_by_role("textbox", name="v (4 units)")).to_have_value("1 1 1 0")
    press(page, "ArrowRight")
    graph(page).locator('[data-part="h2"]').click()
    expect(page.get_by_text("h₃, step by step")).to_be_visible()


def test_a_copied_link_restores_the_structure_in_a_fresh_browser(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page()
    open_structure(page, server)
    assert "?" not in address(page)
    graph(page).locator('[data-part="v0"]').click()
    page.get_by_test_id("stButtonGroup").first.get_by_text("v₁").click()
    wait_until(lambda: "known=1000" in address(page), "what is known in the address")
    graph(page).locator('[data-part="w0-0"] .hit').dispatch_event("click")
    weight = page.get_by_label("Weight between v₁ and h₁")
    weight.fill("-1.25")
    weight.press("Enter")
    wait_until(lambda: "w=-1.25_-2_2.5" in address(page), "the weight in the address")
    there = open_page()
    there.goto(address(page))
    expect(graph(there).locator('[data-part="v0"]')).to_have_attribute(
        "aria-label", "v₁: 1, known", timeout=SLOW
    )
    expect(there.get_by_label("Weight between v₁ and h₁")).to_have_value("-1.25")
    expect(there.get_by_text("given what is known", exact=False).first).to_be_visible()
    assert address(there) == address(page)


def test_a_copied_link_restores_the_step_and_the_page_keeps_it(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page()
    open_step(page, server)
    told = page.get_by_role("textbox", name="h (3 units)")
    told.fill("1 ? 0")
    told.press("Enter")
    wait_until(lambda: "h=1_x_0" in address(page), "the told states in the address")
    page.get_by_text("8 update").click()
    for heading in ("8. Update", "1. Clamp the data", "2. Hidden units, given the data"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=SLOW)
        if heading[0] != "2":
            page.get_by_role("button", name="Next:").click()
    wait_until(
        lambda: "step=1" in address(page) and "at=1" in address(page), "the place in the address"
    )
    lines = page.locator("td").all_text_contents()
    there = open_page()
    there.goto(address(page))
    expect(there.get_by_role("heading", name="2. Hidden units, given the data")).to_be_visible(
        timeout=SLOW
    )
    wait_until(lambda: there.locator("td").all_text_contents() == lines, "the same numbers")
    # Another page is not given these parameters, and on coming back all is as it was.
    link = address(page)
    visit(page, "Structure")
    expect(graph(page, 1).locator(".race")).to_be_visible(timeout=SLOW)
    assert "model=" not in address(page)
    visit(page, "One CD step")
    expect(page.get_by_role("heading", name="2. Hidden units, given the data")).to_be_visible(
        timeout=SLOW
    )
    wait_until(lambda: address(page) == link, "the address of the step")


def test_a_damaged_link_says_so_and_opens_the_first_example(
    server: Server, open_page: OpenPage
) -> None:
    for path, lines in (("structure", 8), ("cd_step", 12)):
        page = open_page()
        page.goto(f"{server.url}/{path}?bench=1&size=4x3&w=1_<b>2</b>&model=binary")
        expect(page.get_by_text("The link cannot be opened")).to_be_visible(timeout=SLOW)
        expect(graph(page).locator(".line")).to_have_count(lines, timeout=SLOW)
        wait_until(lambda page=page: "bench" not in address(page), "the damaged link to go")


def test_quick_presses_never_go_back_to_an_older_address(server: Server, page: Page) -> None:
    """The browser repeats an old address while it has not heard of the newest."""
    open_step(page, server)
    shown: list[int] = []

    def arrived() -> bool:
        """One burst of presses, never more than lead to the last sub-step."""
        for _ in range(min(3, 8 - (shown[-1] if shown else 2))):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(60)
            shown.append(sub_step(page))
        page.wait_for_timeout(1_500)
        shown.append(sub_step(page))
        return shown[-1] == 8

    wait_until(arrived, "the last sub-step")
    assert shown == sorted(shown)
    wait_until(lambda: "at=7" in address(page), "the last place in the address")


def test_both_pages_fit_a_phone_at_their_largest(server: Server, open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    open_structure(page, server)
    for label in ("Visible units", "Hidden units"):
        field = page.get_by_label(label, exact=True)
        field.fill("8")
        field.press("Enter")
    expect(graph(page).locator(".line")).to_have_count(64)
    assert overflow(page) <= 0
    open_step(page, server)
    page.get_by_text("Rate, momentum, decay, size, seed and weights").click()
    for label in ("Visible units", "Hidden units"):
        field = page.get_by_label(label, exact=True)
        field.fill("8")
        field.press("Enter")
    expect(graph(page).locator(".line")).to_have_count(64)
    for _ in range(7):
        assert overflow(page) <= 0
        page.get_by_role("button", name="Next:").click()
        page.wait_for_timeout(200)
    expect(page.get_by_text("Weights: after")).to_be_visible()
    assert overflow(page) <= 0
