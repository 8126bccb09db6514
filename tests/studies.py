"""Studies and records for tests of what keeps them: every field other than by default."""

import math
from dataclasses import replace

import rbm
from rbm import datasets
from rbm.tuning import Axis, Outcome, Range
from rbm.tuning.budget import Budget
from rbm.tuning.search import Record, Search
from rbm.tuning.sweep import Sweep

OWN = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("ring", 120, 5))
SEARCH = Search(
    replace(rbm.PRESETS["Better, 8 units"].settings, pattern_options={"gap": 0.1}),
    (Range("sigma", 0.1, 2, log=True), Range("k", 1, 9), Range("centred", choices=(True, False))),
    Budget(visits=123_456), (3, 5), ("ring", "moons"), None, (0.2,), 7,
)  # fmt: skip
SWEEP = Sweep(
    rbm.Settings(n_hidden=5), (Axis("sigma", (0.1, 0.7)), Axis("rule", ("pcd", "cd"))), (8,),
    Budget(epochs=11), OWN, pictures=False,
)  # fmt: skip


def record(number: int, mismatch: float = 0.5, pruned: bool = False) -> Record:
    outcome = Outcome(
        () if pruned else (mismatch, math.nan), (0.9, mismatch), 1, 0.25, 0.5, 1000, b"\x00\xff"
    )
    return Record(number, {"sigma": 0.1 * number + 0.1, "k": 3, "centred": True}, outcome)


def same(one: Record, other: Record) -> bool:
    return repr(one) == repr(other) and one.outcome.picture == other.outcome.picture
