"""Questions and models that are no good: what the chain says of them, and when it asks again."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.runnables import RunnableConfig

from rag_stream.errors import (
    AnswerTimeoutError,
    FirstTokenTimeoutError,
    IndexEmptyError,
    InvalidInputError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    TokenTimeoutError,
)
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ("Task", " decomposition", " splits", " a", " task", " \u2028 up", ".")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("What?", "expected a dict"),
        ({}, "input: expected a question, got nothing"),
        ({"input": 5}, "input: expected a string, got int"),
        ({"input": " \n"}, "input: expected a question, got an empty string"),
        ({"input": "?" * 10_001}, "input: expected at most 10000 characters, got 10001"),
        ({"input": "\ud83d"}, "input: expected text, got half of a surrogate pair"),
        ({"input": "x", "history": []}, "history: no such field"),
        ({"input": "x", "chat_history": "y"}, "chat_history: expected a list of messages"),
    ],
)
async def test_bad_input_names_the_field(chain: RagChain, value: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint):
        await chain.ainvoke(value)


@pytest.mark.parametrize("question", ["任务分解是什么", "🤖?", "a\x00b\x1b[31m", "x" * 10_000])
async def test_unusual_questions_are_answered(
    chain: RagChain, settings: Settings, question: str
) -> None:
    await fill(settings)
    assert (await chain.ainvoke({"input": question}))["input"] == question


async def test_an_empty_index_is_an_error_that_names_the_command(chain: RagChain) -> None:
    with pytest.raises(IndexEmptyError, match="python -m ingest"):
        await chain.ainvoke(QUESTION)


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_a_cut_off_answer_is_truncated_never_completed(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, reason: str
) -> None:
    await fill(settings)
    openai_server.once("gpt-4o-mini", finish_reason=reason)
    status = (await chain.ainvoke(QUESTION))["status"]
    assert (status["state"], status["finish_reason"]) == ("truncated", reason)


class Listener(AsyncCallbackHandler):
    """Hears all and does nothing, but with it an answer takes LangChain's way."""


@pytest.fixture(params=["alone", "listened to"])
def config(request: pytest.FixtureRequest) -> RunnableConfig:
    """The two ways of an answer: our short one, and that of LangChain's callbacks."""
    return {"callbacks": [Listener()]} if request.param == "listened to" else {}


async def answers_of(chain: RagChain, config: RunnableConfig) -> list[str]:
    chunks = [chunk async for chunk in chain.astream(QUESTION, config)]
    assert list(chunks[-1]) == ["status"]
    return [chunk["answer"] for chunk in chunks if "answer" in chunk]


async def test_the_first_answer_chunk_says_that_the_model_has_accepted(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, config: RunnableConfig
) -> None:
    await fill(settings)
    openai_server.once("gpt-4o-mini", hang="first_token")
    async with aclosing(chain.astream(QUESTION, config)) as chunks, asyncio.timeout(20):
        assert [list(await anext(chunks)) for _ in range(2)] == [["input"], ["context"]]
        assert await anext(chunks) == {"answer": ""}  # and no token is there yet
    await openai_server.until(lambda: openai_server.live == 0)


async def test_the_acceptance_adds_nothing_to_the_answer(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, config: RunnableConfig
) -> None:
    await fill(settings)
    openai_server.script(answer=list(TOKENS))
    answers = await answers_of(chain, config)
    assert "".join(answers) == "".join(TOKENS)
    assert answers.index("") == 0
    assert answers.count("") == 1


async def test_an_answer_of_nothing_is_an_answer(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, config: RunnableConfig
) -> None:
    await fill(settings)
    openai_server.script(answer=[])
    assert await answers_of(chain, config) == [""]


async def test_a_model_that_breaks_off_before_its_first_token_is_asked_again(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, config: RunnableConfig
) -> None:
    await fill(settings)
    openai_server.script(answer=list(TOKENS))
    openai_server.once("gpt-4o-mini", drop_after=0)
    openai_server.once("gpt-4o-mini", error_after=0)
    answers = await answers_of(chain, config)
    assert "".join(answers) == "".join(TOKENS)
    assert answers.count("") == 1
    await openai_server.until(lambda: openai_server.live == 0)
    outcomes = [call.outcome for call in openai_server.chats]
    assert outcomes == ["dropped", "failed", "finished"]


async def test_a_model_that_breaks_off_after_a_token_is_not_asked_again(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer, config: RunnableConfig
) -> None:
    await fill(settings)
    openai_server.script(answer=list(TOKENS))
    openai_server.once("gpt-4o-mini", drop_after=2)
    seen: list[str] = []

    async def read() -> None:
        async for chunk in chain.astream(QUESTION, config):
            seen.append(chunk.get("answer", ""))

    with pytest.raises(ModelFailedError, match="broke off its answer"):
        await read()
    assert "".join(seen) == "".join(TOKENS[:2])
    assert len(openai_server.chats) == 1


@pytest.mark.parametrize(
    ("changes", "script", "kind"),
    [
        ({"first_token_timeout_s": 0.3}, {"hang": "response"}, FirstTokenTimeoutError),
        ({"first_token_timeout_s": 0.3}, {"hang": "first_token"}, FirstTokenTimeoutError),
        ({"token_timeout_s": 0.3}, {"hold_after": 2}, TokenTimeoutError),
        (
            {"answer_timeout_s": 1.0},
            {"answer": ["word "] * 5000, "tokens_per_second": 50},
            AnswerTimeoutError,
        ),
    ],
)
async def test_a_late_model_is_told_by_which_limit_and_left(
    settings: Settings,
    openai_server: OpenAIServer,
    config: RunnableConfig,
    changes: dict[str, float],
    script: dict[str, Any],
    kind: type[ModelTimeoutError],
) -> None:
    await fill(settings)
    openai_server.script("gpt-4o-mini", **script)
    chain = RagChain(settings.model_copy(update=changes))
    try:
        await chain.runtime().load()
        with pytest.raises(kind, match="the chat model 'openai:gpt-4o-mini' ") as caught:
            await chain.ainvoke(QUESTION, config)
        assert type(caught.value) is kind
        await openai_server.until(lambda: openai_server.chats[-1].outcome == "abandoned")
    finally:
        await chain.aclose()
    assert len(openai_server.chats) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, ModelRejectedError), (400, ModelRejectedError), (429, ModelBusyError)],
)
async def test_a_refusing_model_is_reported_without_its_words(
    chain: RagChain,
    settings: Settings,
    openai_server: OpenAIServer,
    status: int,
    error: type[ModelFailedError],
) -> None:
    await fill(settings)
    openai_server.script("gpt-4o-mini", status=status)
    with pytest.raises(error) as caught:
        await chain.ainvoke(QUESTION)
    assert str(status) in str(caught.value)
    assert caught.value.__cause__ is not None
    assert str(caught.value.__cause__) not in str(caught.value)
