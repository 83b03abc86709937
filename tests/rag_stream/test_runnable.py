"""The chain against the reference program, and its streams, errors and schemas."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import groupby
from typing import Any

import openai
import pytest
from langchain_classic.chains import create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI

from rag_stream import chain as exported
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
from rag_stream.pipeline.abstention import REFUSAL
from rag_stream.pipeline.prompt import INSTRUCTIONS
from rag_stream.profiles import PROFILES
from rag_stream.runnable import RagChain
from rag_stream.schema import Answer, Question
from rag_stream.settings import Settings
from rag_stream.vector_store import open_vector_store
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ("Task", " decomposition", " splits", " a", " task", " \u2028 up", ".")


@pytest.fixture
async def chain(settings: Settings) -> AsyncIterator[RagChain]:
    chain = RagChain(settings)
    yield chain
    await chain.aclose()


def joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a client that adds chunks up ends with."""
    whole: dict[str, Any] = {}
    for chunk in chunks:
        for key, value in chunk.items():
            whole[key] = whole[key] + value if key in whole else value
    return whole


@pytest.fixture
async def reference_profile(settings: Settings) -> Settings:
    return settings.model_copy(update={"profile": "reference", **PROFILES["reference"]})


async def test_equals_the_reference_program(
    reference_profile: Settings, openai_server: OpenAIServer
) -> None:
    settings = reference_profile
    await fill(settings)
    openai_server.script(answer=list(TOKENS))

    # LangChain never closes the clients it makes itself.
    with open_vector_store(settings) as store, openai.DefaultHttpxClient() as http:
        system_prompt = (
            "You are an assistant for question-answering tasks. "
            "Use the following pieces of retrieved context to answer the question. "
            "If you don't know the answer, say that you don't know. "
            "Use three sentences maximum and keep the answer concise."
            "\n\n"
            "{context}"
        )
        prompt = ChatPromptTemplate.from_messages([("system", system_prompt), ("human", "{input}")])
        llm = ChatOpenAI(
            model="gpt-4o-mini",
            base_url=settings.openai_base_url,
            api_key="sk-stand-in",
            http_client=http,
        )
        question_answer_chain = create_stuff_documents_chain(llm, prompt)
        reference = create_retrieval_chain(store.as_retriever(), question_answer_chain)
        expected = await asyncio.to_thread(lambda: list(reference.stream(QUESTION)))
        store.embeddings.client._client.close()
    chain = RagChain(settings)
    ours = [chunk async for chunk in chain.astream(QUESTION)]
    await chain.aclose()

    shared = [chunk for chunk in ours if not {"citations", "status"} & chunk.keys()]
    assert ours[-2:] == [chunk for chunk in ours if chunk not in shared]
    assert order(shared) == order(expected) == ["input", "context", "answer"]
    assert list(joined(shared)) == list(joined(expected)) == ["input", "context", "answer"]
    assert joined(shared)["input"] == joined(expected)["input"]
    assert joined(shared)["answer"] == joined(expected)["answer"] == "".join(TOKENS)
    assert [identity(d) for d in joined(shared)["context"]] == [
        identity(d) for d in joined(expected)["context"]
    ]
    first, second = openai_server.chats
    assert first.body["messages"] == second.body["messages"]


def order(chunks: list[dict[str, Any]]) -> list[str]:
    """The keys as they come; how many pieces an answer comes in is a matter of timing."""
    keys = [key for chunk in chunks for key in chunk]
    return [key for key, _ in groupby(keys)]


def identity(document: Document) -> tuple[Any, ...]:
    metadata = document.metadata
    return (
        document.id,
        document.page_content,
        metadata["source"],
        metadata["title"],
        metadata["start_index"],
    )


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
    chain = RagChain(settings.model_copy(update={"abstain_below": 1.0}))
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


