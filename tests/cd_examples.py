"""The classic example of a CD step, with weights in which no number is zero."""

from __future__ import annotations

import numpy as np

from rbm.cd_steps import CDStep, Pins
from rbm.cd_update import Pace
from rbm.models.binary import BinaryMachine

V = np.array([0.0, 1, 1, 0])
CLASSIC = Pins(np.array([0.0, 1, 1]), np.array([0.0, 0, 0, 1]), np.array([0.0, 0, 1]))
WEIGHTS = np.array([[0.2, -0.1, 0.4], [-0.3, 0.5, 0.1], [0.1, 0.3, -0.2], [0.4, -0.2, 0.3]])
RATE = Pace(0.1)
MACHINE = BinaryMachine(
    WEIGHTS, visible_bias=np.array([0.1, -0.2, 0.3, -0.1]), hidden_bias=np.array([-0.3, 0.2, 0.1])
)


def tables(step: CDStep, at: int) -> dict[str, np.ndarray]:
    """The matrices of a sub-step, by title."""
    return {table.title: table.values for table in step.sub_steps[at].tables}
