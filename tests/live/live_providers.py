"""The real service over HTTP, answered by Anthropic's and Ollama's packages and stand-ins."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import pytest

from tests.support import sse
from tests.support.anthropic_server import AnthropicServer
from tests.support.corpus import TASK
from tests.support.ending import ask
from tests.support.model_server import ModelServer
from tests.support.ollama_server import OllamaServer
from tests.support.openai_server import OpenAIServer
from tests.support.script import Script
from tests.support.served import over
from tests.support.service import Service

QUESTION = "What is Task Decomposition?"
MODELS = {"anthropic": "anthropic:claude-stand-in", "ollama": "ollama:llama3.2"}
SERVERS: Mapping[str, type[ModelServer]] = {"anthropic": AnthropicServer, "ollama": OllamaServer}
PROMPT = 'You are a pirate. Answer in JSON like {"say": "..."}.\n\n{context}\n\nAye.\n'


@pytest.fixture(scope="module", params=tuple(SERVERS))
def served(
    request: pytest.FixtureRequest,
    chroma_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Service, ModelServer]]:
    """The service with one provider's chat model; OpenAI's stand-in embeds."""
    prompt = tmp_path_factory.mktemp("prompt") / "prompt.txt"
    prompt.write_text(PROMPT)
    with SERVERS[request.param]() as server, OpenAIServer() as embeds:
        environment = {
            **over(embeds, chroma_url, RAG_RETRIES=0),
            "RAG_CHAT_MODEL": MODELS[request.param],
            "RAG_MODEL_KWARGS": json.dumps({"base_url": server.origin}),
            "RAG_MAX_TOKENS": "50",
            "RAG_PROMPT_FILE": str(prompt),
            "ANTHROPIC_API_KEY": "sk-ant-stand-in",
        }
        with Service(env=environment) as service:
            yield service, server


@pytest.fixture
def service(served: tuple[Service, ModelServer]) -> Service:
    return served[0]


@pytest.fixture
def model(served: tuple[Service, ModelServer]) -> Iterator[ModelServer]:
    """The stand-in, to be scripted by one test and plain again for the next."""
    _, server = served
    server.calls.clear()
    yield server
    server.script(**{field.name: getattr(Script(), field.name) for field in fields(Script)})


def name_of(model: ModelServer) -> str:
    return next(MODELS[name] for name, kind in SERVERS.items() if isinstance(model, kind))


def test_an_answer_with_its_status_and_its_prompt(service: Service, model: ModelServer) -> None:
    model.script(answer=["Small ", "steps [1]."])
    ending = ask(service, QUESTION)
    assert ending.answer == "Small steps [1]."
    status = ending.status
    assert (status["state"], status["finish_reason"]) == ("completed", "stop")
    assert status["model"] == name_of(model)
    assert status["usage"]["output_tokens"] == 2
    assert status["usage"]["input_tokens"] > 0
    body = model.calls[0].body
    system = body["system"] if "system" in body else body["messages"][0]["content"]
    before, found, after = system.partition(
        'like {"say": "..."}.\n\n<document>\n[1] Notes (notes.md)\n'
    )
    assert (before, bool(found)) == ("You are a pirate. Answer in JSON ", True)
    assert TASK in after
    assert "\n</document>\n\nAye.\n\nEach piece stands between <document> and" in after


def test_tokens_come_while_the_model_is_still_writing(service: Service, model: ModelServer) -> None:
    model.script(answer="One two three.", hold_after=2)
    seen = ""
    with sse.post(f"{service.url}/rag/stream", {"input": {"input": QUESTION}}) as stream:
        for event in stream:
            if event.event == "data":
                seen += event.json().get("answer", "")
            if seen == "One two":
                model.script_for("any").release.set()
    assert seen == "One two three."


@pytest.mark.parametrize("endpoint", ["stream", "invoke", "batch"])
def test_every_endpoint_says_that_an_answer_was_cut_off(
    service: Service, model: ModelServer, endpoint: str
) -> None:
    model.script(answer=["word "] * 60)
    status = ask(service, QUESTION, endpoint).status
    assert (status["state"], status["finish_reason"]) == ("truncated", "length")
    assert status["usage"]["output_tokens"] == 50


def test_a_rate_limit_is_an_http_error_with_its_time(service: Service, model: ModelServer) -> None:
    model.script(status=429, retry_after="17", error_message="sk-internal at /srv/model")
    ending = ask(service, QUESTION)
    assert (ending.how, ending.code) == ("http", "model_busy")
    assert ending.fields["status_code"] == 429
    assert ending.headers["retry-after"] == "17"


def test_a_failure_in_the_middle_is_an_event(service: Service, model: ModelServer) -> None:
    model.script(answer="One two three.", error_after=2, error_message="sk-internal at /srv/model")
    ending = ask(service, QUESTION)
    assert (ending.how, ending.code) == ("event", "model_failed")
    assert ending.fields["retryable"] is True
    assert ending.answer == "One two"


def test_a_reader_who_leaves_stops_the_model(service: Service, model: ModelServer) -> None:
    model.script(answer="One two three.", hold_after=2)
    with sse.post(f"{service.url}/rag/stream", {"input": {"input": QUESTION}}) as stream:
        seen = ""
        for event in stream:
            if event.event == "data":
                seen += event.json().get("answer", "")
            if seen == "One two":
                break
    model.wait_until(lambda: [call.outcome for call in model.calls] == ["abandoned"])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"RAG_CHAT_MODEL": "antropic:claude"}, "RAG_CHAT_MODEL: expected 'auto', "),
        ({"RAG_CHAT_MODEL": "anthropic:claude"}, "ANTHROPIC_API_KEY: expected a value"),
        ({"RAG_CHAT_MODEL": "mistralai:small"}, "pip install 'rag-stream[mistralai]'"),
        ({"RAG_MODEL_KWARGS": "{"}, "RAG_MODEL_KWARGS: expected a JSON object"),
        (
            {"RAG_CHAT_MODEL": "ollama:llama3.2", "RAG_MODEL_KWARGS": '{"tpo_p": 1}'},
            "RAG_MODEL_KWARGS: ChatOllama takes no 'tpo_p'; did you mean 'top_p'?",
        ),
        ({"RAG_PROMPT_FILE": "no/such.txt"}, "RAG_PROMPT_FILE: cannot read 'no/such.txt'"),
    ],
)
def test_what_cannot_work_stops_the_start(
    chroma_url: str, changes: dict[str, Any], complaint: str
) -> None:
    service = Service(env={"RAG_CHROMA_URL": chroma_url, **changes})
    with pytest.raises(RuntimeError, match="ended with code 2") as caught, service:
        pass
    assert complaint in str(caught.value)
