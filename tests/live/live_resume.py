"""Runs that go on without their client: come back to, followed and stopped, over real sockets.

With one worker, and with two that share their runs through a real Redis.
"""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.redis_server import RedisServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service

ASK = {"input": {"input": "What is Task Decomposition?"}}
CONTINUE = {"X-On-Disconnect": "continue"}
TOKENS = [f"token{number} " for number in range(120)]


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


def begin(service: Service, read: int, headers: dict[str, str] = CONTINUE) -> list[sse.Event]:
    """Begin a run, read so many events of it and leave without a word."""
    with sse.post(f"{service.url}/rag/stream", ASK, headers=headers) as stream:
        events = iter(stream)
        got = [next(events) for _ in range(read)]
        stream.abort()
    return got


def run_of(events: list[sse.Event]) -> str:
    return str(events[0].json()["run_id"])


def resume(
    service: Service, run_id: str, after: int | str, headers: dict[str, str] | None = None
) -> list[sse.Event]:
    """The rest of a run, to its end."""
    sent = {"Last-Event-ID": str(after), **(headers or {})}
    with sse.get(f"{service.url}/rag/runs/{run_id}/stream", headers=sent) as stream:
        return [event for event in stream if event.comment is None]


def answer(events: list[sse.Event]) -> str:
    chunks = [event.json() for event in events if event.event == "data"]
    return "".join(chunk.get("answer", "") for chunk in chunks)


def ids(events: list[sse.Event]) -> list[int]:
    return [int(event.id or 0) for event in events]


def test_a_run_goes_on_and_is_come_back_to_without_a_second_model_call(
    service: Service, model: OpenAIServer
) -> None:
    release = Event()
    model.script(answer=TOKENS, hold_after=3, release=release)
    seen = begin(service, 4)
    release.set()
    for _ in range(4):  # whichever worker answers
        rest = resume(service, run_of(seen), seen[-1].id or "")
        whole = seen + rest
        assert ids(whole) == list(range(1, len(whole) + 1))
        assert answer(whole) == "".join(TOKENS)
        assert whole[-1].event == "end"
        assert whole[-2].json()["status"]["state"] == "completed"
    assert len(model.chats) == 1


def test_it_is_followed_live(service: Service, model: OpenAIServer) -> None:
    release = Event()
    model.script(answer=TOKENS, hold_after=3, release=release)
    run_id = run_of(begin(service, 4))
    for _ in range(4):
        with sse.get(f"{service.url}/rag/runs/{run_id}/stream") as stream:
            events, got = iter(stream), ""
            # The blank at the end waits for what follows: it may go with a marker.
            while got != "".join(TOKENS[:3]).rstrip():
                event = next(events)
                got += event.json().get("answer", "") if event.event == "data" else ""
            model.wait_until(lambda: model.chats[0].tokens_sent == 3)
    with sse.get(f"{service.url}/rag/runs/{run_id}/stream?after=3") as stream:
        events = iter(stream)
        next(events)
        release.set()
        assert list(events)[-1].event == "end"


def test_the_header_counts_before_the_address(service: Service, model: OpenAIServer) -> None:
    run_id = run_of(begin(service, 4))
    url = f"{service.url}/rag/runs/{run_id}/stream?after=1"
    with sse.get(url, headers={"Last-Event-ID": "3"}) as stream:
        assert ids(list(stream))[0] == 4
    with sse.get(url) as stream:
        assert ids(list(stream))[0] == 2


def test_where_nothing_is_left_a_browser_need_not_come_back(
    service: Service, model: OpenAIServer
) -> None:
    whole = resume(service, run_of(begin(service, 4)), 0)
    url = f"{service.url}/rag/runs/{run_of(whole)}/stream"
    for _ in range(4):
        with sse.get(url, headers={"Last-Event-ID": whole[-1].id or ""}) as stream:
            assert (stream.status, stream.text()) == (204, "")


