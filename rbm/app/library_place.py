"""Where the library of runs is kept, if this server keeps one.

`RBM_LIBRARY` decides: a file's path switches it on, "off" switches it off. Unset, it is on only
where a single person is served, in that person's folder for data.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from rbm.app.person import one_person
from rbm.data_folder import data_folder

VARIABLE = "RBM_LIBRARY"
FILE = "library.sqlite"


class NoLibrary(Exception):
    """This server keeps no library; the message is a sentence that says why and what would."""


def library_place() -> Path:
    """The library's file for this script run. Raises `NoLibrary`."""
    alone = one_person(st.get_option("server.address"), st.context.headers)
    return place(os.environ, alone=alone, windows=sys.platform == "win32")


def place(environment: Mapping[str, str], *, alone: bool, windows: bool = False) -> Path:
    """The same by its causes: the environment's variables, and whether one person is served."""
    wish = environment.get(VARIABLE, "").strip()
    if wish.lower() == "off":
        raise NoLibrary("The owner of this server has switched its library off.")
    if not wish and not alone:
        raise NoLibrary(
            "This server may be shared, so it keeps no library. Its owner switches one on by "
            f"setting {VARIABLE} to a file's path; everybody then has a part of their own."
        )
    try:
        return (
            Path(wish).expanduser().absolute() if wish else data_folder(environment, windows) / FILE
        )
    except RuntimeError:  # a user without a home
        raise NoLibrary(
            f"There is no home folder to keep a library in: set {VARIABLE} to a file's path."
        ) from None
