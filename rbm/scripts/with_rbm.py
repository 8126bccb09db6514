"""The first of the two programs: a run again with `import rbm`, bit for bit."""

from __future__ import annotations

import numpy as np

from rbm.datasets import Dataset, grid_places
from rbm.engine import State
from rbm.experiment import Experiment
from rbm.run import Run, held_at
from rbm.scripts.literals import call, changed, comment, encoded, own_first_state, versions
from rbm.settings import Settings

_POINTS = '''

def points(places):
    """Points (n, 2) of the unit square from their places on a grid of 4096 × 4096."""
    return np.frombuffer(base64.b64decode(places), "<u2").reshape(-1, 2) / 4095
'''
_NUMBERS = '''

def numbers(text, kind):
    """An array of numbers of a kind from its bytes in base64."""
    return np.frombuffer(base64.b64decode(text), kind)
'''
_PRINT = """
for name in ("weights", "visible_bias", "hidden_bias", "visible_slope", "hidden_slope"):
    print(name, "=", getattr(run.model, name).tolist())
print("reconstruction_error =", run.last_error)
print("mismatch =", run.mismatch_at(run.epoch))
expected = np.frombuffer(base64.b64decode({expected}), "<f8")
print("largest_difference =", abs(run.model.parameters - expected).max())
"""


def rbm_script(run: Run) -> str:
    """A short program that trains `run` again with this package, and prints its machine.

    It names the engine of each stretch, so the result is the same bit for bit on the same kind of
    machine with the same versions, which it lists.
    """
    body = _body(run)
    replacing = "from dataclasses import replace\n" if "replace(" in body else ""
    functions = {"points(": _POINTS, "numbers(": _NUMBERS}
    used = [function for name, function in functions.items() if name in body]
    gap = "\n\n" if used else "\n"
    return (
        f"{_header(run)}\nimport base64\n{replacing}\nimport numpy as np\nimport rbm\n"
        + "".join(used)
        + f"{gap}{body}"
        + _PRINT.format(expected=encoded(run.model.parameters, "<f8"))
    )


def _header(run: Run) -> str:
    engines = " and ".join(sorted({name for _, name in run.engines})) or "none yet"
    return comment(
        f"Trains a restricted Boltzmann machine again, to epoch {run.epoch:,}, and prints it.\n"
        "Needs the package rbm: run `python -m pip install .` in its folder.\n"
        "On the same kind of machine with the same versions the result is the same bit for bit; "
        f"elsewhere to rounding.\nThe run was made with {versions()}; its engine: {engines}."
    )


def _body(run: Run) -> str:
    """From `settings = …` to the last `run = …`."""
    settings, setting = run.history[0][1], run.experiments[0][1]
    history, experiments = dict(run.history[1:]), dict(run.experiments[1:])
    state = own_first_state(run)
    lines = [f"settings = {call('rbm.Settings', changed(settings, Settings()))}"]
    arguments = "" if setting.pattern else f", data={_data(setting)}"
    if run.engines == ((0, "fused"),) and not history and not experiments and state is None:
        lines.append(f"run = rbm.train(settings, epochs={run.epoch}{arguments})\n")
        return "\n".join(lines)
    lines.append(f"run = rbm.train(settings, epochs=0{arguments})")
    if state is not None:
        lines.append(f"run = rbm.start(run.experiment, {_state(state)})")
    turns = sorted({*history, *experiments, *dict(run.engines), run.first_epoch, run.epoch})
    for epoch, following in zip(turns, [*turns[1:], run.epoch], strict=True):
        if epoch in history:
            differing = changed(history[epoch], settings)
            settings = history[epoch]
            lines.append(f"run = rbm.change(run, {call('replace', differing, 'run.settings')})")
        if epoch in experiments:
            built = f"rbm.build(run.settings{_built_from(experiments[epoch])})"
            lines.append(f"run = rbm.change_data(run, {built})")
        if following > epoch:
            engine = held_at(run.engines, epoch)
            lines.append(f"run = rbm.advance(run, {following - epoch}, {engine!r})")
    return "\n".join(lines) + "\n"


def _state(state: State) -> str:
    parts = ((state.parameters, "<f8"), (state.velocity, "<f8"), (state.chains, "<f4"))
    parameters, velocity, chains = (
        f'numbers({encoded(values, kind)}, "{kind}")' for values, kind in parts
    )
    return (
        f"rbm.engine.State(\n    {parameters},\n    {velocity},\n    {chains}.reshape(-1, 2),\n"
        f"    epoch={state.epoch},\n)"
    )


def _built_from(setting: Experiment) -> str:
    if setting.pattern:
        return ""
    return f", {'data' if setting.dataset is None else 'dataset'}={_data(setting)}"


def _data(setting: Experiment) -> str:
    """A user's data as an expression."""
    if setting.dataset is not None:
        return _dataset(setting.dataset)
    low, high = setting.settings.low, setting.settings.high
    inside = np.clip(setting.data.astype(np.float64), low, high)  # float32 may round past the ends
    return f'numbers({encoded(inside, "<f8")}, "<f8").reshape(-1, 2)'


def _dataset(dataset: Dataset) -> str:
    learnt, kept = (
        f"points({encoded(grid_places(cloud), '<u2')})"
        for cloud in (dataset.points, dataset.held_out)
    )
    return f"rbm.Dataset(\n    {dataset.name!r}, {dataset.kind!r},\n    {learnt},\n    {kept},\n)"
