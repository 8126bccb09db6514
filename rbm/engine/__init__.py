"""The engines that train and run a machine, and which of them runs now."""

from __future__ import annotations

from rbm.engine import reference
from rbm.engine.state import Advance, Engine, State, initial_state

REFERENCE: Engine = reference


def current() -> Engine:
    """The quickest engine that is ready."""
    return REFERENCE


__all__ = ["REFERENCE", "Advance", "Engine", "State", "current", "initial_state"]
