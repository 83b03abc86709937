"""The end of a service: nobody new comes in, those inside finish or are told, over real sockets."""

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import httpx
import pytest

from tests.support import sse
from tests.support.ending import ask_at
from tests.support.openai_server import OpenAIServer
from tests.support.raw_client import connect, request
from tests.support.redis_server import RedisServer
from tests.support.served import over
from tests.support.service import APP, Service

QUESTION = "What is Task Decomposition?"
ASK = {"input": {"input": QUESTION}}
TOKENS = [f"token{number} " for number in range(20)]
UVICORN = (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")
ENDED_BY_SIGNAL = {0, -signal.SIGTERM, -signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGINT}


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


def wait_for(condition: Callable[[], bool], service: Service) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, service.output()[-4000:]
        time.sleep(0.02)


def is_draining(service: Service) -> bool:
    return "shutting down; " in service.output()


def ended(service: Service) -> int:
    """Wait for the end of the service; its exit code."""
    code = service.process.wait(20)
    assert code in ENDED_BY_SIGNAL
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()
    return code


@pytest.mark.parametrize(
    ("command", "workers"),
    [(APP, 1), (APP, 2), (UVICORN, 1)],
    ids=["one worker", "two workers", "uvicorn"],
)
def test_what_runs_may_finish_and_nobody_new_comes_in(
    model: OpenAIServer, chroma_url: str, command: tuple[str, ...], workers: int
) -> None:
    release = Event()
    model.script(answer=TOKENS, hold_after=3, release=release)
    env = over(model, chroma_url, WEB_CONCURRENCY=workers)
    with Service(command, env=env) as service, ThreadPoolExecutor(12) as threads:
        streams = [threads.submit(ask_at, service.url, QUESTION) for _ in range(10)]
        model.wait_until(lambda: sum(call.tokens_sent == 3 for call in model.chats) == 10)
        service.process.send_signal(signal.SIGTERM)
        # Each of the workers has streams, so none of them is gone already.
        wait_for(lambda: service.output().count("shutting down; ") == workers, service)

        refused = httpx.post(f"{service.url}/rag/stream", json=ASK, trust_env=False, timeout=60)
        assert (refused.status_code, refused.json()["code"]) == (503, "shutting_down")
        assert refused.headers["retry-after"] == "1"
        assert httpx.get(f"{service.url}/readyz", trust_env=False, timeout=60).status_code == 503
        assert httpx.get(f"{service.url}/healthz", trust_env=False, timeout=60).status_code == 200

        release.set()
        for stream in streams:
            ending = stream.result(20)
            assert (ending.how, ending.code) == ("status", "completed")
            assert ending.answer == "".join(TOKENS)
        ended(service)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_has_not_finished_in_time_is_told(
    model: OpenAIServer, chroma_url: str, workers: int
) -> None:
    model.script(answer=TOKENS, hold_after=3)
    env = over(model, chroma_url, WEB_CONCURRENCY=workers, RAG_DRAIN_S=0.5)
    endpoints = ["stream", "stream", "stream_log", "stream_events", "invoke", "batch"]
    with Service(env=env) as service, ThreadPoolExecutor(12) as threads:
        streams = [threads.submit(ask_at, service.url, QUESTION, name) for name in endpoints]
        model.wait_until(lambda: sum(call.tokens_sent == 3 for call in model.chats) == 6)
        model.script("gpt-4o-mini", hang="response")
        waiting = threads.submit(ask_at, service.url, QUESTION)  # not begun when it ends
        model.wait_until(lambda: len(model.chats) == 7)
        service.process.send_signal(signal.SIGTERM)
        for name, stream in zip(endpoints, streams, strict=True):
            ending = stream.result(20)
            assert ending.how == ("http" if name in ("invoke", "batch") else "event")
            assert (ending.code, ending.fields["status_code"]) == ("shutting_down", 503)
            if name == "stream":
                # A blank at the end waits for what follows: it may go with a marker.
                assert ending.answer == "".join(TOKENS[:3]).rstrip()
        assert (waiting.result(20).how, waiting.result().code) == ("http", "shutting_down")
        ended(service)
        model.wait_until(lambda: model.live == 0)


def test_a_second_interrupt_does_not_wait(model: OpenAIServer, chroma_url: str) -> None:
    model.script(answer=TOKENS, hold_after=3)
    with Service(env=over(model, chroma_url)) as service, ThreadPoolExecutor(1) as threads:
        stream = threads.submit(ask_at, service.url, QUESTION)
        model.wait_until(lambda: bool(model.chats) and model.chats[0].tokens_sent == 3)
        service.process.send_signal(signal.SIGINT)
        wait_for(lambda: is_draining(service), service)
        service.process.send_signal(signal.SIGTERM)  # a supervisor repeats itself: no hurry
        time.sleep(0.3)
        assert not stream.done()
        service.process.send_signal(signal.SIGINT)
        assert stream.result(10).code == "shutting_down"
        ended(service)


def test_without_streams_it_ends_at_once(model: OpenAIServer, chroma_url: str) -> None:
    with Service(env=over(model, chroma_url)) as service, httpx.Client(trust_env=False) as kept:
        assert kept.get(f"{service.url}/healthz").is_success  # a connection that stays open
        service.process.send_signal(signal.SIGTERM)
        ended(service)


def test_a_client_that_does_not_read_cannot_hold_it_up(
    model: OpenAIServer, chroma_url: str
) -> None:
    model.script(answer=["a" * 399 + " "] * 50_000)
    env = over(model, chroma_url, RAG_DRAIN_S=0.5)
    with Service(env=env) as service, ExitStack() as links:
        link: socket.socket = links.enter_context(connect(service.port, small_buffer=True))
        link.sendall(request(QUESTION))
        model.wait_until(lambda: bool(model.chats) and model.chats[0].tokens_sent > 100)
        service.process.send_signal(signal.SIGTERM)
        ended(service)
    model.wait_until(lambda: model.live == 0)


def test_a_run_that_goes_on_alone_may_finish_and_is_there_after_a_restart(
    model: OpenAIServer, chroma_url: str
) -> None:
    release = Event()
    headers = {"X-On-Disconnect": "continue"}
    with RedisServer() as redis:
        env = over(model, chroma_url, REDIS_URL=redis.url, RAG_DRAIN_S=3)
        seen: list[list[sse.Event]] = []
        with Service(env=env) as service:
            for script in ({"release": release}, {"release": Event()}):
                model.script(answer=TOKENS, hold_after=3, **script)
                with sse.post(f"{service.url}/rag/stream", ASK, headers=headers) as stream:
                    events = iter(stream)
                    seen.append([next(events) for _ in range(4)])
                    stream.abort()
            service.process.send_signal(signal.SIGTERM)
            wait_for(lambda: is_draining(service), service)
            release.set()  # one of the two can finish
            ended(service)
        with Service(env=env) as service:
            rests = []
            for events_ in seen:
                run_id = events_[0].json()["run_id"]
                url = f"{service.url}/rag/runs/{run_id}/stream?after=4"
                with sse.get(url) as stream:
                    rests.append(list(stream))
        assert rests[0][-1].event == "end"
        assert rests[1][-1].json()["code"] == "shutting_down"
        for events_, rest in zip(seen, rests, strict=True):
            ids = [int(event.id or 0) for event in events_ + rest]
            assert ids == list(range(1, len(ids) + 1))


def test_who_reads_a_run_of_another_worker_may_finish_too_or_is_told(
    model: OpenAIServer, chroma_url: str
) -> None:
    release = Event()
    headers = {"X-On-Disconnect": "continue"}
    with RedisServer() as redis:
        env = over(model, chroma_url, REDIS_URL=redis.url, RAG_DRAIN_S=3)
        with Service(env=env) as maker, Service(env=env) as reader:
            run_ids = []
            for script in ({"release": release}, {"release": Event()}):
                model.script(answer=TOKENS, hold_after=3, **script)
                with sse.post(f"{maker.url}/rag/stream", ASK, headers=headers) as stream:
                    run_ids.append(next(iter(stream)).json()["run_id"])
                    stream.abort()
            with ThreadPoolExecutor(2) as threads:
                readings = [threads.submit(read, reader.url, run_id) for run_id in run_ids]
                wait_for(lambda: reader.output().count("/stream HTTP/1.1") == 2, reader)
                reader.process.send_signal(signal.SIGTERM)
                wait_for(lambda: is_draining(reader), reader)
                release.set()  # one of the two can finish
                finished, told = (reading.result(20) for reading in readings)
            ended(reader)
            assert finished[-1].event == "end"
            assert told[-1].json()["code"] == "shutting_down"
            assert told[-1].id is None  # the run goes on: this is none of its events
            assert httpx.delete(
                f"{maker.url}/rag/runs/{run_ids[1]}", trust_env=False, timeout=60
            ).is_success


def read(url: str, run_id: str) -> list[sse.Event]:
    with sse.get(f"{url}/rag/runs/{run_id}/stream") as stream:
        return [event for event in stream if event.comment is None]
