"""One answer: its chunks in their order, its citations, its refusals, what may be chosen for it."""

from typing import Any

import pytest

from rag_stream.errors import (
    InvalidInputError,
)
from rag_stream.pipeline.prompt import INSTRUCTIONS
from rag_stream.pipeline.refusals import REFUSAL
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.chunks import joined
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ("Task", " decomposition", " splits", " a", " task", " \u2028 up", ".")


async def test_stream_keeps_the_contract_order(chain: RagChain, settings: Settings) -> None:
    await fill(settings)
    chunks = [chunk async for chunk in chain.astream(QUESTION)]
    keys = [next(iter(chunk)) for chunk in chunks]
    answers = keys.count("answer")
    assert answers >= 1
    assert keys == ["input", "context", *["answer"] * answers, "citations", "status"]
    assert all(len(chunk) == 1 for chunk in chunks)


async def test_citations_come_right_after_their_markers(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    quoted = TASK.rstrip(".")
    openai_server.script(answer=[quoted, ". [", "1", "] Nobody", " says this [", "77]", "."])
    chunks = [chunk async for chunk in chain.astream(QUESTION)]
    whole = joined(chunks)
    assert whole["answer"] == f"{quoted}. [1] Nobody says this."
    (citation,) = whole["citations"]
    document = whole["context"][citation["document"]]
    assert document.page_content == TASK
    assert whole["answer"][citation["answer_start"] : citation["answer_end"]] == TASK
    assert TASK[citation["quote_start"] : citation["quote_end"]] == citation["quote"] == TASK
    assert (citation["marker"], citation["support"]) == (1, 1.0)
    at = next(i for i, chunk in enumerate(chunks) if "citations" in chunk)
    assert "[1]" in joined(chunks[:at])["answer"]
    assert [key for chunk in chunks for key in chunk].count("citations") == 1
    (system, _) = openai_server.chats[0].body["messages"]
    assert "[1] Notes" in system["content"]


async def test_without_citations_the_prompt_and_the_answer_stay_as_they_are(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.script(answer=["One [1]", " two [99]."])
    chain = RagChain(settings.model_copy(update={"citations": False}))
    whole = await chain.ainvoke(QUESTION)
    await chain.aclose()
    assert (whole["answer"], whole["citations"]) == ("One [1] two [99].", [])
    (system, _) = openai_server.chats[0].body["messages"]
    texts = [document.page_content for document in whole["context"]]
    assert system["content"] == f"{INSTRUCTIONS}\n\n" + "\n\n".join(texts)


async def test_an_answer_that_only_begins_a_marker_is_not_lost(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.script(answer=["[", "1"])
    whole = await chain.ainvoke(QUESTION)
    assert (whole["answer"], whole["citations"]) == ("[1", [])


async def test_abstains_without_asking_the_model(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    chain = RagChain(settings.model_copy(update={"abstain_below": 1.0, "reword": False}))
    whole = await chain.ainvoke({"input": "Who won the cup?"})
    await chain.aclose()
    assert openai_server.chats == []
    assert whole["answer"] == REFUSAL
    assert len(whole["context"]) == len(TEXTS)
    status = whole["status"]
    assert (status["state"], status["finish_reason"], status["usage"]) == ("abstained", None, None)
    assert 0 <= status["relevance"]["score"] < status["relevance"]["threshold"] == 1.0
    (nearest,) = status["nearest"]
    best = whole["context"][0].metadata
    assert nearest == {"source": "notes.md", "title": "Notes", "score": best["score"]}


async def test_a_model_that_was_not_measured_is_always_asked(
    chain: RagChain, settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    status = (await chain.ainvoke({"input": "Who won the cup?"}))["status"]
    assert status["state"] == "completed"
    assert status["relevance"]["threshold"] is None
    assert "nearest" not in status
    assert len(openai_server.chats) == 1


async def test_what_is_chosen_for_one_question_counts_for_it(
    chain: RagChain, settings: Settings
) -> None:
    await fill(settings)
    await fill(settings, [MEMORY, STREAM], source="other.md")
    chosen: dict[str, Any] = {"k": 1, "filter": {"source": "other.md"}, "search_type": "dense"}
    whole = await chain.ainvoke(QUESTION, {"configurable": chosen})
    (document,) = whole["context"]
    assert document.metadata["source"] == "other.md"
    assert set(document.metadata["found"]) == {"dense", "fused"}
    assert whole["status"]["search_type"] == "dense"
    with pytest.raises(InvalidInputError, match=r"config\.configurable\.k: expected"):
        await chain.ainvoke(QUESTION, {"configurable": {"k": 0}})


@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
async def test_a_filter_that_lets_nothing_in_finds_nothing(
    chain: RagChain, settings: Settings, search_type: str
) -> None:
    await fill(settings)
    chosen = {"filter": {"title": "No such title"}, "search_type": search_type}
    assert (await chain.ainvoke(QUESTION, {"configurable": chosen}))["context"] == []


async def test_documents_say_where_they_come_from_and_why(
    chain: RagChain, settings: Settings
) -> None:
    await fill(settings)
    context = (await chain.ainvoke(QUESTION))["context"]
    assert len(context) == len(TEXTS)
    best = context[0]
    assert best.page_content == TASK
    assert best.metadata["chunk_id"] == best.id
    found = best.metadata["found"]
    assert set(found) == {"dense", "lexical", "fused"}
    assert found["dense"]["rank"] == found["lexical"]["rank"] == 1
    assert 0 < found["dense"]["score"] <= 1
    assert found["lexical"]["score"] > 0
    assert found["fused"] == best.metadata["score"] > found["dense"]["score"]
    assert not {"since", "until"} & best.metadata.keys()
    scores = [document.metadata["score"] for document in context]
    assert scores == sorted(scores, reverse=True)


async def test_status_tells_model_usage_times_and_generation(
    chain: RagChain, settings: Settings
) -> None:
    await fill(settings)
    status = (await chain.ainvoke(QUESTION))["status"]
    assert status["state"] == "completed"
    assert status["finish_reason"] == "stop"
    assert status["model"] == "openai:gpt-4o-mini"
    assert status["usage"]["output_tokens"] > 0
    assert status["index_generation"] == 1
    times = status["timings_ms"]
    assert 0 < times["retrieve"] <= times["first_token"] <= times["total"]
