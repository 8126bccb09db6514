"""How pages say how far a search is and what it takes."""

from __future__ import annotations

from rbm.tuning.plans import Plan


def counted(number: int, noun: str) -> str:
    """As in "1 trial" and "1,200 trials"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def trials_of(done: int, plan: Plan | None) -> str:
    """As in "14 of 100 trials", or "14 trials" where no number was to be reached."""
    if plan is not None and plan.trials is not None and plan.trials >= done:
        return f"{done:,} of {counted(plan.trials, 'trial')}"
    return counted(done, "trial")
