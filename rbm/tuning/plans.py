"""What a kept search was begun for, so that whoever finds it unfinished can go on with the rest.

A plan belongs to a study in the database and goes with it. It is taken away when the search has
reached its end, or when somebody gives it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from rbm.tuning.database import PLANS, STUDIES
from rbm.tuning.search import Record
from rbm.tuning.store import Entry, Store, title_of


@dataclass(frozen=True)
class Plan:
    """To reach `trials` in all, or to work for `seconds` in all; the other is None."""

    trials: int | None = None
    seconds: float | None = None

    def trials_left(self, done: int) -> int:
        """Trials still to come; 0 for a plan in seconds."""
        return max(self.trials - done, 0) if self.trials is not None else 0

    def seconds_left(self, records: Sequence[Record], workers: int) -> float:
        """Seconds still to work if `workers` did it so far; 0 for a plan in trials."""
        return 0.0 if self.seconds is None else max(self.seconds - spent(records, workers), 0.0)


def spent(records: Sequence[Record], workers: int) -> float:
    """Seconds that the trials took, if that many workers shared them."""
    return sum(record.outcome.elapsed for record in records) / workers


def keep_plan(store: Store, name: str, plan: Plan | None) -> None:
    """Writes what the study of that name is for, None: nothing any more. Raises `StoreError`."""
    own = STUDIES.c.owner == store.owner

    def work(connection: Connection) -> None:
        query = select(STUDIES.c.id).where(own, STUDIES.c.name == title_of(name))
        study = connection.execute(query).scalar()
        connection.execute(PLANS.delete().where(PLANS.c.study == study))
        if study is not None and plan is not None:
            connection.execute(PLANS.insert().values(study=study, **asdict(plan)))

    store.database.transaction(work)


def plans(store: Store) -> dict[str, Plan]:
    """Name of a study → what it is for. Raises `StoreError`."""
    query = (
        select(STUDIES.c.name, PLANS.c.trials, PLANS.c.seconds)
        .join(PLANS, PLANS.c.study == STUDIES.c.id)
        .where(STUDIES.c.owner == store.owner)
    )
    rows = store.database.transaction(lambda connection: connection.execute(query).all())
    return {name: Plan(trials, seconds) for name, trials, seconds in rows}


def unfinished(store: Store) -> list[tuple[Entry, Plan]]:
    """The searches that have not reached their plan, the newest first. Raises `StoreError`."""
    known = plans(store)
    return [
        (entry, plan)
        for entry in store.studies()
        if (plan := known.get(entry.name))
        and (plan.trials is None or plan.trials_left(entry.trials))
    ]
