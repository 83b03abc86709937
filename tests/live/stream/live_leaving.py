"""Clients that leave or are slow, over plain HTTP: nobody works for nobody."""

import json
import socket
import time

import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service
from tests.support.streamed import ASK, CHAT, EMBEDDINGS, chat

# The vectors of earlier questions are remembered: these go to the embedding model.
ASK_ANEW_TOO = {"input": {"input": "Another such question"}}


def leave(service: Service, endpoint: str, model: OpenAIServer) -> None:
    """Ask, wait until the model is at work, and drop the connection."""
    body = json.dumps({**ASK, "inputs": [ASK["input"]] * 3}).encode()
    head = (
        f"POST /rag/{endpoint} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
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
        link.sendall(b"POST /rag/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        link.sendall(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        model.wait_until(lambda: model.live == 1)
    model.wait_until(lambda: model.live == 0)
    assert model.chats == []
