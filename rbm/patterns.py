"""The 2D patterns: clouds of points in the unit square that a machine can learn.

A pattern is one function `(count, rng, **options) -> (count, 2)` (those here: `rbm.shapes`) and one
row of `PATTERNS`. The function draws independent points and may let some leave the square;
`draw_pattern` redraws those, so nothing is ever pushed onto the border. Lengths are shares of the
square's side.

Training points, the reference that scores are taken against and fresh points for its noise floor
must not be the same points, so they come from different random streams of one seed (`STREAMS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator, SeedSequence

from rbm import shapes
from rbm.shapes import Points

STREAMS = {"train": 0, "reference": 1, "fresh": 2}


@dataclass(frozen=True)
class Option:
    """One parameter of a pattern: both ends of [low, high] are allowed; step 1: whole numbers."""

    label: str
    default: float
    low: float
    high: float
    step: float
    help: str

    def check(self, name: str, value: float) -> float:
        """The value as a float; `ValueError` with a sentence when it is out of range."""
        number = float(value)
        if not self.low <= number <= self.high:  # also catches NaN
            raise ValueError(
                f"{self.label} ({name}) must lie between {self.low:g} and {self.high:g}; "
                f"got {value!r}."
            )
        if self.step == 1 and number != int(number):
            raise ValueError(f"{self.label} ({name}) must be a whole number; got {value!r}.")
        return number


@dataclass(frozen=True)
class Pattern:
    """One row of `PATTERNS`.

    `make(count, rng, **options)` returns (count, 2) float64 points drawn independently; a few may
    lie outside the unit square. `description` says what the pattern asks of a machine.
    """

    label: str
    description: str
    make: Callable[..., Points]
    options: Mapping[str, Option] = field(default_factory=dict)

    def check(self, options: Mapping[str, float]) -> dict[str, float]:
        """All options with their defaults filled in; `ValueError` with a sentence if one is bad."""
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            known = ", ".join(self.options) or "none"
            raise ValueError(f"{self.label} has no option {unknown[0]!r}; its options: {known}.")
        return {
            name: option.check(name, options.get(name, option.default))
            for name, option in self.options.items()
        }


def sample_pattern(
    name: str,
    count: int,
    seed: int,
    options: Mapping[str, float] | None = None,
    noise: float = 0.0,
    stream: str = "train",
) -> Points:
    """`count` points of a pattern, (count, 2) float64 inside [0, 1]²; same arguments, same points.

    `stream` ("train", "reference" or "fresh") picks one of the independent samples of a seed. The
    rest is as for `draw_pattern`.
    """
    if stream not in STREAMS:
        raise ValueError(f"The stream must be one of {', '.join(STREAMS)}; got {stream!r}.")
    if seed < 0:
        raise ValueError(f"The seed must be 0 or more; got {seed!r}.")
    rng = np.random.default_rng(SeedSequence([seed, STREAMS[stream]]))
    return draw_pattern(name, count, rng, options, noise)


def draw_pattern(
    name: str,
    count: int,
    rng: Generator,
    options: Mapping[str, float] | None = None,
    noise: float = 0.0,
) -> Points:
    """`count` points drawn with the caller's generator: (count, 2) float64 inside [0, 1]².

    `noise` (0 to 1) is the standard deviation of Gaussian jitter added to each coordinate. Points
    that leave the square, by jitter or by the pattern itself, are drawn again. Raises `ValueError`
    with a sentence for an unknown pattern or option and for values outside their range.
    """
    if name not in PATTERNS:
        raise ValueError(f"There is no pattern {name!r}; choose one of {', '.join(PATTERNS)}.")
    if count < 1:
        raise ValueError(f"A pattern needs at least one point; got {count!r}.")
    if not 0 <= noise <= 1:
        raise ValueError(f"The noise must lie between 0 and 1; got {noise!r}.")
    pattern = PATTERNS[name]
    checked = pattern.check(options or {})
    kept = np.empty((0, 2))
    while len(kept) < count:
        points = pattern.make(count, rng, **checked)
        points = points + noise * rng.standard_normal(points.shape)
        inside = ((points >= 0) & (points <= 1)).all(axis=1)
        kept = np.concatenate([kept, points[inside]])
    return kept[:count]


def _spread(default: float) -> Option:
    return Option("Blur", default, 0.0, 0.1, 0.005, "Standard deviation around the shape.")


PATTERNS: dict[str, Pattern] = {
    "split_ring": Pattern(
        "Split ring",
        "The 2008 tutorial's pattern: two half rings pushed apart, so that each end points into "
        "the other's hollow.",
        shapes.split_ring,
        {
            "inner": Option("Inner radius", 0.3, 0.05, 0.4, 0.01, "Where the band begins."),
            "outer": Option("Outer radius", 0.4, 0.1, 0.45, 0.01, "Where the band ends."),
            "gap": Option("Gap", 0.05, 0.0, 0.2, 0.01, "Points with |x − y| up to this drop out."),
            "shift_x": Option("Shift, x", 0.08, -0.2, 0.2, 0.01, "How far each half moves in x."),
            "shift_y": Option("Shift, y", 0.18, -0.2, 0.2, 0.01, "How far each half moves in y."),
        },
    ),
    "ring": Pattern(
        "Ring",
        "One closed band: easy to fill all round, unless the chains roll into a few dots.",
        shapes.ring,
        {
            "inner": Option("Inner radius", 0.3, 0.0, 0.48, 0.01, "Where the band begins."),
            "outer": Option("Outer radius", 0.4, 0.02, 0.5, 0.01, "Where the band ends."),
        },
    ),
    "two_rings": Pattern(
        "Two rings",
        "A ring in a ring: one of the two hard ones, as the hollow between them must stay empty.",
        shapes.two_rings,
        {
            "small": Option("Small radius", 0.145, 0.05, 0.25, 0.005, "Middle of the inner ring."),
            "large": Option("Large radius", 0.385, 0.26, 0.45, 0.005, "Middle of the outer ring."),
            "width": Option("Width", 0.08, 0.01, 0.1, 0.005, "Of the outer ring; inner: 5/8."),
            "share": Option("Inner share", 0.35, 0.05, 0.95, 0.05, "Points in the inner ring."),
        },
    ),
    "moons": Pattern(
        "Two moons",
        "Two arcs that reach into each other: no straight line parts them.",
        shapes.moons,
        {
            "radius": Option("Radius", 0.28, 0.1, 0.35, 0.01, "Of each half circle."),
            "overlap": Option("Overlap", 0.085, -0.1, 0.2, 0.005, "How deep each reaches in."),
            "spread": _spread(0.02),
        },
    ),
    "spiral": Pattern(
        "Spiral",
        "One arm that winds around itself: each turn must be told from the next.",
        shapes.spiral,
        {
            "turns": Option("Turns", 1.6, 0.5, 3.0, 0.1, "From the centre to the end."),
            "radius": Option("Radius", 0.4, 0.1, 0.45, 0.01, "Where the arm ends."),
            "spread": _spread(0.015),
        },
    ),
    "two_spirals": Pattern(
        "Two spirals",
        "Two arms wound into each other: harder than it looks, and a test for many units.",
        shapes.two_spirals,
        {
            "turns": Option("Turns", 1.0, 0.5, 2.0, 0.1, "From the centre to the end."),
            "radius": Option("Radius", 0.42, 0.1, 0.45, 0.01, "Where the arms end."),
            "spread": _spread(0.015),
        },
    ),
    "gauss2": Pattern(
        "Two Gaussians",
        "Two round clusters: the smallest case in which a machine can forget a mode.",
        shapes.gauss2,
        {"spread": _spread(0.06)},
    ),
    "gauss4": Pattern(
        "Four Gaussians",
        "Four round clusters: are all four kept, and evenly?",
        shapes.gauss4,
        {"spread": _spread(0.045)},
    ),
    "gauss8": Pattern(
        "Eight Gaussians",
        "Eight small clusters on a circle: separate dots, or smeared into a ring?",
        shapes.gauss8,
        {
            "radius": Option("Radius", 0.34, 0.1, 0.42, 0.01, "Of the circle they stand on."),
            "spread": _spread(0.03),
        },
    ),
    "unequal": Pattern(
        "Unequal Gaussians",
        "A large and a rare cluster: does the machine give the rare one its share, and no more?",
        shapes.unequal,
        {
            "share": Option("Rare share", 0.1, 0.01, 0.5, 0.01, "Points in the rare cluster."),
            "spread": _spread(0.06),
        },
    ),
    "checkerboard": Pattern(
        "Checkerboard",
        "Filled cells with sharp edges that touch at their corners: needs many units.",
        shapes.checkerboard,
        {
            "cells": Option("Cells", 4, 2, 8, 1, "Cells along each side."),
            "margin": Option("Margin", 0.1, 0.0, 0.3, 0.01, "Left free around the board."),
        },
    ),
    "s_curve": Pattern(
        "S",
        "One long stroke that bends both ways.",
        shapes.s_curve,
        {
            "width": Option("Width", 0.3, 0.1, 0.4, 0.01, "Of the letter to each side."),
            "height": Option("Height", 0.36, 0.1, 0.42, 0.01, "Of the letter up and down."),
            "spread": _spread(0.02),
        },
    ),
    "cross": Pattern(
        "Cross",
        "Two bars: thin arms, and twice the ink where they cross.",
        shapes.cross,
        {
            "length": Option("Arm", 0.4, 0.1, 0.48, 0.01, "From the centre to an arm's end."),
            "width": Option("Width", 0.1, 0.02, 0.3, 0.01, "Of each bar."),
        },
    ),
    "pinwheel": Pattern(
        "Pinwheel",
        "Curved blades that thin out: one of the two hard ones.",
        shapes.pinwheel,
        {
            "arms": Option("Blades", 5, 2, 9, 1, "How many."),
            "twist": Option("Twist", 0.25, -0.5, 0.5, 0.05, "How much further out turns further."),
            "spread": _spread(0.025),
        },
    ),
    "line": Pattern(
        "Line",
        "A straight line: one hidden unit can nearly do it. Start here to see a single valley.",
        shapes.line,
        {
            "slope": Option("Slope", 0.7, -1.0, 1.0, 0.1, "Rise over run."),
            "spread": _spread(0.02),
        },
    ),
    "sine": Pattern(
        "Sine",
        "A wave: each bend costs the machine another unit.",
        shapes.sine,
        {
            "periods": Option("Periods", 1.0, 0.5, 3.0, 0.25, "From left to right."),
            "height": Option("Height", 0.3, 0.0, 0.42, 0.01, "Of the crests."),
            "spread": _spread(0.02),
        },
    ),
    "smile": Pattern(
        "Smile",
        "Outline, eyes and mouth: small parts inside a large one.",
        shapes.smile,
        {"spread": _spread(0.015)},
    ),
    "frame": Pattern(
        "Square frame",
        "Straight edges and sharp corners, where smooth units round things off.",
        shapes.frame,
        {
            "side": Option("Side", 0.8, 0.2, 0.96, 0.02, "Of the outer square."),
            "width": Option("Width", 0.08, 0.01, 0.1, 0.01, "Of the edge."),
        },
    ),
}
