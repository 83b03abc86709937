"""A service that answers from the sample, and LangServe's Python client before it."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest
from langserve import RemoteRunnable

from tests.support.remote import client_of
from tests.support.service import Service, ingest


@pytest.fixture(scope="package")
def service() -> Iterator[Service]:
    """The app as it comes: no key, local models, the sample corpus."""
    service = Service()
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield service


@pytest.fixture(autouse=True)
def _no_client_is_left() -> Iterator[None]:
    """A client's finalizer starts a thread: where the collector happens to meet one while
    another thread is being started, both wait for ever."""
    yield
    gc.collect()


@pytest.fixture
async def remote(service: Service) -> AsyncIterator[RemoteRunnable]:
    async with client_of(service) as remote:
        yield remote