def test_a_run_that_failed_says_so_again(service: Service, model: OpenAIServer) -> None:
    model.script(answer=TOKENS, drop_after=3)
    seen = begin(service, 4)
    model.script(drop_after=None)
    for _ in range(4):
        rest = resume(service, run_of(seen), seen[-1].id or "")
        assert [event.event for event in rest].count("error") == 1
        assert rest[-1].json()["code"] == "model_failed"
        assert rest[-1].json()["run_id"] == run_of(seen)
        assert answer(seen + rest) == "".join(TOKENS[:3])


def test_a_run_that_failed_before_its_answer_is_an_http_error_and_kept(
    service: Service, model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", status=400)  # the question may have to be embedded yet
    response = httpx.post(
        f"{service.url}/rag/stream", json=ASK, headers=CONTINUE, trust_env=False, timeout=60
    )
    problem = response.json()
    assert (response.status_code, problem["code"]) == (502, "model_rejected")
    assert resume(service, problem["run_id"], 0)[-1].json() == problem


def test_a_run_is_stopped(service: Service, model: OpenAIServer) -> None:
    for _ in range(4):
        model.script(answer=TOKENS, hold_after=3)
        seen = begin(service, 4)
        url = f"{service.url}/rag/runs/{run_of(seen)}"
        assert model.live == 1
        assert httpx.delete(url, trust_env=False, timeout=60).status_code == 204
        model.wait_until(lambda: model.live == 0)
        rest = resume(service, run_of(seen), seen[-1].id or "")
        assert rest[-1].event == "error"
        assert (rest[-1].json()["status_code"], rest[-1].json()["code"]) == (499, "cancelled")
        assert (
            httpx.delete(url, trust_env=False, timeout=60).status_code == 204
        )  # it has ended already


def test_so_is_one_whose_client_still_reads(service: Service, model: OpenAIServer) -> None:
    model.script(answer=TOKENS, hold_after=3)
    with sse.post(f"{service.url}/rag/stream", ASK, headers=CONTINUE) as stream:
        events = iter(stream)
        run_id = next(events).json()["run_id"]
        assert httpx.delete(
            f"{service.url}/rag/runs/{run_id}", trust_env=False, timeout=60
        ).is_success
        assert list(events)[-1].json()["code"] == "cancelled"
    model.wait_until(lambda: model.live == 0)


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        ({"Authorization": "Bearer one"}, [{}, {"Authorization": "Bearer two"}]),
        ({"X-API-Key": "one"}, [{}, {"Authorization": "one"}, {"X-API-Key": "two"}]),
        ({}, [{"Authorization": "Bearer one"}]),
    ],
    ids=["bearer", "key", "nobody"],
)
def test_only_its_caller_may_come_back_to_a_run_or_stop_it(
    service: Service, model: OpenAIServer, mine: dict[str, str], others: list[dict[str, str]]
) -> None:
    model.script(answer=TOKENS, hold_after=3)
    run_id = run_of(begin(service, 4, {**CONTINUE, **mine}))
    url = f"{service.url}/rag/runs/{run_id}"
    for headers in others * 3:
        for method, path in (("GET", f"{url}/stream"), ("DELETE", url)):
            response = httpx.request(method, path, headers=headers, trust_env=False, timeout=60)
            assert response.status_code == 404
            assert response.json()["code"] == "run_not_found"
    assert model.live == 1
    assert httpx.delete(url, headers=mine, trust_env=False, timeout=60).status_code == 204
    assert resume(service, run_id, 0, mine)[-1].json()["code"] == "cancelled"


