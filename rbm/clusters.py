"""Which cluster a case belongs to, by its hidden units or by k-means, and how well clusters agree
with labels.

Every rule learns from the learnt cases only (mean activations, centres) and then places all cases.
Agreement is the adjusted Rand index (Hubert & Arabie 1985): 1 for the same division, 0 on average
for chance, whatever the numbers of clusters. Its standard error comes from the jackknife over
`FOLDS` parts of the cases: unlike the bootstrap it never has a case twice, and a case and its copy
would always agree. Since the parts are the same for all rules, two rules are compared case by case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from rbm.codes import Ints, Mask
from rbm.units import Floats

FOLDS = 20
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Clusters:
    """`members` (n,): each case's cluster, counted from 0, the largest first; `names` of the
    clusters; `sizes`, how many cases each has."""

    members: Ints
    names: tuple[str, ...]

    @property
    def sizes(self) -> Ints:
        """Cases of each cluster, (clusters,)."""
        return np.bincount(self.members, minlength=len(self.names))

    def largest(self, count: int) -> Clusters:
        """The same with all but the `count` largest as one, which comes last and says so."""
        if len(self.names) <= count + 1:
            return self
        rest = f"{len(self.names) - count:,} smaller ones"
        return Clusters(np.minimum(self.members, count), (*self.names[:count], rest))


def strongest_unit(codes: Floats, learnt: Mask) -> Clusters:
    """By the hidden unit with the highest probability. `codes` (n, m); `learnt` (n,) is not used.

    A unit that is on for nearly everything takes most cases: it says little about them.
    """
    return _by_unit(codes.argmax(axis=1))


def most_unusual_unit(codes: Floats, learnt: Mask) -> Clusters:
    """By the unit whose probability exceeds its mean over the learnt cases by the largest factor:
    the one that says most about this case rather than about all. `codes` (n, m), `learnt` (n,)."""
    return _by_unit((codes / (codes[learnt].mean(axis=0) + TINY)).argmax(axis=1))


def binary_pattern(codes: Floats, learnt: Mask) -> Clusters:
    """By which units are on (p > ½): cases with equal patterns are one cluster. `codes` (n, m);
    `learnt` (n,) is not used. With m units there can be 2^m patterns."""
    patterns, members = np.unique(codes > 0.5, axis=0, return_inverse=True)
    return by_size(members.reshape(-1), [pattern_name(pattern) for pattern in patterns])


@dataclass(frozen=True, eq=False)
class Centres:
    """k-means after one start: `places` (clusters, units), and `spread`, the sum of squared
    distances of the learnt rows from their centres, which the best start makes smallest."""

    places: Floats
    spread: float


def k_means_start(learnt_rows: Floats, count: int, seed: int) -> Centres:
    """One start of k-means by k-means++ (Arthur & Vassilvitskii 2007), followed to its end by
    Lloyd's steps; fewer than `count` clusters if there are fewer different rows."""
    from sklearn.cluster import KMeans  # a second to import: only who asks for it waits

    different = len(np.unique(learnt_rows, axis=0))
    fitted = KMeans(min(count, different), n_init=1, random_state=seed).fit(learnt_rows)
    return Centres(fitted.cluster_centers_, float(fitted.inertia_))


def nearest_centre(rows: Floats, centres: Centres) -> Clusters:
    """Rows (n, units) by the nearest of the centres."""
    members = cdist(rows, centres.places).argmin(axis=1)
    return by_size(members, [f"centre {i + 1}" for i in range(len(centres.places))])


def pattern_name(pattern: Mask) -> str:
    """The pattern (m,) in words: the units that are on, by their numbers from 1."""
    on = np.flatnonzero(pattern) + 1
    if not len(on):
        return "none on"
    text = " ".join(f"h{unit}" for unit in on[:6])
    return text if len(on) <= 6 else f"{text} … {len(on)} on"


def _by_unit(units: Ints) -> Clusters:
    return by_size(units, [f"h{unit + 1}" for unit in range(int(units.max()) + 1)])


def by_size(members: Ints, names: list[str]) -> Clusters:
    """Clusters that have cases, the largest first."""
    sizes = np.bincount(members, minlength=len(names))
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    places = np.zeros(len(names), np.int64)
    places[order] = np.arange(len(order))
    return Clusters(places[members], tuple(names[i] for i in order))


