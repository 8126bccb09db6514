"""The link that restores a run, and what it cannot carry, said before it is copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from rbm import payload
from rbm.datasets import Dataset
from rbm.links import encode
from rbm.run import Run

MAX_CHARACTERS = 8_000
"""Of a link's settings and payload: what servers, proxies and mail programs let through."""


@dataclass(frozen=True)
class Outgoing:
    """A link to give away: its `params`, and `note`, a sentence on what it cannot carry, or ""."""

    params: Mapping[str, str]
    note: str = ""

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return urlencode(self.params)

    def at(self, epoch: int) -> Outgoing:
        """The same link, showing an earlier epoch; with weights it shows the epoch of those."""
        if "weights" in self.params:
            return self
        return replace(self, params={**self.params, "epoch": str(epoch)})


def of_run(run: Run, with_weights: bool = False) -> Outgoing:
    """The link that restores `run`: by training it again from its settings and points, or, with
    weights, by what it has learnt.

    Weights go along by themselves when only they restore the picture: when the data have changed
    on the way, or when the run itself began with weights. They are those of the machine shown;
    where that is an average over epochs, training goes on from it.
    """
    unrepeatable = len(run.experiments) > 1 or run.first_epoch > 0
    weighty = (with_weights or unrepeatable) and run.epoch > 0
    notes, own = [], run.experiment.pattern is None
    params = encode(((run.epoch, run.settings),) if weighty else run.history, run.epoch)
    if own:
        dataset = run.experiment.dataset
        count = len(run.data) + (0 if dataset is None else len(dataset.held_out))
        params |= {"data": "file", "name": "own points"} if dataset is None else _titles(dataset)
        if dataset is not None and payload.carries(dataset):
            params |= _points(dataset)
            if dataset.map is not None:
                with_map = params | {"map": payload.map_to_text(dataset.map)}
                params = with_map if _size(with_map) <= MAX_CHARACTERS else params
        else:
            notes.append(
                f"The {count:,} points do not fit into a link, which carries "
                f"{payload.MAX_LINK_POINTS:,}: save the run as a file instead, under “Keep and "
                "share”."
            )
    if weighty:
        # what is shown, so the mean over the last epochs where the settings ask for one
        text = payload.weights_to_text(run.parameters_at(run.epoch), run.state.velocity)
        if _size(params | {"weights": text}) <= MAX_CHARACTERS:
            params["weights"] = text
            if unrepeatable:
                notes.append("The link opens at the newest epoch, without what came before it.")
        else:
            params |= encode(run.history, run.epoch)
            notes.append(
                "What was learnt does not fit into the link as well"
                + (", and the data changed on the way" if unrepeatable else "")
                + ": opened, it trains anew on these points. The run's file holds everything."
            )
    if weighty and run.settings.rule == "pcd":
        notes.append("Persistent chains begin again at the data.")
    return Outgoing(params, " ".join(notes))


def _titles(dataset: Dataset) -> dict[str, str]:
    return {"data": dataset.kind, "name": dataset.name}


def _points(dataset: Dataset) -> dict[str, str]:
    texts = {"points": dataset.points, "held_out": dataset.held_out}
    return {name: payload.points_to_text(cloud) for name, cloud in texts.items() if len(cloud)}


def _size(params: Mapping[str, str]) -> int:
    return len(urlencode(params))
