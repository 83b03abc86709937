"""LangServe's Python client, `RemoteRunnable`, against a real server in its own process."""

from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable

from tests.support.remote import OTHER, QUESTION, check, joined, stable
from tests.support.service import Service


def test_invoke(remote: RemoteRunnable) -> None:
    output = remote.invoke(QUESTION)
    check(output)
    assert "smaller, simpler steps" in output["answer"]
    assert output["context"][0].metadata["source"] == "sample/task-decomposition.html"


async def test_ainvoke_gives_what_invoke_gives(remote: RemoteRunnable) -> None:
    assert stable(await remote.ainvoke(QUESTION)) == stable(remote.invoke(QUESTION))


def test_batch_answers_in_order(remote: RemoteRunnable) -> None:
    first, second, third = remote.batch([QUESTION, OTHER, QUESTION])
    check(first)
    check(second, OTHER)
    assert stable(first) == stable(third)
    assert first["answer"] != second["answer"]


async def test_abatch_answers_in_order(remote: RemoteRunnable) -> None:
    first, second = await remote.abatch([QUESTION, OTHER])
    check(first)
    check(second, OTHER)


def test_a_batch_of_nothing_is_nothing(remote: RemoteRunnable) -> None:
    assert remote.batch([]) == []


def test_stream_joins_to_what_invoke_gives(remote: RemoteRunnable) -> None:
    chunks = list(remote.stream(QUESTION))
    kinds = [next(iter(chunk)) for chunk in chunks]
    assert all(len(chunk) == 1 for chunk in chunks)
    assert kinds[:2] == ["input", "context"]
    assert kinds.count("answer") > 10
    assert kinds[-1] == "status"
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))


async def test_astream_joins_to_what_invoke_gives(remote: RemoteRunnable) -> None:
    chunks = [chunk async for chunk in remote.astream(QUESTION)]
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))


def test_a_stream_may_be_left_early(remote: RemoteRunnable) -> None:
    stream = remote.stream(QUESTION)
    assert next(stream) == QUESTION
    stream.close()
    check(remote.invoke(QUESTION))


def test_a_config_may_come_along(remote: RemoteRunnable) -> None:
    config: Any = {"tags": ["a"], "metadata": {"user": "b"}, "run_name": "c", "max_concurrency": 2}
    check(remote.invoke(QUESTION, config))
    check(remote.batch([QUESTION], [config])[0])


def test_the_schemas_are_those_of_the_chain(service: Service) -> None:
    schema = httpx.get(f"{service.url}/rag/input_schema", trust_env=False, timeout=60).json()
    assert schema["required"] == ["input"]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("Why?", "input"),
        ({"input": ""}, "input.input"),
        ({"input": "Why?", "chat_history": "so"}, "input.chat_history"),
        ({"input": "Why?", "history": []}, "input.history"),
    ],
)
def test_a_malformed_question_is_an_error_that_names_the_field(
    remote: RemoteRunnable, question: Any, field: str
) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        remote.invoke(question)
    assert caught.value.response.status_code == 422
    assert f"{field}:" in str(caught.value)
    # Of a refused stream the client reads no more than the status.
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        list(remote.stream(question))
