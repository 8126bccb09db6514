"""The tables of docs/inputs.md, for the tests that walk them: input -> what happens to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

INPUTS = Path(__file__).parents[1] / "docs" / "inputs.md"


class Documented(NamedTuple):
    """One row: `outcome` is "Read", "Noted" or "Refused"; `words` stand in the note or sentence."""

    name: str
    outcome: str
    words: str


def documented(section: str) -> list[Documented]:
    """The rows of the table below the heading "## section", in their order."""
    text = INPUTS.read_text("utf-8")
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"docs/inputs.md has no section “{section}”"
    rows = re.findall(r"^\| (.+?) \| (\w+)(?:: (.+?))? \|$", found[1], re.M)
    assert rows, f"the section “{section}” of docs/inputs.md has no rows"
    return [Documented(*row) for row in rows]
