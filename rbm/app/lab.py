"""Where this server tries settings, and where it keeps what came of that, for every page.

`RBM_CLUSTER` names a Dask scheduler; unset, trials run in worker processes of this machine.
`RBM_DATABASE` names a database by its SQLAlchemy URL and switches studies on, "off" switches them
off; unset, they are kept only where a single person is served, in that person's folder for data.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

import streamlit as st

from rbm.app.messages import plain
from rbm.app.person import find_person, one_person
from rbm.app.steady import steady_place
from rbm.tuning import Cluster, ExecutorLost, LocalWorkers
from rbm.tuning.database import VARIABLE, Database, StoreError, default_url
from rbm.tuning.store import Store

CLUSTER = "RBM_CLUSTER"
PATIENCE = 3.0
"""Seconds for which a cluster that could not be had is not asked for again."""
QUIET = 90.0
"""Seconds without a result after which a page says so."""
NOT_KEPT = "ends with this tab: this server keeps no studies, or could not when it began."
OWNER = "owner"
"""What `find_person` calls the one person of a computer, who shares studies with its command line.
"""


class Place:
    """Where trials run: found when first asked for, and found anew once it has gone away."""

    def __init__(self, connect: Callable[[str], Cluster] = Cluster) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._local: LocalWorkers | None = None
        self._cluster: Cluster | None = None
        self._refused = ""
        self._refused_at = -PATIENCE

    def executor(self, address: str) -> Executor:
        """The workers of this machine, or those of the scheduler at `address` if it is not "".

        Raises `ExecutorLost` with a sentence; the next call tries again.
        """
        with self._lock:
            if not address:
                self._local = self._local or LocalWorkers()
                return self._local
            if self._cluster is None or self._cluster.lost or self._cluster.address != address:
                self._cluster = self._found(address)
            return self._cluster

    @property
    def trouble(self) -> str:
        """Why trials that were begun have to wait, in a sentence; "" while they need not."""
        return "" if self._cluster is None else self._cluster.trouble

    def _found(self, address: str) -> Cluster:
        if self._cluster is not None:
            self._cluster.shutdown(wait=False)
            self._cluster = None
        if time.monotonic() < self._refused_at + PATIENCE:  # a class room would wait in a queue
            raise ExecutorLost(self._refused)
        try:
            return self._connect(address)
        except ExecutorLost as error:
            self._refused, self._refused_at = str(error), time.monotonic()
            raise


PLACE = Place()


def executor() -> Executor:
    """What runs this server's trials, shared by all tabs, first come, first served.

    Raises `ExecutorLost` with a sentence where there is nothing to run them on just now.
    """
    return PLACE.executor(os.environ.get(CLUSTER, "").strip())


def trouble() -> str:
    """Why trials begun on this server have to wait, in a sentence; "" while they need not."""
    return PLACE.trouble


def tell_waiting(quiet: float) -> None:
    """Says on the page why what was begun has to wait; `quiet`: seconds since a trial ended."""
    if waits := trouble():
        st.warning(plain(waits), icon=":material/cloud_off:")
    elif quiet > QUIET:
        st.info(
            f"No training has ended for {quiet / 60:.0f} min. Long ones take their time. If these "
            "should not, what trains them may hang: pause or cancel, and tell the server's owner.",
            icon=":material/hourglass:",
        )


def store() -> Store:
    """What keeps the studies and runs of the person who asks in this script run, once `meet` has
    found out who that is.

    Raises `StoreError` with a sentence where this server keeps none.
    """
    url, name = _url(), _known()
    if name is None:
        raise StoreError("This page is still finding out who you are; wait a moment.")
    return _store(url, "" if name == OWNER else name)


def _url() -> str:
    """Of this server's database; raises `StoreError` where it keeps nothing."""
    alone = one_person(st.get_option("server.address"), st.context.headers)
    return place(os.environ, alone=alone, windows=sys.platform == "win32")


def place(environment: Mapping[str, str], *, alone: bool, windows: bool = False) -> str:
    """The database's URL by its causes: the environment, and whether one person is served."""
    wish = environment.get(VARIABLE, "").strip()
    if wish.lower() == "off":
        raise StoreError("The owner of this server has switched keeping studies off.")
    if not wish and not alone:
        raise StoreError(
            "This server may be shared, so it keeps no studies. Its owner switches that on by "
            f"setting {VARIABLE} to a database's URL, as in sqlite:////srv/rbm/tuning.sqlite; "
            "everybody then has studies of their own."
        )
    return default_url(environment, windows)


def meet() -> None:
    """For the head of each page that keeps studies: finds out who asks, for `store()`.

    The browser says it once a tab, and again when another key is entered there.
    """
    with steady_place():
        try:
            _url()
        except StoreError:  # nothing is kept, so nobody need be asked
            return
        if _known() is None and (person := find_person()) is not None:
            st.session_state["lab_person"] = (_entered(), person.name)


def _known() -> str | None:
    """Whom `meet` has found; nobody as soon as the browser has become another person."""
    entered, name = st.session_state.get("lab_person", ("", None))
    return name if entered == _entered() else None


def _entered() -> str:
    key: str = st.session_state.get("browser_key_entered", "")
    return key


@st.cache_resource(show_spinner=False)
def _database(url: str) -> Database:
    return Database(url)


@st.cache_resource(show_spinner=False)
def _store(url: str, owner: str) -> Store:
    """One for each person, as what could not be written yet waits in it."""
    return Store(_database(url), owner)
