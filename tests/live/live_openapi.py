"""What `/openapi.json` says of a running service, against what it does: every documented error."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.support.documented import (
    CHAT,
    COMPLETIONS,
    NOBODYS,
    QUESTION,
    Operation,
    completion_body,
)
from tests.support.ending import body_for
from tests.support.faulty_model import FaultyModel
from tests.support.served import over
from tests.support.service import Service

STREAMS = ("stream", "stream_log", "stream_events")
POSTS = [
    f"/rag/{link}{name}"
    for link in ("", "c/{config_hash}/")
    for name in ("invoke", "batch", *STREAMS)
]
SCHEMAS = [
    f"/rag/{link}{name}_schema"
    for link in ("", "c/{config_hash}/")
    for name in ("input", "output", "config")
]
RUN = "/rag/runs/{run_id}"
SESSION = "/chat/sessions/{session_id}"
SOURCE = "/sources/{id}"
MODEL = "/v1/models/{name}"
OPERATIONS = [
    *(("POST", path) for path in POSTS),
    *(("GET", path) for path in (*SCHEMAS, "/healthz", "/readyz", "/page/info", f"{RUN}/stream")),
    ("DELETE", RUN),
    ("GET", "/chat/sessions"),
    ("GET", SESSION),
    ("DELETE", SESSION),
    *(("POST", CHAT), ("GET", f"{CHAT}/{{chat_id}}/stream"), ("POST", f"{CHAT}/{{chat_id}}/stop")),
    *(("GET", path) for path in ("/sources", SOURCE)),
    *(("POST", "/feedback"), ("POST", COMPLETIONS), ("GET", "/v1/models"), ("GET", MODEL)),
]
# Not to be had over a socket: a fault of ours is none that is known. Runs in other workers,
# forgotten events and stops that take too long: tests/app/runs, tests/live/resume. Turns of
# sessions that wait for too long: tests/app/sessions.
ELSEWHERE = {"500", "409"}
OF_SOURCES_ELSEWHERE = {"502", "504"}
OF_RUNS_ELSEWHERE = {"204", "410", "502", "504", "500", "200"}
OF_CHATS_ELSEWHERE = {"200", "404", "410", "502", "504"}


def in_session(session: str, endpoint: str) -> bytes:
    config = {"config": {"configurable": {"session_id": session}}}
    return json.dumps({**body_for(QUESTION, endpoint), **config}).encode()


@pytest.fixture(scope="module")
def service(chroma_url: str) -> Iterator[Service]:
    with FaultyModel() as model:
        env = over(
            model,
            chroma_url,
            RAG_BODY_TIMEOUT_S=1,
            RAG_FIRST_TOKEN_TIMEOUT_S=1,
            RAG_RETRIES=0,
            RAG_MAX_CONNECTIONS_PER_ADDRESS=20,
            RAG_SESSIONS="on",
            RAG_FEEDBACK="on",
        )
        with Service(env=env) as service:
            for name in ("mine", "another's"):
                asked = json.loads(in_session(name, "invoke"))
                headers = {"X-API-Key": name}
                address = f"{service.url}/rag/invoke"
                httpx.post(address, json=asked, headers=headers, timeout=30).raise_for_status()
            yield service


@pytest.fixture(scope="module")
def document(service: Service) -> dict[str, Any]:
    document: dict[str, Any] = httpx.get(f"{service.url}/openapi.json").json()
    return document


@pytest.fixture(params=OPERATIONS, ids=lambda operation: " ".join(operation))
def operation(
    request: pytest.FixtureRequest, service: Service, document: dict[str, Any]
) -> Operation:
    return Operation(service, document, *request.param)


def test_every_operation_is_tried(document: dict[str, Any]) -> None:
    documented = {(m.upper(), path) for path, ways in document["paths"].items() for m in ways}
    chat = {(m, f"/chat{path.removeprefix('/rag')}") for m, path in OPERATIONS if "/rag" in path}
    assert documented == {*OPERATIONS, *chat}
    for method, path in chat:  # it is the same chain: tried once is tried for both
        ours = document["paths"][path][method.lower()]["responses"]
        theirs = document["paths"][path.replace("/chat", "/rag")][method.lower()]["responses"]
        assert str(ours).replace("schemas/chat", "schemas/rag") == str(theirs), path


def test_an_operation_answers_as_documented_whatever_is_wrong(
    operation: Operation, service: Service
) -> None:
    operation.sends_raw(400, "Transfer-Encoding: chunked\r\n", b"no length\r\n")
    operation.sends_raw(413, "Content-Type: application/json\r\nContent-Length: 2000000\r\n")
    operation.sends_raw(421, "Connection: close\r\n", host="evil.example")
    operation.sends_raw(431, "x: y\r\n" * 101)
    operation.crowded()
    expected = set(operation.responses) - ELSEWHERE
    if operation.link is not None:
        operation.sends(422, path=operation.link)
    if operation.path.startswith(f"{CHAT}/"):
        operation.sends(204)
        operation.sends(422, path=operation.path.replace(NOBODYS, "x" * 501))
        if operation.method == "POST":
            operation.sends(415, content_type="text/plain")
        expected -= OF_CHATS_ELSEWHERE
    elif operation.path == "/feedback":
        asked = httpx.post(f"{service.url}/rag/invoke", json=body_for(QUESTION, "invoke"))
        said = {"run_id": asked.json()["output"]["status"]["run_id"], "score": 1}
        operation.sends(200, json.dumps(said).encode())
        operation.sends(404, json.dumps({**said, "run_id": NOBODYS}).encode())
        operation.sends(422, json.dumps({**said, "score": 5}).encode())
        operation.sends_raw(408, "Content-Type: application/json\r\nContent-Length: 9\r\n", b"{")
        operation.sends(413, b" " * 1_000_001)
        operation.sends(415, b"{}", content_type="text/plain")
    elif operation.path == COMPLETIONS:
        try_completions(operation)
    elif operation.path.startswith("/v1/models"):
        known = operation.path.replace(NOBODYS, "rag-stream")
        operation.sends(200, path=known)
        if known != operation.path:
            operation.sends(404)
    elif operation.method == "POST":
        operation.sends(200)
        operation.sends_raw(408, "Content-Type: application/json\r\nContent-Length: 9\r\n", b"{")
        operation.sends(413, b" " * 1_000_001)
        operation.sends(415, content_type="text/plain")
        for bad in (b"", b"[]", b"{", operation.body(""), operation.body(" ")):
            operation.sends(422, bad)
        operation.sends(422, x_on_disconnect="perhaps")
        if operation.path != CHAT:
            endpoint = "batch" if operation.is_batch else "invoke"
            operation.sends(404, in_session("another's", endpoint))
        operation.sends(429, operation.body("fault:status_429"))
        operation.sends(502, operation.body("fault:status_401"))
        operation.sends(504, operation.body("fault:slow_headers:5"))
    elif "runs" in operation.path:
        operation.sends(404)
        if operation.method == "GET":
            operation.sends(422, last_event_id="one")
        expected -= OF_RUNS_ELSEWHERE
        operation.given -= OF_RUNS_ELSEWHERE
        if operation.method == "DELETE":
            expected -= {"204"}
    elif operation.path == "/chat/sessions":
        operation.sends(200)
        operation.sends(422, path=f"{operation.path}?limit=0")
        expected -= {"404"}  # where no sessions are kept
    elif "sessions" in operation.path:
        operation.sends(404)
        mine = "/chat/sessions/mine"
        if operation.method == "GET":
            operation.sends(200, path=mine, x_api_key="mine")
            operation.sends(422, path=f"{mine}?limit=0")
        else:
            operation.sends(204, path=mine, x_api_key="mine")
    elif operation.path.startswith("/sources"):
        known = httpx.get(f"{operation.service.url}/sources.json").json()["documents"][0]["id"]
        found = operation.path.replace("{id}", known)
        operation.sends(200, path=found)
        operation.sends(200, path=found, accept="application/json")
        operation.sends(422, path=f"{found}?format=xml")
        if operation.path == SOURCE:
            operation.sends(404)
        expected -= OF_SOURCES_ELSEWHERE
    else:
        operation.sends(200)
    assert operation.given == expected


def try_completions(operation: Operation) -> None:
    """Every documented status; what is wrong with a field is a 400 here."""
    asked = {"type": "object", "$ref": "#/components/schemas/ChatCompletionRequest"}
    request = Draft202012Validator({**asked, "components": operation.components})
    for more in ({}, {"stream": True, "stream_options": {"include_usage": True}}):
        body = completion_body(QUESTION, **more, temperature=0, stop=["END"])
        request.validate(body)
        operation.sends(200, json.dumps(body).encode())
    operation.sends_raw(408, "Content-Type: application/json\r\nContent-Length: 9\r\n", b"{")
    operation.sends(413, b" " * 1_000_001)
    operation.sends(415, content_type="text/plain")
    for wrong in ({"messages": []}, {"temperature": 3}, {"stop": [""]}, {"stream": "yes"}):
        body = completion_body(QUESTION) | wrong
        assert not request.is_valid(body)
        operation.sends(400, json.dumps(body).encode())
    for bad in (b"", b"[]", b"{", operation.body(""), operation.body(" ")):
        operation.sends(400, bad)
    operation.sends(400, json.dumps(completion_body(QUESTION, tools=[{}])).encode())
    operation.sends(400, x_citation_style="footnotes")
    operation.sends(404, json.dumps(completion_body(QUESTION, model="gpt-4o")).encode())
    operation.sends(429, operation.body("fault:status_429"))
    operation.sends(502, operation.body("fault:status_401"))
    operation.sends(504, operation.body("fault:slow_headers:5"))


def test_a_run_that_is_come_back_to_is_as_documented(
    service: Service, document: dict[str, Any]
) -> None:
    resume = Operation(service, document, "GET", f"{RUN}/stream")
    stop = Operation(service, document, "DELETE", RUN)
    headers = {"X-On-Disconnect": "continue"}
    asked = httpx.post(
        f"{service.url}/rag/stream", json=body_for(QUESTION, "stream"), headers=headers
    )
    events = [line for line in asked.text.splitlines() if line.startswith("data: ")]
    run_id = json.loads(events[0].removeprefix("data: "))["run_id"]
    resume.sends(200, path=f"/rag/runs/{run_id}/stream")
    resume.sends(204, path=f"/rag/runs/{run_id}/stream?after={asked.text.count('id: ')}")
    stop.sends(204, path=f"/rag/runs/{run_id}")


def test_a_service_without_an_index_is_as_documented(document: dict[str, Any]) -> None:
    with Service(env={"RAG_CHAT_MODEL": "local:extractive"}, ready="/healthz") as empty:
        for path in ("/readyz", "/sources", SOURCE):
            Operation(empty, document, "GET", path).sends(503)
        for path in (*POSTS[:5], COMPLETIONS):
            Operation(empty, document, "POST", path).sends(503)
