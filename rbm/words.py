"""A typed word as grey levels, in a font that came with the app.

Streamlit brings Source Sans for its own pages: Latin, Greek and Cyrillic, with a weight to choose.
Should a Pillow without the means to read that file be installed, its own small font stands in.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rbm.picture import SIDE

MAX_CHARACTERS = 40
MAX_LINES = 4
TRIAL_SIZE = 100.0
MAX_FONT_SIZE = 600.0
"""Pixels of the largest letters: a lone dot fills no square."""
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont
WEIGHTS = {300: "Light", 400: "Regular", 600: "Semibold", 900: "Black"}
NOTHING = "There is nothing to draw: type a word."
NOWHERE = "\U0010fffe"
"""A code point that is no character: what a font shows for it, it shows for all it lacks."""


def draw_word(text: str, weight: int = 400) -> NDArray[np.uint8]:
    """`text` in black on white, (height, width) uint8, cut to its ink.

    The longer side has about 400 pixels. At most 40 characters in four lines; `weight` from 200,
    thin, to 900. Raises `ValueError` with a sentence for more, for nothing to draw, and for
    characters that the font lacks.
    """
    word = _tidy(text)
    missing = [letter for letter in dict.fromkeys(word) if _lacks(letter)]
    if missing:
        known = "Latin, Greek and Cyrillic" if _font_file() else "unaccented Latin"
        raise ValueError(
            f"The font has no {', '.join(f'“{letter}”' for letter in missing)}: it knows {known} "
            "letters, digits and common signs."
        )
    left, top, right, bottom = _extent(word, font_of(TRIAL_SIZE, weight))
    size = min(TRIAL_SIZE * SIDE / max(right - left, bottom - top, 1), MAX_FONT_SIZE)
    font = font_of(size, weight)
    left, top, right, bottom = _extent(word, font)
    image = Image.new("L", (int(right - left) + 3, int(bottom - top) + 3))
    ImageDraw.Draw(image).multiline_text((1 - left, 1 - top), word, 255, font, align="center")
    ink = image.getbbox()
    if ink is None:
        raise ValueError(NOTHING)
    return 255 - np.asarray(image.crop(ink))


def _tidy(text: str) -> str:
    """The text in composed letters, each line stripped; raises `ValueError` for too much of it."""
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines()]
    word = "\n".join(line for line in lines if line)
    if not word:
        raise ValueError(NOTHING)
    if len(word) > MAX_CHARACTERS:
        raise ValueError(
            f"At most {MAX_CHARACTERS} characters can be drawn; these are {len(word)}."
        )
    if word.count("\n") >= MAX_LINES:
        raise ValueError(f"At most {MAX_LINES} lines can be drawn.")
    return word


def _lacks(letter: str) -> bool:
    """Whether the font would draw a stand-in for the letter."""
    if letter in " \n":
        return False
    mask, stand_in = _trial_font().getmask(letter), _trial_font().getmask(NOWHERE)
    return mask.size == stand_in.size and bytes(mask) == bytes(stand_in)


@lru_cache(maxsize=1)
def _trial_font() -> Font:
    """To look characters up in; unpacking the font's file takes a hundredth of a second."""
    return font_of(TRIAL_SIZE, 400)


def _extent(word: str, font: Font) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink when the word is drawn at (0, 0)."""
    canvas = ImageDraw.Draw(Image.new("L", (1, 1)))
    return canvas.multiline_textbbox((0, 0), word, font, align="center")


def font_of(size: float, weight: int = 400) -> Font:
    """The app's font with letters `size` pixels high; `weight` from 200, thin, to 900."""
    content = _font_file()
    if content is None:
        return ImageFont.load_default(size)
    font = ImageFont.truetype(str(content), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=1)
def _font_file() -> Path | None:
    """Source Sans in Streamlit's own files, if this Pillow can read it."""
    package = find_spec("streamlit")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "static" / "static" / "media"
    for path in sorted(folder.glob("SourceSans*Upright*.woff2")):
        try:
            ImageFont.truetype(str(path), 20).set_variation_by_axes([400])
        except (OSError, NotImplementedError):
            continue
        return path
    return None
