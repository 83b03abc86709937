"""Runs that go on without their client: come back to, followed and stopped, over real sockets.

With one worker, and with two that share their runs through a real Redis.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.resumed import ASK, CONTINUE, TOKENS, answer, begin, ids, resume, run_of
from tests.support.service import Service


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


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
