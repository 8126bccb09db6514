"""`Settings`: names and numbers only, and the one table that describes each of them.

`Settings` is what a link holds, what the sidebar edits and what a script passes to
`rbm.train`. It imports nothing of the project, so every layer may read it. `KNOBS` says for
each field how it is called, which symbol and formula stand behind it, which values it takes and
whether changing it restarts the run; menus, links, docs and tests walk that table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

RULES = {
    "cd": "Contrastive divergence: each epoch's chains start at the data",
    "pcd": "Persistent: chains go on from where the last epoch left them",
}
SLOPE_RULES = {
    "tutorial": "Tutorial: ⟨s²⟩",
    "corrected": "Corrected: 2⟨(s − ½)²⟩",
    "entropy": "Exact: ⟨s ln s + (1 − s) ln(1 − s)⟩",
}
SLOPE_BOUNDS = (0.05, 50.0)
"""Every slope is clamped to this range after every update; nothing in the rule itself bounds it."""
WEIGHT_LIMIT = 1e6
"""A run stops when a weight or bias grows past this (it never becomes NaN by itself)."""


@dataclass(frozen=True)
class Settings:
    """Everything that determines a run. No arguments: the 2008 tutorial on its own pattern.

    Two equal `Settings` give the same run, bit for bit. Invalid values raise `ValueError` with a
    sentence. Ranges, symbols and meanings of all fields: `KNOBS`.
    """

    pattern: str = "split_ring"
    pattern_options: Mapping[str, float] | tuple[tuple[str, float], ...] = ()
    pattern_noise: float = 0.0
    n_points: int = 500
    data_seed: int = 0
    seed: int = 0
    n_hidden: int = 8
    initial_scale: float = 0.1
    low: float = 0.0
    high: float = 1.0
    rule: str = "cd"
    k: int = 20
    k_end: int = 50
    k_ramp: int = 2000
    sigma: float = 0.2
    noisy: bool = True
    visible_slope: float = 0.1
    learn_visible_slope: bool = False
    hidden_slope: float = 1.0
    slope_learning_rate: float = 0.5
    slope_rule: str = "tutorial"
    learning_rate: float = 0.5
    momentum: float = 0.9
    cost: float = 1e-5
    batch_size: int = 0
    average_last: float = 0.0
    noise_free_statistics: bool = False
    centred: bool = False

    def __post_init__(self) -> None:
        options = self.pattern_options
        pairs = options.items() if isinstance(options, Mapping) else options
        object.__setattr__(
            self, "pattern_options", tuple(sorted((str(k), float(v)) for k, v in pairs))
        )
        for field in fields(self):
            knob = KNOBS.get(field.name)
            if knob is not None:
                object.__setattr__(self, field.name, knob.check(getattr(self, field.name)))
        if not self.low < self.high:
            raise ValueError(
                f"The range of a unit is empty: low = {self.low:g} must be below "
                f"high = {self.high:g}."
            )

    @property
    def options(self) -> dict[str, float]:
        """The pattern's own parameters, as a dict."""
        return dict(self.pattern_options)

    def k_at(self, epoch: int) -> int:
        """CD steps in the given epoch (counted from 0): k at first, k_end from epoch k_ramp on."""
        if self.k_ramp == 0 or epoch >= self.k_ramp:
            return self.k_end
        return self.k + (self.k_end - self.k) * epoch // self.k_ramp


@dataclass(frozen=True)
class Knob:
    """One row of `KNOBS`: how a field of `Settings` is named, checked, shown and explained.

    kind: "choice", "int", "float" or "bool". `low`, `high`: accepted range, both ends included.
    `scale`: "linear" or "log" (how a slider should step). `restarts`: whether a change needs a
    new run (otherwise it takes hold while playing). `live` is its opposite.
    """

    label: str
    symbol: str
    kind: str
    help: str
    low: float = -math.inf
    high: float = math.inf
    step: float = 0.0
    scale: str = "linear"
    choices: Mapping[str, str] | None = None
    restarts: bool = False

    def check(self, value: Any) -> Any:
        """The value in the knob's type; `ValueError` with a sentence when it does not fit."""
        name = f"{self.label} ({self.symbol})" if self.symbol else self.label
        if self.kind == "choice":
            if self.choices is not None and value not in self.choices:
                raise ValueError(f"{name} must be one of {', '.join(self.choices)}; got {value!r}.")
            return str(value)
        if self.kind == "bool":
            if value in (True, False):
                return bool(value)
            raise ValueError(f"{name} must be true or false; got {value!r}.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be a number; got {value!r}.") from None
        if not self.low <= number <= self.high:  # also catches NaN
            raise ValueError(
                f"{name} must lie between {self.low:g} and {self.high:g}; got {value!r}."
            )
        if self.kind == "int":
            if number != int(number):
                raise ValueError(f"{name} must be a whole number; got {value!r}.")
            return int(number)
        return number

    def log_steps(self, value: float) -> list[float]:
        """What a slider of a logarithmic knob offers, in order: 1, 1.5, 2, 3, 5, 7 of every decade
        of its range, both ends, 0 where that is allowed, and `value`."""
        low = self.low if self.low > 0 else 1e-6 if self.high <= 0.1 else 1e-3
        decades = range(math.floor(math.log10(low)), math.floor(math.log10(self.high)) + 1)
        steps = {float(f"{m}e{d}") for d in decades for m in (1, 1.5, 2, 3, 5, 7)}
        inside = {step for step in steps if low <= step <= self.high}
        return sorted(inside | {self.low, self.high, value})


