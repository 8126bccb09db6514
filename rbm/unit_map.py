"""The map from a table's own units to the unit square: explicit, invertible, exported as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class UnitMap:
    """x' = (x − a)/b for each axis: `offset` a and `scale` b > 0 in the units of the columns."""

    names: tuple[str, str]
    offset: tuple[float, float]
    scale: tuple[float, float]

    @classmethod
    def fit(
        cls, names: tuple[str, str], values: NDArray[np.float64], margin: float, *, per_axis: bool
    ) -> UnitMap:
        """The map that centres values (n, 2) in [margin, 1 − margin]², none of them constant.

        The longer axis fills it, and the other has the same scale, or with `per_axis` its own.
        Values near the ends of float64 may give a map that is not finite.
        """
        low, high = values.min(axis=0), values.max(axis=0)
        middle, span = low / 2 + high / 2, high / 2 - low / 2
        with np.errstate(over="ignore", invalid="ignore"):
            scale = (span if per_axis else np.full(2, span.max())) / (0.5 - margin)
            offset = middle - scale / 2
        return cls(names, (float(offset[0]), float(offset[1])), (float(scale[0]), float(scale[1])))

    def to_unit(self, values: ArrayLike) -> NDArray[np.float64]:
        """Values (n, 2) in the table's units -> the unit square."""
        with np.errstate(all="ignore"):
            return np.asarray((np.asarray(values) - self.offset) / self.scale, np.float64)

    def from_unit(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points (n, 2) of the unit square -> the table's units; the inverse of `to_unit`."""
        return np.asarray(np.asarray(points) * self.scale + self.offset, np.float64)

    def sentence(self) -> str:
        """The map as a formula to show: "x' = (height − 1.2)/3.4, y' = …"."""
        return ", ".join(
            f"{axis}' = ({name} {'−' if a >= 0 else '+'} {abs(a):.6g})/{b:.6g}"
            for axis, name, a, b in zip("xy", self.names, self.offset, self.scale, strict=True)
        )

    def to_dict(self) -> dict[str, Any]:
        """What a JSON export holds; `from_dict` reads it back exactly."""
        return {
            "formula": "unit = (value - offset) / scale",
            "names": list(self.names),
            "offset": list(self.offset),
            "scale": list(self.scale),
        }

    @classmethod
    def from_dict(cls, exported: Mapping[str, Any]) -> UnitMap:
        """The map of a `to_dict`."""
        (x, y), (a, b), (c, d) = (exported[key] for key in ("names", "offset", "scale"))
        return cls((str(x), str(y)), (float(a), float(b)), (float(c), float(d)))
