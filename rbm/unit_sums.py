"""How a unit's input comes about, written out so that a reader can check it with a pencil."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unit_names(layer: str, count: int) -> tuple[str, ...]:
    """("v₁", "v₂", …): `count` names of units; `layer` is the letter."""
    return tuple(f"{layer}{number}".translate(_SUBSCRIPTS) for number in range(1, count + 1))


def written(number: float, decimals: int = 3) -> str:
    """A number with at most `decimals` decimals, no idle zeros, and a true minus sign."""
    text = f"{number:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{number:.0f}"
    return "0" if text == "-0" else text.replace("-", "−")


def written_sum(bias: float, states: Iterable[float], weights: Iterable[float]) -> str:
    """bias + Σ state × weight with every term: "0.3 + 1 × 0.8 + 0 × (−0.4) = 1.1"."""
    states, weights = np.asarray(states, float), np.asarray(weights, float)
    terms = [
        f"{written(state)} × {bracketed(weight)}"
        for state, weight in zip(states, weights, strict=True)
    ]
    return f"{' + '.join([written(bias), *terms])} = {written(bias + states @ weights)}"


def bracketed(number: float) -> str:
    """`written`, in brackets when negative, as it stands after a times sign."""
    text = written(number)
    return f"({text})" if text.startswith("−") else text
