"""`python -m rbm tune`: a search for better values that can be stopped and gone on with."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from rbm.commands.options import add_subject

DESCRIPTION = "Search for better values; measure the winner again on fresh seeds and data."
EXAMPLES = """\
examples:
  python -m rbm tune --pattern ring --trials 60
  python -m rbm tune --pattern all --preset "8 units" --minutes 30 --study eight
  python -m rbm tune --study eight --minutes 30                    (goes on with it)
  python -m rbm tune --data points.csv --trials 60
  python -m rbm tune --range sigma=0.2:2:log --range k=1,2,3,5 --range centred=yes,no

Every finished trial is kept at once, so a search may be stopped at any time with Ctrl-C. All trials
and claims spend the same budget, points × (k + 1) × epochs, unless --epochs says otherwise.
"""


def add_to(commands: Any) -> None:
    """This command's place on the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "tune",
        help="search for better values",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what is searched")
    add_subject(what, several=True)
    what.add_argument(
        "--range",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="search this setting: NAME for its usual range, NAME=LOW:HIGH, NAME=LOW:HIGH:log, or "
        "NAME=A,B,C (default: sigma, k, visible_slope, learning_rate, slope_learning_rate, "
        "momentum)",
    )
    what.add_argument("--seeds", type=int, default=3, help="runs of each trial (default: 3)")
    what.add_argument("--epochs", type=int, help="of each run, instead of the equal budget")
    what.add_argument("--no-pruning", action="store_true", help="end no trial early")
    long = parser.add_argument_group("how long")
    long.add_argument("--trials", type=int, help="until there are so many, earlier ones included")
    long.add_argument("--minutes", type=float, help="begin no trial later than that")
    long.add_argument(
        "--confirm",
        type=int,
        default=16,
        metavar="SEEDS",
        help="fresh seeds for the winner and for the start values (default: 16; 0: do not)",
    )
    place = parser.add_argument_group("where it runs, and where it is kept")
    place.add_argument("--workers", type=int, help="processes (default: one for each core)")
    place.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler instead of processes")
    place.add_argument("--study", metavar="NAME", help="its name, to go on with it later")
    place.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (default: $RBM_DATABASE, or a "
        "file in your data folder)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Searches, confirms, prints; 130 when it was stopped."""
    # Optuna and SQLAlchemy take a second to load, which other commands need not wait for.
    from rbm.commands import tune_run

    try:
        with _stopped_by_signals() as stopped:
            return tune_run.tune(options, stopped)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """Whether somebody wants it to stop, which also raises `KeyboardInterrupt`.

    A system that shuts down, and a terminal that is closed, want what Ctrl-C wants; but not with a
    program that was told not to care, as by nohup. The exception alone is not enough: one that
    falls into a finaliser or a callback of a weak reference is dropped by Python.
    """
    stopped = Event()

    def stop(*_: object) -> None:
        stopped.set()
        raise KeyboardInterrupt

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    named = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in named}
    for number, handler in before.items():
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, stop)
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
