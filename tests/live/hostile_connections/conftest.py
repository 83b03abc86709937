"""The service that these tests are hostile to; after each of them it still works."""

from collections.abc import Iterator

import pytest

from tests.support.ending import ask
from tests.support.faulty_model import FaultyModel
from tests.support.hostile_links import HEAD_S, QUESTION
from tests.support.served import over
from tests.support.service import Service

MOST = 200


@pytest.fixture(scope="package")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="package")
def environment(model: FaultyModel, chroma_url: str) -> dict[str, str]:
    return over(
        model,
        chroma_url,
        RAG_HEAD_TIMEOUT_S=HEAD_S,
        RAG_MAX_CONNECTIONS_PER_ADDRESS=MOST,
        RAG_SEND_TIMEOUT_S=5,
    )


@pytest.fixture(scope="package", params=[1, 2], ids=["one worker", "two workers"])
def service(environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Service]:
    with Service(env={**environment, "WEB_CONCURRENCY": str(request.param)}) as service:
        yield service


@pytest.fixture(autouse=True)
def _still_works(service: Service) -> Iterator[None]:
    yield
    assert ask(service, QUESTION).code == "completed"
