"""Finding better values: trials, and the many of them that a sweep or a search is made of."""

from rbm.tuning.budget import TUTORIAL_VISITS, epochs_for, unit_updates, visits
from rbm.tuning.cluster import Cluster
from rbm.tuning.evaluation import Background, Progress, evaluate
from rbm.tuning.executors import ExecutorLost, LocalWorkers, workers_of
from rbm.tuning.space import Axis, Range, default_range, with_values
from rbm.tuning.trial import DIVERGED, Outcome, Trial, mean_mismatch, run_trial

__all__ = [
    "DIVERGED",
    "TUTORIAL_VISITS",
    "Axis",
    "Background",
    "Cluster",
    "ExecutorLost",
    "LocalWorkers",
    "Outcome",
    "Progress",
    "Range",
    "Trial",
    "default_range",
    "epochs_for",
    "evaluate",
    "mean_mismatch",
    "run_trial",
    "unit_updates",
    "visits",
    "with_values",
    "workers_of",
]