async def test_invoke_equals_the_joined_stream(chain: RagChain, settings: Settings) -> None:
    await fill(settings)
    stream = joined([chunk async for chunk in chain.astream(QUESTION)])
    invoked = await chain.ainvoke(QUESTION)
    for volatile in (stream, invoked):
        volatile["status"] = {**volatile["status"], "run_id": None, "timings_ms": None}
    assert invoked == stream
    assert type(invoked) is dict


def test_synchronous_methods_stream_too(settings: Settings) -> None:
    asyncio.run(fill(settings))
    chain = RagChain(settings)
    streamed = joined(list(chain.stream(QUESTION)))
    assert streamed["answer"] == chain.invoke(QUESTION)["answer"]
    both = chain.batch([QUESTION, {"input": "What is streaming?"}])
    assert [result["input"] for result in both] == [QUESTION["input"], "What is streaming?"]


async def test_synchronous_stream_works_where_a_loop_is_running(
    chain: RagChain, settings: Settings
) -> None:
    await fill(settings)
    assert joined(list(chain.stream(QUESTION)))["input"] == QUESTION["input"]


def test_leaving_a_synchronous_stream_early_stops_the_model(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    asyncio.run(fill(settings))
    openai_server.script(answer=["word "] * 1000, tokens_per_second=50)
    for chunk in RagChain(settings).stream(QUESTION):
        if chunk.get("answer"):
            break
    openai_server.wait_until(lambda: openai_server.live == 0)


async def test_one_chain_serves_several_event_loops(settings: Settings) -> None:
    await fill(settings)
    chain = RagChain(settings)

    async def ask() -> str:
        try:
            return str((await chain.ainvoke(QUESTION))["answer"])
        finally:
            await chain.aclose()

    here = await ask()
    assert await asyncio.to_thread(lambda: asyncio.run(ask())) == here
    assert await ask() == here


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("What?", "expected a dict"),
        ({}, "input: expected a question, got nothing"),
        ({"input": 5}, "input: expected a string, got int"),
        ({"input": " \n"}, "input: expected a question, got an empty string"),
        ({"input": "?" * 10_001}, "input: expected at most 10000 characters, got 10001"),
        ({"input": "\ud83d"}, "input: expected text, got half of a surrogate pair"),
        ({"input": "x", "chat_history": []}, "chat_history: no such field"),
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


async def test_events_show_retriever_prompt_and_model(chain: RagChain, settings: Settings) -> None:
    await fill(settings)
    events = [event async for event in chain.astream_events(QUESTION, version="v2")]
    ends = [event["event"] for event in events if event["event"].endswith("_end")]
    assert ends == [
        "on_retriever_end",
        "on_prompt_end",
        "on_chat_model_end",
        "on_chain_end",
    ]
    output = events[-1]["data"]["output"]
    assert output["answer"]


@pytest.mark.filterwarnings("ignore:astream_log is deprecated")
async def test_log_ends_with_the_joined_answer(chain: RagChain, settings: Settings) -> None:
    await fill(settings)
    log: Any = None
    async for patch in chain.astream_log(QUESTION):
        log = patch if log is None else log + patch
    assert log.state["final_output"]["answer"] == (await chain.ainvoke(QUESTION))["answer"]
    assert {entry["type"] for entry in log.state["logs"].values()} >= {"retriever", "prompt"}


async def test_callbacks_and_run_id_of_the_config_are_honoured(
    chain: RagChain, settings: Settings
) -> None:
    seen: list[str] = []

    class Deadlines(AsyncCallbackHandler):
        async def on_retriever_end(self, documents: Any, **kwargs: Any) -> None:
            seen.append(f"retriever {len(documents)}")

        async def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
            seen.append("model")

    await fill(settings)
    await chain.ainvoke(QUESTION, {"callbacks": [Deadlines()]})
    assert seen == [f"retriever {len(TEXTS)}", "model"]


def test_schemas_are_declared() -> None:
    assert exported.get_input_schema() is Question
    assert exported.get_output_schema() is Answer
    assert exported.input_schema.model_json_schema()["required"] == ["input"]
    assert set(Answer.model_fields) == {"input", "context", "answer", "citations", "status"}
