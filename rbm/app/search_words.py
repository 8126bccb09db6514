"""How pages say how far a search is and what it takes."""

from __future__ import annotations

from rbm.app.messages import duration
from rbm.datasets import Dataset
from rbm.tuning.budget import unit_updates
from rbm.tuning.confirmation import Confirmation
from rbm.tuning.plans import Plan
from rbm.tuning.search import Search


def counted(number: int, noun: str) -> str:
    """As in "1 trial" and "1,200 trials"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def trials_of(done: int, plan: Plan | None) -> str:
    """As in "14 of 100 trials", or "14 trials" where no number was to be reached."""
    if plan is not None and plan.trials is not None and plan.trials >= done:
        return f"{done:,} of {counted(plan.trials, 'trial')}"
    return counted(done, "trial")


def cost_of(search: Search, plan: Plan, pace: float | None) -> str:
    """What a search takes, as in "100 trials × 3 trainings of about 36,973 epochs"; how long at a
    `pace` in unit updates a second, or how many trials fit into its time, where that is known."""
    trial = search.trial({})
    runs = len(trial.seeds) * max(len(trial.patterns), 1)
    each = f"{counted(runs, 'training')} of about {counted(trial.epochs, 'epoch')}"
    updates = runs * unit_updates(trial.settings, trial.epochs, _points(trial.dataset))
    if plan.trials is not None:
        total = f"{counted(plan.trials, 'trial')} × {each}"
        if pace:
            total += f", about {duration(plan.trials * updates / pace)} at the pace of late"
        return total
    total = f"{duration(plan.seconds or 0.0)} of trials of {each}"
    if pace:
        fits = max(round((plan.seconds or 0.0) * pace / updates), 1)
        total += f", about {counted(fits, 'trial')} at the pace of late"
    return total


def work_of(asked: Confirmation) -> tuple[int, int]:
    """How many trainings it takes, and their unit updates."""
    each = asked.seeds * max(len(asked.patterns), 1)
    n_points = _points(asked.dataset)
    updates = sum(
        unit_updates(settings, asked.budget.epochs_of(settings, n_points), n_points)
        for settings in asked.candidates.values()
    )
    return each * len(asked.candidates), each * updates


def _points(dataset: Dataset | None) -> int | None:
    return None if dataset is None else len(dataset.points)