def adjusted_rand(one: Ints, other: Ints) -> float:
    """The adjusted Rand index of two divisions (n,) of the same cases, each numbered from 0.

    With pairs of cases counted: (together in both - expected) / (mean of either - expected). Two
    equal divisions have 1, even when they divide nothing.
    """
    width = int(other.max()) + 1
    table = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width)
    table = table.reshape(-1, width)
    both, first, second = (_pairs(x) for x in (table, table.sum(axis=1), table.sum(axis=0)))
    expected = first * second / max(_pairs(np.array([len(one)])), 1.0)
    most = (first + second) / 2
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def _pairs(counts: Ints) -> float:
    return float((counts * (counts - 1) // 2).sum())


@dataclass(frozen=True, eq=False)
class Agreement:
    """How well clusters agree with labels. `index`: the adjusted Rand index, `error` its standard
    error; `purity`: share of cases that bear the main label of their cluster, which many small
    clusters have for nothing; `clusters`: how many; `without` (FOLDS,): the index without each
    part of the cases. NaN throughout where there are too few cases."""

    index: float
    purity: float
    clusters: int
    without: Floats

    @property
    def error(self) -> float:
        """Jackknife standard error of the index."""
        return jackknife_error(self.without)


def agreement(members: Ints, labels: Ints) -> Agreement:
    """Of clusters (n,) with labels (n,), both numbered from 0; needs 2 · FOLDS cases for an
    error, and 2 for an index."""
    clusters = len(np.unique(members))
    if len(labels) < 2:
        return Agreement(np.nan, np.nan, clusters, np.full(FOLDS, np.nan))
    without = np.full(FOLDS, np.nan)
    if len(labels) >= 2 * FOLDS:
        # Cases may come sorted by label, so parts are drawn; the same ones for every rule.
        folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
        for fold in range(FOLDS):
            kept = folds != fold
            without[fold] = adjusted_rand(members[kept], labels[kept])
    return Agreement(adjusted_rand(members, labels), purity(members, labels), clusters, without)


def averaged(several: list[Agreement]) -> Agreement:
    """The mean agreement of one rule started from several seeds."""
    return Agreement(
        float(np.mean([each.index for each in several])),
        float(np.mean([each.purity for each in several])),
        round(float(np.mean([each.clusters for each in several]))),
        np.mean([each.without for each in several], axis=0),
    )


def jackknife_error(without: Floats) -> float:
    """Standard error from the values without each part: √((g - 1)/g · Σ (x - mean)²) (Efron)."""
    parts = len(without)
    return float(np.sqrt((parts - 1) / parts * ((without - without.mean()) ** 2).sum()))


def verdict(mine: str, one: Agreement, other_name: str, other: Agreement, where: str) -> str:
    """The comparison of two rules in sentences, whoever wins; `where`: on which cases."""
    first = f"On {where} the adjusted Rand index of “{mine}” is {one.index:.2f}, that of "
    first += (
        f"{other_name} {other.index:.2f}, with {one.clusters:,} and {other.clusters:,} clusters."
    )
    difference = one.index - other.index
    error = jackknife_error(one.without - other.without)
    if not np.isfinite(error):
        return f"{first} There are too few cases to tell this from chance."
    told = f"The difference is {difference:+.2f} ± {error:.2f}".replace("-", "−")
    if abs(difference) <= 2 * error:
        return f"{first} {told}, no more than chance brings: neither wins."
    return (
        f"{first} {told}: {mine if difference > 0 else other_name} agrees better with the labels."
    )


def purity(members: Ints, labels: Ints) -> float:
    """Share of cases that bear the most frequent label of their cluster."""
    return float(main_labels(members, labels)[1].sum() / len(labels))


def main_labels(members: Ints, labels: Ints) -> tuple[Ints, Ints]:
    """The most frequent label of each cluster (the first of equals), and how many have it."""
    width = int(labels.max()) + 1
    table = np.bincount(members * width + labels, minlength=(int(members.max()) + 1) * width)
    table = table.reshape(-1, width)
    return table.argmax(axis=1), table.max(axis=1)


@dataclass(frozen=True)
class Membership:
    """One row of `MEMBERSHIPS`: `divide(codes, learnt)` -> Clusters."""

    label: str
    says: str
    divide: Callable[[Floats, Mask], Clusters]


MEMBERSHIPS: dict[str, Membership] = {
    "unusual": Membership(
        "Most telling unit",
        "A case belongs to the hidden unit whose probability exceeds its own mean over all learnt "
        "cases by the largest factor. Units that are on for nearly everything do not win.",
        most_unusual_unit,
    ),
    "strongest": Membership(
        "Strongest unit",
        "A case belongs to the hidden unit with the highest probability. A unit that is on for "
        "nearly everything takes most cases.",
        strongest_unit,
    ),
    "pattern": Membership(
        "Pattern of units",
        "Cases with the same units on (p > ½) belong together. Few units make few patterns; with "
        "many units nearly every case has a pattern of its own.",
        binary_pattern,
    ),
}
