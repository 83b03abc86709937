"""The app over two documents, and the stand-in that is both its models."""

from collections.abc import Iterator

import pytest

from tests.support.openai_server import OpenAIServer
from tests.support.service import Service
from tests.support.streamed import over_two_documents, plain_again


@pytest.fixture(scope="module")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(stand_in: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with over_two_documents(stand_in, tmp_path_factory.mktemp("documents")) as service:
        yield service


@pytest.fixture
def model(stand_in: OpenAIServer) -> Iterator[OpenAIServer]:
    """The stand-in, to be scripted by one test and plain again for the next."""
    with plain_again(stand_in):
        yield stand_in
