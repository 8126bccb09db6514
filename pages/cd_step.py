"""One CD step: contrastive divergence on one case, number by number, forward and back."""

import streamlit as st

from rbm.app import cd_moves, cd_panel, navigation

navigation.require_app()
cd_moves.arrive()
st.title("One CD step")
st.caption(
    "Contrastive divergence, number by number: see the data, dream it once, and move the weights "
    "towards the data and away from the dream. The dream is one step of Gibbs sampling, "
    "v → h → v′ → h′: that is CD-1. CD-k takes k such steps before it compares."
)
cd_panel.setup()
try:
    step = cd_moves.bench().step()
except ValueError as problem:
    st.error(str(problem), icon=":material/edit_off:")
    st.stop()
cd_moves.leave_address()
cd_panel.stepper()
cd_panel.show(step)
