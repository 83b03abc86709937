"""The stream through a real nginx that nobody has told of streams: it buffers by default."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.ending import ask_at, body_for
from tests.support.nginx import Nginx
from tests.support.openai_server import OpenAIServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service

CHAT = "gpt-4o-mini"
QUESTION = "What is Task Decomposition?"
TOKENS = ["one", " two", " three", " four"]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(stand_in: OpenAIServer, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(stand_in, chroma_url, RAG_RETRIES=0)) as service:
        yield service


@pytest.fixture(scope="module")
def nginx(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with Nginx(service.url, tmp_path_factory.mktemp("nginx")) as nginx:
        yield nginx


@pytest.fixture
def model(stand_in: OpenAIServer) -> Iterator[OpenAIServer]:
    """Scripted by one test, and plain again for the next."""
    stand_in.calls.clear()
    yield stand_in
    stand_in.script(CHAT, **{field.name: getattr(Script(), field.name) for field in fields(Script)})


def texts_of(event: sse.Event, endpoint: str) -> str:
    """The answer's text that an event of this endpoint brings."""
    if event.event != "data":
        return ""
    value = event.json()
    if endpoint == "stream":
        return str(value.get("answer", ""))
    if endpoint == "stream_events":
        chunk = value["data"].get("chunk") if value["event"] == "on_chain_stream" else None
        is_whole = not value["parent_ids"] and isinstance(chunk, dict)
        return str(chunk.get("answer", "")) if is_whole else ""
    ops = [op for op in value["ops"] if op["path"] == "/streamed_output/-"]
    return "".join(op["value"].get("answer", "") for op in ops)


@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events"])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_token_arrives_before_the_model_has_sent_the_next(
    nginx: Nginx, model: OpenAIServer, count: int, endpoint: str
) -> None:
    """Order, not time: the model holds its next token until we have read all before it."""
    release = Event()
    model.script(CHAT, answer=TOKENS, hold_after=count, release=release)
    asked = body_for(QUESTION, endpoint)
    with sse.post(f"{nginx.url}/rag/{endpoint}", asked) as stream:
        events, got = iter(stream), ""
        while '"Document"' not in (next(events).data or ""):
            pass  # the sources come before the first token
        while got != "".join(TOKENS[:count]):
            got += texts_of(next(events), endpoint)
        model.wait_until(lambda: [call.tokens_sent for call in model.chats] == [count])
        assert model.chats[0].outcome == "live"
        release.set()
        rest = list(events)
    assert got + "".join(texts_of(event, endpoint) for event in rest) == "".join(TOKENS)
    assert rest[-1].event == "end"


def test_what_goes_through_stays_what_it_is(nginx: Nginx, model: OpenAIServer) -> None:
    """A long answer, and one without any text; its headers are those for proxies behind it."""
    for answer in ("x" * 300_000, ""):
        model.script(CHAT, answer=[answer])
        ending = ask_at(nginx.url, QUESTION)
        assert (ending.code, ending.answer) == ("completed", answer)
        assert ending.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert ending.headers["cache-control"] == "no-cache, no-transform"


def test_a_client_that_leaves_the_proxy_stops_the_model(nginx: Nginx, model: OpenAIServer) -> None:
    model.script(CHAT, answer=TOKENS, hold_after=2)
    with sse.post(f"{nginx.url}/rag/stream", body_for("What?", "stream")) as stream:
        model.wait_until(lambda: model.live == 1)
        stream.abort()
    model.wait_until(lambda: model.live == 0)
    assert [call.outcome for call in model.chats] == ["abandoned"]


@pytest.mark.parametrize(
    ("script", "how", "code"),
    [
        ({"status": 401}, "http", "model_rejected"),
        ({"status": 429, "retry_after": "7"}, "http", "model_busy"),
        ({"drop_after": 0}, "event", "model_failed"),
        ({"drop_after": 2}, "event", "model_failed"),
        ({"error_after": 2}, "event", "model_failed"),
    ],
    ids=str,
)
def test_failures_come_through_unchanged(
    service: Service,
    nginx: Nginx,
    model: OpenAIServer,
    script: dict[str, Any],
    how: str,
    code: str,
) -> None:
    model.script(CHAT, answer=TOKENS, **script)
    straight, proxied = ask_at(service.url, QUESTION), ask_at(nginx.url, QUESTION)
    for ending in (straight, proxied):
        ending.fields.pop("run_id")
    assert (proxied.how, proxied.code) == (how, code)
    assert proxied.fields == straight.fields
    assert proxied.answer == straight.answer
    assert proxied.headers.get("retry-after") == script.get("retry_after")
    assert proxied.headers["content-type"] == straight.headers["content-type"]


def test_bad_input_comes_through_unchanged(nginx: Nginx) -> None:
    with sse.post(f"{nginx.url}/rag/stream", {"input": {"input": ""}}) as stream:
        problem = json.loads(stream.text())
    assert (stream.status, problem["code"]) == (422, "invalid_input")


FORWARDING = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/30, ::1", "10.0.0.0/8", ""])
def test_a_clients_address_is_believed_of_a_trusted_proxy_only(
    tmp_path: Path, trusted: str, workers: int
) -> None:
    """Whatever the client itself says of it."""
    env = {"RAG_TRUSTED_PROXIES": trusted, "WEB_CONCURRENCY": str(workers)}
    path = f"/nowhere/{tmp_path.name}"
    with Service(env=env, ready="/healthz") as service:
        with Nginx(service.url, tmp_path, FORWARDING) as nginx:
            there = httpx.HTTPTransport(local_address="127.0.0.9")
            with httpx.Client(transport=there) as client:
                said = {"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9"}
                client.get(f"{nginx.url}{path}", headers=said)
                client.get(f"{service.url}{path}", headers=said)
        lines = [line for line in service.output().splitlines() if path in line]
    by_nginx, straight = (line.split("INFO:")[1].split(":")[0].strip() for line in lines)
    assert straight == "127.0.0.9"
    assert by_nginx == ("127.0.0.9" if trusted.startswith("127") else "127.0.0.1")


def test_nginx_had_nothing_to_complain_of(nginx: Nginx) -> None:
    """An answer that broke off, or a buffer that went to disk, would stand in its log."""
    assert [line for line in nginx.output().splitlines() if "[notice]" not in line] == []
