"""Below the playground: a Gaussian–Bernoulli RBM on the same points, judged by the same yardstick.

Closed, it costs nothing. Open, the machine is trained at once and anew whenever the points or its
settings change; everything else is drawn at rest.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from rbm import gaussian
from rbm.app.gaussian_work import GaussianWork
from rbm.app.session import Session
from rbm.app.watched import watched
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, to_range
from rbm.gaussian import MOST_HIDDEN, WAYS
from rbm.metrics import smoothed_density
from rbm.reconstruction import reconstruct
from rbm.run import SCORE_SEED, Run
from rbm.units import Floats
from rbm.views.mixtures import drawn_parts, over_data, parts_of_mixture

KEY = "gaussian_work"
RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
TITLE = "Compare with a Gaussian–Bernoulli RBM"


def gaussian_panel(session: Session) -> None:
    """The panel, closed until it is asked for."""
    with st.expander(TITLE, key="gaussian", on_change="rerun") as panel:
        if panel.open:
            _open(session)
        else:
            _drop()


def _open(session: Session) -> None:
    st.caption(
        "The other machine for real numbers: hidden units are 0 or 1, and given them each visible "
        "unit is Gaussian, with a standard deviation that is learnt. So it is a mixture of equal "
        "Gaussians, one for each state of the hidden layer, and its likelihood can be computed."
    )
    settings = _controls(session)
    try:
        work = _work(settings, session.run)
    except ValueError as problem:
        st.warning(str(problem), icon=":material/info:")
        return
    if work.playing:
        watched(work, "gaussian", work.goal, lambda: _so_far(work))
    else:
        _at_rest(session, work)


def _controls(session: Session) -> BinarySettings:
    """What the user may choose; all of it starts the training anew."""
    most = min(session.settings.n_hidden, MOST_HIDDEN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule = str(
            st.segmented_control(
                "Rule", list(WAYS), key="gaussian_rule", default="exact", required=True,
                format_func=lambda name: WAYS[name].label,
                help=" ".join(f"**{way.label}**: {way.reason}" for way in WAYS.values()),
            )
        )  # fmt: skip
        n_hidden = st.number_input(
            "Hidden units m", 1, MOST_HIDDEN, most, key=f"gaussian_hidden_{most}", width=140,
            help="At first as many as the continuous RBM has, but at most "
            f"{MOST_HIDDEN}: 2^m Gaussians are listed in each epoch.",
        )  # fmt: skip
        rate = st.select_slider(
            "Learning rate η", RATES, WAYS[rule].learning_rate, key=f"gaussian_rate_{rule}",
            width=200,
            help="Exact: the share of a full step, measured in the curvature of the likelihood. "
            "CD: the rate of weights and biases, in units of the data's spread.",
        )  # fmt: skip
        k = WAYS[rule].k
        if rule != "exact":
            k = st.number_input("Gibbs steps k", 1, 50, k, key=f"gaussian_k_{rule}", width=130,
                                help=BINARY_KNOBS["k"].help)  # fmt: skip
    return gaussian.settings_of(rule, int(n_hidden), session.settings.seed, rate, int(k))


def _work(settings: BinarySettings, run: Run) -> GaussianWork:
    """This tab's machine; a new one, in training, when points or settings are others now."""
    work: GaussianWork | None = st.session_state.get(KEY)
    if work is None or not work.fits(settings, run.experiment):
        _drop()
        work = st.session_state[KEY] = GaussianWork(settings, run.experiment)
        work.train(WAYS[settings.rule].epochs)
    return work


def _drop() -> None:
    work: GaussianWork | None = st.session_state.pop(KEY, None)
    if work is not None:
        work.pause()


def _so_far(work: GaussianWork) -> str:
    """Beside the bar while it trains, which takes a second or two."""
    known = max(work.scores, default=0)
    so_far = f" · mismatch at epoch {known:,}: {work.scores[known]:.2f}" if known else ""
    return f"Epoch {work.epoch:,} of {work.goal:,}{so_far}"


