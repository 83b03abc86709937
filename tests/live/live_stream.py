"""The stream over plain HTTP: a real server in a process of its own, a scripted model."""

import json
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.corpus import TASK, TREE
from tests.support.openai_server import OpenAIServer
from tests.support.script import Call, Script
from tests.support.service import Service, ingest

CHAT = "gpt-4o-mini"
EMBEDDINGS = "text-embedding-3-small"
QUESTION = "What is Task Decomposition?"
ASK = {"input": {"input": QUESTION}}
# The vectors of earlier questions are remembered: these go to the embedding model.
ASK_ANEW = {"input": {"input": "A question that nobody has asked before"}}
ASK_ANEW_TOO = {"input": {"input": "Another such question"}}
FAMILY = ["👩", "\u200d", "👩", "\u200d", "👧", "🇩", "🇪", "e", "\u0301"]
SECRET = "sk-internal at /srv/model/weights"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(stand_in: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The app over two documents, with the stand-in for both models."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "task.md").write_text(f"# Tasks\n\n{TASK}\n")
    (folder / "tree.md").write_text(f"# Trees\n\n{TREE}\n")
    models = {"RAG_CHAT_MODEL": f"openai:{CHAT}", "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}"}
    service = Service(env={**stand_in.environment, **models})
    assert ingest(service.environment, ".", cwd=folder).returncode == 0
    with service:
        yield service


@pytest.fixture
def model(stand_in: OpenAIServer) -> Iterator[OpenAIServer]:
    """The stand-in, to be scripted by one test and plain again for the next."""
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    stand_in.calls.clear()
    yield stand_in
    stand_in.script(CHAT, **plain)
    stand_in.script(EMBEDDINGS, **plain)


def ask(service: Service, body: Any = ASK) -> list[sse.Event]:
    """All events of one stream, which has to end cleanly."""
    with sse.post(f"{service.url}/rag/stream", body) as stream:
        return list(stream)


def chunks(events: Sequence[sse.Event]) -> list[dict[str, Any]]:
    return [event.json() for event in events if event.event == "data"]


def answer(events: Sequence[sse.Event]) -> str:
    return "".join(chunk["answer"] for chunk in chunks(events) if "answer" in chunk)


def chat(model: OpenAIServer) -> Call:
    (call,) = model.chats
    return call


def test_the_parts_of_an_answer_come_in_their_order(service: Service, model: OpenAIServer) -> None:
    model.script(CHAT, answer=["Small ", "steps", "."])
    events = ask(service)
    assert [event.event for event in events] == ["metadata", *["data"] * (len(events) - 2), "end"]
    kinds = [list(chunk) for chunk in chunks(events)]
    answers = len(kinds) - 4
    assert kinds == [["input"], ["context"], *[["answer"]] * answers, ["citations"], ["status"]]
    assert answers >= 1  # how many is a matter of how they arrive
    assert answer(events) == "Small steps."
    assert [event.id for event in events] == [str(n) for n in range(1, len(events) + 1)]
    assert events[-1].data is None


def test_the_sources_are_documents_of_the_index(service: Service, model: OpenAIServer) -> None:
    question, context, *_ = chunks(ask(service))
    assert question == {"input": QUESTION}
    documents = context["context"]
    assert [document["metadata"]["source"] for document in documents] == ["task.md", "tree.md"]
    assert TASK in documents[0]["page_content"]
    assert documents[0]["type"] == "Document"
    keys = {"source", "title", "start_index", "chunk_id", "score", "found"}
    assert set(documents[0]["metadata"]) == keys
    assert TASK in chat(model).prompt
    assert chat(model).prompt.endswith(QUESTION)


def test_the_status_tells_how_it_ended(service: Service, model: OpenAIServer) -> None:
    model.script(CHAT, answer=["one", " two", " three"])
    events = ask(service)
    status = chunks(events)[-1]["status"]
    words = len(chat(model).prompt.split())
    assert status["state"] == "completed"
    assert status["finish_reason"] == "stop"
    assert status["run_id"] == events[0].json()["run_id"]
    assert status["model"] == f"openai:{CHAT}"
    assert status["usage"]["input_tokens"] == words
    assert status["usage"]["output_tokens"] == 3
    assert status["usage"]["total_tokens"] == words + 3
    assert status["index_generation"] >= 1
    times = status["timings_ms"]
    assert 0 < times["retrieve"] <= times["first_token"] <= times["total"]
    assert chat(model).body["stream_options"] == {"include_usage": True}


def test_an_answer_cut_at_its_length_is_called_truncated(
    service: Service, model: OpenAIServer
) -> None:
    model.script(CHAT, finish_reason="length")
    status = chunks(ask(service))[-1]["status"]
    assert (status["state"], status["finish_reason"]) == ("truncated", "length")


def test_no_proxy_may_hold_the_stream_back(service: Service, model: OpenAIServer) -> None:
    with sse.post(f"{service.url}/rag/stream", ASK) as stream:
        list(stream)
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["cache-control"] == "no-cache, no-transform"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.headers["transfer-encoding"] == "chunked"
    assert "content-encoding" not in stream.headers


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_token_arrives_before_the_model_has_sent_the_next(
    service: Service, model: OpenAIServer, count: int
) -> None:
    """Order, not time: the model holds its next token until we have read all before it."""
    tokens = ["one", " two", " three", " four"]
    release = Event()
    model.script(CHAT, answer=tokens, hold_after=count, release=release)
    with sse.post(f"{service.url}/rag/stream", ASK) as stream:
        events, got = iter(stream), [""]
        context: list[Any] = []
        model.wait_until(lambda: bool(model.chats))
        while not context or "".join(got) != "".join(tokens[:count]):
            chunk = next(event.json() for event in events if event.event == "data")
            got.append(chunk.get("answer", ""))
            context = chunk.get("context", context)
        model.wait_until(lambda: chat(model).tokens_sent == count)
        assert chat(model).outcome == "live"
        release.set()
        rest = list(events)
    assert "".join(got) + answer(rest) == "".join(tokens)


def test_the_sources_do_not_wait_for_the_first_token(service: Service, model: OpenAIServer) -> None:
    model.script(CHAT, hang="first_token")
    with sse.post(f"{service.url}/rag/stream", ASK) as stream:
        events = iter(stream)
        kinds = [next(events) for _ in range(3)]
        assert len(kinds[-1].json()["context"]) == 2
        model.wait_until(lambda: bool(model.chats))
        assert chat(model).tokens_sent == 0


@pytest.mark.parametrize(
    "tokens",
    [
        ["a\u2028b", "\u2029", "\x85c"],
        FAMILY,
        ["", "a", "", " ", "b", ""],
        ["\n\n", "data: [DONE]\n\n", "event: end\r\n\r\n", ": ping"],
        ['"quoted"\\', "\\u2028", "\t\v\f\x1c", "</script>"],
        ["x" * 100_000],
        ["{", '"text"', ': "messages"}'],
    ],
    ids=["separators", "emoji", "empty", "events", "escapes", "long", "json"],
)
def test_any_text_comes_through(service: Service, model: OpenAIServer, tokens: list[str]) -> None:
    model.script(CHAT, answer=tokens)
    assert answer(ask(service)) == "".join(tokens)


def test_an_answer_without_any_text_is_an_answer(service: Service, model: OpenAIServer) -> None:
    model.script(CHAT, answer=[])
    events = ask(service)
    assert answer(events) == ""
    assert chunks(events)[-1]["status"]["state"] == "completed"
    assert any("answer" in chunk for chunk in chunks(events))


def test_invoke_is_the_stream_joined(service: Service, model: OpenAIServer) -> None:
    response = httpx.post(f"{service.url}/rag/invoke", json=ASK, trust_env=False)
    body = response.json()
    output = body["output"]
    joined = chunks(ask(service))
    assert output["input"] == QUESTION
    assert output["context"] == joined[1]["context"]
    assert output["answer"] == "".join(chunk.get("answer", "") for chunk in joined)
    assert output["citations"] == []
    assert output["status"]["run_id"] == body["metadata"]["run_id"]


def test_a_batch_answers_each_in_its_place(service: Service, model: OpenAIServer) -> None:
    model.script(CHAT, answer=lambda body: f"You asked: {body['messages'][-1]['content']}")
    questions = [f"Question {number}?" for number in range(12)]
    body = {"inputs": [{"input": question} for question in questions]}
    response = httpx.post(f"{service.url}/rag/batch", json=body, trust_env=False, timeout=30)
    outputs = response.json()["output"]
    assert [output["answer"] for output in outputs] == [f"You asked: {q}" for q in questions]
    assert len({output["status"]["run_id"] for output in outputs}) == 12
    assert response.json()["metadata"]["run_ids"] == [o["status"]["run_id"] for o in outputs]


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
    response = httpx.post(f"{service.url}/rag/{endpoint}", json=body, trust_env=False)
    assert response.status_code == 502
    assert response.json()["code"] == "model_failed"


def test_a_batch_that_has_failed_leaves_no_model_at_work(
    service: Service, model: OpenAIServer
) -> None:
    model.once(CHAT, status=400)
    model.script(CHAT, hang="response")
    body = {"inputs": [ASK["input"]] * 12}
    response = httpx.post(f"{service.url}/rag/batch", json=body, trust_env=False)
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


def leave(service: Service, endpoint: str, model: OpenAIServer) -> None:
    """Ask, wait until the model is at work, and drop the connection."""
    body = json.dumps({**ASK, "inputs": [ASK["input"]] * 3}).encode()
    head = (
        f"POST /rag/{endpoint} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as link:
        link.sendall(head.encode() + body)
        wanted = 3 if endpoint == "batch" else 1
        model.wait_until(lambda: sum(call.outcome == "live" for call in model.chats) == wanted)


@pytest.mark.parametrize("hang", ["response", "first_token"])
@pytest.mark.parametrize("endpoint", ["invoke", "batch", "stream", "stream_log", "stream_events"])
def test_a_client_that_leaves_stops_the_model(
    service: Service, model: OpenAIServer, endpoint: str, hang: str
) -> None:
    model.script(CHAT, hang=hang)
    leave(service, endpoint, model)
    model.wait_until(lambda: model.live == 0)
    assert {call.outcome for call in model.chats} == {"abandoned"}


def test_a_client_that_leaves_in_the_middle_stops_the_model(
    service: Service, model: OpenAIServer
) -> None:
    model.script(CHAT, answer=["a "] * 1000, hold_after=2)
    with sse.post(f"{service.url}/rag/stream", ASK) as stream:
        while "answer" not in (next(iter(stream)).data or ""):
            pass
        stream.abort()
    model.wait_until(lambda: model.live == 0)
    assert (chat(model).outcome, chat(model).tokens_sent) == ("abandoned", 2)


@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events"])
def test_there_is_no_moment_at_which_leaving_goes_unnoticed(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    """A cancellation must not get lost in the moment in which a token arrives."""
    # More than the sockets between can hold, however fast everybody reads.
    model.script(CHAT, answer=["a" * 399 + " "] * 30_000)
    for number in range(20):
        with sse.post(f"{service.url}/rag/{endpoint}", ASK) as stream:
            events = iter(stream)
            for _ in range(4 + number):
                next(events)
            stream.abort()
    model.wait_until(lambda: model.live == 0)
    assert {call.outcome for call in model.chats} == {"abandoned"}


@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events"])
def test_a_slow_reader_holds_back_its_own_model_and_nobody_else(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    model.once(CHAT, answer=["a" * 399 + " "] * 100_000)
    with sse.post(f"{service.url}/rag/{endpoint}", ASK) as slow:
        events = iter(slow)
        while '"aaaa' not in (next(events).data or ""):
            pass
        held = chat(model)
        before = -1
        while before != held.tokens_sent:  # until the model can send no more
            before = held.tokens_sent
            time.sleep(0.3)
        assert held.outcome == "live"
        with sse.post(f"{service.url}/rag/{endpoint}", ASK) as other:
            assert [event.event for event in other][-1] == "end"
        assert (held.outcome, held.tokens_sent) == ("live", before)
        slow.abort()
    model.wait_until(lambda: model.live == 0)
    assert held.outcome == "abandoned"


def test_a_client_that_leaves_during_the_search_asks_no_model(
    service: Service, model: OpenAIServer
) -> None:
    model.script(EMBEDDINGS, hang="response")
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as link:
        body = json.dumps(ASK_ANEW_TOO).encode()
        link.sendall(b"POST /rag/stream HTTP/1.1\r\nHost: test\r\n")
        link.sendall(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        model.wait_until(lambda: model.live == 1)
    model.wait_until(lambda: model.live == 0)
    assert model.chats == []


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
