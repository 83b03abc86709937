"""More questions than a worker may answer: told at once, and those inside unharmed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.support.ending import ENDPOINTS, ask, body_for
from tests.support.openai_server import OpenAIServer
from tests.support.served import over
from tests.support.service import Service

QUESTION = "What is Task Decomposition?"
MOST = 5
UNREAD = 2
"""Where nothing else is said, a quarter as many."""


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(model: OpenAIServer, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, RAG_MAX_STREAMS=MOST, RAG_DRAIN_S=1)) as service:
        yield service


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_beyond_the_limit_it_is_503_and_those_inside_finish(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    release = Event()
    model.calls.clear()
    model.script(answer=["a", "b", "c"], hold_after=1, release=release)
    with ThreadPoolExecutor(MOST) as threads:
        inside = [threads.submit(ask, service, QUESTION, endpoint) for _ in range(MOST)]
        model.wait_until(lambda: sum(call.tokens_sent == 1 for call in model.chats) == MOST)
        for other in ENDPOINTS:
            url = f"{service.url}/rag/{other}"
            refused = httpx.post(url, json=body_for(QUESTION, other), trust_env=False, timeout=60)
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert int(refused.headers["retry-after"]) > 0
            assert refused.json()["retryable"] is True
            assert "5 at a time" in refused.json()["message"]
        assert len(model.chats) == MOST
        # Readiness and everything that asks no model still answer.
        assert httpx.get(f"{service.url}/readyz", trust_env=False, timeout=60).status_code == 200
        release.set()
        assert {stream.result(20).code for stream in inside} <= {"completed", "None"}
    assert ask(service, QUESTION, endpoint).how == "status"


def test_a_place_is_free_again_when_its_client_has_left(
    service: Service, model: OpenAIServer
) -> None:
    model.script(answer="Hello.", hang="response")
    for _ in range(MOST * 2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{service.url}/rag/stream",
                json=body_for(QUESTION, "stream"),
                timeout=0.2,
                trust_env=False,
            )
        model.wait_until(lambda: model.live == 0)
    model.script(hang=None)
    assert ask(service, QUESTION).code == "completed"


def test_runs_that_go_on_alone_leave_the_places_to_others(
    service: Service, model: OpenAIServer
) -> None:
    model.script(answer="Hello.", hang="response")
    headers = {"X-On-Disconnect": "continue"}
    for _ in range(MOST * 2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{service.url}/rag/stream",
                json=body_for(QUESTION, "stream"),
                headers=headers,
                timeout=0.5,
                trust_env=False,
            )
    model.wait_until(lambda: model.live == UNREAD)
    model.script(hang=None)
    assert ask(service, QUESTION).code == "completed"
    assert model.live == UNREAD
