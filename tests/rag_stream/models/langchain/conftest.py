"""Stand-ins of providers' servers."""

from collections.abc import Iterator

import pytest

from tests.support.model_server import ModelServer
from tests.support.ollama_server import OllamaServer
from tests.support.provider_chats import PROVIDERS, SERVERS


@pytest.fixture(params=PROVIDERS)
def server(request: pytest.FixtureRequest) -> Iterator[ModelServer]:
    """One provider's stand-in after the other."""
    with SERVERS[request.param]() as server:
        yield server


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server
