"""`BinarySettings`: everything besides the data that determines a run of the binary RBM.

As `rbm.settings` does for the continuous RBM: names and numbers only, and one table that describes
each of them (`BINARY_KNOBS`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from rbm.rules import RULES
from rbm.settings import Knob
from rbm.units import UNITS


@dataclass(frozen=True)
class BinarySettings:
    """Everything besides the data that determines a run.

    Equal settings and data give the same run, bit for bit. Invalid values raise `ValueError` with
    a sentence. Ranges, symbols and meanings of all fields: `BINARY_KNOBS`.
    """

    visible: str = "bernoulli"
    n_hidden: int = 16
    initial_scale: float = 0.01
    seed: int = 0
    rule: str = "cd"
    k: int = 1
    k_end: int = 1
    k_ramp: int = 0
    centred: bool = True
    learning_rate: float = 0.1
    learning_rate_end: float = 0.1
    learning_rate_ramp: int = 0
    variance_learning_rate: float = 0.01
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 10

    def __post_init__(self) -> None:
        for field in fields(self):
            value = BINARY_KNOBS[field.name].check(getattr(self, field.name))
            object.__setattr__(self, field.name, value)

    def k_at(self, epoch: int) -> int:
        """Gibbs steps in an epoch (counted from 0): k, or on the way to k_end."""
        return self.k + (self.k_end - self.k) * min(epoch, self.k_ramp) // max(self.k_ramp, 1)

    def learning_rate_at(self, epoch: int) -> float:
        """The rate in an epoch (counted from 0): learning_rate, or on the way to its end."""
        share = min(epoch, self.learning_rate_ramp) / max(self.learning_rate_ramp, 1)
        return self.learning_rate + (self.learning_rate_end - self.learning_rate) * share


BINARY_KNOBS: dict[str, Knob] = {
    "visible": Knob(
        "Visible units", "", "choice", "What a visible unit can be: 0 or 1 (values between count "
        "as probabilities), or any number around a mean that the hidden units move.",
        choices={name: units.label for name, units in UNITS.items()}, restarts=True),
    "n_hidden": Knob(
        "Hidden units", "m", "int", "How many binary hidden units explain the visible ones.",
        1, 1024, 1, restarts=True),
    "initial_scale": Knob(
        "First weights", "W₀", "float", "Spread of the first weights: w ~ N(0, W₀²), times the "
        "column's own spread for Gaussian units. First biases fit the means of the data.",
        0, 10, 0.01, restarts=True),
    "seed": Knob(
        "Seed", "", "int", "Decides the first weights and all noise of the run. Same seed, "
        "settings and data: same run, bit for bit.", 0, 2**31 - 1, 1, restarts=True),
    "rule": Knob(
        "Rule", "", "choice", "Where the negative phase comes from: short chains from the data, "
        "chains that go on and on, or enumeration.",
        choices={name: rule.label for name, rule in RULES.items()}, restarts=True),
    "k": Knob(
        "Gibbs steps", "k", "int", "Steps v → h → v that a chain takes before its statistics are "
        "compared with those of the data.", 1, 100, 1),
    "k_end": Knob(
        "Gibbs steps, at last", "k₁", "int", "Steps v → h → v after the ramp of k; without a ramp "
        "it is not used.", 1, 100, 1),
    "k_ramp": Knob(
        "Ramp of k", "", "int", "Epochs over which k goes from its first to its last value; 0: "
        "it stays.", 0, 100_000, 1),
    "centred": Knob(
        "Centred", "", "bool", "Learns in v − ⟨v⟩ and h − ⟨h⟩: the same machine, and a better "
        "gradient, as a weight's step no longer shifts the biases at both its ends."),
    "learning_rate": Knob(
        "Learning rate", "η", "float", "ΔW ← momentum·ΔW + η·(⟨vh⟩ data − ⟨vh⟩ machine − decay·W). "
        "Statistics are means over the batch.", 0, 10, scale="log"),
    "learning_rate_end": Knob(
        "Learning rate, at last", "η₁", "float", "The learning rate after its ramp; without a ramp "
        "it is not used.", 0, 10, scale="log"),
    "learning_rate_ramp": Knob(
        "Ramp of the rate", "", "int", "Epochs over which the learning rate goes from its first to "
        "its last value; 0: it stays.", 0, 100_000, 1),
    "variance_learning_rate": Knob(
        "Learning rate, variances", "η_s", "float", "For Gaussian units: the rate of log s², the "
        "logs of their variances. 0 keeps them.", 0, 1, scale="log"),
    "momentum": Knob(
        "Momentum", "μ", "float", "Share of the last step that is kept.", 0, 0.99, 0.01),
    "weight_decay": Knob(
        "Weight decay", "", "float", "Pulls every weight towards 0, and no bias.", 0, 0.1,
        scale="log"),
    "batch_size": Knob(
        "Batch", "", "int", "Rows per update, reshuffled every epoch; 0: all at once.",
        0, 100_000, 1),
}  # fmt: skip
"""One row per field of `BinarySettings`."""
