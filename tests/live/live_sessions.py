"""Sessions of a service with two workers: turns in order, and kept however they end.

The workers share a SQLite file, and their runs through a real Redis.
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import pairwise
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.processes import family, holder_of
from tests.support.redis_server import RedisServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service

QUESTION = "What is Task Decomposition?"
ANSWER = ["Steps ", "are ", "smaller ", "tasks."]
ME = {"Authorization": "Bearer me"}
DEADLINE_S = 30.0


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(model: OpenAIServer, chroma_url: str) -> Iterator[Service]:
    with RedisServer() as redis:
        kept = {"RAG_SESSIONS": "on", "RAG_CONDENSE": "off"}
        env = over(model, chroma_url, WEB_CONCURRENCY=2, REDIS_URL=redis.url, **kept)
        with Service(env=env) as service:
            yield service


@pytest.fixture(autouse=True)
def _plain(model: OpenAIServer) -> None:
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    model.script(**plain | {"answer": ANSWER})
    model.calls.clear()


@pytest.fixture
def session() -> str:
    return uuid4().hex


def body(session: str) -> dict[str, Any]:
    return {"input": {"input": QUESTION}, "config": {"configurable": {"session_id": session}}}


def begin(service: Service, session: str, headers: dict[str, str], until: str) -> str:
    """Ask, read to this word of the answer, leave without a word; the run's id."""
    with sse.post(f"{service.url}/rag/stream", body(session), headers=headers) as stream:
        events = iter(stream)
        run_id, read = str(next(events).json()["run_id"]), ""
        while until not in read:
            event = next(events)
            read += event.json().get("answer", "") if event.event == "data" else ""
        stream.abort()
    return run_id


def ask(service: Service, session: str) -> list[sse.Event]:
    with sse.post(f"{service.url}/rag/stream", body(session), headers=ME) as stream:
        return [event for event in stream if event.comment is None]


def request(
    service: Service, method: str, address: str, headers: dict[str, str] = ME
) -> httpx.Response:
    return httpx.request(
        method, f"{service.url}{address}", headers=headers, trust_env=False, timeout=DEADLINE_S
    )


def turns(service: Service, session: str) -> list[dict[str, Any]]:
    """The session's turns, when none of them goes on any more."""
    end = monotonic() + DEADLINE_S
    while monotonic() < end:
        found: list[dict[str, Any]] = request(service, "GET", f"/chat/sessions/{session}").json()[
            "turns"
        ]
        if all(turn["state"] != "running" for turn in found):
            return found
        sleep(0.02)
    raise AssertionError(f"a turn of {session} does not end")


def test_turns_at_the_same_time_are_taken_one_after_another_and_none_is_lost(
    service: Service, model: OpenAIServer, session: str
) -> None:
    with ThreadPoolExecutor(4) as pool:
        answered = list(pool.map(lambda _: ask(service, session), range(4)))
    status = [events[-2].json()["status"] for events in answered]
    assert [events[-1].event for events in answered] == ["end"] * 4
    assert sorted(one["session"]["turn"] for one in status) == [1, 2, 3, 4]
    assert all(one["session"]["stored"] for one in status)
    kept = turns(service, session)
    assert [turn["state"] for turn in kept] == ["completed"] * 4
    assert {turn["answer"] for turn in kept} == {"".join(ANSWER)}
    assert [turn["run_id"] for turn in kept] == [
        one["run_id"] for one in sorted(status, key=lambda one: one["session"]["turn"])
    ]
    for before, after in pairwise(kept):
        assert before["ended"] <= after["asked"]
    # What was said before has been told: with the first question nothing, with the last all.
    said = [call.prompt.count("".join(ANSWER)) for call in model.chats]
    assert said == [0, 1, 2, 3]


def test_a_turn_whose_client_has_left_is_kept_as_far_as_it_came(
    service: Service, model: OpenAIServer, session: str
) -> None:
    model.script(hold_after=2)
    begin(service, session, ME, "Steps")
    (turn,) = turns(service, session)
    assert (turn["state"], turn["question"]) == ("stopped", QUESTION)
    assert "".join(ANSWER).startswith(turn["answer"].rstrip())
    model.script(hold_after=None)
    ask(service, session)
    assert model.chats[-1].prompt.count("Steps are") == 0


def test_a_run_that_goes_on_without_its_client_is_kept_whole_or_as_stopped(
    service: Service, model: OpenAIServer, session: str
) -> None:
    going_on = {**ME, "X-On-Disconnect": "continue"}
    begin(service, session, going_on, "Steps")
    model.script(hold_after=2)
    run_id = begin(service, session, going_on, "Steps")
    assert request(service, "DELETE", f"/rag/runs/{run_id}").status_code == 204
    whole, stopped = turns(service, session)
    assert (whole["state"], whole["answer"]) == ("completed", "".join(ANSWER))
    assert (stopped["state"], stopped["run_id"]) == ("stopped", run_id)


def test_a_session_is_nobody_elses(service: Service, session: str) -> None:
    ask(service, session)
    other = {"Authorization": "Bearer other"}
    for method in ("GET", "DELETE"):
        response = request(service, method, f"/chat/sessions/{session}", other)
        assert (response.status_code, response.json()["code"]) == (404, "session_not_found")
    with sse.post(f"{service.url}/rag/stream", body(session), headers=other) as stream:
        assert stream.status == 404
        assert "config.configurable.session_id" in stream.text()
    assert len(turns(service, session)) == 1
    assert request(service, "DELETE", f"/chat/sessions/{session}").status_code == 204
    assert request(service, "GET", f"/chat/sessions/{session}").status_code == 404


def test_a_turn_whose_worker_is_killed_is_lost_and_the_next_one_is_answered(
    service: Service, model: OpenAIServer, session: str
) -> None:
    model.script(hold_after=2)
    with sse.post(f"{service.url}/rag/stream", body(session), headers=ME) as stream:
        next(iter(stream))
        model.script(hold_after=None)
        os.kill(holder_of(family(service.process.pid), stream.port), signal.SIGKILL)
        # It waits until the worker before is taken for dead.
        assert ask(service, session)[-1].event == "end"
    lost, answered = turns(service, session)
    assert (lost["state"], lost["code"]) == ("failed", "run_lost")
    assert (answered["state"], answered["answer"]) == ("completed", "".join(ANSWER))
    service.kill()  # instead of waiting for the worker that comes after: this is the last test
