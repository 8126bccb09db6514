"""The figures: `VIEWS` names them all; each draws a plotly figure from a `Snapshot` of a run.

    shot = snapshot(run)
    figure = dress(VIEWS["landscape"].draw(shot), "paper")

A new figure is a function of a snapshot in its topic's file, and one row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from rbm.views import clouds, histories, landscape, units
from rbm.views.document import document
from rbm.views.snapshot import Snapshot, snapshot
from rbm.views.style import BACKGROUNDS, dress

__all__ = ["BACKGROUNDS", "VIEWS", "Snapshot", "View", "document", "dress", "offered", "snapshot"]


@dataclass(frozen=True)
class View:
    """One row of `VIEWS`. `caption`: what to see in it, in one or two sentences. `needs_epochs`:
    how many recorded epochs it takes to draw it."""

    label: str
    caption: str
    draw: Callable[[Snapshot], go.Figure]
    needs_epochs: int = 1


def offered(snapshot: Snapshot) -> dict[str, View]:
    """The views that can be drawn of this snapshot: histories need a history."""
    return {name: view for name, view in VIEWS.items() if len(snapshot.epochs) >= view.needs_epochs}


VIEWS: dict[str, View] = {
    "data": View(
        "Data, smoothed",
        "The points the machine learns from, each spread out as a small Gaussian.",
        clouds.data_density,
    ),
    "reconstruction": View(
        "Reconstruction, smoothed",
        "Points from all over the square, after they have passed through the machine many times. "
        "Shades mean the same density as in the figure of the data: compare the two.",
        clouds.reconstruction_density,
    ),
    "superimposed": View(
        "Data and reconstruction",
        "The tutorial's test. Reconstructions (hollow diamonds, contour lines) should lie where "
        "the data (filled circles, shading) lie, and fill them.",
        clouds.superimposed,
    ),
    "links": View(
        "Links",
        "Each data point, its own reconstruction, and the link between them. Short links are not "
        "enough: a machine may copy the data well and still turn noise into something else.",
        clouds.links,
    ),
    "measures": View(
        "Error and mismatch",
        "The reconstruction error says how far each data point is moved; the mismatch, what share "
        "of the reconstructed ink lies in the wrong place. The dashed and dotted lines show what "
        "uniform noise and fresh data would score.",
        histories.measures,
        needs_epochs=2,
    ),
    "slopes": View(
        "Slopes",
        "How steep each unit is. A steep unit is nearly a switch; a flat one hardly takes part.",
        histories.slopes,
        needs_epochs=2,
    ),
    "weights": View(
        "Weights over the epochs",
        "Every weight and bias on its way. Lines that have become level have settled; lines that "
        "fan out without end belong to a run that is about to diverge.",
        histories.weights,
        needs_epochs=2,
    ),
    "parameters": View(
        "Weights now",
        "One column for each hidden unit: what it takes from either visible unit, its bias and "
        "its slope. A·|W| is how sharply it divides the square.",
        units.parameters,
    ),
    "hidden_units": View(
        "Hidden units",
        "Each hidden unit divides the square by a line; within its band it changes from mostly "
        "off to mostly on. The shape is drawn by how these soft lines overlap.",
        units.hidden_units,
    ),
    "landscape": View(
        "Landscape",
        "Without noise every pass goes downhill on F(v), to the stars. With enough noise the "
        "chain wanders along the valleys, which should have the shape of the data.",
        landscape.landscape,
    ),
    "chains": View(
        "Chains",
        "The same starting points followed with noise and without. Without noise they stop at "
        "the attractors; with it they keep moving, and should visit the whole shape.",
        landscape.chains,
    ),
    "mismatch_by_pass": View(
        "Mismatch against passes",
        "A good machine is level after a few passes: its chains are where they want to be. A "
        "rising line means that they go on sliding into a few dots.",
        histories.mismatch_by_pass,
    ),
}
