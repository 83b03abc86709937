"""The searches of a talk: which of two counts, other words for a question that a model made stand
alone, and a client who leaves while it is at that; over a real index and model server."""

import asyncio
import logging
from typing import Any

import pytest

from rag_stream.pipeline.searches import is_better
from rag_stream.runnable import RagChain
from rag_stream.schema import Relevance
from rag_stream.settings import Settings
from tests.support.chunks import joined
from tests.support.corpus import STREAM, fill
from tests.support.openai_server import OpenAIServer

ANSWER = "It is sent as soon as it exists. [1]"
STANDALONE = "Who gave the winner of the championship a trophy?"
TALK = [
    {"role": "user", "content": "Which championship was held last?"},
    {"role": "assistant", "content": "That of the island."},
]
LEANING = {"input": "And who gave it to them?", "chat_history": TALK}


def of(score: float | None, threshold: float | None = 0.5, basis: str = "calibrated") -> Relevance:
    return Relevance(score=score, threshold=threshold, basis=basis)


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        (of(0.8), of(0.7), True),
        (of(0.7), of(0.8), False),
        (of(0.8), of(0.8), False),
        (of(0.4), of(0.6), False),  # refused, and the other is not
        (of(0.6), of(0.9, 0.2), True),  # of another measure: the first, if it is no refusal
        (of(0.6), of(0.9, basis="words"), True),
        (of(0.1), of(0.3, 0.2), False),
        (of(None, None, "off"), of(None, None, "off"), False),
        (of(0.2, None, "off"), of(None, None, "off"), True),
    ],
)
def test_the_better_of_two_is_told_by_one_measure(
    one: Relevance, other: Relevance, better: bool
) -> None:
    assert is_better(one, other) is better


async def test_a_question_made_to_stand_alone_that_finds_little_is_asked_in_other_words(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)

    def answer(body: dict[str, Any]) -> str:
        if "<document>" in body["messages"][0]["content"]:
            return ANSWER
        asked = body["messages"][-1]["content"]
        return STANDALONE if "The conversation:" in asked else STREAM

    openai_server.script(answer=answer)
    chain = RagChain(settings.model_copy(update={"abstain_below": 0.5}))
    try:
        whole = await chain.ainvoke(LEANING)
    finally:
        await chain.aclose()
    condensing, rewording, answering = openai_server.chats
    assert "The conversation:" in condensing.prompt
    # Not the question that leans: who is asked for other words knows nothing of the talk.
    assert rewording.body["messages"][-1]["content"] == STANDALONE
    assert answering.body["messages"][-1]["content"] == LEANING["input"]
    assert whole["question"] == {"standalone": STANDALONE, "by": "model"}
    assert whole["context"][0].page_content == STREAM
    assert (whole["answer"], whole["status"]["state"]) == (ANSWER, "completed")
    said = sum(len(text.split()) for text in (STANDALONE, STREAM, ANSWER))
    assert whole["status"]["usage"]["output_tokens"] == said  # of all three calls


@pytest.mark.parametrize("transport", ["direct", "client"])
async def test_who_leaves_while_the_model_makes_it_stand_alone_ends_the_call(
    settings: Settings,
    openai_server: OpenAIServer,
    caplog: pytest.LogCaptureFixture,
    transport: str,
) -> None:
    await fill(settings)
    openai_server.script("gpt-4o-mini", hang="first_token")
    chain = RagChain(settings.model_copy(update={"openai_transport": transport}))

    async def read() -> dict[str, Any]:
        return joined([chunk async for chunk in chain.astream(LEANING)])

    async def left_behind() -> set[str]:
        """Tasks of ours: not those that a connection keeps while it is open."""
        names = (str(task.get_coro()) for task in asyncio.all_tasks() - before)
        return {name for name in names if "condens" in name or "ask_line" in name}

    before = asyncio.all_tasks()
    reading = asyncio.create_task(read())
    try:
        await openai_server.until(lambda: bool(openai_server.chats))
        assert await left_behind()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert not await left_behind()
        await openai_server.until(lambda: openai_server.live == 0)
        assert [call.outcome for call in openai_server.chats] == ["abandoned"]
    finally:
        await chain.aclose()
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


TIMEOUTS = (
    "A timeout for a request is set by the argument timeout, in seconds.",
    "When a timeout of a request is exceeded, the library raises TimeoutException.",
    "A whole client is made once, and closed when the program ends.",
    "When a redirect limit is exceeded, the page is not followed any longer.",
)
CHAIN = (
    "How do I set a timeout for a request?",
    "And for the whole client?",
    "Really, also there?",
    "What happens when it is exceeded?",
)


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_questions_that_lean_one_after_another_keep_the_topic(
    settings: Settings, openai_server: OpenAIServer, turns: int
) -> None:
    local = settings.model_copy(
        update={"chat_model": "local:extractive", "embeddings": "local:all-MiniLM-L6-v2"}
    )
    await fill(local, TIMEOUTS)
    history = [{"role": "user", "content": text} for text in CHAIN[:turns]]
    chain = RagChain(local.model_copy(update={"abstain_below": "off"}))
    try:
        whole = await chain.ainvoke({"input": CHAIN[-1], "chat_history": history})
    finally:
        await chain.aclose()
    assert whole["question"]["by"] == "history"
    assert whole["question"]["standalone"].startswith(CHAIN[0])
    assert whole["context"][0].page_content == TIMEOUTS[1]
