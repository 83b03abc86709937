"""A service that waits but a moment for who does not read or write; nothing is left of a test."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.support.ending import ENDPOINTS, ask
from tests.support.faulty_model import FaultyModel
from tests.support.impatient import LIMITS, question, works
from tests.support.processes import family, open_files
from tests.support.served import over
from tests.support.service import Service


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, **LIMITS)) as service:
        with ThreadPoolExecutor(8) as pool:  # it has done its first of everything
            list(pool.map(lambda endpoint: ask(service, question(), endpoint), ENDPOINTS * 3))
        yield service


@pytest.fixture(autouse=True)
def _nothing_is_left(service: Service, model: FaultyModel, chroma_url: str) -> Iterator[None]:
    """Of what a test does: no model at work, no file open, and the next question answered."""
    pids = family(service.process.pid)
    kept_for = {urlsplit(model.url).port or 0, urlsplit(chroma_url).port or 0}
    before = open_files(pids, kept_for=kept_for)
    yield
    model.wait_until(lambda: model.live == 0)
    model.wait_until(lambda: open_files(pids, kept_for=kept_for) <= before)
    for _ in range(2):
        works(service)
