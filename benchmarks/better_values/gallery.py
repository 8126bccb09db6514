"""The picture beside the numbers: what each machine makes of each pattern.

Ink is the smoothed density that the mismatch compares, as dark as it is dense; the first column
has a large fresh sample. Runs are those of the first fresh seed, whatever they came to.
"""

from __future__ import annotations

from collections.abc import Mapping
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

COLUMNS = tuple(name for name in MACHINES if name.startswith(("Tutorial (2008)", "Better")))
CELL, GAP, LABEL = 150, 8, 22
DATA, MADE, PAPER, TEXT = (0, 114, 178), (213, 94, 0), (255, 255, 255), (40, 40, 40)
PLAIN = 0.02
"""Bandwidth of the pictures: finer than that of the mismatch, so that shapes show."""


def draw(folder: Path) -> Path:
    """Trains, draws and writes `better-values.png`; patterns are rows, machines columns."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {name: _pictures(name) for name in PATTERNS}
    path = folder / "better-values.png"
    gallery(rows).save(path, optimize=True)
    return path


def gallery(rows: Mapping[str, Mapping[str, NDArray[np.float64]]]) -> Image.Image:
    """The picture of densities by pattern and column; a column's heading is its name."""
    columns = list(next(iter(rows.values())))
    width = GAP + len(columns) * (CELL + GAP)
    sheet = Image.new("RGB", (width, 2 * LABEL + len(rows) * (CELL + LABEL + GAP)), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, column in enumerate(columns):
        pen.multiline_text((GAP + i * (CELL + GAP), 4), _folded(column), TEXT, font)
    for j, (pattern, densities) in enumerate(rows.items()):
        top = 2 * LABEL + j * (CELL + LABEL + GAP)
        pen.text((GAP, top), PATTERNS[pattern].label, TEXT, font)
        for i, density in enumerate(densities.values()):
            place = (GAP + i * (CELL + GAP), top + LABEL - 4)
            sheet.paste(_inked(density, MADE if i else DATA), place)
            pen.rectangle((*place, place[0] + CELL - 1, place[1] + CELL - 1), outline=(190,) * 3)
    return sheet


def _pictures(pattern: str) -> dict[str, NDArray[np.float64]]:
    data = sample_pattern(pattern, 20_000, 0, stream="reference")
    found = {"20,000 fresh points": smoothed_density(data, PLAIN)}
    for name in COLUMNS:
        learner = MACHINES[name]
        assert isinstance(learner, Continuous)
        run = rbm.train(on(learner.settings, pattern, FRESH_SEED), learner.epochs)
        cloud = run.scored_cloud(run.epoch, SCORE_SEED + 1 + FRESH_SEED)
        found[name] = smoothed_density(cloud, PLAIN)
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
