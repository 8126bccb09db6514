"""`--data FILE`: a table of one's own instead of a pattern."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rbm.datasets import Dataset, make_dataset
from rbm.dialects import clean
from rbm.tables import choose_points, first_pair, is_flat, read_table


def add_data(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """`--data` and `--columns`."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="learn the points of a table instead of a pattern: text, NPY, NPZ, Parquet, workbook",
    )
    parser.add_argument(
        "--columns",
        metavar="A,B",
        help="its columns to take; of more than two, the principal components (default: as the "
        "app proposes)",
    )


def dataset_from(options: argparse.Namespace) -> Dataset | None:
    """The points that `--data` names, mapped to the square as the app would; what was left out or
    guessed goes to stderr. Raises `ValueError` and `RuntimeError` with a sentence."""
    if options.data is None:
        if options.columns is not None:
            raise ValueError("--columns are those of a table: name it by --data FILE.")
        return None
    try:
        content = options.data.read_bytes()
    except OSError as error:
        raise RuntimeError(f"{options.data} cannot be read: {error.strerror}.") from error
    table = read_table(content, options.data.name)
    names = options.columns.split(",") if options.columns else list(table.names)
    if not options.columns and len(names) > 1:
        names = list(first_pair(table))
    points = choose_points(table, names, per_axis=is_flat(table, names))
    notes = (*table.notes, *points.notes)
    dataset = make_dataset(
        clean(options.data.name), "file", points.points, map=points.map, notes=notes
    )
    for note in (*notes, points.map.sentence(), dataset.story):
        print(note, file=sys.stderr)
    return dataset
