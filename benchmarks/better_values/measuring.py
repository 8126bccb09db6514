"""Runs to measure, where they are measured, and how a measurement goes on after a stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, dataclass, replace

from benchmarks.better_values.learners import Continuous, Learner, Measured
from rbm.settings import Settings
from rbm.tuning.confirmation import FRESH_SEED
from rbm.tuning.store import FinishedRun, Store


@dataclass(frozen=True)
class Job:
    """One run: the row `name` of `group` on a pattern, with the fresh seed of that number."""

    group: str
    name: str
    learner: Learner
    pattern: str
    number: int

    @property
    def seed(self) -> int:
        return FRESH_SEED + self.number

    @property
    def settings(self) -> Settings:
        """Those of its continuous RBM; for any other learner, the pattern and the seed alone."""
        own = self.learner.settings if isinstance(self.learner, Continuous) else Settings()
        return replace(
            own, pattern=self.pattern, pattern_options=(), seed=self.seed, data_seed=self.seed
        )

    @property
    def key(self) -> tuple[str, Settings, int]:
        """Equal for equal runs, whatever their row is called."""
        name = "Continuous RBM" if isinstance(self.learner, Continuous) else self.name
        return name, self.settings, self.learner.epochs

    def measure(self) -> Measured:
        return self.learner.measure(self.pattern, self.seed)


def jobs(
    rows: Mapping[str, Mapping[str, Learner]],
    patterns: Sequence[str],
    seeds: Mapping[str, int],
) -> list[Job]:
    """Every run of rows by group, seed by seed, so that a stop leaves as many of all rows."""
    return [
        Job(group, name, learner, pattern, number)
        for number in range(max(seeds.values(), default=0))
        for group, learners in rows.items()
        if number < seeds[group]
        for name, learner in learners.items()
        for pattern in patterns
    ]


def measured(
    wanted: Sequence[Job], executor: Executor, store: Store
) -> Iterator[tuple[Job, Measured]]:
    """Each job with what was measured, in the order of their ends; what `store` knows comes first.

    Whoever stops asking has everything kept that was done so far, and shuts the executor down.
    """
    known = _known(store)
    open_jobs = [job for job in wanted if job.key not in known]
    yield from ((job, known[job.key]) for job in wanted if job.key in known)
    waiting = {executor.submit(Job.measure, job): job for job in open_jobs}
    for future in as_completed(waiting):
        job, found = waiting[future], future.result()
        name, settings, epochs = job.key
        store.keep_run(FinishedRun(name, settings, epochs, found.mismatch, asdict(found)))
        yield job, found


def _known(store: Store) -> dict[tuple[str, Settings, int], Measured]:
    runs = store.runs(most=1_000_000)
    return {(run.name, run.settings, run.epochs): Measured(**run.scores) for run in runs}
