"""What to try on the page "Images", as data; each figure was measured with the settings named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BinaryTrial:
    """One row of `BINARY_TRIALS`: a question, what it is set up with, and what it shows.

    `cases`: a key of `CASE_SETS`; `first`: how many of the learnt cases are kept (0: all);
    `changes`: fields of `BinarySettings` on top of the set's own; `epochs`: where it pauses.
    """

    title: str
    do: str
    question: str
    answer: str
    cases: str = "digits"
    first: int = 0
    changes: Mapping[str, float | int | str | bool] = field(default_factory=dict)
    epochs: int = 60


BINARY_TRIALS: dict[str, BinaryTrial] = {
    "filters": BinaryTrial(
        "Filters",
        "Digits with 64 hidden units, 60 epochs.",
        "What does a hidden unit look for?",
        "Pieces of strokes: a filter's blue pixels switch its unit on, its orange ones off. No "
        "unit stands for a digit; a digit is a handful of units that are on together, which is why "
        "64 of them can tell far more than 64 images apart. Touch a filter to see in which cases "
        "it is on.",
    ),
    "fast": BinaryTrial(
        "Too fast",
        "Learning rate 2 with persistent chains, 30 epochs.",
        "What becomes of the hidden probabilities?",
        "Whole rows turn black or white: 17 units were dead and 23 saturated of 64 when this was "
        "measured. Persistent chains cannot follow a machine that changes so fast, the weights run "
        "away, and a unit that is always on, or never, says nothing about a case. Plain CD "
        "survives the same rate; both learn better at 0.05.",
        changes={"learning_rate": 2.0, "learning_rate_end": 2.0},
        epochs=30,
    ),
    "heart": BinaryTrial(
        "By heart",
        "Only 60 of the digits are learnt, for 600 epochs.",
        "What parts the two lines of the free energy?",
        "The machine begins to know its 60 cases by heart: those become e^4 times more probable "
        "than held-out ones, where learning from all 1,348 leaves a gap of 0.1. The reconstruction "
        "error is smaller than ever and says nothing of it. More cases, fewer units, weight decay "
        "or an earlier end help.",
        first=60,
        epochs=600,
    ),
    "decay": BinaryTrial(
        "Too much decay",
        "Weight decay 0.1, 60 epochs.",
        "Why do the filters stay faint?",
        "Each update takes a tenth of the learning rate off every weight, so only what nearly all "
        "cases ask for survives: weights stay at a sixth of their size, and all fantasies look "
        "like the mean digit. At 0.001 and below decay only keeps weights from growing for ever.",
        changes={"weight_decay": 0.1},
    ),
    "bound": BinaryTrial(
        "As good as can be",
        "All bars and stripes of 4 × 4 pixels, with the exact gradient.",
        "How far is the log-likelihood from the best there is?",
        "The dotted line is the bound, −3.38: a machine that gives every image its own share of "
        "all probability. After 300 epochs this one is at −3.41. Only for small machines the "
        "likelihood and its gradient can be computed in full, here over all 4,096 states of the "
        "hidden units; CD-10, the setting of the set itself, comes to −3.54 in 2,000 epochs.",
        cases="bars",
        changes={
            "rule": "exact", "learning_rate": 0.5, "learning_rate_end": 0.5, "momentum": 0.9,
        },
        epochs=300,
    ),
}  # fmt: skip
"""What to try, in this order."""
