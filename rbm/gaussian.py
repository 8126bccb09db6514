"""A Gaussian–Bernoulli RBM on the playground's points, beside the continuous RBM.

The same data, the same number of hidden units if one likes, and the same yardstick: uniform starts,
as many noisy passes, mismatch. Each hidden state makes one Gaussian around b + W h, all of them
equally wide, so the machine is a mixture of 2^n_hidden equal Gaussians whose centres are sums
of n_hidden arrows; and since they can be listed, its likelihood is known exactly, as that of a
continuous RBM is not. Points are in the units' range [low, high] of the continuous machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from rbm import binary_training, exact, natural_gradient
from rbm.binary_settings import BinarySettings
from rbm.binary_training import BinaryRun
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, Experiment, to_range, to_square
from rbm.models.binary import BinaryMachine
from rbm.recording import Recording
from rbm.run import SCORE_SEED
from rbm.settings import Settings
from rbm.units import UNITS, Floats

MOST_HIDDEN = 10
"""Hidden units offered: 1,024 Gaussians are listed in each epoch."""
FAR = 10.0
"""Points are held within so many sides of the square while they are scored."""
SEED_SPREAD = 0.06
"""Between two seeds of the same machine on the same pattern the mismatch differs by about this
(root mean square; decision 0015)."""


@dataclass(frozen=True)
class Way:
    """One row of `WAYS`: how a rule learns best here. `reason` says what the rule does."""

    label: str
    reason: str
    epochs: int
    learning_rate: float
    variance_learning_rate: float
    momentum: float
    k: int = 1


def settings_of(
    rule: str, n_hidden: int, seed: int, rate: float | None = None, k: int | None = None
) -> BinarySettings:
    """The settings of one of `WAYS`; `rate` and `k` in place of the way's own when given."""
    way = WAYS[rule]
    rate = way.learning_rate if rate is None else rate
    return BinarySettings(
        visible="gaussian", n_hidden=n_hidden, seed=seed, rule=rule, batch_size=0,
        initial_scale=1.0, learning_rate=rate, k=k or way.k, momentum=way.momentum,
        variance_learning_rate=way.variance_learning_rate,
    )  # fmt: skip


def start(settings: BinarySettings, data: Floats) -> BinaryRun:
    """The run before its first epoch, on points (n, 2).

    First weights are as large as the data are wide, and the first centres lie around the data's
    mean. Raises `ValueError` for points that are not finite or that lie all on one line parallel
    to an axis, since there a Gaussian can become thinner and thinner without end.
    """
    points = np.asarray(data, np.float64)
    if not (points.std(axis=0) > 0).all():
        raise ValueError(
            "All points have the same v₁ or the same v₂: a Gaussian with learnt variances would "
            "become thinner without end."
        )
    trainer = natural_gradient.epoch if settings.rule == "exact" else None
    run = binary_training.start(settings, points, trainer)
    machine = run.machine
    middle = machine.visible_bias - machine.weights.sum(axis=1) / 2
    first = replace(run.state, machine=replace(machine, visible_bias=middle))
    frame = first.machine.parameters.astype(np.float32)
    return replace(run, state=first, checkpoints=(first,), recording=Recording.begin(frame))


def reconstruct(machine: BinaryMachine, starts: Floats, passes: int, seed: int) -> Floats:
    """Points (n, 2) after `passes` passes v → h → v from `starts`, each a draw of h and of v."""
    return machine.gibbs(np.asarray(starts, np.float64), passes, np.random.default_rng(seed))


def reconstructions(machine: BinaryMachine, settings: Settings) -> Floats:
    """Where the uniform starts end that every mismatch is measured on, (SCORED_STARTS, 2)."""
    square = np.random.default_rng(SCORE_SEED).random((SCORED_STARTS, 2))
    return reconstruct(machine, to_range(square, settings), SCORED_PASSES, SCORE_SEED)


def mismatch(machine: BinaryMachine, experiment: Experiment) -> float:
    """Mismatch as `rbm.run.Run.mismatch_at` measures it: same starts, same number of passes."""
    return mismatch_of(reconstructions(machine, experiment.settings), experiment)


def mismatch_of(cloud: Floats, experiment: Experiment) -> float:
    """Mismatch of reconstructions (SCORED_STARTS, 2) in the units' range."""
    square = to_square(cloud, experiment.settings)
    return experiment.yardstick.mismatch(np.clip(square, -FAR, FAR))


def log_likelihood(machine: BinaryMachine, points: Floats) -> float:
    """Mean log p(v) of points (n, 2), in nats a point, exact; a density in the units' range."""
    return float(exact.log_likelihood(machine, np.asarray(points, np.float64)).mean())


def blob_log_likelihood(points: Floats) -> float:
    """What one Gaussian with the points' own mean and standard deviations reaches: a machine
    without weights. -½ Σ_i (1 + log 2π s_i²)."""
    spread = UNITS["gaussian"].first_scale(np.asarray(points, np.float64))
    return float(-0.5 * np.sum(1 + np.log(2 * math.pi * spread**2)))


def mixture(machine: BinaryMachine) -> tuple[Floats, Floats]:
    """Share (2^m,) and centre (2^m, 2) of each hidden state's Gaussian, the largest share first."""
    shares = natural_gradient.hidden_probabilities(machine)
    order = np.argsort(-shares, kind="stable")
    return shares[order], machine.mean_v_from_h(exact.states(machine.n_hidden)[order])


def verdict(continuous: float, gaussian: float, units: tuple[int, int]) -> str:
    """One sentence on two mismatches; `units`: hidden units of the continuous, the Gaussian RBM."""
    if not (math.isfinite(continuous) and math.isfinite(gaussian)):
        return "The data cannot be told from uniform noise, so neither machine can be judged."
    names = ["the continuous RBM", "the Gaussian–Bernoulli RBM"]
    scores = [continuous, gaussian]
    better = int(gaussian < continuous)
    difference = abs(continuous - gaussian)
    sizes = "" if units[0] == units[1] else f" with {units[better]} hidden units"
    other = "" if units[0] == units[1] else f" with {units[1 - better]}"
    first, second = names[better] + sizes, names[1 - better] + other
    if difference < SEED_SPREAD:
        return (
            f"No difference that counts: {scores[0]:.2f} (continuous) and {scores[1]:.2f} "
            f"(Gaussian–Bernoulli), and another seed alone moves them by about {SEED_SPREAD:.2f}."
        )
    strength = "clearly less" if difference > 3 * SEED_SPREAD else "less"
    return (
        f"{first[0].upper()}{first[1:]} misplaces {strength} ink: {scores[better]:.2f} against "
        f"{scores[1 - better]:.2f} of {second}; another seed moves either by about "
        f"{SEED_SPREAD:.2f}."
    )


WAYS: dict[str, Way] = {
    "exact": Way(
        "Exact", "The whole gradient, by listing all hidden states, measured in the curvature of "
        "the likelihood (natural gradient): no chance in it, and 1 is the natural rate.",
        600, 1.0, 0.0, 0.0,
    ),
    "cd": Way(
        "CD", "Contrastive divergence: chains start at the data and take k steps.",
        2_000, 0.1, 0.02, 0.9,
    ),
    "pcd": Way(
        "Persistent CD", "Chains go on from where the last update left them.",
        2_000, 0.1, 0.02, 0.5, 5,
    ),
}  # fmt: skip
"""How each rule of `rbm.rules` learns here."""
