"""The machines as scikit-learn's estimators: for `Pipeline`, `GridSearchCV`, `clone` and the rest.

Kept apart from the rest of `rbm`, as importing scikit-learn takes a while.
"""

from rbm.estimators.bernoulli import BernoulliRBM
from rbm.estimators.continuous import ContinuousRBM

__all__ = ["BernoulliRBM", "ContinuousRBM"]
