"""Who may come back to a run, how that is asked for, and what is refused.

With one worker, and with two that share their runs through a real Redis.
"""

import json
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.resumed import ASK, CONTINUE, TOKENS, begin, ids, resume, run_of
from tests.support.served import over
from tests.support.service import Service


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
