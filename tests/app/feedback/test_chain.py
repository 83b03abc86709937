"""Answers on their way: each is remembered as it ended, and nothing of it is held back."""

from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig

from app.feedback.answered import Answered
from app.feedback.chain import FeedbackChain
from app.feedback.manager import Feedback
from app.sessions.config_keys import CALLER
from rag_stream.events import Asked, Cited, Event, Finished, Found, Text
from rag_stream.runnable import RagChain
from rag_stream.schema import Citation, KeptTurn, Relevance, Status

DOCUMENTS = [Document("It is Paris.", metadata={"source": "a.md", "title": "Towns"})]
CITATION = Citation(
    marker=1,
    answer_start=0,
    answer_end=5,
    document=0,
    quote="It is Paris.",
    quote_start=0,
    quote_end=12,
    support=1.0,
)


def status(run_id: str, session: KeptTurn | None = None) -> Status:
    return Status(
        state="completed",
        finish_reason="stop",
        run_id=run_id,
        model="a-model",
        usage=None,
        timings_ms={},
        index_generation=1,
        search_type="hybrid",
        relevance=Relevance(score=1.0, threshold=None, basis="off"),
        session=session,
    )


class Inner(RagChain):
    """Says two words, then ends as it is told; keeps the configs that it was asked with."""

    def __init__(self, session: KeptTurn | None = None, failure: Exception | None = None) -> None:
        super().__init__()
        self.session, self.failure = session, failure
        self.configs: list[RunnableConfig] = []

    async def _events(self, run_id: str) -> AsyncGenerator[Event, None]:
        yield Asked("Where?")
        yield Found(DOCUMENTS)
        yield Text("Paris")
        yield Text(" [1].")
        if self.failure is not None:
            raise self.failure
        yield Cited([CITATION])
        yield Finished(status(run_id, self.session))

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        assert config is not None
        self.configs.append(config)
        return self._events(str(config.get("run_id")))


class Memory:
    def __init__(self, is_on: bool = True) -> None:
        self.is_on = is_on
        self.answers: list[Answered] = []

    def remember(self, answered: Answered) -> None:
        self.answers.append(answered)


def chain_over(inner: Inner, memory: Memory) -> FeedbackChain:
    return FeedbackChain(inner, cast(Feedback, memory))


MINE: RunnableConfig = {"configurable": {CALLER: "me"}}


async def test_it_is_remembered_before_its_client_reads_of_its_end() -> None:
    memory = Memory()
    chain = chain_over(Inner(KeptTurn(session_id="talk", turn=1, stored=True)), memory)
    known = [(event, list(memory.answers)) async for event in chain.events({"input": "?"}, MINE)]
    assert [type(event) for event, _ in known] == [Asked, Found, Text, Text, Cited, Finished]
    assert [len(answers) for _, answers in known] == [0, 0, 0, 0, 0, 1]
    last = known[-1][0]
    assert isinstance(last, Finished)
    source = {"number": 1, "source": "a.md", "title": "Towns", "quotes": ["It is Paris."]}
    assert memory.answers == [
        Answered(
            run_id=last.status.run_id,
            owner="me",
            question="Where?",
            answer="Paris [1].",
            state="completed",
            sources=[source],
            model="a-model",
            session_id="talk",
        )
    ]


async def test_what_was_read_of_one_that_fails_can_be_judged() -> None:
    memory = Memory()
    chain = chain_over(Inner(failure=RuntimeError("down")), memory)
    with pytest.raises(RuntimeError, match="down"):
        await chain.ainvoke({"input": "?"}, MINE)
    assert [(one.state, one.answer) for one in memory.answers] == [("failed", "Paris [1].")]


async def test_and_of_one_that_is_stopped() -> None:
    memory = Memory()
    events = chain_over(Inner(), memory).events({"input": "?"}, MINE)
    assert [type(await anext(events)) for _ in range(3)] == [Asked, Found, Text]
    await events.aclose()
    assert [(one.state, one.answer) for one in memory.answers] == [("stopped", "Paris")]


@pytest.mark.parametrize(
    ("is_on", "config"), [(False, MINE), (True, RunnableConfig())], ids=["off", "nobody"]
)
async def test_otherwise_it_is_the_chain_itself(is_on: bool, config: RunnableConfig) -> None:
    memory, inner = Memory(is_on), Inner()
    output = await chain_over(inner, memory).ainvoke({"input": "?"}, config)
    assert output["answer"] == "Paris [1]."
    assert memory.answers == []
    assert "run_id" not in inner.configs[0]
