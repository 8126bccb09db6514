"""Codes as features: does a classifier do better on them than on the data themselves?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from rbm.app.paced import Paced
from rbm.app.reading import Reading
from rbm.app.watched import watched
from rbm.codes import Mask, classified
from rbm.units import Floats

KEY = "clusters_features"


class Features(Paced):
    """Two classifiers for one reading, trained in the pool; its "epochs" are those trained.

    `right`: for each, which held-out cases it names rightly: on the data, then on the codes.
    """

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading
        self.right: list[Mask] = []

    @property
    def goal(self) -> int:
        """Classifiers in all."""
        return 2

    @property
    def epoch(self) -> int:
        """Classifiers that are trained."""
        return len(self.right)

    @property
    def stopped(self) -> bool:
        """It cannot diverge."""
        return False

    def _advance(self, epochs: float) -> None:
        cases = self.reading.cases
        rows: Floats = self.reading.codes if self.right else cases.values
        assert cases.labels is not None
        self.right.append(classified(rows, cases.labels, self.reading.learnt))

    def _measure(self, every: float = 0.0) -> None:
        """There is nothing to measure on the way."""

    def _finished(self) -> bool:
        return self.epoch == self.goal


def features_panel(reading: Reading) -> None:
    """A button that trains both classifiers, and who wins. Nothing without labels or held-out
    cases."""
    cases = reading.cases
    if cases.labels is None or reading.learnt.all():
        return
    if len(np.unique(cases.labels[reading.learnt])) < 2:
        return
    work: Features | None = st.session_state.get(KEY)
    if work is None or work.reading is not reading or not (work.playing or work.right):
        st.button("And as features for a classifier?", key="features_begin", on_click=_begin,
                  args=(reading,), icon=":material/model_training:")  # fmt: skip
        return
    if work.playing:
        watched(work, "features", work.goal,
                lambda: f"Classifier {work.epoch + 1} of {work.goal}")  # fmt: skip
    elif work.epoch < work.goal:
        st.button("Go on with the classifiers", key="features_on", on_click=work.catch_up,
                  args=(work.goal,))  # fmt: skip
    else:
        st.markdown(f"**{verdict(*work.right)}**")
        st.caption(
            "A logistic regression learns the labels of the learnt cases, once from the data as "
            "they are and once from the codes. Codes were learnt without labels; they help a "
            "classifier when labels are few or cases vary in ways that pixels do not show."
        )


def _begin(reading: Reading) -> None:
    work = st.session_state[KEY] = Features(reading)
    work.catch_up(work.goal)


def verdict(data: Mask, codes: Mask) -> str:
    """Who names more held-out cases rightly, from which ones each does, (n,)."""
    apart = codes.astype(float) - data
    difference = float(apart.mean())
    error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else np.inf
    told = (
        f"From the data as they are it names {data.mean():.1%} of {len(data):,} held-out cases "
        f"rightly, from the codes {codes.mean():.1%}"
    )
    if abs(difference) <= 2 * error:
        return f"{told}: no more apart than chance brings."
    winner = "the codes are the better features" if difference > 0 else "the codes lose something"
    return f"{told}: {winner} ({difference:+.1%} ± {error:.1%}).".replace("(-", "(−")
