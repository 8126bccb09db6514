"""Opening a run of the tuning lab in the playground: the very run that was measured."""

from __future__ import annotations

import streamlit as st

from rbm.app.session import Session
from rbm.datasets import Dataset
from rbm.settings import Settings


def open_run(session: Session, settings: Settings, dataset: Dataset | None, epochs: int) -> None:
    """Trains these settings from epoch 0 to `epochs` in the playground and goes there; what was
    there before is shelved, for Undo. Raises `ValueError` for data that cannot be learnt."""
    with session.lock:
        session.pause()
        session.use_dataset(dataset)  # from epoch 0, so that nothing of the old run goes on
        session.apply(settings)
        session.reset()  # settings that take hold while playing are there from the beginning
        session.goal = epochs
        session.run_to(epochs)
    st.switch_page("pages/playground.py")
