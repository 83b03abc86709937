"""Questions of every kind to the service as it is started: an answer or a 422, never a 500."""

# ruff: noqa: RUF001 - questions come in all scripts

import json
from collections.abc import Iterator
from typing import Any

import pytest
from langserve.lzstring import LZString

from tests.support import sse
from tests.support.service import Service, ingest

QUESTION = "What is Task Decomposition?"
ANSWERED = {
    "letter": "a",
    "stop words": "what is it and why is it so",
    "ten thousand characters": "task " * 2_000,
    "one long word": "x" * 10_000,
    "Chinese": "什么是任务分解？",
    "Arabic": "ما هو تفكيك المهام؟",
    "Thai": "การแยกงานคืออะไร",
    "Russian": "Что такое декомпозиция задач?",
    "emoji": "🧩➡️🧱❓",
    "family emoji": "👩‍👩‍👧‍👦 task 👍🏽",
    "control characters": "task\x00 \x07decomposition\x1b[31m\x7f?",
    "blanks of all kinds": "\u00a0task\u2003\u2028decomposition\u0085\ufeff?",
    "right to left marks": "\u202etask decomposition\u202c",
    "combining marks": "t\u0301\u0302\u0303" * 300,
    "query language": 'title:x AND (source:"y" OR *) -task^9 [a TO b] ~2 /re/',
    "markup": "<script>alert(1)</script> {{ 7*7 }} ${x} %s {input} {context}",
    "quotes": "'\"`´‘’“”«»;--",
    "markers": "[1] [2] [99] what is task decomposition [1]?",
    "private use": "\ue000\uf8ff\U0010ffff",
    "half width": "ｔａｓｋ　ｄｅｃｏｍｐｏｓｉｔｉｏｎ",
    "number": "3.14159e10 -0 1,000,000",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service()
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield service


def ask(service: Service, question: str, configurable: Any) -> dict[str, Any]:
    """The chunks of an answer put together; its stream has to end well."""
    body = {"input": {"input": question}, "config": {"configurable": configurable}}
    whole: dict[str, Any] = {}
    with sse.post(f"{service.url}/rag/stream", body) as stream:
        events = list(stream)
    assert [event.event for event in events[:1] + events[-1:]] == ["metadata", "end"]
    for event in events[1:-1]:
        for key, value in event.json().items():
            whole[key] = whole[key] + value if key in whole else value
    return whole


@pytest.mark.parametrize("question", ANSWERED.values(), ids=ANSWERED)
@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
def test_every_question_is_answered(service: Service, question: str, search_type: str) -> None:
    whole = ask(service, question, {"search_type": search_type})
    assert whole["input"] == question
    assert whole["status"]["state"] in ("completed", "abstained")
    assert whole["status"]["search_type"] == search_type
    for citation in whole["citations"]:
        page = whole["context"][citation["document"]]["page_content"]
        assert page[citation["quote_start"] : citation["quote_end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("question", "configurable", "field"),
    [
        ("", None, "input.input: expected a question, got an empty string"),
        (" \u2003\n", None, "input.input: expected a question, got an empty string"),
        ("x" * 10_001, None, "input.input: expected at most 10000 characters, got 10001"),
        (None, None, "input.input: expected a string, got NoneType"),
        (QUESTION, {"k": 0}, "config.configurable.k: expected a whole number from 1 to 100, got 0"),
        (QUESTION, {"k": 101}, "config.configurable.k: expected a whole number from 1 to 100"),
        (QUESTION, {"k": "4"}, "config.configurable.k: expected a whole number from 1 to 100"),
        (QUESTION, {"search_type": "mmr"}, "config.configurable.search_type: expected 'hybrid'"),
        (QUESTION, {"filter": {"author": "x"}}, "config.configurable.filter.author: no such field"),
        (QUESTION, {"filter": {"source": {"$ne": ""}}}, "config.configurable.filter.source: expe"),
        (QUESTION, {"lambda_mult": 0.5}, "config.configurable.lambda_mult: no such field"),
    ],
)
@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events", "invoke"])
def test_what_cannot_be_asked_is_named(
    service: Service, endpoint: str, question: Any, configurable: Any, field: str
) -> None:
    body = {"input": {"input": question}, "config": {"configurable": configurable or {}}}
    with sse.post(f"{service.url}/rag/{endpoint}", body) as answer:
        problem = json.loads(answer.text())
    assert (answer.status, problem["code"]) == (422, "invalid_input")
    assert problem["message"].startswith(field)


@pytest.mark.parametrize("value", ["", "a\x00b", "x" * 4_000, 'it\'s "so"', "🧩", "%", "*"])
@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
def test_any_value_may_be_filtered_by(service: Service, value: str, search_type: str) -> None:
    chosen = {"filter": {"source": [value]}, "search_type": search_type}
    whole = ask(service, QUESTION, chosen)
    if value:
        assert (whole["context"], whole["status"]["state"]) == ([], "abstained")
    else:  # nothing was chosen
        assert whole["status"]["state"] == "completed"


def test_a_shared_links_choice_counts_unless_another_is_made(service: Service) -> None:
    shared = LZString.compressToEncodedURIComponent(json.dumps({"configurable": {"k": 2}}))
    counts = []
    for chosen in ({}, {"k": 1}):
        body = {"input": {"input": QUESTION}, "config": {"configurable": chosen}}
        with sse.post(f"{service.url}/rag/c/{shared}/invoke", body) as answer:
            counts.append(len(json.loads(answer.text())["output"]["context"]))
    assert counts == [2, 1]


def test_a_shared_link_cannot_choose_more_than_a_request(service: Service) -> None:
    shared = LZString.compressToEncodedURIComponent(json.dumps({"configurable": {"k": 101}}))
    with sse.post(f"{service.url}/rag/c/{shared}/invoke", {"input": {"input": QUESTION}}) as answer:
        problem = json.loads(answer.text())
    assert (answer.status, problem["code"]) == (422, "invalid_input")
    assert problem["message"].startswith("config.configurable.k: expected a whole number")
