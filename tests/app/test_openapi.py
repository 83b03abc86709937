"""The documented errors: those of the code, each with the shape that it is sent in."""

import inspect
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import app.errors
import rag_stream.errors
from app.error_responses import describe_failure
from app.openai.request import read_request
from app.openapi import PROBLEM
from app.route_errors import (
    COMING_BACK,
    EVERYWHERE,
    FEEDBACK,
    QUESTIONS,
    SESSIONS,
    SOURCE,
    STOPPING,
    STOPPING_CHATS,
    STREAMED_QUESTIONS,
    WITH_LINK,
)
from app.server import create_app
from rag_stream.errors import RagError
from rag_stream.settings import load_settings

# Of the ingest command and of the start; of MCP, which describes itself; one whose client would
# need to know a run's id before it has it; and kinds that are told as the one they are a kind of.
NOT_AS_RESPONSES = {"bad_source", "index_busy", "bad_setting", "cancelled", "mcp_not_installed"}


def all_errors() -> list[type[RagError]]:
    return [
        error
        for module in (rag_stream.errors, app.errors)
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, RagError)
    ]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def test_every_error_is_documented_somewhere() -> None:
    of_routes = {*EVERYWHERE, *WITH_LINK, *QUESTIONS, *STREAMED_QUESTIONS, *COMING_BACK}
    of_routes |= {*STOPPING, *STOPPING_CHATS, *SESSIONS, *FEEDBACK, *SOURCE}
    documented = {(error.code, error.status_code) for error in of_routes}
    ours = {(error.code, error.status_code) for error in all_errors()}
    assert {code for code, _ in ours - documented} == NOT_AS_RESPONSES | {"model_timeout"}


SENT = [error for error in all_errors() if error.stage != "ingest"]


@pytest.mark.parametrize("error", SENT, ids=lambda error: error.__name__)
def test_every_error_has_the_documented_shape(error: type[RagError]) -> None:
    Draft202012Validator(PROBLEM).validate(describe_failure(error("why"), None))
    Draft202012Validator(PROBLEM).validate(describe_failure(error("why"), "an id"))


def test_a_fault_of_ours_has_it_too() -> None:
    Draft202012Validator(PROBLEM).validate(describe_failure(KeyError("x"), None))


def test_the_document_is_one_and_refers_to_nothing_that_is_not_there(
    document: dict[str, Any],
) -> None:
    assert "HTTPValidationError" not in str(document)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = {
        value.removeprefix("#/components/schemas/")
        for value in _strings(document)
        if value.startswith("#/components/schemas/")
    }
    assert references <= set(document["components"]["schemas"])
    assert create_app().openapi() == document  # nothing is added twice


def test_every_response_has_words_and_every_error_its_codes(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                assert response["description"], (path, status)
                if status >= "400":
                    assert response["description"].startswith("- `"), (path, status)
            assert "Retry-After" in operation["responses"]["503"]["headers"]


PARAMETERS = {
    "get /chat/sessions": ["limit", "before"],
    "get /chat/sessions/{session_id}": ["session_id", "limit", "after"],
    "delete /chat/sessions/{session_id}": ["session_id"],
    "get /rag/runs/{run_id}/stream": ["run_id", "after", "Last-Event-ID"],
    "delete /chat/runs/{run_id}": ["run_id"],
    "get /api/chat/{chat_id}/stream": ["chat_id", "ended"],
    "post /api/chat/{chat_id}/stop": ["chat_id"],
    "post /api/chat": ["X-On-Disconnect"],
    "post /chat/stream": ["config_hash", "X-On-Disconnect"],
    "post /rag/invoke": ["config_hash"],
    "get /sources": ["q", "page", "format"],
    "post /v1/chat/completions": ["X-Citation-Style", "X-Citation-Sources", "X-Task"],
}


@pytest.mark.parametrize("operation", PARAMETERS)
def test_what_is_read_of_address_and_head_is_told(document: dict[str, Any], operation: str) -> None:
    method, path = operation.split(" ")
    told = document["paths"][path][method].get("parameters", [])
    assert [one["name"] for one in told] == PARAMETERS[operation]
    for one in told:
        Draft202012Validator.check_schema(one["schema"])


ASKED = {"model": "rag-stream", "messages": [{"role": "user", "content": "Why?"}]}
STOPPED = {"role": "assistant", "content": None}


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (ASKED, True),
        ({**ASKED, "stream": True, "stop": ["END"], "user": "front end's own"}, True),
        ({**ASKED, "messages": [ASKED["messages"][0], STOPPED, ASKED["messages"][0]]}, True),
        ({**ASKED, "messages": []}, False),
        ({**ASKED, "messages": [{"role": "user", "content": ""}]}, False),
        ({**ASKED, "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, False),
        ({**ASKED, "temperature": 3}, False),
        ({**ASKED, "model": "gpt-4o"}, False),
        ({"messages": ASKED["messages"]}, False),
    ],
)
def test_a_chat_completion_is_asked_for_as_the_document_says(
    document: dict[str, Any], body: dict[str, Any], is_one: bool
) -> None:
    schema = {"$ref": "#/components/schemas/ChatCompletionRequest", **document}
    assert Draft202012Validator(schema).is_valid(body) == is_one
    try:
        read_request(body, {}, load_settings(chat_model="local:extractive"))
    except RagError:
        assert not is_one
    else:
        assert is_one


@pytest.mark.parametrize(
    ("question", "is_one"), [("What?", True), ("", False), ("  \n", False), ("x" * 10_001, False)]
)
def test_an_empty_question_is_none_by_the_document(
    document: dict[str, Any], question: str, is_one: bool
) -> None:
    for name in ("Invoke", "Stream", "StreamLog", "StreamEvents"):
        schema = {"$ref": f"#/components/schemas/rag{name}Request", **document}
        asked = {"input": {"input": question}}
        assert Draft202012Validator(schema).is_valid(asked) == is_one


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []
