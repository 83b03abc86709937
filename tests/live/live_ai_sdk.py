"""The AI SDK's `Chat` and its transport, as `useChat` has them, against a real server."""

from collections.abc import Iterator
from dataclasses import fields
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import ai_sdk
from tests.support.ai_sdk import parts, text
from tests.support.openai_server import OpenAIServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service

QUESTION = "What is Task Decomposition?"
TOKENS = ["Small", "\u2028steps", " 👩", " [1]", " and", " more [2]", "."]
SECRET = "sk-internal at /srv/model/weights"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(model: OpenAIServer, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url)) as service:
        yield service


@pytest.fixture(autouse=True)
def _plain(model: OpenAIServer) -> None:
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    model.script(**{**plain, "answer": TOKENS, "error_message": SECRET})
    model.calls.clear()


def only(service: Service, scenario: str, *texts: str, **options: Any) -> dict[str, Any]:
    (told,) = ai_sdk.chat(service.url, scenario, *texts, **options)
    return told


def test_an_answer_comes_with_its_sources_citations_and_status(service: Service) -> None:
    told = only(service, "send", QUESTION, id="sent")
    assert (told["status"], told.get("error")) == ("ready", None)
    ended = {"isAbort": False, "isError": False, "isDisconnect": False, "finishReason": "stop"}
    assert told["ends"] == [ended]
    _, answer = told["messages"]
    assert text(answer) == "".join(TOKENS)
    assert parts(answer, "text")[0]["state"] == "done"
    kinds = [part["type"] for part in answer["parts"]]
    assert kinds.index("text") > kinds.index("source-document")  # sources first
    sources = parts(answer, "source")
    ids = [source["sourceId"] for source in sources]
    assert len(set(ids)) == len(ids) > 1
    cited = parts(answer, "data-citation")
    assert [part["data"]["sourceId"] for part in cited] == ids[:2]
    assert [part["data"]["marker"] for part in cited] == [1, 2]
    (status,) = parts(answer, "data-status")
    assert status["data"]["state"] == "completed"
    assert status["data"]["run_id"] == answer["id"]


@pytest.mark.parametrize("version", [5, 6])
def test_earlier_lines_of_the_package_read_the_same(service: Service, version: int) -> None:
    message = only(service, "read", QUESTION, version=version, id=f"v{version}")
    assert text(message) == "".join(TOKENS)
    assert parts(message, "source")
    assert [part["id"] for part in parts(message, "data-citation")] == ["citation-1", "citation-2"]


def test_several_turns_and_an_answer_made_anew(service: Service, model: OpenAIServer) -> None:
    told = only(service, "send", QUESTION, "And is that all of it?", id="turns")
    assert [message["role"] for message in told["messages"]] == ["user", "assistant"] * 2
    assert len({message["id"] for message in told["messages"]}) == 4
    assert len(model.chats) >= 2
    told = only(service, "regenerate", QUESTION, id="anew")
    assert [message["role"] for message in told["messages"]] == ["user", "assistant"]
    assert told["before"][1]["id"] != told["messages"][1]["id"]


def test_stopping_stops_the_model_and_the_chat_goes_on(
    service: Service, model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", hold_after=4)
    stopped, end = ai_sdk.chat(
        service.url, "stop", QUESTION, "What is a tree of thoughts?", id="stopped/ä"
    )
    assert stopped == {"stopped": 204}
    assert [call.outcome for call in model.chats] == ["abandoned", "finished"]
    assert end["status"] == "ready"
    assert [one["isAbort"] for one in end["ends"]] == [True, False]
    half = text(end["messages"][1])
    assert half
    assert "".join(TOKENS[:4]).startswith(half)
    assert text(end["messages"][3]) == "".join(TOKENS)


def test_who_reads_on_sees_that_it_was_stopped(service: Service, model: OpenAIServer) -> None:
    model.script(hold_after=4)
    stopped, end = ai_sdk.chat(service.url, "stopElsewhere", QUESTION, id="elsewhere")
    assert stopped == {"stopped": 204}
    assert (end["status"], end.get("error")) == ("ready", None)
    (shown,) = parts(end["messages"][1], "text")
    assert shown["state"] == "done"
    assert model.live == 0


def test_a_page_reloaded_in_the_middle_goes_on_with_one_model_call(
    service: Service, model: OpenAIServer
) -> None:
    release = Event()
    model.script(hold_after=3, release=release)
    told = ai_sdk.chat(service.url, "reload", QUESTION, id="reloaded")
    resumed = next(told)
    assert resumed["left"]
    assert resumed["resumed"] == ["streaming"] * 2
    release.set()
    for page in told:
        assert page["status"] == "ready"
        assert [message["role"] for message in page["messages"]] == ["user", "assistant"]
        assert text(page["messages"][1]) == "".join(TOKENS)
        assert len(parts(page["messages"][1], "data-status")) == 1
    assert len(model.chats) == 1


def test_what_has_ended_is_come_back_to_only_by_who_wants_it(service: Service) -> None:
    first, again, ended = ai_sdk.chat(service.url, "late", QUESTION, id="late")
    assert [len(page["messages"]) for page in (first, again, ended)] == [2, 1, 2]
    assert again["status"] == "ready"
    assert ended["messages"] == first["messages"]


def test_a_failure_in_the_middle_is_told_as_it_is(service: Service, model: OpenAIServer) -> None:
    model.script(drop_after=3)
    told = only(service, "send", QUESTION, id="dropped")
    assert told["status"] == "error"
    assert "model" in told["error"]
    assert not told["ends"][0]["isDisconnect"]
    assert text(told["messages"][1]) == "".join(TOKENS[:3])
    assert SECRET not in str(told)


def test_a_failure_before_the_answer_is_an_http_error_whose_text_is_the_message(
    service: Service, model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", status=401)
    told = only(service, "send", QUESTION, id="refused")
    assert (told["status"], told["statusCode"]) == ("error", 502)
    assert "refused the service's credentials" in told["error"]
    assert not told["error"].startswith("{")
    assert SECRET not in str(told)


def test_bad_input_is_named_by_its_field(service: Service, model: OpenAIServer) -> None:
    picture = {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="}
    earlier = [{"id": "1", "role": "user", "parts": [picture]}]
    told = only(service, "send", QUESTION, id="file", messages=earlier)
    assert told["statusCode"] == 422
    assert told["error"] == (
        "messages.0.parts.0.type: expected 'text' (no images or files), got 'file'"
    )
    assert model.chats == []


def test_somebody_elses_chat_is_unknown(service: Service, model: OpenAIServer) -> None:
    model.script(hold_after=3)
    mine = {"Authorization": "Bearer mine"}
    asked = {"id": "mine", "messages": [{"role": "user", "parts": [{"type": "text", "text": "?"}]}]}
    url = f"{service.url}/api/chat"
    with (
        httpx.Client(trust_env=False, timeout=60) as client,
        client.stream("POST", url, json=asked, headers=mine) as stream,
    ):
        assert stream.headers["x-vercel-ai-ui-message-stream"] == "v1"
        assert stream.headers["x-accel-buffering"] == "no"
        for others in ({}, {"X-API-Key": "mine"}):
            assert client.get(f"{url}/mine/stream", headers=others).status_code == 204
            assert client.post(f"{url}/mine/stop", headers=others).status_code == 204
        assert model.live == 1
        assert client.post(f"{url}/mine/stop", headers=mine).status_code == 204
        assert stream.read().endswith(b'by its caller"}\n\ndata: [DONE]\n\n')
    assert model.live == 0


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
