"""On which loop a connection is tried."""

from functools import partial

import pytest

from tests.support.addresses import run_on
from tests.support.one_connection import Run


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    return partial(run_on, request.param)
