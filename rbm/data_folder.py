"""Where this program keeps a person's data, by the customs of the system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def data_folder(environment: Mapping[str, str], windows: bool = False) -> Path:
    """The folder, which need not exist yet. `RuntimeError` for a user without a home."""
    named = environment.get("LOCALAPPDATA" if windows else "XDG_DATA_HOME", "")
    home = Path(named) if named else Path()
    if not home.is_absolute():  # the standard says: then as if it were not set
        home = Path.home() / ("AppData/Local" if windows else ".local/share")
    return home / "rbm"
