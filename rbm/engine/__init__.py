"""The engines that train and run a machine, and which of them runs now.

`REFERENCE` is NumPy and always there; `current()` is the compiled engine as soon as `warm_up`
has made it ready. Both give the same numbers to float32 rounding, on the same noise.
"""

from __future__ import annotations

from rbm.engine import reference
from rbm.engine.compilation import current, status, warm_up
from rbm.engine.state import Advance, Engine, State, initial_state

REFERENCE: Engine = reference


def named(name: str) -> Engine:
    """The engine of that name, or the nearest there is: where the compiled one cannot run, the
    reference stands in, and agrees to float32 rounding."""
    return REFERENCE if name == REFERENCE.name else current()


__all__ = [
    "REFERENCE",
    "Advance",
    "Engine",
    "State",
    "current",
    "initial_state",
    "named",
    "status",
    "warm_up",
]
