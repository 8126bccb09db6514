"""A duel to and from a link: side A's run as always, and of side B's link what differs from it.

So a link of a duel opens in the playground as side A's run, and each side is read by the rules of
`rbm.links`, which never raise.
"""

from __future__ import annotations

from collections.abc import Mapping

from rbm.link_text import read_epoch
from rbm.links import PAGE, VERSION
from rbm.run import Run
from rbm.run_link import MAX_CHARACTERS, Outgoing, of_run

BESIDE = f"{PAGE}b."
"""Prefix of side B's own parameters."""
START = f"{PAGE}start"
"""The epoch at which the sides part."""
GONE = "none"
"""Says that side B has no such parameter where side A has one."""


def write_duel(a: Run, b: Run, start: int) -> Outgoing:
    """The link of two runs that parted at `start`, and a note on what it cannot carry."""
    one, other = of_run(a), of_run(b)
    params = dict(one.params) | {START: str(start)}
    for name in {**one.params, **other.params}:
        if one.params.get(name) != other.params.get(name):
            params[BESIDE + name] = other.params.get(name, GONE)
    notes = dict.fromkeys(note for note in (one.note, other.note) if note)
    link = Outgoing(params, " ".join(notes))
    if len(link.query) > MAX_CHARACTERS:
        long = "The link of both sides is longer than what some programs let through."
        link = Outgoing(params, " ".join([*notes, long]))
    return link


def read_duel(params: Mapping[str, str]) -> tuple[dict[str, str], int] | None:
    """Side B's own parameters, for `rbm.links.decode`, and the epoch at which the sides part;
    None for a link that is not one of a duel."""
    if START not in params:
        return None
    own = {name: text for name, text in params.items() if not name.startswith(PAGE)}
    for name, text in params.items():
        if name.startswith(BESIDE):
            own[name.removeprefix(BESIDE)] = text
    kept = {name: text for name, text in own.items() if text != GONE}
    return kept | {"v": kept.get("v", VERSION)}, read_epoch(params[START], 0, [])
