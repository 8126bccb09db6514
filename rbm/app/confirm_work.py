"""Measuring a winner again at work: in the background of the tab that asked, kept when done."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from dataclasses import asdict

from rbm.tuning import Background, Outcome, evaluate
from rbm.tuning.claims import WINNER
from rbm.tuning.confirmation import Confirmation, Verdict, judge
from rbm.tuning.store import FinishedRun, Store

PATIENCE = 300.0
"""Seconds without a look after which it pauses; the next look goes on."""
_Found = tuple[int, Outcome]


class Confirming:
    """A confirmation of trial `number` of the search `study`, and what computes it.

    When it is done its verdicts are kept in the store, if there is one, also if nobody looks. When
    the tab that holds it has gone, it ends.
    """

    def __init__(
        self, asked: Confirmation, study: str, number: int, executor: Executor, store: Store | None
    ) -> None:
        self.asked, self.study, self.number = asked, study, number
        self.background: Background[_Found] = Background(
            _then(
                evaluate(asked.trials, executor),
                lambda found: _keep(asked, study, number, dict(found), store),
            ),
            len(asked.trials),
            patience=PATIENCE,
        )
        weakref.finalize(self, self.background.cancel)

    @property
    def outcomes(self) -> dict[int, Outcome]:
        """Place of a trial → what came of it, so far."""
        return dict(self.background.items)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each candidate once all is measured, () before."""
        outcomes = self.outcomes
        return judge(self.asked, outcomes) if len(outcomes) == len(self.asked.trials) else ()


def kept_verdicts(store: Store, study: str) -> list[FinishedRun]:
    """The winners of a search that have been measured again, the best first. `StoreError`."""
    return [run for run in store.runs() if run.scores.get("study") == study and run.name == WINNER]


def _then(
    found: Generator[_Found, None, None], done: Callable[[list[_Found]], None]
) -> Generator[_Found, None, None]:
    """What it yields, and `done` with all of it at its end, but not when it is closed before."""
    whole = []
    for item in found:
        whole.append(item)
        yield item
    done(whole)


def _keep(
    asked: Confirmation, study: str, number: int, outcomes: dict[int, Outcome], store: Store | None
) -> None:
    if store is None:
        return
    for verdict in judge(asked, outcomes):
        settings = asked.candidates[verdict.name]
        scores = {
            **asdict(verdict),
            "better": verdict.better,
            "study": study,
            "trial": number,
            "patterns": asked.patterns or (settings.pattern,),
        }
        epochs = asked.budget.epochs_of(settings)
        store.keep_run(FinishedRun(verdict.name, settings, epochs, verdict.mean, scores))
