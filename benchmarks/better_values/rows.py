"""What is measured: the rows of every table, as literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import rbm
from benchmarks.better_values.learners import (
    Continuous,
    GaussianBernoulli,
    Learner,
    Mixture,
    Resampled,
    ThroughChain,
)
from rbm.settings import KNOBS, Settings

TWELVE = (
    "split_ring", "ring", "two_rings", "moons", "spiral", "gauss2",
    "gauss4", "gauss8", "checkerboard", "s_curve", "cross", "pinwheel",
)  # fmt: skip
"""The patterns for which figures had been published before."""
PUBLISHED = {
    "Tutorial (2008), rates of its program": (0.69, 0.66, 0.72),
    "The tutorial's knobs, retuned": (0.34, 0.336, 0.345),
    "Better, 8 units": (0.28, 0.281, 0.288),
    "Better, 16 units": (0.16, 0.158, 0.169),
    "Gaussian–Bernoulli RBM, 8 units": (0.39, 0.39, 0.39),
}
"""Mean mismatch over `TWELVE` and its 95 % interval, where they are known."""


@dataclass(frozen=True)
class Group:
    """Rows measured alike: `learners` by name, on `seeds` fresh seeds unless told otherwise; not
    in a `quick` measurement unless asked for by name."""

    learners: Mapping[str, Learner]
    seeds: int
    quick: bool = True


_TUTORIAL = rbm.PRESETS["Tutorial (2008)"].settings
MACHINES: dict[str, Learner] = {
    "Tutorial (2008)": Continuous(_TUTORIAL),
    "Tutorial (2008), rates of its program": Continuous(
        replace(_TUTORIAL, learning_rate=0.25, slope_learning_rate=0.25)
    ),
    **{
        name: Continuous(preset.settings)
        for name, preset in rbm.PRESETS.items()
        if preset.settings != _TUTORIAL
    },
}

OTHERS: dict[str, Learner] = {
    "Mixture of 6 Gaussians": Mixture(6),
    "Mixture of 8 Gaussians": Mixture(8),
    "Mixture of 11 Gaussians": Mixture(11),
    "Mixture of 16 Gaussians": Mixture(16),
    "Mixture of 22 Gaussians": Mixture(22),
    "Mixture of 32 Gaussians": Mixture(32),
    "The 500 points, resampled": Resampled(),
    "The 500 points, smoothed": Resampled(smooth=True),
}

_EIGHT = rbm.PRESETS["Better, 8 units"].settings
LIMIT: dict[str, Learner] = {
    "8 units, through the chain": ThroughChain(_EIGHT, "shared"),
    "the same, σ of both visible units learnt": ThroughChain(_EIGHT, "visible"),
    "the same, σ of every unit learnt": ThroughChain(_EIGHT, "every unit"),
    "10 units, contrastive divergence": Continuous(replace(_EIGHT, n_hidden=10)),
    "11 units, contrastive divergence": Continuous(replace(_EIGHT, n_hidden=11)),
    "11 units, contrastive divergence, values of 16 units": Continuous(
        replace(rbm.PRESETS["Better, 16 units"].settings, n_hidden=11, visible_slope=0.058)
    ),
}
"""Is it the rule or the machine? Eight units by another rule, and more units by the same rule:
opponents with as many numbers to learn. The values of 16 units have an A_v for 16; 0.058 is their
A_v × units, 0.64, for 11."""

_Values = tuple[Any, ...]
CHANGED: dict[str, dict[str, _Values]] = {
    "Better, 8 units": {
        "sigma": (0.2, 0.5, 1.5),
        "visible_slope": (0.04, 0.16),
        "n_hidden": (4, 16),
        "learning_rate": (0.3, 4.0),
        "slope_learning_rate": (0.0, 2.0),
        "momentum": (0.0, 0.95),
        "cost": (0.0, 1e-4),
        "k": (1, 10),
        "initial_scale": (0.1,),
        "average_last": (0.0,),
        "noise_free_statistics": (False,),
        "centred": (False,),
        "slope_rule": ("tutorial", "entropy"),
        "batch_size": (50,),
        "rule": ("pcd",),
    },
    "Better, 16 units": {
        "sigma": (0.2, 0.3, 1.0),
        "visible_slope": (0.02, 0.08),
        "n_hidden": (8, 32),
        "learning_rate": (5.0,),
        "slope_learning_rate": (0.0, 3.0),
        "momentum": (0.95,),
        "cost": (1e-4,),
        "k": (1, 10),
        "average_last": (0.0,),
        "noise_free_statistics": (False,),
        "centred": (False,),
        "slope_rule": ("tutorial", "entropy"),
    },
}
"""One setting at a time, all others as in the preset; the budget stays, so that another k or
batch means other epochs."""


def changed(base: Settings, name: str, value: Any) -> Settings:
    """`base` with one setting changed; k stays constant over a run."""
    return replace(base, **{name: value}, **({"k_end": value} if name == "k" else {}))


def change_name(name: str, value: Any) -> str:
    """How a changed setting is called in a table."""
    symbol = KNOBS[name].symbol or KNOBS[name].label
    return f"{symbol} = {value:g}" if isinstance(value, float) else f"{symbol} = {value}"


def _changes(preset: str) -> dict[str, Learner]:
    base = rbm.PRESETS[preset].settings
    return {
        change_name(name, value): Continuous(changed(base, name, value))
        for name, values in CHANGED[preset].items()
        for value in values
    }


GROUPS: dict[str, Group] = {
    "machines": Group(MACHINES, 16),
    "Gaussian–Bernoulli": Group({"Gaussian–Bernoulli RBM, 8 units": GaussianBernoulli(8)}, 4),
    "others": Group(OTHERS, 16),
    "through the chain": Group(LIMIT, 2, quick=False),
    **{f"changes of {name}": Group(_changes(name), 1, quick=False) for name in CHANGED},
}
