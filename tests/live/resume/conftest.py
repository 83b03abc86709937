"""Fixtures of these tests: one worker, and two that share their runs through a real Redis."""

from collections.abc import Iterator
from dataclasses import fields

import pytest

from tests.support.openai_server import OpenAIServer
from tests.support.redis_server import RedisServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def service(
    request: pytest.FixtureRequest, model: OpenAIServer, chroma_url: str
) -> Iterator[Service]:
    if request.param == 1:
        with Service(env=over(model, chroma_url)) as service:
            yield service
        return
    with (
        RedisServer() as redis,
        Service(env=over(model, chroma_url, WEB_CONCURRENCY=2, REDIS_URL=redis.url)) as service,
    ):
        yield service


@pytest.fixture(autouse=True)
def _plain(model: OpenAIServer) -> None:
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    model.script(**plain)
    model.calls.clear()
