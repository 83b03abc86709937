"""The stream over plain HTTP: a real server in a process of its own, a scripted model."""

from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.corpus import TASK
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service
from tests.support.streamed import ASK, CHAT, QUESTION, answer, ask, chat, chunks

FAMILY = ["👩", "\u200d", "👩", "\u200d", "👧", "🇩", "🇪", "e", "\u0301"]


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
    keys = {"source", "title", "section", "language", "start_index", "chunk_id", "score", "found"}
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
    response = httpx.post(f"{service.url}/rag/invoke", json=ASK, trust_env=False, timeout=60)
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
    questions = [f"{QUESTION} ({number})" for number in range(12)]
    body = {"inputs": [{"input": question} for question in questions]}
    response = httpx.post(f"{service.url}/rag/batch", json=body, trust_env=False, timeout=30)
    outputs = response.json()["output"]
    assert [output["answer"] for output in outputs] == [f"You asked: {q}" for q in questions]
    assert len({output["status"]["run_id"] for output in outputs}) == 12
    assert response.json()["metadata"]["run_ids"] == [o["status"]["run_id"] for o in outputs]


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
