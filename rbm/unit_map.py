"""The map from a table's own units to the unit square: explicit, invertible, exported as JSON.

Two columns are shifted and scaled. Many columns are first projected on the two directions in
which they vary most (`Projection`); the way back then leads to the nearest point of that plane.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MARGIN = 0.05
"""Own points are mapped into [MARGIN, 1 − MARGIN]² of the square."""
MAX_MAPPED = 1_000
"""Columns of a map that is read back; the same limit holds for the tables it is made from."""
PLAIN = "unit = (value - offset) / scale"
PROJECTED = (
    "component = axes @ ((value - centre) / spread); unit = (component - offset) / scale; "
    "back: value = centre + spread * (axes.T @ component)"
)


@dataclass(frozen=True)
class Projection:
    """Principal components: component = axes · ((value − centre) / spread).

    `centre`, `spread` (columns,) are in the units of the columns, `axes` (2, columns) orthonormal
    rows, `explained` the shares of the variance that the two components hold.
    """

    centre: tuple[float, ...]
    spread: tuple[float, ...]
    axes: tuple[tuple[float, ...], tuple[float, ...]]
    explained: tuple[float, float]

    @classmethod
    def fit(cls, values: NDArray[np.float64], *, equalise: bool) -> Projection:
        """The two leading components of values (n, columns ≥ 2), columns not all constant.

        With `equalise` each column is divided by its standard deviation first, so that none
        counts more for its units. Signs: the largest entry of each axis is positive.
        """
        centre = (values / len(values)).sum(axis=0)  # the sum itself may overflow
        largest = np.abs(values - centre).max()  # squares of it must not overflow
        centred = (values - centre) / largest
        spread = centred.std(axis=0) if equalise else np.ones(values.shape[1])
        spread = np.where(spread > 0, spread, 1.0)
        centred /= spread
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(values))
        axes = vectors.T[:-3:-1]
        signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
        shares = np.maximum(variances[:-3:-1], 0.0) / max(variances.sum(), np.finfo(float).tiny)
        scale = largest * spread if equalise else spread
        first, second = (signs[:, None] * axes).tolist()
        return cls(
            tuple(centre.tolist()), tuple(scale.tolist()), (tuple(first), tuple(second)),
            (float(shares[0]), float(shares[1])),
        )  # fmt: skip

    def components(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (n, columns) -> their two components (n, 2)."""
        return np.asarray((values - self.centre) / self.spread @ np.transpose(self.axes))

    def values(self, components: NDArray[np.float64]) -> NDArray[np.float64]:
        """Components (n, 2) -> the values (n, columns) of the nearest point of the plane."""
        return np.asarray(components @ np.array(self.axes) * self.spread + self.centre)