KNOBS: dict[str, Knob] = {
    "pattern_noise": Knob(
        "Extra noise", "", "float", "Gaussian jitter added to every point, as a share of the "
        "square's side.", 0, 0.2, 0.005, restarts=True),
    "n_points": Knob(
        "Points", "n", "int", "How many points the machine learns from.", 10, 10_000, 10,
        restarts=True),
    "data_seed": Knob(
        "Data seed", "", "int", "Which random sample of the pattern is drawn. Same seed, same "
        "points.", 0, 2**31 - 1, 1, restarts=True),
    "seed": Knob(
        "Seed", "", "int", "Decides the first weights and all noise of the run. Same seed and "
        "settings, same run, bit for bit.", 0, 2**31 - 1, 1, restarts=True),
    "n_hidden": Knob(
        "Hidden units", "m", "int", "How many hidden units explain the two visible ones. More "
        "units draw finer shapes; they want a smaller visible slope: A_visible × units ≈ 0.7.",
        1, 64, 1, restarts=True),
    "initial_scale": Knob(
        "First weights", "W₀", "float", "Spread of the first weights and biases: "
        "w ~ N(0, W₀²). 0 starts all alike.", 0, 10, 0.1, restarts=True),
    "low": Knob(
        "Range from", "lo", "float", "Lower end of every unit's range: s = lo + (hi − lo) / "
        "(1 + exp(−A·x)). Another range needs other rates.", -10, 10, 0.5, restarts=True),
    "high": Knob(
        "Range to", "hi", "float", "Upper end of every unit's range: s = lo + (hi − lo) / "
        "(1 + exp(−A·x)).", -10, 10, 0.5, restarts=True),
    "rule": Knob(
        "Rule", "", "choice", "Where the chains of the negative phase start: at the data (CD), or "
        "where the last epoch left them (persistent CD). Persistent loses clearly here.",
        choices=RULES, restarts=True),
    "k": Knob(
        "CD steps", "k", "int", "Gibbs steps v → h → v between the data and the statistics they "
        "are compared with.", 1, 100, 1),
    "k_end": Knob(
        "CD steps, later", "k_end", "int", "k rises to this value over the first epochs. "
        "Equal to k: fixed.", 1, 100, 1),
    "k_ramp": Knob(
        "k rises over", "", "int", "Epochs over which k goes from its first to its last value.",
        0, 100_000, 100),
    "sigma": Knob(
        "Noise", "σ", "float", "Noise of every unit: x = Σ w·s + b + σ·N(0, 1). With too little, "
        "the chains roll into a few dots; around 1 they fill the shape.", 0, 2, 0.01),
    "noisy": Knob(
        "Noise in training", "", "bool", "Off: passes of the training chains are deterministic "
        "(σ = 0 while learning)."),
    "visible_slope": Knob(
        "Slope, visible", "A_v", "float", "Steepness of the visible units: s = lo + (hi − lo) / "
        "(1 + exp(−A·x)). Constant unless learned.", 0.01, 10, scale="log"),
    "learn_visible_slope": Knob(
        "Learn visible slopes", "", "bool", "Apply the slope rule to the visible units too. "
        "Warning: it ruins good machines, with a mismatch of 1.6 instead of 0.3 (8 units) or 1.7 "
        "instead of 0.2 (16 units; 3 patterns × 3 seeds), where 1 is no better than noise. Only "
        "the tutorial's own values gain, 0.8 instead of 1.0."),
    "hidden_slope": Knob(
        "Slope, hidden: start", "A_h", "float", "Steepness the hidden units start with; it is "
        "learned.", 0.05, 50, scale="log", restarts=True),
    "slope_learning_rate": Knob(
        "Learning rate, slopes", "η_A", "float", "A ← A + η_A/A² · (⟨s²⟩₀ − ⟨s²⟩ₖ). 0 freezes the "
        "slopes.", 0, 5, scale="log"),
    "slope_rule": Knob(
        "Slope rule", "", "choice", "Which statistic moves the slopes. s² is right only for a "
        "range symmetric about 0; on [0, 1] the corrected one is.", choices=SLOPE_RULES),
    "learning_rate": Knob(
        "Learning rate, weights", "η_W", "float", "ΔW ← momentum·ΔW + η_W·(⟨vh⟩₀ − ⟨vh⟩ₖ − "
        "cost·W). 4 and more hurt unless the last epochs are averaged.", 0, 10, scale="log"),
    "momentum": Knob(
        "Momentum", "μ", "float", "Share of the last step that is kept. 0.95 and more hurt, less "
        "so where the last epochs are averaged; 0.99 may ruin a run even then.", 0, 0.99, 0.01),
    "cost": Knob(
        "Cost", "c", "float", "Weight decay: pulls every weight and bias towards 0. 1e-4 and more "
        "hurt.", 0, 0.1, scale="log"),
    "batch_size": Knob(
        "Batch", "", "int", "Points per update, reshuffled every epoch; 0: all at once. Small "
        "batches at the same rates hurt unless the last epochs are averaged.", 0, 10_000, 10),
    "average_last": Knob(
        "Average the last", "", "float", "The machine shown is the mean of the parameters over "
        "this last share of the epochs, which takes out the noise that large rates, momentum and "
        "small batches leave. 0: the newest parameters alone.", 0, 0.9, 0.05),
    "noise_free_statistics": Knob(
        "Noise-free statistics", "", "bool", "All that is compared, ⟨vh⟩ and what moves biases and "
        "slopes, is taken from the sigmoids before the noise, while the chain itself stays noisy."),
    "centred": Knob(
        "Centred", "", "bool", "Learns as a machine in v − mean(data) and h − ½ would: ⟨vh⟩ "
        "uses those, and the biases make up for it."),
}  # fmt: skip
"""One row per field of `Settings` that a control shows; `pattern` and its options are described
by the table of patterns instead."""
