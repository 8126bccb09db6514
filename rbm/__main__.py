"""The command line: `python -m rbm --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rbm.commands import train, tune

DESCRIPTION = """\
Train restricted Boltzmann machines on 2D patterns, and find better values for them.

  python -m rbm train --pattern ring                     one run, its mismatch and its link
  python -m rbm tune --pattern ring --trials 100         search for better values
  python -m rbm tune --study NAME                        go on with a search that was stopped

The mismatch is 0 for a reconstruction as good as fresh data, 1 for uniform noise.
The app itself: streamlit run app.py
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """What the process should exit with: 0 done, 1 could not, 2 not understood, 130 stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m rbm",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in (train, tune):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except ValueError as error:
        parser.exit(2, f"{parser.prog} {options.command}: {error}\n")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
