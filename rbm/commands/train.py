"""`python -m rbm train`: one run, its mismatch, and its link or file."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from rbm import engine, run_file, training
from rbm.commands.data_file import dataset_from
from rbm.commands.options import add_subject, link_of, preset_named, settings_from
from rbm.tuning.budget import unit_updates

DESCRIPTION = "Train one machine and say how good it is."
EXAMPLES = """\
examples:
  python -m rbm train --pattern moons --preset tutorial
  python -m rbm train --set sigma=0.8 --set n_hidden=32 --epochs 5000 --json
  python -m rbm train --data points.csv --columns height,width
  python -m rbm train --seed 7 --save run.rbm
"""


def add_to(commands: Any) -> None:
    """This command's place on the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "train",
        help=DESCRIPTION[:1].lower() + DESCRIPTION[1:-1],
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_subject(parser, several=False)
    parser.add_argument("--epochs", type=int, help="how long (default: as the preset says)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights, noise and data")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the run, for the app")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains, then prints; 1 when the run diverged."""
    preset = preset_named(options.preset)
    settings = replace(
        settings_from(preset, options.pattern, options.set),
        seed=options.seed,
        data_seed=options.seed,
    )
    dataset = dataset_from(options)
    epochs = preset.epochs if options.epochs is None else options.epochs
    engine.warm_up(background=False)
    begun = time.perf_counter()
    trained = training.train(settings, epochs, dataset, progress=sys.stderr.isatty())
    seconds = time.perf_counter() - begun
    if options.save is not None:
        try:
            options.save.write_bytes(run_file.dump(trained))
        except OSError as error:
            raise RuntimeError(f"{options.save} cannot be written: {error.strerror}.") from error
    found = {
        "pattern": settings.pattern if dataset is None else None,
        "data": None if dataset is None else dataset.name,
        "epochs": trained.epoch,
        "mismatch": trained.mismatch_at(trained.epoch),
        "reconstruction_error": trained.last_error,
        "seconds": seconds,
        "unit_updates": unit_updates(settings, trained.epoch, len(trained.data)),
        "diverged": trained.notice,
        "link": link_of(settings, trained.epoch, dataset),
    }
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print(f"mismatch              {found['mismatch']:.3f}   (0 fresh data, 1 uniform noise)")
        print(f"reconstruction error  {trained.last_error:.5f}")
        print(f"epochs                {trained.epoch:,} in {seconds:.2f} s")
        print(f"link                  {found['link']}")
    if trained.notice:
        print(trained.notice, file=sys.stderr)
    return int(bool(trained.notice))
