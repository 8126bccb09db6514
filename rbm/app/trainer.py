"""A continuous run that is being played: pauses by itself, and measures what it learns."""

from __future__ import annotations

from rbm import training
from rbm.app.paced import Paced
from rbm.app.scores import Scores, settled
from rbm.training import Change, Run

NEXT = "Or choose a question under “What to try next”: why do dots appear with Tutorial (2008)?"
SETTLED_FROM = 5_000
"""Before this epoch a run is never taken for settled."""


class Trainer(Paced):
    """`run` and all that moves it on. Changes in `pending` take hold at their epochs."""

    def __init__(self, run: Run, pending: list[Change]) -> None:
        super().__init__()
        self.run = run
        self.scores = Scores()
        self._pending = pending
        self._settled_from = SETTLED_FROM

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.run.epoch

    @property
    def stopped(self) -> bool:
        """Whether the run has diverged."""
        return bool(self.run.notice)

    def catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        super().catch_up(epoch)
        if not self.playing:
            self.scores.fill(self.run, 0.03)

    def _advance(self, epochs: float) -> None:
        """One piece; changes due on the way, in the order of epochs, take hold."""
        while self._pending and self._pending[0].epoch <= self.run.epoch:
            self.run = training.apply(self.run, self._pending.pop(0))
        until = self._pending[0].epoch - self.run.epoch if self._pending else epochs
        self.run = self.clock.piece(self.run, min(epochs, until), training.advance)

    def _measure(self, every: float = 0.0) -> None:
        self.scores.measure(self.run, every)

    def _finished(self) -> bool:
        """Whether to pause now; says why in `note`."""
        epoch = self.run.epoch
        if self.run.notice or epoch == self.target:
            return True
        if epoch == self.stop_at:
            self.note = (
                f"Paused at epoch {epoch:,}, where the preset's budget ends. "
                f"Play goes on from here. {NEXT}"
            )
            return True
        if epoch >= self._settled_from and settled(self.scores.values, epoch):
            self._settled_from = 2 * epoch
            self.note = (
                f"Paused at epoch {epoch:,}: the mismatch has not changed since epoch "
                f"{epoch // 2:,}. Play goes on from here."
            )
            return True
        return False