@pytest.mark.parametrize(
    ("path", "headers", "status", "words"),
    [
        ("nothing/stream", {}, 404, "there is no such run"),
        ("../../etc/stream", {}, 404, ""),
        ("{run}/stream", {"Last-Event-ID": "-1"}, 422, "Last-Event-ID: expected the id"),
        ("{run}/stream?after=x", {}, 422, "after: expected the id of an event, a number, got 'x'"),
        ("{run}/stream?after=99999999999999999999", {}, 422, "after: expected the id"),
        ("{run}/stream?after=%00", {}, 422, "after: expected the id"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    service: Service,
    model: OpenAIServer,
    path: str,
    headers: dict[str, str],
    status: int,
    words: str,
) -> None:
    run_id = run_of(begin(service, 4))
    url = f"{service.url}/rag/runs/{path.format(run=run_id)}"
    response = httpx.get(url, headers=headers, trust_env=False, timeout=60)
    assert response.status_code == status
    assert words in response.json()["message"]


def test_an_unknown_wish_is_refused(service: Service, model: OpenAIServer) -> None:
    headers = {"X-On-Disconnect": "carry on"}
    response = httpx.post(
        f"{service.url}/rag/stream", json=ASK, headers=headers, trust_env=False, timeout=60
    )
    assert response.status_code == 422
    assert "X-On-Disconnect: expected 'cancel' or 'continue', got 'carry on'" in response.text
    response = httpx.post(
        f"{service.url}/rag/invoke", json=ASK, headers=CONTINUE, trust_env=False, timeout=60
    )
    assert response.status_code == 422
    assert "X-On-Disconnect" in response.json()["message"]
    assert model.chats == []


def test_without_the_wish_nothing_goes_on(service: Service, model: OpenAIServer) -> None:
    model.script(answer=TOKENS, hold_after=3)
    run_id = run_of(begin(service, 4, {}))
    model.wait_until(lambda: model.live == 0)
    response = httpx.get(f"{service.url}/rag/runs/{run_id}/stream", trust_env=False, timeout=60)
    assert response.status_code == 404


@pytest.mark.parametrize("endpoint", ["stream_log", "stream_events"])
def test_logs_and_events_are_come_back_to_as_well(
    service: Service, model: OpenAIServer, endpoint: str
) -> None:
    model.script(answer=TOKENS)
    url = f"{service.url}/rag/{endpoint}"
    with sse.post(url, ASK, headers=CONTINUE) as stream:
        first = next(iter(stream))
        stream.abort()
    data = first.json()
    run_id = data["ops"][0]["value"]["id"] if "ops" in data else data["run_id"]
    rest = resume(service, run_id, first.id or "")
    assert ids([first, *rest]) == list(range(1, len(rest) + 2))
    assert rest[-1].event == "end"


def test_no_token_is_lost_or_doubled_wherever_the_stream_is_cut(
    service: Service, model: OpenAIServer
) -> None:
    model.script(answer=TOKENS, tokens_per_second=300)

    def cut_often(seed: int) -> list[sse.Event]:
        rng = random.Random(seed)
        url, headers, body = f"{service.url}/rag/stream", dict(CONTINUE), ASK
        got: list[sse.Event] = []
        while not got or got[-1].event != "end":
            how = sse.get(url, headers=headers) if got else sse.post(url, body, headers=headers)
            with how as stream:
                wanted = rng.randrange(1, 60)
                for event in stream:
                    if event.comment is None:
                        got.append(event)
                        wanted -= 1
                    if not wanted:
                        stream.abort()
                        break
            url = f"{service.url}/rag/runs/{run_of(got)}/stream"
            headers = {"Last-Event-ID": got[-1].id or ""}
        return got

    with ThreadPoolExecutor(10) as threads:
        runs = list(threads.map(cut_often, range(30)))
    for events in runs:
        assert ids(events) == list(range(1, len(events) + 1))
        assert answer(events) == "".join(TOKENS)
    assert len(model.chats) == 30


def test_several_workers_without_a_store_refuse_to_promise_it(
    model: OpenAIServer, chroma_url: str
) -> None:
    with Service(env=over(model, chroma_url, WEB_CONCURRENCY=2)) as service:
        response = httpx.post(
            f"{service.url}/rag/stream", json=ASK, headers=CONTINUE, trust_env=False, timeout=60
        )
        assert response.status_code == 503
        problem: dict[str, Any] = json.loads(response.text)
        assert problem["code"] == "resume_unavailable"
        assert "REDIS_URL" in problem["message"]
        # Of another worker it may be the first question, with all that it imports.
        plain = httpx.post(f"{service.url}/rag/stream", json=ASK, trust_env=False, timeout=60)
        assert plain.is_success


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
