"""A strip below a control, as a small drawing in SVG: the mismatch against that one setting.

Upwards the mismatch from 0 to 1, across the values as the control itself lays them out, so that a
slider's thumb stands above what its place means. A line for the median with a band from quartile
to quartile (bars where values have no order); hatching where runs are no better than uniform
noise; an upright line for the present value and a triangle for the best one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from rbm.settings import KNOBS
from rbm.tuning.space import Value
from rbm.tuning.strips import Point, Strip, called
from rbm.views.style import GREEN, VERMILLION

HEIGHT, TOP, BOTTOM = 54, 12, 44
"""Pixels: of the drawing, and of mismatch 1 and 0 in it."""
NAMED = 14
"""Pixels below that for the values' names, where there is no slider to tell them."""
INKS = {"paper": "#1A1A1A", "dark": "#F2F2F2"}

Placed = Sequence[tuple[float, Point]]


def across(strip: Strip) -> tuple[float, ...]:
    """Where each value of a strip stands, from 0 at the left to 1: as on the control's slider, and
    for whole numbers and choices, which have none, evenly."""
    knob = KNOBS[strip.name]
    if knob.kind != "float":
        count = len(strip.values)
        return tuple((place + 0.5) / count for place in range(count))
    values = [float(value) for value in strip.values]
    if knob.scale == "log":
        steps = knob.log_steps(float(strip.now))
        return tuple(_between(steps, value) / (len(steps) - 1) for value in values)
    return tuple((value - knob.low) / (knob.high - knob.low) for value in values)


def bad_regions(placed: Placed, margin: float = 0.0) -> tuple[tuple[float, float], ...]:
    """From where to where values are bad: each as far as halfway to the next one that is known,
    the first and the last one `margin` beyond themselves."""
    if not placed:
        return ()
    halfway = [(left + right) / 2 for (left, _), (right, _) in pairwise(placed)]
    edges = [placed[0][0] - margin, *halfway, placed[-1][0] + margin]
    regions: list[tuple[float, float]] = []
    for (_, point), begin, end in zip(placed, edges[:-1], edges[1:], strict=True):
        if point.bad and regions and regions[-1][1] == begin:
            regions[-1] = (regions[-1][0], end)
        elif point.bad:
            regions.append((begin, end))
    return tuple(regions)


def strip_drawing(strip: Strip, points: Sequence[Point | None], background: str = "paper") -> str:
    """The drawing as SVG, as wide as what it is put into; `points` belong to the strip's values.

    `background`: one of `INKS`; `KeyError` for another.
    """
    kind = KNOBS[strip.name].kind
    places = across(strip)
    placed = [(at, point) for at, point in zip(places, points, strict=True) if point is not None]
    ordered = kind in ("int", "float")
    parts = [
        _hatching(bad_regions(placed, 0.0 if kind == "float" else 0.5 / len(places))),
        _frame(),
        _line(placed) if ordered else _bars(placed),
        _marks(placed),
        _best(placed),
        _now(places[strip.values.index(strip.now)]),
        "" if kind == "float" else _names(strip, places),
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='{height(strip)}' "
        f"color='{INKS[background]}' font-family='sans-serif' text-anchor='middle'>"
        f"{''.join(parts)}</svg>"
    )


def height(strip: Strip) -> int:
    """Of a strip's drawing, in pixels."""
    return HEIGHT if KNOBS[strip.name].kind == "float" else HEIGHT + NAMED


def _between(steps: Sequence[float], value: float) -> float:
    """The place of a value among rising steps, counted from 0, with a fraction in between."""
    after = bisect_left(steps, value)
    if steps[after] == value:
        return after
    before = steps[after - 1]
    return after - 1 + (value - before) / (steps[after] - before)


def _x(at: float) -> str:
    return f"{100 * at:.2f}%"


def _anchor(at: float) -> str:
    """Signs at either end stay inside the drawing."""
    return "start" if at < 0.03 else "end" if at > 0.97 else "middle"


def _y(mismatch: float) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * min(max(mismatch, 0.0), 1.0):.1f}"


