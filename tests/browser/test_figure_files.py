"""Pictures and documents saved by a real browser are whole files that open without a network."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from rbm.views import VIEWS

from .conftest import OpenPage
from .server import Server

FIGURES = "figures?v=1&n_points=100&n_hidden=3&k=2&k_end=2&epoch=40"


def saved(page: Page, button: Locator, folder: Path) -> Path:
    """The file that pressing `button` downloads."""
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def check_picture(path: Path, width: int, height: int) -> None:
    """A PNG of three times that size with many colours in it, or an SVG of just that size."""
    if path.suffix == ".png":
        with Image.open(path) as picture:
            assert picture.size == (3 * width, 3 * height)
            colours = picture.convert("RGB").getcolors(maxcolors=2**24)
            assert len(colours) > 50
    else:
        root = ET.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert (root.get("width"), root.get("height")) == (str(width), str(height))
        text = "".join(root.itertext())
        assert "Split ring · epoch 40" in text


@pytest.fixture
def figures(page: Page, server: Server) -> Page:
    page.goto(f"{server.url}/{FIGURES}")
    page.wait_for_selector(f".st-key-figure_{list(VIEWS)[-1]} .js-plotly-plot .main-svg")
    return page


def test_buttons_save_pictures(figures: Page, tmp_path: Path) -> None:
    for name, width, height in (("landscape", 640, 760), ("measures", 900, 540)):
        for kind in ("png", "svg"):
            label = f"Save {VIEWS[name].label} as {kind.upper()}"
            button = figures.get_by_role("button", name=label, exact=True)
            path = saved(figures, button, tmp_path)
            assert path.name == f"rbm_{name}_epoch_40.{kind}"
            check_picture(path, width, height)


def test_document_opens_without_a_network(
    figures: Page, open_page: OpenPage, tmp_path: Path
) -> None:
    path = saved(figures, figures.get_by_role("button", name="All figures"), tmp_path)
    assert path.name == "rbm_epoch_40.html"
    paper = open_page(offline=True)
    paper.goto(path.as_uri())
    paper.wait_for_selector(f"#figure-{list(VIEWS)[-1]} .main-svg")
    assert paper.locator("figure .main-svg:first-child").count() == len(VIEWS)
    link = paper.locator(".link a").get_attribute("href")
    assert link is not None
    assert "/?v=1&" in link
    assert "epoch=40" in link
    block = paper.locator("figure", has=paper.locator("#figure-landscape"))
    for kind in ("PNG", "SVG"):
        check_picture(
            saved(paper, block.get_by_role("button", name=kind, exact=True), tmp_path), 640, 760
        )
