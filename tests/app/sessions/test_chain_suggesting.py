"""Turns that are answered while questions are suggested yet: kept, and waited for by nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.callbacks import AsyncCallbackHandler

from app.sessions.chain import SessionChain
from app.sessions.config_keys import CALLER, SESSION
from app.sessions.manager import Sessions
from rag_stream.events import Ended, Event, Finished, Suggested
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer
from tests.support.told_chain import ToldChain

TASK, ANSWER = "What is task decomposition?", "It breaks a big task into smaller steps [1]."
OWNER, MODEL = "me", "gpt-4o-mini"


@pytest.fixture
async def inner(settings: Settings, tmp_path: Path) -> AsyncIterator[ToldChain]:
    on = {"sessions": True, "chroma_path": tmp_path / "chroma", "suggest": 3}
    await fill(settings)
    chain = ToldChain(settings.model_copy(update=on))
    yield chain
    await chain.aclose()


@pytest.fixture
async def workers(inner: ToldChain) -> AsyncIterator[list[Sessions]]:
    """Of two workers, with one database."""
    both = [Sessions(lambda: inner.settings) for _ in range(2)]
    for sessions in both:
        await sessions.open()
    yield both
    for sessions in both:
        await sessions.aclose()


def within(**config: Any) -> Any:
    return {"configurable": {SESSION: "s", CALLER: OWNER}, "run_id": uuid4(), **config}


async def turns(sessions: Sessions) -> list[dict[str, Any]]:
    return list((await sessions.shown("s", OWNER, 10, 0))["turns"])


async def until(chain: SessionChain, kind: type[Event]) -> None:
    """Ask, and leave at the first event of that kind."""
    async with aclosing(chain.events({"input": TASK}, within())) as events:
        async for event in events:
            if isinstance(event, kind):
                return


@pytest.mark.parametrize("next_one", [0, 1], ids=["the same worker", "another worker"])
async def test_who_leaves_then_has_an_answer_and_the_next_turn_has_begun_before(
    workers: list[Sessions], inner: ToldChain, openai_server: OpenAIServer, next_one: int
) -> None:
    chains = [SessionChain(inner, sessions) for sessions in workers]
    openai_server.once(model=MODEL, answer=ANSWER)
    openai_server.script(model=MODEL, hang="first_token")
    reading = asyncio.create_task(until(chains[0], Finished))
    await openai_server.until(lambda: len(openai_server.chats) == 2)
    (turn,) = await turns(workers[0])
    assert (turn["state"], turn["answer"], turn["sources"][0]["number"]) == ("completed", ANSWER, 1)

    openai_server.once(model=MODEL, answer="And a second.", hang=None)
    await until(chains[next_one], Ended)
    assert [turn.text for turn in inner.asked[1].history] == [TASK, ANSWER]
    assert not reading.done()

    reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled()
    await openai_server.until(lambda: openai_server.live == 0)
    told = [(turn["state"], turn["answer"]) for turn in await turns(workers[0])]
    assert told == [("completed", ANSWER), ("completed", "And a second.")]


@pytest.mark.parametrize("listening", [[], [AsyncCallbackHandler()]], ids=["", "traced"])
async def test_the_status_comes_last_and_says_that_it_is_kept(
    workers: list[Sessions],
    inner: ToldChain,
    openai_server: OpenAIServer,
    listening: list[AsyncCallbackHandler],
) -> None:
    chain = SessionChain(inner, workers[0])
    openai_server.once(model=MODEL, answer=ANSWER)
    openai_server.script(model=MODEL, answer="Who does it?")
    events: list[Event] = []
    async for event in chain.events({"input": TASK}, within(callbacks=listening)):
        events.append(event)
        assert len(openai_server.chats) <= 1 or type(event) in (Suggested, Finished)
    whole, *rest = events[-3:]
    assert isinstance(whole, Ended)
    assert rest[0] == Suggested(["Who does it?"])
    assert isinstance(rest[1], Finished)
    assert rest[1].status.model_dump()["session"] == {"session_id": "s", "turn": 1, "stored": True}
