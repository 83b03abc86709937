"""Clients of OpenAI's API that people use, each as it is, against one running service."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from langchain_openai import ChatOpenAI

from tests.support import js
from tests.support.corpus import TEXTS
from tests.support.openai_server import OpenAIServer
from tests.support.served import over
from tests.support.service import Service, clean_environment

MODEL = "rag-stream"
QUESTION = "What is task decomposition?"
ASK: Any = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION}]}


def answer(body: dict[str, Any]) -> list[str]:
    """An answer that cites the second document first, whatever was found."""
    quoted = "Breaking a task into smaller steps"
    return [quoted, ". [", "2", "]", " More\u2028 of", " it [1] and it [2]", "."]


TOKENS = answer({})
SENT = "Breaking a task into smaller steps. [1] More\u2028 of it [2] and it [1]."


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=answer) as server:
        yield server


@pytest.fixture(scope="module")
def base(model: OpenAIServer, chroma_url: str) -> Iterator[str]:
    env = over(model, chroma_url, RAG_ABSTAIN_BELOW="off", RAG_RETRIES=0)
    with Service(env=env) as service:
        yield f"{service.url}/v1"


@pytest.fixture
def client(base: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=base, api_key="none", max_retries=0) as client:
        yield client


def check_annotations(text: str, annotations: list[Any]) -> None:
    cited = [one["url_citation"] for one in annotations]
    assert len(cited) == 3
    assert text[cited[0]["start_index"] : cited[0]["end_index"]].startswith("Breaking")
    assert all(one["title"] == "Notes" and "/sources/" in one["url"] for one in cited)
    assert any(one["quote"] in text for text in TEXTS for one in cited if one["quote"])


def test_python_whole(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(**ASK, temperature=0.5, max_tokens=50)
    whole = raw.parse()
    assert raw.headers["x-request-id"] == whole.rag["status"]["run_id"]  # type: ignore[attr-defined]
    message = whole.choices[0].message
    assert message.content == SENT
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage is not None
    assert whole.usage.completion_tokens == len(TOKENS)
    check_annotations(SENT, [one.model_dump() for one in message.annotations or ()])


def test_python_stream(client: openai.OpenAI) -> None:
    options: Any = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(client.chat.completions.create(**ASK, **options))
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    *before, last, usage = chunks
    assert before[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in before) == SENT
    assert {chunk.choices[0].finish_reason for chunk in before} == {None}
    assert last.choices[0].finish_reason == "stop"
    check_annotations(SENT, last.choices[0].delta.annotations)
    assert len(last.rag["context"]) == 5
    assert (usage.choices, usage.usage.completion_tokens) == ([], len(TOKENS))


def test_python_helper(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(**ASK) as stream:
        done = [event for event in stream if event.type == "content.done"]
        final = stream.get_final_completion()
    assert [event.content for event in done] == [SENT]
    assert final.choices[0].message.content == SENT
    annotations = final.choices[0].message.annotations or ()
    check_annotations(SENT, [one.model_dump() for one in annotations])


def test_python_that_leaves_stops_the_model(client: openai.OpenAI, model: OpenAIServer) -> None:
    model.once("gpt-4o-mini", answer=["word "] * 50, hold_after=3)
    stream = client.chat.completions.create(**ASK, stream=True)
    next(chunk for chunk in stream if chunk.choices[0].delta.content)
    stream.close()
    model.wait_until(lambda: model.chats[-1].outcome == "abandoned")


def test_python_errors(client: openai.OpenAI, model: OpenAIServer) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=ASK["messages"])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**ASK, n=2)
    assert (refused.value.param, refused.value.code) == ("n", "unsupported_parameter")
    model.once("gpt-4o-mini", status=429)
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(**ASK, stream=True)
    model.once("gpt-4o-mini", error_after=2)
    with pytest.raises(openai.APIError, match="broke off|failed"):
        list(client.chat.completions.create(**ASK, stream=True))


def test_langchain_in_python(base: str) -> None:
    chat = ChatOpenAI(model=MODEL, base_url=base, api_key="none", temperature=0, max_retries=0)  # type: ignore[arg-type]
    assert chat.invoke(QUESTION).content == SENT
    assert "".join(str(chunk.text) for chunk in chat.stream(QUESTION)) == SENT


JAVASCRIPT = "whole,stream,helper,refused,models,langchain,compatible,aisdk"


@pytest.fixture(scope="module")
def told(base: str) -> dict[str, list[Any]]:
    """What each client in JavaScript has read: one Node for all, it takes a second to start."""
    read: dict[str, list[Any]] = {}
    for name, value in js.run(
        js.OPENAI, "client.mjs", base, JAVASCRIPT.replace(" ", ","), QUESTION
    ):
        read.setdefault(name, []).append(value)
    return read


def test_javascript_whole(told: dict[str, list[Any]]) -> None:
    [whole] = told["whole"]
    message = whole["answer"]["choices"][0]["message"]
    assert (whole["status"], message["content"]) == (200, SENT)
    check_annotations(SENT, message["annotations"])


def test_javascript_stream(told: dict[str, list[Any]]) -> None:
    *before, last, usage = told["stream"]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in before) == SENT
    assert last["choices"][0]["finish_reason"] == "stop"
    assert usage["usage"]["completion_tokens"] == len(TOKENS)


def test_javascript_helper(told: dict[str, list[Any]]) -> None:
    [helped] = told["helper"]
    assert helped["deltas"] == SENT
    assert helped["answer"]["choices"][0]["message"]["content"] == SENT


def test_javascript_that_aborts_stops_the_model(base: str, model: OpenAIServer) -> None:
    model.once("gpt-4o-mini", answer=["word "] * 50, hold_after=3)
    assert len(js.run(js.OPENAI, "client.mjs", base, "abort", QUESTION)) == 1
    model.wait_until(lambda: model.chats[-1].outcome == "abandoned")


def test_javascript_refused_and_models(told: dict[str, list[Any]]) -> None:
    assert told["refused"] == [
        {
            "kind": "BadRequestError",
            "status": 400,
            "code": "unsupported_parameter",
            "param": "n",
            "type": "invalid_request_error",
        }
    ]
    assert [one["id"] for one in told["models"]] == [MODEL, MODEL]


def test_langchain_in_javascript(told: dict[str, list[Any]]) -> None:
    assert told["langchain"] == [{"streamed": SENT, "whole": SENT}]


def test_the_ai_sdk_as_a_compatible_provider(told: dict[str, list[Any]]) -> None:
    streamed, whole = told["compatible"]
    assert (streamed["text"], whole["whole"]) == (SENT, SENT)
    assert (streamed["reason"], streamed["usage"]["outputTokens"]) == ("stop", len(TOKENS))


def test_the_ai_sdk_as_openais_provider_has_the_sources(told: dict[str, list[Any]]) -> None:
    [streamed] = told["aisdk"]
    assert streamed["text"] == SENT
    assert [source["title"] for source in streamed["sources"]] == ["Notes"] * 3


def test_llm_on_the_command_line(base: str, tmp_path: Path) -> None:
    (tmp_path / "extra-openai-models.yaml").write_text(
        json.dumps([{"model_id": "rag", "model_name": MODEL, "api_base": base}])
    )
    environment = clean_environment({"LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "none"})
    llm = Path(sys.executable).with_name("llm")
    for more in (["-o", "temperature", "0.5"], ["--no-stream"]):
        done = subprocess.run(
            [llm, "-m", "rag", *more, QUESTION],
            env=environment | {"PATH": os.environ["PATH"]},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout.rstrip("\n")) == (0, SENT), done.stderr
