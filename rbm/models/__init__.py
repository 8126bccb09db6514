"""The machines: what their parameters are and what follows from them without any noise."""

from rbm.models.continuous import ContinuousRBM, n_parameters, n_visible_of, split

__all__ = ["ContinuousRBM", "n_parameters", "n_visible_of", "split"]
