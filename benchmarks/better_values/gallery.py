"""The picture beside the numbers: what each machine makes of each pattern.

Ink is the smoothed density that the mismatch compares, as dark as it is dense; the first column
has a large fresh sample. Runs are those of the first fresh seed, whatever they came to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import rbm
from benchmarks.better_values.learners import Continuous, on
from benchmarks.better_values.rows import MACHINES
from rbm.metrics import smoothed_density
from rbm.patterns import PATTERNS, sample_pattern
from rbm.run import SCORE_SEED
from rbm.tuning.confirmation import FRESH_SEED

COLUMNS = (
    "Tutorial (2008), rates of its program",
    *(name for name in MACHINES if name.startswith("Better")),
)
CELL, GAP, LABEL = 130, 8, 20
DATA, MADE, PAPER, TEXT = (0, 114, 178), (213, 94, 0), (255, 255, 255), (40, 40, 40)
PLAIN = 0.02
"""Bandwidth of the pictures: finer than that of the mismatch, so that shapes show."""


@dataclass(frozen=True)
class Cell:
    """One picture: ink on a grid, rows upward, and what stands above it."""

    density: NDArray[np.float64]
    caption: str


def draw(folder: Path) -> Path:
    """Trains, draws and writes `better-values.png`; patterns are rows, machines columns."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {name: _pictures(name) for name in PATTERNS}
    path = folder / "better-values.png"
    gallery(rows).quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def gallery(rows: Mapping[str, Mapping[str, Cell]]) -> Image.Image:
    """The sheet of cells by pattern and column; a column's heading is its name."""
    columns = list(next(iter(rows.values())))
    width = GAP + len(columns) * (CELL + GAP)
    sheet = Image.new("RGB", (width, 2 * LABEL + len(rows) * (CELL + LABEL + GAP)), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, column in enumerate(columns):
        pen.multiline_text((GAP + i * (CELL + GAP), 4), _folded(column), TEXT, font)
    for j, cells in enumerate(rows.values()):
        top = 2 * LABEL + j * (CELL + LABEL + GAP)
        for i, cell in enumerate(cells.values()):
            place = (GAP + i * (CELL + GAP), top + LABEL - 4)
            pen.text((place[0], top), cell.caption, TEXT, font)
            sheet.paste(_inked(cell.density, MADE if i else DATA), place)
            pen.rectangle((*place, place[0] + CELL - 1, place[1] + CELL - 1), outline=(190,) * 3)
    return sheet


def _pictures(pattern: str) -> dict[str, Cell]:
    data = sample_pattern(pattern, 20_000, 0, stream="reference")
    label = PATTERNS[pattern].label
    found = {"20,000 fresh points": Cell(smoothed_density(data, PLAIN), label)}
    noise = SCORE_SEED + 1 + FRESH_SEED
    for name in COLUMNS:
        learner = MACHINES[name]
        assert isinstance(learner, Continuous)
        run = rbm.train(on(learner.settings, pattern, FRESH_SEED), learner.epochs)
        density = smoothed_density(run.scored_cloud(run.epoch, noise), PLAIN)
        found[name] = Cell(density, f"{run.mismatch_at(run.epoch, noise):.2f}")
    return found


def _inked(density: NDArray[np.float64], colour: tuple[int, int, int]) -> Image.Image:
    """The density as ink on paper, up being up; its darkest cell has the full colour."""
    share = np.sqrt(density / density.max())[::-1, :, None]
    pixels = (1 - share) * np.array(PAPER) + share * np.array(colour)
    picture = Image.fromarray(np.rint(pixels).astype(np.uint8))
    return picture.resize((CELL, CELL), Image.Resampling.BICUBIC)


def _folded(text: str) -> str:
    """On two lines where there is a comma."""
    return text.replace(", ", ",\n", 1)
