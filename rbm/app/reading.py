"""What the page Clusters reads off a machine, computed once and kept while it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.cases import Cases
from rbm.clusters import MEMBERSHIPS, Clusters
from rbm.codes import Mask, Projection, principal_axes
from rbm.deep import DeepBeliefNetwork
from rbm.units import Floats

KEY = "clusters_reading"


@dataclass(frozen=True, eq=False)
class Reading:
    """Codes of all cases by the top layer of `network`. `stamp` tells one machine from another:
    equal stamps mean equal numbers."""

    stamp: tuple[int, ...]
    cases: Cases
    network: DeepBeliefNetwork

    @cached_property
    def codes(self) -> Floats:
        """p(h | v) of every case, (n, hidden units)."""
        return self.network.up(self.cases.values)

    @cached_property
    def learnt(self) -> Mask:
        """Which cases were learnt, (n,)."""
        held_out = self.cases.held_out
        return np.ones(len(self.cases.values), np.bool_) if held_out is None else ~held_out

    @cached_property
    def projection(self) -> Projection:
        """Principal axes of the learnt cases' codes."""
        return principal_axes(self.codes[self.learnt])

    @cached_property
    def clusters(self) -> dict[str, Clusters]:
        """The division by each row of `MEMBERSHIPS`."""
        return {name: rule.divide(self.codes, self.learnt) for name, rule in MEMBERSHIPS.items()}

    @cached_property
    def filters(self) -> Floats:
        """What each top hidden unit takes from the visible ones, (hidden, visible): its weights;
        above the first layer the product of the weights on the way (Lee et al. 2009)."""
        weights = self.network.machines[0].weights
        for machine in self.network.machines[1:]:
            weights = weights @ machine.weights
        return np.asarray(weights.T)


def reading(session: BinarySession, network: DeepBeliefNetwork, revision: int) -> Reading:
    """The reading of `network` on this tab's cases. `revision` tells networks apart that stand on
    the same machine."""
    stamp = (session.generation, session.epoch, len(network.machines), revision)
    kept: Reading | None = st.session_state.get(KEY)
    if kept is None or kept.stamp != stamp:
        kept = st.session_state[KEY] = Reading(stamp, session.cases, network)
    return kept
