"""Fixtures of these tests."""

import asyncio

import pytest
import uvloop

from tests.support.waits import Run


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """The service runs on uvloop, plain Python on asyncio's own loop."""
    runner: Run = request.param
    return runner
