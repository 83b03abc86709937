"""One search, or two: what a question in other words changes, over a real index and server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from rag_stream.calibration.record import Calibration
from rag_stream.pipeline.refusals import REFUSAL
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.chunks import joined
from tests.support.corpus import STREAM, TASK, fill
from tests.support.openai_server import OpenAIServer

FAR = {"input": "Who won the cup?"}
GOOD = {"input": STREAM}
ANSWER = "It is sent as soon as it exists. [1]"


def says(words: str) -> dict[str, Any]:
    """A script: these other words for a question, and an answer to what is asked to cite."""

    def answer(body: dict[str, Any]) -> str:
        return ANSWER if "<document>" in body["messages"][0]["content"] else words

    return {"answer": answer}


@pytest.fixture
async def chain(settings: Settings) -> AsyncIterator[RagChain]:
    await fill(settings)
    chain = RagChain(settings.model_copy(update={"abstain_below": 0.5}))
    yield chain
    await chain.aclose()


async def test_other_words_may_find_it(chain: RagChain, openai_server: OpenAIServer) -> None:
    openai_server.script(**says(STREAM))
    chunks = [chunk async for chunk in chain.astream(FAR)]
    assert [next(iter(chunk)) for chunk in chunks][:3] == ["input", "question", "context"]
    whole = joined(chunks)
    assert whole["question"] == {"standalone": STREAM, "by": "model"}
    assert whole["context"][0].page_content == STREAM
    assert (whole["answer"], whole["status"]["state"]) == (ANSWER, "completed")
    assert whole["status"]["relevance"]["score"] > 0.5
    rewording, answering = openai_server.chats
    assert rewording.body["messages"][-1]["content"] == FAR["input"]
    assert answering.body["messages"][-1]["content"] == FAR["input"]  # as it was asked


async def test_what_they_do_not_find_either_is_refused(
    chain: RagChain, openai_server: OpenAIServer
) -> None:
    openai_server.script(**says("championship trophy winner"))
    whole = await chain.ainvoke(FAR)
    assert whole["question"] == {"standalone": "championship trophy winner", "by": "model"}
    assert (whole["answer"], whole["status"]["state"]) == (REFUSAL, "abstained")
    assert len(openai_server.chats) == 1


async def test_a_good_search_asks_nobody(chain: RagChain, openai_server: OpenAIServer) -> None:
    openai_server.script(**says(TASK))
    whole = await chain.ainvoke(GOOD)
    assert "question" not in whole
    assert len(openai_server.chats) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop_after": 0}, {"answer": ""}])
async def test_a_model_that_fails_leaves_it_at_one_search(
    chain: RagChain, openai_server: OpenAIServer, fault: dict[str, Any]
) -> None:
    openai_server.script("gpt-4o-mini", **fault)
    whole = await chain.ainvoke(FAR)
    assert "question" not in whole
    assert (whole["answer"], whole["status"]["state"]) == (REFUSAL, "abstained")
    assert len(openai_server.chats) == 1  # once: it is not tried again


async def test_a_second_search_that_fails_costs_nothing(
    chain: RagChain, openai_server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    openai_server.script("gpt-4o-mini", answer="")
    await chain.ainvoke(FAR)  # its vector is remembered
    openai_server.script("gpt-4o-mini", **says(STREAM))
    openai_server.script("text-embedding-3-small", status=400)
    whole = await chain.ainvoke(FAR)
    assert (whole["answer"], whole["status"]["state"]) == (REFUSAL, "abstained")
    assert "question" not in whole
    assert "the second search failed" in caplog.text


async def test_the_models_words_name_nothing_and_choose_no_threshold(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    calibration = Calibration(settings.embeddings_name, 5, {"en": 0.9, "de": 0.3})
    runtime = Runtime(settings)
    try:
        client, state = await runtime.index.client(), await runtime.index.find()
        assert state is not None
        metadata = {**state.collection.metadata, **calibration.metadata()}
        await client.set_metadata(state.collection, metadata)
    finally:
        await runtime.aclose()
    chain = RagChain(settings)
    try:
        # A name that a document has; German, whose threshold is lower here.
        for words in ("calculator", "Wie wird das Streaming mit dem Token gemacht?"):
            openai_server.script("gpt-4o-mini", **says(words))
            whole = await chain.ainvoke(FAR)
            assert whole["question"]["standalone"] == words
            assert whole["status"]["state"] == "abstained"
            assert whole["status"]["relevance"]["threshold"] == pytest.approx(0.9)
    finally:
        await chain.aclose()


@pytest.mark.parametrize("transport", ["direct", "client"])
async def test_the_call_is_in_no_trace(
    settings: Settings, openai_server: OpenAIServer, transport: str
) -> None:
    await fill(settings)
    changes = {"abstain_below": 0.5, "openai_transport": transport}
    chain = RagChain(settings.model_copy(update=changes))
    openai_server.script(**says(STREAM))
    try:
        events = [event async for event in chain.astream_events(FAR, version="v2")]
    finally:
        await chain.aclose()
    begun = [event for event in events if event["event"] == "on_chat_model_start"]
    assert len(begun) == 1
    assert len(openai_server.chats) == 2
    streamed = [e for e in events if e["event"] == "on_chat_model_stream"]
    assert "".join(str(e["data"]["chunk"].text) for e in streamed) == ANSWER


def tokens(server: OpenAIServer, said: list[str]) -> dict[str, int]:
    """What the stand-in counts for its calls: words of the prompts, tokens of what it said."""
    asked = [" ".join(m["content"] for m in call.body["messages"]) for call in server.chats]
    counts = [len(text.split()) for text in asked], [len(text.split()) for text in said]
    return {"input_tokens": sum(counts[0]), "output_tokens": sum(counts[1])}


@pytest.mark.parametrize("transport", ["direct", "client"])
@pytest.mark.parametrize("words", [STREAM, "championship trophy winner"])
async def test_usage_is_of_all_that_was_asked_of_the_model(
    settings: Settings, openai_server: OpenAIServer, transport: str, words: str
) -> None:
    """Where nothing is found for them either, of the call for the words alone."""
    await fill(settings)
    changes = {"abstain_below": 0.5, "openai_transport": transport}
    chain = RagChain(settings.model_copy(update=changes))
    openai_server.script(**says(words))
    try:
        whole = await chain.ainvoke(FAR)
        for call in openai_server.chats:
            assert call.body["stream_options"] == {"include_usage": True}
        said = [words, ANSWER] if words == STREAM else [words]
        assert len(openai_server.chats) == len(said)
        usage = whole["status"]["usage"]
        assert {name: usage[name] for name in ("input_tokens", "output_tokens")} == tokens(
            openai_server, said
        )
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    finally:
        await chain.aclose()


async def test_it_can_be_turned_off(settings: Settings, openai_server: OpenAIServer) -> None:
    await fill(settings)
    changes = {"abstain_below": 0.5, "reword": False}
    chain = RagChain(settings.model_copy(update=changes))
    whole = await chain.ainvoke(FAR)
    await chain.aclose()
    assert whole["status"]["state"] == "abstained"
    assert openai_server.chats == []


@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
async def test_how_relevant_it_is_does_not_depend_on_how_much_is_read(
    chain: RagChain, openai_server: OpenAIServer, search_type: str
) -> None:
    openai_server.script("gpt-4o-mini", answer="")
    # One rare word is of one text, the meaning of all others of another.
    question = {"input": f"{STREAM} calculator"}
    scores = set()
    for k in (1, 2, 5):
        chosen = {"configurable": {"k": k, "search_type": search_type}}
        whole = await chain.ainvoke(question, chosen)
        assert len(whole["context"]) <= k
        scores.add(whole["status"]["relevance"]["score"])
    assert len(scores) == 1
    assert scores.pop() > 0.5