@dataclass(frozen=True)
class UnitMap:
    """x' = (x − a)/b for each axis: `offset` a and `scale` b > 0.

    `names` are the columns it starts from: two, or with a `projection` as many as that has; then
    x and y are its components. `units` says per column in what a date was counted ("" for plain
    numbers; empty: no column is a date).
    """

    names: tuple[str, ...]
    offset: tuple[float, float]
    scale: tuple[float, float]
    projection: Projection | None = None
    units: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        names: Sequence[str],
        values: NDArray[np.float64],
        margin: float,
        *,
        per_axis: bool,
        projection: Projection | None = None,
        units: Sequence[str] = (),
    ) -> UnitMap:
        """The map that centres values (n, columns) in [margin, 1 − margin]².

        The longer axis fills it, and the other has the same scale, or with `per_axis` its own.
        Values near the ends of float64 may give a map that is not finite.
        """
        plane = projection.components(values) if projection else values
        low, high = plane.min(axis=0), plane.max(axis=0)
        middle, span = low / 2 + high / 2, high / 2 - low / 2
        with np.errstate(over="ignore", invalid="ignore"):
            scale = (span if per_axis else np.full(2, span.max())) / (0.5 - margin)
            offset = middle - scale / 2
        return cls(
            tuple(names), (float(offset[0]), float(offset[1])),
            (float(scale[0]), float(scale[1])), projection, tuple(units) if any(units) else (),
        )  # fmt: skip

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns' names, dates with what they are counted in: "time (days since …)"."""
        units = self.units or ("",) * len(self.names)
        return tuple(
            f"{name} ({unit})" if unit else name
            for name, unit in zip(self.names, units, strict=True)
        )

    def to_unit(self, values: ArrayLike) -> NDArray[np.float64]:
        """Values (n, columns) in the table's units -> the unit square (n, 2)."""
        with np.errstate(all="ignore"):
            plane = np.asarray(values, np.float64)
            if self.projection:
                plane = self.projection.components(plane)
            return np.asarray((plane - self.offset) / self.scale)

    def from_unit(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points (n, 2) of the unit square -> the table's units (n, columns).

        The inverse of `to_unit`; with a projection, of what that keeps.
        """
        plane = np.asarray(points, np.float64) * self.scale + self.offset
        return self.projection.values(plane) if self.projection else plane

    def sentence(self) -> str:
        """The map as a formula to show: "x' = (height − 1.2)/3.4, y' = …"."""
        names = ("component 1", "component 2") if self.projection else self.labels
        return ", ".join(
            f"{axis}' = ({name} {'−' if a >= 0 else '+'} {abs(a):.6g})/{b:.6g}"
            for axis, name, a, b in zip("xy", names, self.offset, self.scale, strict=True)
        )

    def to_dict(self) -> dict[str, Any]:
        """What a JSON export holds; `from_dict` reads it back exactly."""
        exported: dict[str, Any] = {
            "formula": PROJECTED if self.projection else PLAIN,
            "names": list(self.names),
            "offset": list(self.offset),
            "scale": list(self.scale),
        }
        if any(self.units):
            exported["units"] = list(self.units)
        if self.projection:
            exported["projection"] = {
                "centre": list(self.projection.centre),
                "spread": list(self.projection.spread),
                "axes": [list(axis) for axis in self.projection.axes],
                "explained": list(self.projection.explained),
            }
        return exported

    @classmethod
    def from_dict(cls, exported: Mapping[str, Any]) -> UnitMap:
        """The map of a `to_dict`; `ValueError` with a sentence for anything else."""
        try:
            return cls._parsed(exported)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"The map to the units of a table is damaged ({type(error).__name__})."
            ) from None

    @classmethod
    def _parsed(cls, exported: Mapping[str, Any]) -> UnitMap:
        names = tuple(str(name)[:200] for name in _listed(exported["names"]))
        count = len(names)
        units = tuple(str(unit)[:200] for unit in _listed(exported.get("units", [])))
        projection = None
        if "projection" in exported:
            part = exported["projection"]
            first, second = _listed(part["axes"])
            explained = _numbers(part["explained"], 2)
            projection = Projection(
                _numbers(part["centre"], count), _numbers(part["spread"], count, positive=True),
                (_numbers(first, count), _numbers(second, count)), (explained[0], explained[1]),
            )  # fmt: skip
        elif count != 2:
            raise ValueError("two columns are needed")
        if len(units) not in (0, count):
            raise ValueError("units do not match the columns")
        offset, scale = _numbers(exported["offset"], 2), _numbers(exported["scale"], 2, True)
        return cls(names, (offset[0], offset[1]), (scale[0], scale[1]), projection, units)


def _listed(values: Any) -> Sequence[Any]:
    if not isinstance(values, list | tuple) or len(values) > MAX_MAPPED:
        raise ValueError("not a list")
    return values


def _numbers(values: Any, count: int, positive: bool = False) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in _listed(values))
    finite = all(math.isfinite(number) and (number > 0 or not positive) for number in numbers)
    if len(numbers) != count or not finite:
        raise ValueError("not as many finite numbers as needed")
    return numbers
