"""What fails, over plain HTTP: an error event or an HTTP error, never an internal word."""

import json
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service
from tests.support.streamed import ASK, CHAT, EMBEDDINGS, QUESTION, answer, ask, chunks

# The vectors of earlier questions are remembered: these go to the embedding model.
ASK_ANEW = {"input": {"input": "A question that nobody has asked before"}}
SECRET = "sk-internal at /srv/model/weights"


@pytest.mark.parametrize(
    ("script", "status", "code", "retryable"),
    [
        ({"drop_after": 0}, 502, "model_failed", True),
        ({"drop_after": 2}, 502, "model_failed", True),
        ({"error_after": 0}, 502, "model_failed", True),
        ({"error_after": 2}, 502, "model_failed", True),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, dict) else None,
)
def test_a_failing_model_is_one_error_event_and_a_clean_end(
    service: Service,
    model: OpenAIServer,
    script: dict[str, Any],
    status: int,
    code: str,
    retryable: bool,
) -> None:
    model.script(CHAT, answer=["a", "b", "c"], error_message=SECRET, **script)
    events = ask(service)  # reads to a proper end
    *before, last = events
    error = last.json()
    assert (last.event, last.id) == ("error", str(len(events)))
    assert {event.event for event in before} == {"metadata", "data"}
    assert [[*chunk] for chunk in chunks(before)][:2] == [["input"], ["context"]]
    assert answer(before) == "abc"[: script.get("drop_after", script.get("error_after", 0))]
    assert error == {
        "status_code": status,
        "code": code,
        "stage": "generate",
        "message": error["message"],
        "retryable": retryable,
        "run_id": before[0].json()["run_id"],
    }
    assert f"openai:{CHAT}" in error["message"]
    assert "sk-internal" not in "".join(event.data or "" for event in events)
    assert f"run {error['run_id']} failed, stage generate" in service.output()

    model.script(CHAT, answer="well again", drop_after=None, error_after=None)
    assert answer(ask(service)) == "well again"


@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events"])
@pytest.mark.parametrize(
    ("script", "status", "code", "retryable", "tries"),
    [
        ({"status": 400}, 502, "model_rejected", False, 1),
        ({"status": 401}, 502, "model_rejected", False, 1),
        ({"status": 404}, 502, "model_rejected", False, 1),
        ({"status": 429, "retry_after": "7"}, 429, "model_busy", True, 1),
        ({"status": 429}, 429, "model_busy", True, 3),
        ({"status": 500}, 502, "model_failed", True, 3),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, dict) else None,
)
def test_a_model_that_refuses_is_an_http_error(
    service: Service,
    model: OpenAIServer,
    endpoint: str,
    script: dict[str, Any],
    status: int,
    code: str,
    retryable: bool,
    tries: int,
) -> None:
    model.script(CHAT, error_message=SECRET, **script)
    with sse.post(f"{service.url}/rag/{endpoint}", ASK) as stream:
        problem = json.loads(stream.text())
    assert stream.status == status
    assert stream.headers["content-type"] == "application/json"
    assert problem == {
        "status_code": status,
        "code": code,
        "stage": "generate",
        "message": problem["message"],
        "retryable": retryable,
        "run_id": problem["run_id"],
    }
    assert f"openai:{CHAT}" in problem["message"]
    assert "sk-internal" not in problem["message"]
    assert stream.headers.get("retry-after") == ({429: script.get("retry_after", "1")}.get(status))
    assert f"run {problem['run_id']} failed, stage generate" in service.output()
    assert len(model.chats) == tries


def test_a_failing_embedding_model_is_an_http_error(service: Service, model: OpenAIServer) -> None:
    model.script(EMBEDDINGS, status=400, error_message=SECRET)
    with sse.post(f"{service.url}/rag/stream", ASK_ANEW) as stream:
        problem = json.loads(stream.text())
    assert stream.status == problem["status_code"] == 502
    assert (problem["code"], problem["stage"]) == ("embedding_failed", "retrieve")
    assert "sk-internal" not in problem["message"]
    assert model.chats == []


@pytest.mark.parametrize("endpoint", ["invoke", "batch"])
def test_a_failing_model_is_an_http_error_where_nothing_is_streamed(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    model.script(CHAT, drop_after=1, error_message=SECRET)
    body = {**ASK, "inputs": [ASK["input"]]}
    response = httpx.post(f"{service.url}/rag/{endpoint}", json=body, trust_env=False, timeout=60)
    assert response.status_code == 502
    assert response.json()["code"] == "model_failed"


def test_a_batch_that_has_failed_leaves_no_model_at_work(
    service: Service, model: OpenAIServer
) -> None:
    model.once(CHAT, status=400)
    model.script(CHAT, hang="response")
    body = {"inputs": [ASK["input"]] * 12}
    response = httpx.post(f"{service.url}/rag/batch", json=body, trust_env=False, timeout=60)
    assert response.status_code == 502
    model.wait_until(lambda: model.live == 0)
    assert len(model.chats) <= 8  # as many as run at once


@pytest.mark.parametrize("endpoint", ["stream_log", "stream_events"])
def test_a_failing_model_is_the_last_event_of_logs_and_events_too(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    model.script(CHAT, answer=["a", "b"], error_after=1, error_message=SECRET)
    with sse.post(f"{service.url}/rag/{endpoint}", ASK) as stream:
        *before, last = list(stream)
    assert last.event == "error"
    assert last.json()["code"] == "model_failed"
    assert {event.event for event in before} == {"data"}
    assert "sk-internal" not in str([*before, last])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b'{"input": {"input": "\xff\xfe"}}', "body"),
        (b"[" * 100_000, "body"),
        (b"[]", "body"),
        ({}, "input"),
        ({"input": QUESTION}, "input"),
        ({"input": {"input": 7}}, "input.input"),
        ({"input": {"input": ""}}, "input.input"),
        ({"input": {"input": "x" * 20_000}}, "input.input"),
        ({"input": {"question": QUESTION}}, "input"),
        ({**ASK, "config": None}, "config"),
        ({**ASK, "config": {"configurable": {"top_k": 4}}}, "config.configurable.top_k"),
        ({**ASK, "config": {"configurable": {"k": 0}}}, "config.configurable.k"),
        ({**ASK, "config": {"configurable": {"k": 101}}}, "config.configurable.k"),
        ({**ASK, "config": {"configurable": {"search_type": "mmr"}}}, "config.configurable.search"),
        ({**ASK, "config": {"configurable": {"filter": {"author": "x"}}}}, "config.configurable.f"),
    ],
    ids=str,
)
def test_a_malformed_request_is_422_and_costs_nothing(
    service: Service, model: OpenAIServer, body: Any, field: str
) -> None:
    with sse.post(f"{service.url}/rag/stream", body) as stream:
        problem = json.loads(stream.text())
    assert stream.status == problem["status_code"] == 422
    assert problem["message"].startswith(field)
    assert model.calls == []
