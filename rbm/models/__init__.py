"""The machines: what their parameters are and what follows from them without any noise."""

from rbm.models.continuous import ContinuousMachine, n_parameters, n_visible_of, split

__all__ = ["ContinuousMachine", "n_parameters", "n_visible_of", "split"]
