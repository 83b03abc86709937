"""A reranker on the wire: its order and places in the stream, and answers that outlive it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import sse
from tests.support.corpus import MEMORY, STREAM, TEXTS
from tests.support.openai_server import OpenAIServer
from tests.support.rerank_server import RerankServer
from tests.support.served import over
from tests.support.service import Service

KEY = "sk-rerank-secret"
QUESTION = {"input": {"input": "What is streaming?"}}


@pytest.fixture(scope="module")
def reranker() -> Iterator[RerankServer]:
    with RerankServer(wanted={"memory", "agent", "vector", "store"}) as server:
        yield server


@pytest.fixture(scope="module")
def environment(chroma_url: str) -> Iterator[dict[str, str]]:
    with OpenAIServer() as model:
        yield over(model, chroma_url)


@pytest.fixture(scope="module")
def service(environment: dict[str, str], reranker: RerankServer) -> Iterator[Service]:
    ours = {
        "RAG_RERANK_URL": reranker.url,
        "RAG_RERANK_MODEL": "stand-in",
        "RAG_RERANK_KEY": KEY,
        "RAG_RERANK_TIMEOUT_S": "1",
    }
    with Service(env={**environment, **ours}) as service:
        yield service


def ask(service: Service) -> dict[str, Any]:
    """The stream's chunks put together; it has to end well."""
    whole: dict[str, Any] = {}
    with sse.post(f"{service.url}/rag/stream", QUESTION) as stream:
        assert stream.status == 200
        events = list(stream)
    assert [event.event for event in events[:1] + events[-1:]] == ["metadata", "end"]
    for event in events[1:-1]:
        for key, value in event.json().items():
            whole[key] = whole[key] + value if key in whole else value
    return whole


def first_text(whole: dict[str, Any]) -> str:
    return str(whole["context"][0]["page_content"])


def test_the_stream_shows_its_order(service: Service, reranker: RerankServer) -> None:
    reranker.how = "answer"
    whole = ask(service)
    assert first_text(whole) == MEMORY
    places = [document["metadata"]["found"]["rerank"] for document in whole["context"]]
    assert [place["rank"] for place in places] == [1, 2, 3, 4, 5]
    assert places[0]["score"] == pytest.approx(reranker.score(MEMORY), abs=1e-6)
    assert whole["status"]["state"] == "completed"
    assert whole["status"]["rerank"] == {"state": "used", "model": "stand-in"}
    assert reranker.calls[-1].headers["authorization"] == f"Bearer {KEY}"
    assert sorted(reranker.calls[-1].texts) == sorted(TEXTS)


@pytest.mark.parametrize(
    ("how", "state"),
    [("hang", "timed_out"), ((500, KEY.encode()), "failed"), ((200, b"<html>"), "failed")],
)
def test_an_answer_outlives_it(
    service: Service, reranker: RerankServer, how: Any, state: str
) -> None:
    reranker.how = how
    whole = ask(service)
    assert first_text(whole) == STREAM
    assert whole["answer"]
    assert all("rerank" not in one["metadata"]["found"] for one in whole["context"])
    assert whole["status"]["state"] == "completed"
    assert whole["status"]["rerank"] == {"state": state, "model": "stand-in"}


def test_readiness_does_not_depend_on_it_and_the_log_holds_no_key(
    service: Service, reranker: RerankServer
) -> None:
    reranker.how = 500, KEY.encode()
    ask(service)
    service.wait_ready()
    log = service.output()
    assert "the reranker failed; the order without it is used: it answered with status 500" in log
    assert KEY not in log


def test_without_one_the_wire_says_nothing_of_it(environment: dict[str, str]) -> None:
    with Service(env=environment) as service:
        whole = ask(service)
    assert first_text(whole) == STREAM
    assert "rerank" not in whole["status"]
    assert all("rerank" not in one["metadata"]["found"] for one in whole["context"])


def test_an_address_without_a_model_stops_the_start(environment: dict[str, str]) -> None:
    service = Service(env={**environment, "RAG_RERANK_URL": "http://127.0.0.1:9"}, deadline=60)
    with pytest.raises(RuntimeError, match="RAG_RERANK_MODEL: expected a model's name"):
        service.__enter__()
