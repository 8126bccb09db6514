"""For all tests: property tests are reproducible in CI, and the engines that must agree."""

import os

import pytest
from hypothesis import HealthCheck, settings

from rbm.engine import REFERENCE, current, warm_up

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
