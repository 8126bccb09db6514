"""For all tests: property tests are reproducible in CI, and the engines that must agree."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import MetaData, create_engine

from rbm.engine import REFERENCE, current, warm_up
from rbm.tuning.database import Database
from tests.database_server import DatabaseServer

settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="module", params=["reference", "fused"])
def engine(request):
    if request.param == "reference":
        return REFERENCE
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    warm_up(background=False)
    assert current().name == "fused"
    return current()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[DatabaseServer]:
    """A real server, running; who stops it starts it again."""
    server = DatabaseServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database: a file that is not there yet, and a real server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'tuning.sqlite'}"
        return
    url = request.getfixturevalue("postgresql").url
    yield url
    engine = create_engine(Database(url).url)
    tables = MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C is heard here and in child processes, also where a shell runs the tests in the
    background, which makes it deaf."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
