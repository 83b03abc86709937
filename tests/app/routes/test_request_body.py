"""Request bodies: what is accepted, and complaints that name the field."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.types import Message

from app.routes.request_body import (
    MAX_BATCH,
    MAX_BRACKETS,
    configurable_of,
    filters_of,
    input_of,
    inputs_of,
    read_object,
)
from rag_stream.errors import InvalidInputError
from rag_stream.schema import MAX_QUESTION_CHARS

ASK = {"input": "Why?"}


def request_with(*parts: bytes) -> Request:
    """A request whose body arrives in these parts."""
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


async def test_a_body_may_come_in_parts() -> None:
    raw = orjson.dumps({"input": ASK})
    assert await read_object(request_with(raw[:7], raw[7:8], raw[8:]), 5) == {"input": ASK}


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "body: expected JSON in UTF-8"),
        (b"{", "body: expected JSON in UTF-8"),
        (b'{"input": "\xff"}', "body: expected JSON in UTF-8"),
        (b'{"input": {"input": "\\ud83d"}}', "body: expected JSON in UTF-8"),
        (b'{"a": NaN}', "body: expected JSON in UTF-8"),
        (b'{"input": ' + b"[" * 5000 + b"]" * 5000 + b"}", "body: expected JSON in UTF-8"),
        (b'{"a": 1} {"b": 2}', "body: expected JSON in UTF-8"),
        (b"null", "body: expected a JSON object, got null"),
        (b"[]", "body: expected a JSON object, got a list"),
        (b'"text"', "body: expected a JSON object, got a string"),
        (b"5", "body: expected a JSON object, got a number"),
        (b"1.5", "body: expected a JSON object, got a number"),
        (b"true", "body: expected a JSON object, got a boolean"),
    ],
)
async def test_a_body_that_is_no_object_is_refused(raw: bytes, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await read_object(request_with(raw), 5)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("part", [b"[],", b"{},"])
async def test_a_body_of_too_many_lists_or_objects_is_not_parsed(part: bytes) -> None:
    asked = b'{"input": {"input": "Why?"}, "kwargs": [' + part * MAX_BRACKETS + b"1]}"
    with pytest.raises(InvalidInputError, match="at most 100000 opening brackets, got more"):
        await read_object(request_with(asked), 5)


async def test_a_question_may_be_full_of_brackets() -> None:
    asked = {"input": {"input": "[{" * 5000}}
    assert await read_object(request_with(orjson.dumps(asked)), 5) == asked


def test_the_input_is_taken_as_it_is() -> None:
    question = {"input": "  Wer fährt? 🎉\u2028 "}
    assert input_of({"input": question, "config": {}, "kwargs": {}}) == question


INPUTS: list[tuple[Any, str]] = [
    (None, "input: expected an object"),
    ("Why?", "input: expected an object"),
    (5, "input: expected an object"),
    ([], "input: expected an object"),
    ({}, "input.input: expected a question, got nothing"),
    ({"input": None}, "input.input: expected a string, got NoneType"),
    ({"input": 5}, "input.input: expected a string, got int"),
    ({"input": ["Why?"]}, "input.input: expected a string, got list"),
    ({"input": {"input": "Why?"}}, "input.input: expected a string, got dict"),
    ({"input": ""}, "input.input: expected a question, got an empty string"),
    ({"input": " \n\t\u2003"}, "input.input: expected a question, got an empty string"),
    ({"input": "\ud83d"}, "input.input: expected text, got half of a surrogate pair"),
    (
        {"input": "x" * (MAX_QUESTION_CHARS + 1)},
        f"input.input: expected at most {MAX_QUESTION_CHARS} characters, got 10001",
    ),
    ({"input": "Why?", "chat_history": {}}, "input.chat_history: expected a list of messages"),
    ({"input": "Why?", "history": []}, "input.history: no such field"),
]


@pytest.mark.parametrize(("value", "complaint"), INPUTS)
def test_a_malformed_input_is_named(value: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        input_of({"input": value})
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(("value", "complaint"), INPUTS)
def test_a_malformed_input_of_a_batch_is_named_with_its_number(value: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        inputs_of({"inputs": [ASK, value]})
    assert str(caught.value).startswith(complaint.replace("input", "inputs.1", 1))


def test_a_missing_input_is_named() -> None:
    with pytest.raises(InvalidInputError, match=r"^input: expected .*, got nothing$"):
        input_of({"inputs": [ASK]})


def test_a_question_of_the_greatest_length_is_accepted() -> None:
    assert input_of({"input": {"input": "é" * MAX_QUESTION_CHARS}})


def test_a_batch_may_be_empty_or_of_the_greatest_size() -> None:
    assert inputs_of({"inputs": []}) == []
    assert inputs_of({"inputs": [ASK] * MAX_BATCH}) == [ASK] * MAX_BATCH


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "inputs: expected a list of inputs, got null"),
        ({"inputs": None}, "inputs: expected a list of inputs, got null"),
        ({"inputs": 5}, "inputs: expected a list of inputs, got a number"),
        ({"inputs": "Why?"}, "inputs: expected a list of inputs, got a string"),
        ({"inputs": {"input": "Why?"}}, "inputs: expected a list of inputs, got an object"),
        ({"inputs": [ASK] * (MAX_BATCH + 1)}, "inputs: expected at most 100 of them, got 101"),
    ],
)
def test_a_batch_that_is_no_list_of_inputs_is_refused(body: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        inputs_of(body)
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    "config", [{}, {"tags": ["a"], "metadata": {"b": 1}}, {"recursion_limit": 5}]
)
def test_what_clients_send_along_as_config_is_accepted(config: Any) -> None:
    assert configurable_of({"config": config}) == {}


def test_what_is_chosen_is_taken_over() -> None:
    chosen = {"k": 3, "search_type": "dense", "filter": {"source": "a"}}
    assert configurable_of({"config": {"configurable": chosen}}) == chosen


def test_what_others_keep_there_is_left_to_them() -> None:
    chosen = {"k": 3, "user_id": "1", "thread_id": {"deep": [1]}, "__pregel_x": None}
    assert configurable_of({"config": {"configurable": chosen}}) == {"k": 3}


def test_a_session_is_taken_as_it_is_and_who_asks_is_not() -> None:
    chosen = {"session_id": ["checked later"], "__caller": "me"}
    taken = {"session_id": ["checked later"]}
    assert configurable_of({"config": {"configurable": chosen}}) == taken


def test_a_config_may_be_left_out() -> None:
    assert configurable_of({}) == {}


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        (None, "config: expected an object, got null"),
        ([], "config: expected an object, got a list"),
        ("x", "config: expected an object, got a string"),
        (False, "config: expected an object, got a boolean"),
        ({"configurable": None}, "config.configurable: expected an object, got null"),
        ({"configurable": ["k"]}, "config.configurable: expected an object, got a list"),
        (
            {"configurable": {"k": 100, "top_k": "x"}},
            "config.configurable.top_k: no such field, expected one of k, search_type, filter",
        ),
    ],
)
def test_a_malformed_config_is_named(config: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        configurable_of({"config": config})
    assert str(caught.value) == complaint


def test_filters_are_passed_on() -> None:
    names = ["include_names", "include_types", "include_tags"]
    names += ["exclude_names", "exclude_types", "exclude_tags"]
    assert filters_of({}) == dict.fromkeys(names)
    lists = {name: [name] for name in names}
    assert filters_of({**lists, "diff": False}) == lists


@pytest.mark.parametrize("name", ["include_names", "exclude_types", "exclude_tags"])
@pytest.mark.parametrize("value", [5, "chain", {"a": 1}, ["a", 1], [None]])
def test_a_malformed_filter_is_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"^{name}: expected a list of strings"):
        filters_of({name: value})


@pytest.mark.parametrize("read", [input_of, inputs_of, configurable_of, filters_of])
def test_a_complaint_never_quotes_what_was_sent(read: Callable[[Any], Any]) -> None:
    secret = "sk-very-secret"
    body = {
        "input": {"input": [secret]},
        "inputs": [secret],
        "config": [secret],
        "include_names": [5, secret],
    }
    with pytest.raises(InvalidInputError) as caught:
        read(body)
    assert secret not in str(caught.value)
