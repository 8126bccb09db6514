"""The second of the two programs: a run again in plain NumPy, with nothing of ours.

`program.py` is that program, all but the run: a working module, read by people and compared by
tests with the reference engine bit for bit. Here its source gets the run's settings and data.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict

from rbm.run import Run
from rbm.scripts import program
from rbm.scripts.literals import call, changed, comment, encoded, own_first_state, versions
from rbm.settings import Settings

NOT_READ = (
    "pattern", "pattern_options", "pattern_noise", "n_points", "data_seed", "average_last",
)  # fmt: skip
"""Settings that the program's training does not read: its data are in it."""
_ONE_THREAD = """\
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: sums in one fixed order

import numpy as np
"""
_EXACT = """\
On the same kind of machine and the same NumPy the weights are those of the run bit for bit; \
elsewhere to rounding."""
_ROUNDED = """\
The compiled engine trained the run, and rounds otherwise than NumPy. Training magnifies that more \
or less: with the better presets the weights agree to about 0.0002 of the largest after 2,000 \
epochs; with the tutorial's values two such runs part after some hundreds. The last line printed \
says how far this one came out."""
_PRINT = """
names = "weights", "visible_bias", "hidden_bias", "visible_slope", "hidden_slope"
for name, values in zip(names, split(parameters, 2, {n_hidden})):
    print(name, "=", values.tolist())
print("reconstruction_error =", float(error))
expected = decoded({expected}, "<f8")
print("largest_difference =", float(np.abs(parameters - expected).max()))
"""


def numpy_script(run: Run) -> str:
    """A program that needs only NumPy 2, trains the machine of `run` again and prints it.

    It repeats the reference engine bit for bit. The compiled engine rounds otherwise, and training
    magnifies that more or less. Measured, as a share of the largest parameter: at most 2e-5 after
    100 epochs with any preset; 2e-4 after 2,000 with all but the tutorial's, whose narrow noise
    makes two such runs part (0.3 after 666). So the program ends by saying how far it came out.
    """
    return "\n".join([_header(run), _source(), _ending(run)])


def _header(run: Run) -> str:
    exact = all(name == "reference" for _, name in run.engines)
    return comment(
        f"Trains a restricted Boltzmann machine again, {run.epoch - run.first_epoch:,} epochs, "
        "and prints it. Needs NumPy 2 and nothing else. The run's settings and data are at the "
        "end.\n" + (_EXACT if exact else _ROUNDED) + f"\nThe run was made with {versions()}."
    )


def _source() -> str:
    """The program with NumPy held to one thread."""
    source = inspect.getsource(program)
    return source.replace("import base64\n", "import base64\nimport os\n", 1).replace(
        "import numpy as np\n", _ONE_THREAD, 1
    )


def _ending(run: Run) -> str:
    first = run.history[0][1]
    parts = ["\n# The run: what takes hold before which epoch.\n", "settings = {"]
    before: Settings | None = None
    for epoch, settings in run.history:
        values = asdict(first) if before is None else changed(settings, before)
        kept = {name: value for name, value in values.items() if name not in NOT_READ}
        if kept:
            parts.append(f"    {epoch}: {_indented(call('dict', kept))},")
        before = settings
    parts += ["}", "data = {"]
    for epoch, experiment in run.experiments:
        points = encoded(experiment.data, "<f4")
        parts.append(f'    {epoch}: decoded({points}, "<f4").reshape(-1, 2),')
    parts.append("}")
    arguments = [str(run.epoch), "settings", "data"]
    state = own_first_state(run)
    if state is not None:
        parts.append("state = (")
        for array in (state.parameters, state.velocity):
            parts.append(f'    decoded({encoded(array, "<f8")}, "<f8"),')
        parts.append(f'    decoded({encoded(state.chains, "<f4")}, "<f4").reshape(-1, 2),\n)')
        arguments.append("state")
    share = run.settings_at(run.epoch).average_last
    if share:
        arguments.append(f"average_last={share!r}")
        if run.recording.stride > 1:
            arguments.append(f"stride={run.recording.stride}")
    parts.append(f"\nparameters, error = train({', '.join(arguments)})")
    return "\n".join(parts) + _PRINT.format(
        n_hidden=first.n_hidden, expected=encoded(run.model.parameters, "<f8")
    )


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")
