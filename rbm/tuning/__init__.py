"""Finding better values: trials, and the many of them that a sweep or a search is made of."""

from rbm.tuning.budget import TUTORIAL_VISITS, epochs_for, unit_updates, visits
from rbm.tuning.trial import DIVERGED, Outcome, Trial, mean_mismatch, run_trial

__all__ = [
    "DIVERGED",
    "TUTORIAL_VISITS",
    "Outcome",
    "Trial",
    "epochs_for",
    "mean_mismatch",
    "run_trial",
    "unit_updates",
    "visits",
]
