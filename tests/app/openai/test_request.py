"""Requests for chat completions: what they choose, and what is refused by name."""

from typing import Any

import pytest

from app.openai.errors import ModelNotFoundError, UnsupportedParameterError
from app.openai.request import Asked, read_request
from rag_stream.conversation import Conversation, Turn
from rag_stream.errors import InvalidInputError
from rag_stream.sampling import Sampling
from rag_stream.settings import load_settings

SENT = "So. [[1]](http://h/x)\n\n**Sources**\n\n1. [A](http://h/x)"
USER = {"role": "user", "content": "Why?"}


def read(headers: dict[str, str] | None = None, **body: Any) -> Asked:
    settings = load_settings(chat_model="local:extractive")
    return read_request({"model": "rag-stream", "messages": [USER]} | body, headers or {}, settings)


def test_the_least_that_can_be_asked() -> None:
    asked = read()
    assert asked.conversation.question == "Why?"
    assert (asked.style, asked.listed, asked.streams) == ("annotations", "cited", False)
    assert (asked.with_usage, asked.is_task, asked.sampling) == (False, False, Sampling())


def test_what_front_ends_send_along_is_taken() -> None:
    asked = read(
        stream=True,
        stream_options={"include_usage": True},
        user="u",
        metadata={"a": "b"},
        store=False,
        n=1,
        tools=[],
        tool_choice="auto",
        response_format={"type": "text"},
        logprobs=False,
        presence_penalty=0,
        frequency_penalty=0.0,
        chat_id="c",
        background_tasks={"title_generation": True},
    )
    assert (asked.streams, asked.with_usage) == (True, True)
    assert asked.sampling == Sampling(presence_penalty=0.0, frequency_penalty=0.0)


def test_sampling_and_parts_of_text() -> None:
    asked = read(
        temperature=0,
        top_p=0.5,
        max_tokens=20,
        max_completion_tokens=10,
        seed=-1,
        stop="END",
        messages=[
            {"role": "developer", "content": "Be short."},
            USER,
            {
                "role": "assistant",
                "content": "So. [[1]](http://h/x)\n\n**Sources**\n\n1. [A](http://h/x)",
            },
            {"role": "user", "content": [{"type": "text", "text": "And?"}]},
        ],
    )
    assert asked.sampling == Sampling(
        temperature=0.0, top_p=0.5, max_tokens=10, seed=-1, stop=("END",)
    )
    assert asked.conversation.question == "And?"
    assert asked.conversation.system == "Be short."
    # As it was said, without the links and the list that it was sent with.
    assert asked.conversation.history == (Turn("user", "Why?"), Turn("assistant", "So. [1]"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", 2.1),
        ("temperature", "0"),
        ("temperature", True),
        ("top_p", -0.1),
        ("max_tokens", 0),
        ("max_completion_tokens", 1.5),
        ("seed", 2**63),
        ("presence_penalty", 3),
        ("stop", [""]),
        ("stop", ["a"] * 5),
        ("stop", 5),
        ("stream", "yes"),
        ("stream_options", []),
        ("citation_style", "footnotes"),
        ("citation_sources", 1),
        ("model", None),
        ("model", 5),
        ("messages", None),
        ("messages", "Why?"),
        ("messages", []),
    ],
    ids=str,
)
def test_a_bad_value_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidInputError, match=rf"^{field}: .*got ") as refused:
        read(**{field: value})
    assert not isinstance(refused.value, UnsupportedParameterError)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tools", [{"type": "function"}]),
        ("functions", [{}]),
        ("tool_choice", "required"),
        ("n", 2),
        ("n", True),
        ("response_format", {"type": "json_object"}),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("logit_bias", {"1": 5}),
        ("modalities", ["text", "audio"]),
        ("audio", {}),
        ("store", True),
        ("web_search_options", {}),
    ],
    ids=str,
)
def test_what_is_not_done_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(UnsupportedParameterError, match=f"^{field}: expected "):
        read(**{field: value})


def test_open_webui_offers_tools_that_no_answer_has_to_take_up() -> None:
    offer: dict[str, Any] = {"citation_style": "openwebui", "tools": [{"type": "function"}]}
    assert read(**offer).ignored == ("tools",)
    assert read(citation_style="openwebui", tools=[]).ignored == ()
    with pytest.raises(UnsupportedParameterError, match="^tool_choice: "):
        read(**offer, tool_choice="required")
    with pytest.raises(UnsupportedParameterError, match="^n: "):
        read(**offer, n=2)


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([USER, {"role": "tool", "content": "5", "tool_call_id": "x"}], "messages.1.role"),
        (
            [{"role": "assistant", "content": "a", "tool_calls": [{}]}, USER],
            "messages.0.tool_calls",
        ),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "messages.0.content.0.type"),
        ([{"role": "user", "content": ""}], "messages.0.content"),
        ([USER, {"role": "assistant", "content": "x"}], "messages.1.role"),
        ([{"role": "user", "content": "x" * 10_001}], "messages.0.content"),
        ([USER] * 501, "messages"),
        ([5], "messages.0"),
    ],
    ids=["tool", "tool calls", "image", "empty", "no question", "long", "many", "no message"],
)
def test_bad_messages_are_named(messages: Any, field: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^{field}: "):
        read(messages=messages)


@pytest.mark.parametrize("content", ["", None, []])
def test_an_answer_stopped_before_its_first_word_stops_no_conversation(content: Any) -> None:
    stopped = {"role": "assistant", "content": content}
    asked = read(messages=[USER, stopped, {"role": "user", "content": "And?"}])
    assert asked.conversation == Conversation("And?", (Turn("user", "Why?"),))


def test_any_other_model_is_none() -> None:
    with pytest.raises(ModelNotFoundError, match="^model: .*'gpt-4o'"):
        read(model="gpt-4o")


def test_the_body_is_heard_before_headers_and_these_before_settings() -> None:
    headers = {"x-citation-style": "Markdown", "x-citation-sources": "all"}
    asked = read(headers)
    assert (asked.style, asked.listed) == ("markdown", "all")
    asked = read(headers, citation_style="openwebui", citation_sources="cited")
    assert (asked.style, asked.listed) == ("openwebui", "cited")
    with pytest.raises(InvalidInputError, match="^x-citation-style: "):
        read({"x-citation-style": "none"})


def test_a_task_may_be_long_and_its_answer_may_not() -> None:
    task = [{"role": "user", "content": "### Task:\nA title.\n" + "x" * 20_000}]
    asked = read(messages=task)
    assert (asked.is_task, asked.sampling.max_tokens) == (True, 300)
    assert read(messages=task, max_tokens=5).sampling.max_tokens == 5
    named = read({"x-task": "title_generation"}, max_tokens=1000)
    assert (named.is_task, named.sampling.max_tokens) == (True, 1000)
