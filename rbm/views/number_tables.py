"""Matrices of numbers as HTML, each cell tinted by its value: small enough for a phone.

The number itself is in every cell, so the tint only helps to find it: blue for positive numbers,
vermillion for negative ones, stronger for larger ones; it lies over light and dark ground alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from rbm.cd_steps import Answer
from rbm.cd_update import Table
from rbm.unit_sums import Floats, written

_CELL = "padding:0.25rem 0.3rem;text-align:right;font-variant-numeric:tabular-nums"
_NAME = "padding:0.25rem 0.3rem;font-weight:600;text-align:right"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;white-space:nowrap"
_SCROLLED = "overflow-x:auto;max-width:100%;margin-bottom:0.6rem"
_RGB = {True: "0,114,178", False: "213,94,0"}
_STRONGEST = 0.55  # opacity of the largest number's tint; text stays readable on it


def matrices(tables: Sequence[Table]) -> str:
    """Tables as HTML, side by side where there is room, each under its title."""
    inner = "".join(_matrix(table) for table in tables)
    return f'<div style="display:flex;flex-wrap:wrap;gap:0.4rem 2rem">{inner}</div>'


def answers(answer: Answer, mean: str, draw: str) -> str:
    """A layer's inputs, means, draws and states as HTML, a row for each unit.

    mean, draw: what to call the second and third of them.
    """
    head = _row(["unit", "input", mean, draw, "state"], [_NAME] * 5, "th")
    numbers = zip(
        answer.names, answer.inputs, answer.means, answer.draws, answer.states, strict=True
    )
    body = [
        _row(
            [
                name, written(x), written(p), "pinned" if np.isnan(u) else written(u), written(s),
            ],
            [_NAME, _CELL, _CELL, _CELL, _tinted(float(s), 1.0)],
        )
        for name, x, p, u, s in numbers
    ]  # fmt: skip
    return _table("", [head, *body])


def _matrix(table: Table) -> str:
    largest = float(np.abs(table.values).max(initial=0.0))
    head = _row(["", *table.columns], [_NAME] * (len(table.columns) + 1), "th")
    body = [
        _row(
            [name, *(written(value, _decimals(values)) for value in values)],
            [_NAME, *(_tinted(float(value), largest) for value in values)],
        )
        for name, values in zip(table.rows, table.values, strict=True)
    ]
    return _table(table.title, [head, *body])


def _decimals(values: Floats) -> int:
    """Three decimals, or in a row of small numbers so many that the largest has two digits."""
    largest = float(np.abs(values).max(initial=0.0))
    return max(3, 1 - math.floor(math.log10(largest))) if largest else 3


def _tinted(value: float, largest: float) -> str:
    opacity = _STRONGEST * min(1.0, abs(value) / largest) if largest else 0.0
    return f"{_CELL};background:rgba({_RGB[value >= 0]},{opacity:.2f})"


def _row(cells: Sequence[str], styles: Sequence[str], tag: str = "td") -> str:
    """A row; its first cell names it, and with `tag` "th" the others name their columns."""
    inner = []
    for at, (cell, style) in enumerate(zip(cells, styles, strict=True)):
        scope = "col" if tag == "th" else "row"
        kind = f'th scope="{scope}"' if tag == "th" or at == 0 else "td"
        inner.append(f'<{kind} style="{style}">{escape(cell)}</{kind[:2]}>')
    return f"<tr>{''.join(inner)}</tr>"


def _table(caption: str, rows: Sequence[str]) -> str:
    title = f'<caption style="{_CAPTION}">{escape(caption)}</caption>' if caption else ""
    return (
        f'<div style="{_SCROLLED}"><table style="border-collapse:collapse;font-size:0.9rem">'
        f"{title}{''.join(rows)}</table></div>"
    )
