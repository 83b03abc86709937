"""Chunks to bytes: one line of JSON that every client gets back as it was."""

import json
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import AIMessageChunk
from langserve.serialization import WellKnownLCSerializer
from pydantic import BaseModel, SecretStr

from app.streaming.sse import PING, SseEncoder, dumps
from tests.support import sse

# What httpx takes for the end of a line, and JSON lets stand inside a string.
BREAKS = ["\u2028", "\u2029", "\x85"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\u2028\u2029\x85\r\n"))
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
VALUES = st.recursive(LEAVES, lambda v: st.lists(v) | st.dictionaries(TEXTS, v), max_leaves=20)


@pytest.mark.parametrize("character", BREAKS)
@pytest.mark.parametrize("template", ["{}", "a{}b", "{}{}", "\\{}", "\\u2028{}", '"{}"'])
def test_a_line_separator_is_escaped_and_comes_back(character: str, template: str) -> None:
    text = template.format(character, character)
    data = dumps({"answer": text, text: 1})
    assert character not in data.decode()
    assert json.loads(data) == {"answer": text, text: 1}


@pytest.mark.parametrize("text", ["\\u2028", "\\\\u2028", "…", "Â…", "À", "\u2027\u202a", "🎉"])
def test_text_that_only_looks_like_a_separator_is_left_alone(text: str) -> None:
    assert json.loads(dumps(text)) == text
    assert dumps(text) == orjson.dumps(text)


@given(VALUES)
def test_any_json_value_survives_in_one_line(value: Any) -> None:
    data = dumps(value)
    assert json.loads(data) == value
    assert len(data.decode().splitlines()) == 1


@given(st.lists(VALUES.filter(lambda value: value is not None), max_size=5))
def test_any_stream_is_read_back_by_a_strict_client(values: list[Any]) -> None:
    encoder = SseEncoder()
    pieces = [encoder.event("data", value) for value in values] + [PING, encoder.event("end")]
    *events, ping, end = sse.parse(pieces)
    assert [event.json() for event in events] == values
    assert [event.id for event in events] == [str(n) for n in range(1, len(values) + 1)]
    assert {event.event for event in events} <= {"data"}
    assert ping.comment == "ping"
    assert (end.event, end.data, end.id) == ("end", None, str(len(values) + 1))


def test_an_event_is_written_as_langserves_clients_read_it() -> None:
    encoder = SseEncoder()
    assert encoder.event("data", {"answer": "a"}) == (
        b'id: 1\r\nevent: data\r\ndata: {"answer":"a"}\r\n\r\n'
    )
    assert encoder.event("end") == b"id: 2\r\nevent: end\r\n\r\n"


def test_each_stream_counts_its_own_events() -> None:
    first, second = SseEncoder(), SseEncoder()
    first.event("data", 1)
    assert first.event("data", 2).startswith(b"id: 2\r\n")
    assert second.event("data", 1).startswith(b"id: 1\r\n")


def test_falsy_values_are_data_all_the_same() -> None:
    for value in ("", 0, False, [], {}):
        (event,) = sse.parse([SseEncoder().event("data", value)])
        assert event.json() == value


def test_a_document_comes_out_of_the_python_client_as_a_document() -> None:
    document = Document(id="c1", page_content="a\u2028b", metadata={"source": "s", "score": 0.5})
    chunk = WellKnownLCSerializer().loads(dumps({"context": [document]}).decode())
    assert chunk == {"context": [document]}
    assert isinstance(chunk["context"][0], Document)


def test_a_message_comes_out_of_the_python_client_as_a_message() -> None:
    message = AIMessageChunk("half an", id="m1", response_metadata={"finish_reason": "stop"})
    assert WellKnownLCSerializer().loads(dumps(message).decode()) == message


def test_keys_that_are_no_strings_become_strings() -> None:
    run = UUID("01a2025d-e92d-77b8-ae4c-cbd230c4720f")
    assert json.loads(dumps({2: "a", 1.5: "b", None: "c", True: "d", run: "e"})) == {
        "2": "a",
        "1.5": "b",
        "null": "c",
        "true": "d",
        str(run): "e",
    }


def test_common_values_of_runs_are_written_plainly() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    value = {"at": at, "pair": (1, 2), "names": {"x"}, "none": frozenset(), "bad": float("nan")}
    assert json.loads(dumps(value)) == {
        "at": "2026-01-02T03:04:05+00:00",
        "pair": [1, 2],
        "names": ["x"],
        "none": [],
        "bad": None,
    }


class Account(BaseModel):
    """A model as some run's input may be, holding what must not get out."""

    name: str
    key: SecretStr


class Unknown:
    """Something no client knows, whose text is nobody's business."""

    def __repr__(self) -> str:
        return "Unknown(password='hunter2')"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Unknown(), "<Unknown>"),
        (ValueError("/srv/secret/path"), "<ValueError>"),
        (SecretStr("sk-secret"), "<SecretStr>"),
        (threading.Lock(), "<lock>"),
        (Unknown, "<type>"),
        (b"bytes", "<bytes>"),
        (Account(name="a", key=SecretStr("sk-secret")), {"name": "a", "key": "<SecretStr>"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_unknown_objects_only_the_kind_gets_out(value: Any, written: Any) -> None:
    assert json.loads(dumps({"deep": [value]})) == {"deep": [written]}
