"""The machine view as one piece, fed by hand: its panels, read-outs, files, sizes and themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from rbm.app.machine_view import ASSETS
from rbm.binary_training import BinaryRun
from rbm.cases import Cases, make_cases
from rbm.models.binary import BinaryMachine

from .asset_server import serve_assets
from .conftest import OpenPage
from .machine_feeder import MachineFeeder, learnt, still_life


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_assets(ASSETS) as url:
        yield url


@pytest.fixture
def feeder(open_page: OpenPage, url: str) -> MachineFeeder:
    return MachineFeeder(open_page(), url)


def readout(card: Locator) -> Locator:
    return card.locator("output")


def card(feeder: MachineFeeder, name: str) -> Locator:
    return feeder.view.get_by_role("region", name=name)


def patchwork() -> tuple[Cases, BinaryRun]:
    """A machine of 2 × 3 pixels and 4 hidden units that look at one pixel each, with one unit
    that never and one that always is on."""
    weights = np.zeros((6, 4))
    weights[[0, 5], [0, 1]] = 2, -1
    machine = BinaryMachine(weights, np.full(6, 0.1), np.array([0.2, 0.3, -9, 9]))
    values = np.random.default_rng(1).integers(0, 2, (30, 6))
    names = [f"pixel {i}" for i in range(6)]
    return still_life(machine, make_cases(values, "Patchwork", names=names, shape=(2, 3)))


def test_the_panels_show_what_is_known_and_hide_what_is_not(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("films", 40, 2))
    curves = card(feeder, "Over epochs")
    for title in ("Reconstruction error", "Free energy", "Log-likelihood"):
        expect(curves.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(curves).to_contain_text("No case is held out")
    expect(curves).to_contain_text("exact by enumeration")
    expect(curves).not_to_contain_text("best possible")
    feeder.send(*learnt("films", 40, 2), exact=False, bound=-2.5)
    expect(curves).to_contain_text("best possible −2.5")
    expect(curves).to_contain_text("annealed importance sampling")
    feeder.send(*patchwork(), generation="b")
    expect(curves.get_by_role("heading", name="Reconstruction error")).to_be_hidden()


def test_dead_and_saturated_units_are_named(feeder: MachineFeeder) -> None:
    feeder.send(*patchwork())
    hidden = card(feeder, "Hidden probabilities")
    expect(hidden).to_contain_text("1 of 4 dead, never above 0.05: h3.")
    expect(hidden).to_contain_text("1 of 4 saturated, never below 0.95: h4.")


def test_weights_are_read_by_pointer_and_by_keys(feeder: MachineFeeder) -> None:
    feeder.send(*patchwork())
    filters = card(feeder, "Filters")
    canvas = filters.locator("canvas")
    canvas.hover(position={"x": 8, "y": 8})
    expect(readout(filters)).to_contain_text("h1: bias +0.2, on")
    expect(readout(filters)).to_contain_text("weight to pixel 0: +2")
    feeder.page.mouse.move(0, 0)
    expect(readout(filters)).to_contain_text("Point at a weight")
    canvas.focus()
    canvas.press("ArrowRight")  # the first unit
    canvas.press("ArrowRight")
    expect(readout(filters)).to_contain_text("h2: bias +0.3")
    for key in ("Shift+ArrowRight", "Shift+ArrowDown"):
        canvas.press(key)
    expect(readout(filters)).to_contain_text("weight to pixel 5: −1")
    feeder.shows(0)  # these arrows did not scrub
    canvas.press("Enter")
    assert feeder.heard("pick") == [{"hidden": 1}]


def test_a_marked_unit_is_marked_everywhere_until_it_is_touched_again(
    feeder: MachineFeeder,
) -> None:
    feeder.send(*patchwork())
    filters, hidden = card(feeder, "Filters"), card(feeder, "Hidden probabilities")
    histograms = card(feeder, "Weights and updates")
    before = hidden.locator("canvas").screenshot()
    filters.locator("canvas").click(position={"x": 8, "y": 8})
    expect(readout(hidden)).to_contain_text("h1 is on")
    expect(readout(histograms)).to_contain_text("weights of h1")
    assert hidden.locator("canvas").screenshot() != before
    hidden.locator("canvas").click(position={"x": 60, "y": 60})
    assert [said["hidden"] for said in feeder.heard("pick")] == [0, 2]
    filters.get_by_role("button", name="Unmark").click()
    expect(readout(histograms)).to_have_text("")
    assert len(feeder.heard("pick")) == 2


def test_filters_are_ordered_scaled_and_turned_page_by_page(feeder: MachineFeeder) -> None:
    feeder.send(*patchwork())
    filters = card(feeder, "Filters")
    expect(filters.locator(".scale")).to_have_text("−2+2")
    filters.get_by_label("Scale of the filters").select_option("each")
    expect(filters.locator(".scale")).to_contain_text("of each unit")
    filters.get_by_label("Scale of the filters").select_option("clipped")
    expect(filters.locator(".scale")).to_have_text("≤ −2≥ +2")
    filters.get_by_label("Order of the filters").select_option("often")
    filters.locator("canvas").hover(position={"x": 8, "y": 8})
    expect(readout(filters)).to_contain_text("h4: bias +9")
    expect(filters.get_by_role("button", name="More")).to_be_hidden()
    rng = np.random.default_rng(2)
    many = BinaryMachine(rng.normal(size=(6, 300)), np.ones(6), np.ones(300))
    cases, _ = patchwork()
    feeder.send(*still_life(many, cases), generation="b")
    expect(filters).to_contain_text("units 1 to 256 of 300")
    filters.get_by_role("button", name="More").click()
    expect(filters).to_contain_text("units 257 to 300 of 300")


def test_chains_run_pause_and_start_over(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 20, 6))
    fantasies = card(feeder, "Fantasy particles")
    fantasies.get_by_role("button", name="Pause the chains").click()
    resting = readout(fantasies).text_content()
    feeder.page.wait_for_timeout(300)
    expect(readout(fantasies)).to_have_text(str(resting))
    fantasies.get_by_label("Chains", exact=True).select_option("16")
    expect(readout(fantasies)).to_contain_text("16 chains after")
    fantasies.get_by_label("Where chains start").select_option("data")
    fantasies.get_by_label("What is shown").select_option("v")
    fantasies.get_by_role("button", name="Start over").click()
    expect(fantasies.get_by_role("button", name="Pause the chains")).to_be_visible()
    expect(readout(fantasies)).to_contain_text("steps")


def test_chains_rest_when_nothing_has_changed_for_a_minute(open_page: OpenPage, url: str) -> None:
    page = open_page()
    page.clock.install()
    feeder = MachineFeeder(page, url)
    cases, run = learnt("films", 40, 2)
    feeder.send(cases, run, last=20)
    fantasies = card(feeder, "Fantasy particles")
    page.clock.run_for(30_000)
    expect(fantasies.get_by_role("button", name="Pause the chains")).to_be_visible()
    page.clock.run_for(40_000)
    expect(fantasies.get_by_role("button", name="Run the chains")).to_be_visible()
    said = readout(fantasies).text_content()
    page.clock.run_for(2_000)
    expect(readout(fantasies)).to_have_text(str(said))
    feeder.send(cases, run, first=21)
    page.clock.run_for(2_000)
    expect(fantasies.get_by_role("button", name="Pause the chains")).to_be_visible()
    expect(readout(fantasies)).not_to_have_text(str(said))


def test_only_what_keys_read_is_read_out(feeder: MachineFeeder) -> None:
    feeder.send(*patchwork())
    said = readout(card(feeder, "Filters"))
    canvas = card(feeder, "Filters").locator("canvas")
    canvas.hover(position={"x": 8, "y": 8})
    expect(said).to_have_attribute("aria-live", "off")
    canvas.press("ArrowRight")
    expect(said).to_have_attribute("aria-live", "polite")


def test_without_cases_the_rest_is_shown(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 20, 6))
    feeder.shows(20)
    feeder.send(*learnt("films", 40, 2), with_cases=False, generation="b")  # those are another's
    feeder.shows(40)
    expect(card(feeder, "Hidden probabilities").locator("canvas")).to_be_hidden()
    card(feeder, "Filters").locator("canvas").hover(position={"x": 100, "y": 8})
    expect(readout(card(feeder, "Filters"))).to_contain_text("h1: bias")


def test_nothing_is_drawn_while_nothing_changes(open_page: OpenPage, url: str) -> None:
    feeder = MachineFeeder(open_page(reduced_motion="reduce"), url)  # the chains rest
    feeder.send(*learnt("bars", 20, 6))
    feeder.shows(20)
    feeder.page.wait_for_timeout(400)
    drawn = feeder.view.get_attribute("data-pictures")
    feeder.page.wait_for_timeout(400)
    expect(feeder.view).to_have_attribute("data-pictures", str(drawn))
    assert feeder.heard("ask") == []


@pytest.mark.parametrize("name", ["Filters", "Fantasy particles"])
def test_a_panel_is_saved_as_a_png(feeder: MachineFeeder, tmp_path: Path, name: str) -> None:
    feeder.send(*patchwork())
    panel = card(feeder, name)
    expect(panel.locator("canvas")).to_be_visible()
    with feeder.page.expect_download() as saved:
        panel.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename.endswith("-epoch-0.png")
    saved.value.save_as(tmp_path / "saved.png")
    picture = Image.open(tmp_path / "saved.png").convert("RGB")
    box = panel.locator("canvas").bounding_box()
    assert box
    assert picture.width == pytest.approx(3 * box["width"], abs=3)
    assert len(picture.getcolors(100_000) or []) > 2


def test_a_table_is_shown_with_the_names_of_its_columns(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("films", 40, 2))
    filters, fantasies = card(feeder, "Filters"), card(feeder, "Fantasy particles")
    canvas = filters.locator("canvas")
    box = canvas.bounding_box()
    assert box
    canvas.hover(position={"x": box["width"] - 5, "y": 5})
    expect(readout(filters)).to_contain_text("h2: bias")
    expect(readout(filters)).to_contain_text("weight to Star Wars:")
    fantasies.locator("canvas").hover(position={"x": box["width"] - 5, "y": 5})
    expect(readout(fantasies)).to_contain_text("chain 36, Star Wars:")
    hidden = card(feeder, "Hidden probabilities")
    hidden.locator("canvas").hover(position={"x": 100, "y": 5})
    expect(readout(hidden)).to_contain_text("h1 for person")


def test_gaussian_units_are_shown_in_the_range_of_the_cases(feeder: MachineFeeder) -> None:
    cases, run = patchwork()
    scaled = replace(cases, values=4 * cases.values - 1)
    machine = BinaryMachine(
        run.machine.weights, run.machine.visible_bias, run.machine.hidden_bias, "gaussian"
    )
    feeder.send(*still_life(machine, scaled), visible="gaussian")
    expect(card(feeder, "Fantasy particles").locator(".scale")).to_have_text("−13")


@pytest.mark.parametrize(("width", "density"), [(390, 2), (760, 1), (1440, 1), (1920, 1)])
def test_no_screen_needs_sideways_scrolling(
    open_page: OpenPage, url: str, width: int, density: int
) -> None:
    page = open_page(
        viewport={"width": width, "height": 900}, device_scale_factor=density,
        has_touch=width == 390, is_mobile=width == 390,
    )  # fmt: skip
    feeder = MachineFeeder(page, url)
    feeder.send(*learnt("bars", 20, 6))
    feeder.shows(20)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 390:
        controls = feeder.view.locator("button:visible, select:visible, input:visible").all()
        boxes = [control.bounding_box() for control in controls]
        assert [box for box in boxes if box and box["height"] < 44] == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_s_theme_is_followed(feeder: MachineFeeder, dark: bool) -> None:
    ground, ink = ("#0e1117", "#fafafa") if dark else ("#ffffff", "#1a1a1a")
    feeder.page.add_style_tag(
        content=f"body {{ --st-background-color: {ground}; --st-text-color: {ink} }}"
    )
    feeder.send(*patchwork())
    canvas = card(feeder, "Filters").locator("canvas")
    expect(canvas).to_be_visible()
    feeder.page.wait_for_timeout(200)
    picture = Image.open(BytesIO(canvas.screenshot())).convert("RGB")
    middle = picture.getpixel((picture.width - 12, 12))  # a weight of 0
    assert isinstance(middle, tuple)
    assert (sum(middle) < 200) is dark
    colours = {colour for _, colour in picture.getcolors(100_000) or []}
    assert any(b > r + 100 for r, _, b in colours)
    assert any(r > b + 80 for r, _, b in colours)
