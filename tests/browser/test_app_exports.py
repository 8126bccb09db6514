"""Tables and programs taken from the page by a real browser are those of its run."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import OpenPage
from .server import Server

ROOT = Path(__file__).parents[2]
SHARE = "share?v=1&n_points=100&n_hidden=3&k=2&k_end=2&seed=4&epoch=40"


@pytest.fixture
def share(page: Page, server: Server) -> Page:
    page.goto(f"{server.url}/{SHARE}")
    page.get_by_role("button", name="Weights, JSON").wait_for()
    return page


def saved(page: Page, button: str, folder: Path, scope: str = "body") -> Path:
    """The file that pressing `button` downloads."""
    with page.expect_download() as download:
        page.locator(scope).get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def printed(file: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, str(file)], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        name: json.loads(value)
        for name, value in (line.split(" = ") for line in done.stdout.splitlines())
    }


def test_tables_and_programs_tell_of_one_machine(share: Page, tmp_path: Path) -> None:
    machine = json.loads(saved(share, "Weights, JSON", tmp_path).read_text())
    assert machine["epoch"] == 40
    for name, rows in (("Points, CSV", 101), ("Weights, CSV", 6), ("Reconstructions, CSV", 101)):
        with saved(share, name, tmp_path).open(newline="") as file:
            assert len(list(csv.reader(file))) == rows
    share.get_by_text("With this package").click()
    again = printed(saved(share, "Save as a file", tmp_path, ".st-key-python_with_rbm"))
    assert again["weights"] == machine["weights"]
    assert again["largest_difference"] == 0
    share.get_by_text("Plain NumPy").click()
    program = saved(share, "Save as a file", tmp_path, ".st-key-python_numpy")
    assert program.name == "rbm_run_numpy.py"
    # Rounding alone: measured 3e-6 when the compiled engine trained the run.
    difference = printed(program)["largest_difference"]
    assert isinstance(difference, float)
    assert 0 <= difference < 1e-4


def test_the_panels_fit_on_a_phone(open_page: OpenPage, server: Server) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{server.url}/{SHARE}")
    page.get_by_role("button", name="Reconstructions, CSV").wait_for()
    page.get_by_text("Plain NumPy").click()
    page.locator(".st-key-python_numpy code").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
