"""Waiting, on a page without the player, for a run that is on its way to the epoch of a link."""

from __future__ import annotations

import time

from rbm.app.session import Session
from rbm.app.steady import steady_place


def arrive(session: Session) -> None:
    """Shows how far the run has come until it is there; nobody else asks for it on such a page."""
    place = steady_place()
    target = session.target
    if target is None:
        return
    progress = place.progress(0.0)
    while session.playing:
        progress.progress(session.run.epoch / target, f"Training to epoch {target:,} …")
        session.tick()
        time.sleep(0.1)
    progress.empty()
