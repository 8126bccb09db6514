"""Plays the server for one machine view in a bare page, with a machine that has really learnt."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from rbm import binary_training
from rbm.app.live_view import pack_blob
from rbm.binary_scores import score
from rbm.binary_settings import BinarySettings
from rbm.binary_training import BinaryRun
from rbm.cases import CASE_SETS, Cases
from rbm.models.binary import BinaryMachine
from rbm.recording import Recording

from .feeder import SEND

MOUNT = """
async () => {
  window.component = (await import('./main.js')).default;
  window.heard = [];
  window.host = document.createElement('div');
  document.body.append(host);
  window.parentElement = host.attachShadow({mode: 'open'});
  parentElement.innerHTML = '<link rel="stylesheet" href="./style.css">';
  const style = parentElement.querySelector('link');
  await new Promise((loaded) => style.addEventListener('load', loaded));
}
"""


@lru_cache
def learnt(name: str, epochs: int, n_hidden: int) -> tuple[Cases, BinaryRun]:
    """A set of the app, and a short run on it."""
    cases = CASE_SETS[name].build()
    settings = BinarySettings(n_hidden=n_hidden, learning_rate=0.05, initial_scale=0.1)
    return cases, binary_training.train(settings, cases.training, epochs)


def still_life(machine: BinaryMachine, cases: Cases) -> tuple[Cases, BinaryRun]:
    """A run that consists of one given machine, at epoch 0."""
    settings = BinarySettings(n_hidden=machine.n_hidden, visible=machine.visible)
    run = binary_training.start(settings, cases.values)
    recording = Recording.begin(machine.parameters.astype(np.float32))
    return cases, replace(run, state=replace(run.state, machine=machine), recording=recording)


class MachineFeeder:
    """One mounted machine view; it gets its messages from `send` alone."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.frame = 0
        page.goto(url)
        page.evaluate(MOUNT)

    @property
    def view(self) -> Locator:
        return self.page.get_by_test_id("machine-view")

    def send(
        self,
        cases: Cases,
        run: BinaryRun,
        /,
        first: int = 0,
        last: int | None = None,
        with_cases: bool = True,
        **header: Any,
    ) -> None:
        """A message with epochs first … last of a run, and changes to its usual header."""
        self.frame += 1
        recording = run.recording
        stop = recording.count if last is None else last + 1
        scored = [epoch for epoch in sorted({0, run.epoch // 2, run.epoch}) if epoch < stop]
        rows = [score(run.machine_at(epoch), cases) for epoch in scored]
        labels = cases.labels if cases.labels is not None else np.full(len(cases.values), -1)
        shown = np.arange(len(cases.values))[:200]
        usual: dict[str, Any] = {
            "run": False, "per": 0.05, "frame": self.frame, "generation": "a", "epoch": stop - 1,
            "after": first - 1, "more": False, "stride": 1, "n_visible": cases.n_units,
            "n_hidden": run.settings.n_hidden, "visible": "bernoulli", "jump": False,
            "shape": list(cases.shape) if cases.shape else None, "names": list(cases.names),
            "case_names": list(cases.row_names[:200]), "label_names": list(cases.label_names),
            "title": cases.title, "notice": "", "memory_cap": 2**24, "seed": 1,
            "exact": rows[-1].exact, "bound": None, "updates": 10,
        }  # fmt: skip
        arrays = {
            "epochs": recording.epochs[first:stop], "frames": recording.frames[first:stop],
            "errors": recording.errors[first:stop], "score_epochs": np.array(scored),
            "scores": np.array([
                (s.training, s.test, s.log_likelihood, s.test_log_likelihood, s.pseudo)
                for s in rows
            ]),
        }  # fmt: skip
        if first == 0 and with_cases:
            arrays |= {"cases": cases.values[shown], "case_labels": labels[shown]}
        blob = pack_blob(usual | header, arrays)
        self.page.evaluate(SEND, base64.b64encode(blob).decode())

    def heard(self, name: str) -> list[Any]:
        said: list[Any] = self.page.evaluate("window.heard")
        return [value for event, value in said if event == name]

    def shows(self, epoch: int) -> None:
        expect(self.view).to_have_attribute("data-epoch", str(epoch))
