"""A run at a glance: the few numbers and the small picture by which its owner knows it again."""

from __future__ import annotations

from base64 import b64encode

import numpy as np
from numpy.typing import NDArray

from rbm.app.session import Session
from rbm.experiment import SCORED_PASSES, to_range, to_square
from rbm.library import Dots, Summary
from rbm.patterns import PATTERNS
from rbm.reconstruction import reconstruct
from rbm.views.style import BLUE, SKY, VERMILLION

DOTS = 80
ORANGE_ON_DARK = "#FF8A3D"  # as in the theme
SIDE = 64
"""Pixels of a thumbnail's side."""


def name_of_data(session: Session) -> str:
    """The pattern's label, or the name of the user's own data."""
    own = session.dataset
    return own.name if own is not None else PATTERNS[session.settings.pattern].label


def summarise(session: Session) -> Summary:
    """The present run: some of its data, and where the machine takes as many uniform points."""
    run, rng = session.run, np.random.default_rng(0)
    points = run.data[rng.permutation(len(run.data))[:DOTS]]
    starts = to_range(rng.random((DOTS, 2)), run.settings)
    ends = reconstruct(run.model, starts, SCORED_PASSES, sigma=run.settings.sigma)
    measured = session.scores.values.get(run.epoch)
    mismatch = run.mismatch_at(run.epoch) if measured is None else measured
    return Summary(
        name_of_data(session),
        run.epoch,
        mismatch if np.isfinite(mismatch) else None,
        _dots(to_square(points, run.settings)),
        _dots(to_square(ends, run.settings)),
    )


def _dots(points: NDArray[np.floating]) -> Dots:
    percent = np.rint(100 * points[np.isfinite(points).all(axis=1)]).clip(-10, 110)
    return tuple((int(x), int(y)) for x, y in percent)


def thumbnail(summary: Summary, *, dark: bool) -> str:
    """An HTML image: data as filled circles, reconstruction as hollow diamonds."""
    circles = "".join(f'<circle cx="{x}" cy="{100 - y}" r="2.2"/>' for x, y in summary.points)
    diamonds = "".join(f"M{x} {97 - y}l3 3l-3 3l-3 -3z" for x, y in summary.reconstruction)
    blue, orange = (SKY, ORANGE_ON_DARK) if dark else (BLUE, VERMILLION)
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 108 108">'
        '<rect x="-3" y="-3" width="106" height="106" rx="6" fill="none" stroke="gray" '
        'stroke-opacity="0.4" stroke-width="1.5"/>'
        f'<g fill="{blue}">{circles}</g>'
        f'<path d="{diamonds}" fill="none" stroke="{orange}" stroke-width="1.5"/></svg>'
    )
    address = "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()
    return f'<img src="{address}" width="{SIDE}" height="{SIDE}" alt="">'
