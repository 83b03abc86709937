"""LangChain's JavaScript client, `RemoteRunnable` of @langchain/core, against a real server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import js
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service, ingest

QUESTION = "What is Task Decomposition?"
TOKENS = ["Small", "\u2028steps", "", " 👩", "\u200d", "👧", " done."]
SECRET = "sk-internal at /srv/model/weights"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=TOKENS, error_message=SECRET) as server:
        yield server


@pytest.fixture(scope="module")
def base(model: OpenAIServer) -> Iterator[str]:
    """The chain's address in an app over the sample, with a scripted chat model."""
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
    }
    service = Service(env=env)
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield f"{service.url}/rag"


def check(output: dict[str, Any]) -> None:
    assert list(output) == ["input", "context", "answer", "citations", "status"]
    assert output["input"] == QUESTION
    assert output["answer"] == "".join(TOKENS)
    assert len(output["context"]) > 4
    assert {tuple(sorted(document)) for document in output["context"]} == {
        ("metadata", "pageContent")
    }
    assert output["status"]["state"] == "completed"


def test_invoke(base: str) -> None:
    (output,) = js.ask(base, "invoke", QUESTION)
    check(output)


def test_batch(base: str) -> None:
    first, second = js.ask(base, "batch", QUESTION)
    check(first)
    check(second)


def test_stream_gives_the_chunks_in_order(base: str) -> None:
    question, context, *answers, citations, status = js.ask(base, "stream", QUESTION)
    assert question == {"input": QUESTION}
    assert {document["metadata"]["source"].split("/")[0] for document in context["context"]} == {
        "sample"
    }
    assert "".join(chunk["answer"] for chunk in answers) == "".join(TOKENS)
    assert citations == {"citations": []}
    assert status["status"]["model"] == "openai:gpt-4o-mini"
    assert status["status"]["usage"]["output_tokens"] == len(TOKENS)


def test_stream_log(base: str) -> None:
    patches = js.ask(base, "streamLog", QUESTION)
    operations = [operation for patch in patches for operation in patch["ops"]]
    added = [op["value"] for op in operations if op["path"] == "/streamed_output/-"]
    assert "".join(value.get("answer", "") for value in added) == "".join(TOKENS)


def test_stream_events(base: str) -> None:
    events = js.ask(base, "streamEvents", QUESTION)
    names = {event["event"] for event in events}
    assert {"on_chain_start", "on_retriever_end", "on_chat_model_stream", "on_chain_end"} <= names


def test_a_failing_model_is_thrown_with_its_reason(base: str, model: OpenAIServer) -> None:
    model.once("gpt-4o-mini", drop_after=2)
    (failure,) = js.ask(base, "error", QUESTION)
    problem = json.loads(failure["message"])
    assert (problem["status_code"], problem["code"]) == (502, "model_failed")
    assert (problem["stage"], problem["retryable"]) == ("generate", True)
    assert SECRET not in failure["message"]


def test_a_model_that_refuses_is_thrown(base: str, model: OpenAIServer) -> None:
    model.once("gpt-4o-mini", status=401, error_message=SECRET)
    (failure,) = js.ask(base, "error", QUESTION)
    assert "502" in failure["message"]
    assert "refused the service's credentials" in failure["message"]
    assert SECRET not in failure["message"]


def test_a_malformed_question_is_thrown(base: str) -> None:
    (failure,) = js.ask(base, "error", "")
    assert "422" in failure["message"]
    assert "got an empty string" in failure["message"]
