"""Answers on their way: each is remembered as it ended, and nothing of it is held back."""

from typing import cast
from uuid import UUID

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig

from app.feedback.answered import Answered
from app.feedback.chain import FeedbackChain
from app.feedback.manager import Feedback
from app.sessions.config_keys import CALLER
from rag_stream.events import Asked, Cited, Ended, Finished, Found, Suggested, Text
from rag_stream.runnable import RagChain
from rag_stream.schema import KeptTurn
from tests.support.told_events import ToldEvents, citation, finished

DOCUMENTS = [Document("It is Paris.", metadata={"source": "a.md", "title": "Towns"})]
EVENTS = (Asked("Where?"), Found(DOCUMENTS), Text("Paris"), Text(" [1]."))
WHOLE = (*EVENTS, Cited([citation(0, "It is Paris.")]))


class Memory:
    def __init__(self, is_on: bool = True) -> None:
        self.is_on = is_on
        self.answers: list[Answered] = []

    def remember(self, answered: Answered) -> None:
        self.answers.append(answered)


def chain_over(inner: RagChain, memory: Memory) -> FeedbackChain:
    return FeedbackChain(inner, cast(Feedback, memory))


RUN = "0f6f27a5-7e57-4a0e-a8a1-3a3a3f3f3f3f"
MINE: RunnableConfig = {"configurable": {CALLER: "me"}, "run_id": UUID(RUN)}


async def test_it_is_remembered_before_its_client_reads_of_its_end() -> None:
    memory = Memory()
    kept = KeptTurn(session_id="talk", turn=1, stored=True)
    chain = chain_over(ToldEvents(*WHOLE, finished(session=kept)), memory)
    known = [(event, list(memory.answers)) async for event in chain.events({"input": "?"}, MINE)]
    assert [type(event) for event, _ in known] == [Asked, Found, Text, Text, Cited, Finished]
    assert [len(answers) for _, answers in known] == [0, 0, 0, 0, 0, 1]
    source = {"number": 1, "source": "a.md", "title": "Towns", "quotes": ["It is Paris."]}
    assert memory.answers == [
        Answered(
            run_id=RUN,
            owner="me",
            question="Where?",
            answer="Paris [1].",
            state="completed",
            sources=[source],
            model="openai:m",
            session_id="talk",
        )
    ]


async def test_what_was_read_of_one_that_fails_can_be_judged() -> None:
    memory = Memory()
    chain = chain_over(ToldEvents(*EVENTS, RuntimeError("down")), memory)
    with pytest.raises(RuntimeError, match="down"):
        await chain.ainvoke({"input": "?"}, MINE)
    assert [(one.state, one.answer) for one in memory.answers] == [("failed", "Paris [1].")]


async def test_and_of_one_that_is_stopped() -> None:
    memory = Memory()
    events = chain_over(ToldEvents(*WHOLE, finished()), memory).events({"input": "?"}, MINE)
    assert [type(await anext(events)) for _ in range(3)] == [Asked, Found, Text]
    await events.aclose()
    assert [(one.state, one.answer) for one in memory.answers] == [("stopped", "Paris")]


async def test_it_is_remembered_whole_while_questions_are_suggested_yet() -> None:
    end, more = finished(), Suggested(["Why?"])
    memory = Memory()
    chain = chain_over(ToldEvents(*WHOLE, Ended(end.status), more, end), memory)
    known = [len(memory.answers) async for _ in chain.events({"input": "?"}, MINE)]
    assert known[-4:] == [0, 1, 1, 1]
    left = Memory()
    events = chain_over(ToldEvents(*WHOLE, Ended(end.status), more), left).events({}, MINE)
    while type(await anext(events)) is not Ended:
        pass
    await events.aclose()
    assert [(one.state, one.answer) for one in left.answers] == [("completed", "Paris [1].")]
    assert left.answers == memory.answers


@pytest.mark.parametrize(
    ("is_on", "config"), [(False, MINE), (True, RunnableConfig())], ids=["off", "nobody"]
)
async def test_otherwise_it_is_the_chain_itself(is_on: bool, config: RunnableConfig) -> None:
    memory, inner = Memory(is_on), ToldEvents(*WHOLE, finished())
    output = await chain_over(inner, memory).ainvoke({"input": "?"}, config)
    assert output["answer"] == "Paris [1]."
    assert memory.answers == []
    assert inner.configs == [config]
