"""The unit square with its points, as pixels of a small palette: what animated files are made of.

A pixel has 3 × 3 subpixels, so a mark covers it in one of ten strengths, and no two layers are ever
blended but these: on the paper lie data (blue) or ink, and over that reconstructions (vermillion).
That makes 19 × 10 = 190 colours, which fit into one palette, so no colours need be searched for
and the same points give the same bytes. A pixel is 10 · ground + strength of the reconstruction.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from rbm.words import font_of

FINE = 3
"""Subpixels along each side of a pixel."""
STRENGTHS = FINE * FINE + 1
INK = STRENGTHS * 2 * (STRENGTHS - 1)
"""A pixel of ink in full strength, with nothing over it."""
MIN_SIZE, MAX_SIZE = 240, 800

Points = NDArray[np.floating]
Pixels = NDArray[np.uint8]


class Square:
    """Pictures of `size` × `size` pixels over the same data (n, 2) in the unit square, y upward.

    `ends` are what both axes are called at 0 and at 1; `key`: whether the two kinds of marks are
    explained.
    """

    def __init__(
        self, size: int, data: Points, ends: tuple[str, str] = ("0", "1"), *, key: bool = True
    ) -> None:
        letters = max(11, size // 26)
        self.size, self.top = size, 2 * letters
        self.side = size - self.top - 2 * letters
        self.left = (size - self.side) // 2
        self._font = font_of(letters)
        self._disc = _disc(max(5, size // 70))
        self._diamond = _diamond(max(9, size // 48))
        bottom = self.top + self.side
        at = self.left + self.side - 13 * letters  # where the explanations begin
        explained = np.array([[at + letters / 2, letters], [at + 4.4 * letters, letters]]) * FINE
        self._key = explained if key else np.empty((0, 2))
        frame = np.zeros((size, size), np.uint8)
        frame[[self.top - 1, bottom], self.left - 1 : self.left + self.side + 1] = INK
        frame[self.top - 1 : bottom + 1, [self.left - 1, self.left + self.side]] = INK
        marks = self._stamped(np.vstack([self._fine(data), self._key[:1]]), self._disc)
        self._ground = np.where(marks > 0, STRENGTHS * marks, frame)
        low, high = ends
        self._write(self._ground, (self.left, bottom + 2), "la", low)
        self._write(self._ground, (self.left + self.side, bottom + 2), "ra", high)
        self._write(self._ground, (self.left - 4, bottom), "rs", low)
        self._write(self._ground, (self.left - 4, self.top), "ra", high)
        if key:
            self._write(self._ground, (at + letters, letters // 2), "la", "data")
            self._write(self._ground, (at + 5 * letters, letters // 2), "la", "reconstruction")

    def draw(self, reconstructions: Points, title: str) -> Pixels:
        """The picture with points (m, 2) over the data, as indices (size, size) of `palette`."""
        marks = np.vstack([self._fine(reconstructions), self._key[1:]])
        picture = self._ground + self._stamped(marks, self._diamond)
        self._write(picture, (self.left, self.top // 4), "la", title)
        return picture

    def place(self, point: tuple[float, float]) -> tuple[int, int]:
        """Row and column of the pixel in which a point of the unit square lies."""
        column, row = np.rint(self._fine(np.array([point]))[0]) // FINE
        return int(row), int(column)

    def _fine(self, points: Points) -> NDArray[np.float64]:
        """Points of the unit square in subpixels: across, down."""
        across = self.left + self.side * points[:, 0]
        down = self.top + self.side * (1 - points[:, 1])
        return np.asarray(np.column_stack([across, down]) * FINE, np.float64)

    def _stamped(self, places: NDArray[np.float64], stamp: Pixels) -> Pixels:
        """How many subpixels of each pixel the stamp covers, put at all places (n, 2): 0 to 9."""
        reach, edge = len(stamp), FINE * self.size
        corners = np.clip(np.rint(places).astype(int) - reach // 2, 0, edge - reach)
        fine = np.zeros((edge, edge), np.uint8)
        for across, down in corners.tolist():
            fine[down : down + reach, across : across + reach] |= stamp
        rows = fine[0::FINE] + fine[1::FINE] + fine[2::FINE]
        return rows[:, 0::FINE] + rows[:, 1::FINE] + rows[:, 2::FINE]

    def _write(self, picture: Pixels, place: tuple[float, float], anchor: str, text: str) -> None:
        """Writes a text onto the paper of a picture; `anchor` as Pillow names it."""
        box = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox(place, text, self._font, anchor)
        left, top = (max(0, math.floor(edge)) for edge in box[:2])
        right, bottom = (min(self.size, math.ceil(edge)) for edge in box[2:])
        page = Image.new("L", (right - left, bottom - top))
        start = (place[0] - left, place[1] - top)
        ImageDraw.Draw(page).text(start, text, 255, self._font, anchor)
        strength = np.rint(np.asarray(page) * ((STRENGTHS - 1) / 255)).astype(np.uint8)
        part = picture[top:bottom, left:right]
        part[strength > 0] = STRENGTHS * (STRENGTHS - 1 + strength[strength > 0])


def palette(dark: bool) -> Pixels:
    """The colours (190, 3) of the pixels that `Square.draw` gives."""
    paper, data, ink, reconstruction = (
        np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        for colour in (DARK if dark else LIGHT)
    )
    share = np.arange(STRENGTHS)[:, None] / (STRENGTHS - 1)
    ground = np.vstack([paper + share * (data - paper), paper + share[1:] * (ink - paper)])
    mixed = ground[:, None] + share * (reconstruction - ground[:, None])
    return np.asarray(np.rint(mixed.reshape(-1, 3)), np.uint8)


@lru_cache
def _disc(radius: int) -> Pixels:
    offset = np.arange(-radius, radius + 1)
    return np.asarray(offset[:, None] ** 2 + offset**2 <= radius * (radius + 1), np.uint8)


@lru_cache
def _diamond(radius: int) -> Pixels:
    """A hollow one, its line a pixel wide."""
    offset = np.abs(np.arange(-radius, radius + 1))
    distance = offset[:, None] + offset
    return np.asarray((distance <= radius) & (distance > radius - 1.5 * FINE), np.uint8)


LIGHT = ("#FFFFFF", "#0072B2", "#31333F", "#D55E00")
DARK = ("#171614", "#56B4E9", "#F2F2F2", "#FF8A3D")
"""Paper, data, ink, reconstructions: the colours of the two themes."""
