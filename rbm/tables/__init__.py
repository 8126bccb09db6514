"""Reading a stranger's table: bytes or text -> columns -> points in the unit square.

`read_table` finds out the format by the first bytes, never by the file's name, and how the table
is written; every guess can be overridden (`Choices`). `choose_points` takes two columns, or the
principal components of many, and maps them to the square. Nothing happens silently: what was
guessed or left out is said in `notes`, the map is explicit and invertible (`UnitMap`), and what
cannot be used raises `TableError`, whose one sentence says what is wrong where and what to do
about it.

Names and cells come from strangers: they are only ever data, with control characters removed and
their length capped. Sizes are capped before anything is expanded; nothing is ever unpickled.
"""

from rbm.dialects import MAX_BYTES, TableError
from rbm.tables.cells import KINDS, Column
from rbm.tables.first_look import first_many, first_pair, is_flat
from rbm.tables.points import LEAVE_OUT, MARGIN, MAX_ROWS, STRETCH, Points, choose_points
from rbm.tables.reading import read_table
from rbm.tables.table import MAX_CELLS, MIN_ROWS, PREVIEW_COLUMNS, Choices, Table

__all__ = [
    "KINDS", "LEAVE_OUT", "MARGIN", "MAX_BYTES", "MAX_CELLS", "MAX_ROWS", "MIN_ROWS",
    "PREVIEW_COLUMNS", "STRETCH",
    "Choices", "Column", "Points", "Table", "TableError", "choose_points", "first_many",
    "first_pair", "is_flat", "read_table",
]  # fmt: skip