def _at_rest(session: Session, work: GaussianWork) -> None:
    way = WAYS[work.run.settings.rule]
    if work.run.notice or work.note:
        st.warning(work.run.notice or work.note, icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            f"Train {way.epochs:,} epochs more", on_click=work.train, args=(way.epochs,),
            disabled=work.stopped, icon=":material/play_arrow:", key="gaussian_more",
        )  # fmt: skip
        st.button("Train again", on_click=_drop, icon=":material/replay:", key="gaussian_again",
                  help="From epoch 0, with the same seed: the same run again.")  # fmt: skip
        st.button("Look again", icon=":material/refresh:", key="gaussian_look",
                  help="Takes the continuous RBM as it is now.")  # fmt: skip
        shown = work.epoch
        if work.epoch:
            shown = st.slider("Epoch shown", 0, work.epoch, work.epoch, width=260,
                              key=f"gaussian_epoch_{work.epoch}")  # fmt: skip
    _results(session, work, shown)


def _results(session: Session, work: GaussianWork, epoch: int) -> None:
    """Verdict, pictures and numbers of both machines."""
    run, experiment = session.run, work.experiment
    settings, machine = experiment.settings, work.run.machine_at(epoch)
    low, high = settings.low, settings.high
    mine = _reconstructions(run)
    scores = gaussian.mismatch_of(mine, experiment), work.mismatch_at(epoch)
    if run.epoch:
        units = run.settings.n_hidden, machine.n_hidden
        st.markdown(f"**{gaussian.verdict(*scores, units)}**")
    else:
        st.markdown("The continuous RBM has not been trained yet: press Play, then “Look again”.")
    square = (np.asarray(experiment.data, np.float64) - low) / (high - low)
    ground = smoothed_density(square)
    shares, centres = gaussian.mixture(machine)
    pictures = {
        f"Continuous RBM, epoch {run.epoch:,}": over_data(ground, mine, low, high),
        f"Gaussian–Bernoulli RBM, epoch {epoch:,}": over_data(
            ground, gaussian.reconstructions(machine, settings), low, high
        ),
        f"… is a mixture of {len(shares):,} Gaussians": parts_of_mixture(
            ground, shares, centres, machine.visible_scale, low, high
        ),
    }
    for place, (column, (title, figure)) in enumerate(
        zip(st.columns(3), pictures.items(), strict=True)
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(figure, key=f"gaussian_picture_{place}", alt=title,
                            config={"displayModeBar": False})  # fmt: skip
    st.caption(
        f"Shading: the data, smoothed. Diamonds: uniform points, {SCORED_PASSES} noisy passes on. "
        f"Rings: one standard deviation around the {drawn_parts(shares):,} largest of the "
        f"{len(shares):,} Gaussians; dots: their share."
    )
    _numbers(run, work, epoch, scores)


def _numbers(run: Run, work: GaussianWork, epoch: int, scores: tuple[float, float]) -> None:
    machine, data = work.run.machine_at(epoch), work.run.data
    s1, s2 = machine.visible_scale
    st.markdown(
        "| | Continuous RBM | Gaussian–Bernoulli RBM |\n|:--|:--|:--|\n"
        f"| Mismatch: 0 fresh data, 1 uniform noise | {scores[0]:.2f} | {scores[1]:.2f} |\n"
        "| Log-likelihood of the data | not known: it has no formula | "
        f"{gaussian.log_likelihood(machine, data):.2f} nats a point (one Gaussian alone: "
        f"{gaussian.blob_log_likelihood(data):.2f}) |\n"
        f"| Noise of visible units | σ = {run.settings.sigma:g} before the logistic | "
        f"learnt: s₁ = {s1:.3f}, s₂ = {s2:.3f} in units of the data |\n"
        f"| Hidden units | {run.settings.n_hidden}, any value between {run.settings.low:g} and "
        f"{run.settings.high:g} | {machine.n_hidden}, each 0 or 1 |"
    )


def _reconstructions(run: Run) -> Floats:
    """Where the continuous RBM takes the uniform starts that every mismatch is measured on."""
    square = np.random.default_rng(SCORE_SEED).random((SCORED_STARTS, 2))
    return np.asarray(
        reconstruct(
            run.model, to_range(square, run.settings), SCORED_PASSES, seed=SCORE_SEED,
            sigma=run.settings.sigma,
        )
    )  # fmt: skip
