"""The chain in a session: what goes in, what is kept, and who it is for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.sessions.chain import SessionChain
from app.sessions.config_keys import CALLER, SESSION
from app.sessions.manager import Sessions
from rag_stream.conversation import parse_input
from rag_stream.errors import InvalidInputError, ModelFailedError
from rag_stream.events import Event, Finished, Text
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer
from tests.support.told_chain import ToldChain

TASK = "What is task decomposition?"
OWNER = "me"


@pytest.fixture
async def inner(settings: Settings, tmp_path: Path) -> AsyncIterator[ToldChain]:
    on = {"sessions": True, "chroma_path": tmp_path / "chroma"}
    await fill(settings)
    chain = ToldChain(settings.model_copy(update=on))
    yield chain
    await chain.aclose()


@pytest.fixture
async def sessions(inner: ToldChain) -> AsyncIterator[Sessions]:
    sessions = Sessions(lambda: inner.settings)
    await sessions.open()
    yield sessions
    await sessions.aclose()


@pytest.fixture
def chain(inner: ToldChain, sessions: Sessions) -> SessionChain:
    return SessionChain(inner, sessions)


def within(session: object, owner: str | None = OWNER, **chosen: object) -> Any:
    caller = {} if owner is None else {CALLER: owner}
    return {"configurable": {SESSION: session, **caller, **chosen}, "run_id": uuid4()}


async def all_of(chain: SessionChain, input: Any, config: Any) -> list[Event]:
    return [event async for event in chain.events(input, config)]


async def turns(sessions: Sessions, session: str) -> list[dict[str, Any]]:
    return list((await sessions.shown(session, OWNER, 10, 0))["turns"])


async def test_what_was_said_before_goes_in_and_what_is_said_is_kept(
    chain: SessionChain, inner: ToldChain, sessions: Sessions, openai_server: OpenAIServer
) -> None:
    openai_server.script(answer="It breaks a big task into smaller steps [1].")
    config = within("s")
    first = await all_of(chain, {"input": TASK}, config)
    output = await chain.ainvoke({"input": "And its memory?"}, within("s"))
    assert inner.asked[0].history == ()
    assert [(turn.role, turn.text) for turn in inner.asked[1].history] == [
        ("user", TASK),
        ("assistant", "It breaks a big task into smaller steps [1]."),
    ]
    one, two = await turns(sessions, "s")
    assert (one["question"], one["state"], one["run_id"]) == (
        TASK,
        "completed",
        str(config["run_id"]),
    )
    assert (one["sources"][0]["source"], one["sources"][0]["number"]) == ("notes.md", 1)
    assert (two["turn"], two["question"]) == (2, "And its memory?")
    assert isinstance(first[-1], Finished)
    assert first[-1].status.model_dump()["session"] == {
        "session_id": "s",
        "turn": 1,
        "stored": True,
    }
    assert output["status"]["session"]["turn"] == 2


async def test_the_chain_inside_learns_nothing_of_whose_session_it_is(
    chain: SessionChain, inner: ToldChain
) -> None:
    await all_of(chain, {"input": TASK}, within("s", k=1))
    assert inner.configs[0]["configurable"] == {"k": 1}
    assert inner.configs[0]["metadata"] == {SESSION: "s"}


@pytest.mark.parametrize(
    "input",
    [
        {"input": TASK, "chat_history": []},
        {"input": TASK, "chat_history": [{"role": "user", "content": "Hi"}]},
        {"messages": [("human", "Hi"), ("ai", "Hello"), ("human", TASK)]},
    ],
    ids=["a history that is empty yet", "a history", "messages"],
)
async def test_a_history_in_the_request_wins(
    chain: SessionChain, inner: ToldChain, sessions: Sessions, input: Any
) -> None:
    events = await all_of(chain, input, within(["whatever it is"]))
    assert inner.asked[0].history == parse_input(input).history
    assert isinstance(events[-1], Finished)
    assert events[-1].status.session is None
    assert await sessions.listed(OWNER, 10, None) == []


async def test_a_system_message_is_no_history(
    chain: SessionChain, inner: ToldChain, sessions: Sessions
) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": TASK}]
    for _ in range(2):
        await all_of(chain, {"messages": messages}, within("s"))
    assert inner.asked[1].system == "Be brief."
    assert len(inner.asked[1].history) == 2
    assert len(await turns(sessions, "s")) == 2


@pytest.mark.parametrize("session", [None, ""])
async def test_no_session_is_the_chain_as_it_is(
    chain: SessionChain, sessions: Sessions, session: str | None
) -> None:
    await all_of(chain, {"input": TASK}, within(session))
    await all_of(chain, {"input": TASK}, None)
    assert await sessions.listed(OWNER, 10, None) == []


@pytest.mark.parametrize(
    "session", [" ", "a\n", "\ud800", "x" * 129, 5, ["s"], True], ids=lambda value: ascii(value)[:9]
)
async def test_an_odd_name_is_refused_and_named(
    chain: SessionChain, sessions: Sessions, session: object
) -> None:
    with pytest.raises(
        InvalidInputError, match=r"^config\.configurable\.session_id: expected 1 to"
    ):
        await all_of(chain, {"input": TASK}, within(session))
    assert await sessions.listed(OWNER, 10, None) == []


@pytest.mark.parametrize(
    ("input", "chosen"), [({"input": ""}, {}), ({"input": TASK}, {"k": 0}), ({"messages": []}, {})]
)
async def test_of_a_question_that_is_none_nothing_is_kept(
    chain: SessionChain, sessions: Sessions, input: Any, chosen: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError):
        await all_of(chain, input, within("s", **chosen))
    assert await sessions.listed(OWNER, 10, None) == []


async def test_without_a_caller_there_is_no_session(chain: SessionChain) -> None:
    with pytest.raises(InvalidInputError, match="nobody says whose it is"):
        await all_of(chain, {"input": TASK}, within("s", owner=None))


async def test_one_that_failed_is_kept_as_such(
    chain: SessionChain, sessions: Sessions, openai_server: OpenAIServer
) -> None:
    openai_server.script(answer=["Steps ", "are ", "small "], drop_after=2)
    with pytest.raises(ModelFailedError):
        await all_of(chain, {"input": TASK}, within("s"))
    (turn,) = await turns(sessions, "s")
    assert (turn["state"], turn["code"], turn["answer"]) == ("failed", "model_failed", "Steps are ")


@pytest.mark.parametrize("ending", ["closed", "cancelled"])
async def test_one_that_is_left_is_kept_as_far_as_it_came(
    chain: SessionChain, sessions: Sessions, openai_server: OpenAIServer, ending: str
) -> None:
    openai_server.script(answer=["Steps ", "are ", "small "], hold_after=2)
    came = asyncio.Event()

    async def read() -> None:
        async with aclosing(chain.events({"input": TASK}, within("s"))) as events:
            async for event in events:
                if isinstance(event, Text):
                    came.set()
                    if ending == "closed":
                        return

    reading = asyncio.create_task(read())
    await came.wait()
    if ending == "cancelled":
        reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled() == (ending == "cancelled")
    (turn,) = await turns(sessions, "s")
    assert (turn["state"], turn["code"]) == ("stopped", None)
    assert turn["answer"].startswith("Steps")
    assert openai_server.live == 0


async def test_turns_at_the_same_time_are_taken_one_after_another(
    chain: SessionChain, inner: ToldChain, sessions: Sessions
) -> None:
    await asyncio.gather(*(all_of(chain, {"input": TASK}, within("s")) for _ in range(4)))
    assert [turn["turn"] for turn in await turns(sessions, "s")] == [1, 2, 3, 4]
    assert [len(asked.history) for asked in inner.asked] == [0, 2, 4, 6]


async def test_it_says_what_may_be_configured(chain: SessionChain, inner: ToldChain) -> None:
    assert [spec.id for spec in chain.config_specs] == [
        *(spec.id for spec in inner.config_specs),
        SESSION,
    ]
    off = SessionChain(RagChain(), Sessions(lambda: pytest.fail("expected no settings read")))
    assert SESSION not in [spec.id for spec in off.config_specs]