def _frame() -> str:
    return (
        f"<line x2='100%' y1='{BOTTOM}' y2='{BOTTOM}' stroke='currentColor' opacity='.5'/>"
        f"<line x2='100%' y1='{TOP}' y2='{TOP}' stroke='currentColor' opacity='.5' "
        "stroke-dasharray='2 4'/>"
    )


def _hatching(regions: Sequence[tuple[float, float]]) -> str:
    hatch = (
        "<defs><pattern id='bad' width='5' height='5' patternUnits='userSpaceOnUse' "
        f"patternTransform='rotate(45)'><rect width='5' height='5' fill='{VERMILLION}' "
        f"opacity='.15'/><line y2='5' stroke='{VERMILLION}' stroke-width='3'/></pattern></defs>"
    )
    return hatch + "".join(
        f"<rect x='{_x(begin)}' width='{_x(end - begin)}' y='{TOP}' height='{BOTTOM - TOP}' "
        "fill='url(#bad)'/>"
        for begin, end in regions
    )


def _line(placed: Placed) -> str:
    """The band, stretched to the width, and the median in pieces, as only lines take percents."""
    upper = [f"{100 * at:.2f},{_y(point.high)}" for at, point in placed]
    lower = [f"{100 * at:.2f},{_y(point.low)}" for at, point in placed]
    band = (
        f"<svg width='100%' height='{HEIGHT}' viewBox='0 0 100 {HEIGHT}' "
        f"preserveAspectRatio='none'><polygon points='{' '.join(upper + lower[::-1])}' "
        "fill='currentColor' opacity='.25'/></svg>"
    )
    return band + "".join(
        f"<line x1='{_x(a)}' y1='{_y(p.median)}' x2='{_x(b)}' y2='{_y(q.median)}' "
        "stroke='currentColor' stroke-width='1.5'/>"
        for (a, p), (b, q) in pairwise(placed)
    )


def _bars(placed: Placed) -> str:
    return "".join(
        f"<line x1='{_x(at)}' x2='{_x(at)}' y1='{_y(point.low)}' y2='{_y(point.high)}' "
        "stroke='currentColor' stroke-width='10' opacity='.25'/>"
        for at, point in placed
    )


def _marks(placed: Placed) -> str:
    """A dot at each median; above the frame an arrow where it is higher, and a cross where runs
    diverged."""
    dots = "".join(
        f"<circle cx='{_x(at)}' cy='{_y(point.median)}' r='2' fill='currentColor'/>"
        for at, point in placed
    )
    return dots + "".join(
        f"<text x='{_x(at)}' y='{TOP - 2}' text-anchor='{_anchor(at)}' fill='currentColor' "
        f"font-size='11'>{'✕' if point.diverged else '↑'}</text>"
        for at, point in placed
        if point.diverged or point.median > 1
    )


def _best(placed: Placed) -> str:
    if not placed:
        return ""
    at, _ = min(placed, key=lambda found: found[1].median)
    return (
        f"<text x='{_x(at)}' y='{HEIGHT}' text-anchor='{_anchor(at)}' fill='{GREEN}' "
        "font-size='11'>▲</text>"
    )


def _now(at: float) -> str:
    return (
        f"<line x1='{_x(at)}' x2='{_x(at)}' y1='{TOP - 6}' y2='{BOTTOM + 4}' "
        "stroke='currentColor' stroke-width='2'/>"
    )


def _name(name: str, value: Value) -> str:
    """A value's name where there is little room: 13300 is 13.3k."""
    if KNOBS[name].kind == "int" and int(value) >= 1000:
        return f"{int(value) / 1000:g}k"
    return called(name, value)


def _names(strip: Strip, places: Sequence[float]) -> str:
    return "".join(
        f"<text x='{_x(at)}' y='{HEIGHT + NAMED - 3}' fill='currentColor' font-size='10'>"
        f"{escape(_name(strip.name, value))}</text>"
        for at, value in zip(places, strip.values, strict=True)
    )
