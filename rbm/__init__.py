"""Restricted Boltzmann machines to see, feel and tune: the engine without the browser.

>>> import rbm
>>> run = rbm.train(rbm.Settings(), epochs=200)      # the 2008 tutorial on its own pattern
>>> run.model.weights.shape
(2, 8)
>>> cloud = rbm.reconstruct(run.model, run.data, passes=20, sigma=run.settings.sigma)

`rbm.BernoulliRBM` and `rbm.ContinuousRBM` are estimators for scikit-learn's pipelines and searches.
The names below are kept stable. `streamlit run app.py` opens the app.
"""

import os
from typing import TYPE_CHECKING, Any

# Small models get slower with more BLAS threads (3 to 300 times on a busy machine); the variable
# is read when NumPy is first imported, so it is set before anything else here is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rbm.datasets import Dataset
from rbm.experiment import build
from rbm.metrics import mismatch
from rbm.models.continuous import ContinuousMachine
from rbm.patterns import PATTERNS, sample_pattern
from rbm.presets import PRESETS
from rbm.reconstruction import reconstruct
from rbm.settings import Settings
from rbm.training import Run, advance, change, change_data, start, train

if TYPE_CHECKING:
    from rbm.estimators import BernoulliRBM, ContinuousRBM

__all__ = [
    "PATTERNS",
    "PRESETS",
    "BernoulliRBM",
    "ContinuousMachine",
    "ContinuousRBM",
    "Dataset",
    "Run",
    "Settings",
    "advance",
    "build",
    "change",
    "change_data",
    "mismatch",
    "reconstruct",
    "sample_pattern",
    "start",
    "train",
]


def __getattr__(name: str) -> Any:
    """The estimators, when they are first asked for: scikit-learn takes a while to import."""
    if name in ("BernoulliRBM", "ContinuousRBM"):
        from rbm import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
