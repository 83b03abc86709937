"""The chain against the reference program, and its streams, errors and schemas."""

import asyncio
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
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph

from rag_stream import chain as exported
from rag_stream.errors import InvalidInputError
from rag_stream.profiles import PROFILES
from rag_stream.runnable import RagChain
from rag_stream.schema import Answer, Question
from rag_stream.settings import Settings
from rag_stream.vector_store import open_vector_store
from tests.support.chunks import joined, order
from tests.support.corpus import TEXTS, fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ("Task", " decomposition", " splits", " a", " task", " \u2028 up", ".")


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


def identity(document: Document) -> tuple[Any, ...]:
    metadata = document.metadata
    return (
        document.id,
        document.page_content,
        metadata["source"],
        metadata["title"],
        metadata["start_index"],
    )


async def test_invoke_equals_the_joined_stream(chain: RagChain, settings: Settings) -> None:
    await fill(settings)
    stream = joined([chunk async for chunk in chain.astream(QUESTION)])
    invoked = await chain.ainvoke(QUESTION)
    for volatile in (stream, invoked):
        volatile["status"] = {**volatile["status"], "run_id": None, "timings_ms": None}
    assert invoked == stream
    assert type(invoked) is dict


async def test_what_others_keep_in_the_config_is_left_to_them(
    chain: RagChain, settings: Settings
) -> None:
    await fill(settings)

    async def ask(state: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
        return await chain.ainvoke(state, config)

    graph = StateGraph(dict)
    graph.add_node("ask", ask)
    graph.add_edge(START, "ask")
    chat = graph.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "1", "user_id": object(), "k": 1}}
    assert len((await chat.ainvoke(QUESTION, config))["context"]) == 1
    assert len(chain.invoke(QUESTION, config)["context"]) == 1
    with pytest.raises(InvalidInputError, match="did you mean 'filter'"):
        await chain.ainvoke(QUESTION, {"configurable": {"filters": {}, "thread_id": "1"}})


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
    assert set(Answer.model_fields) == {
        "input",
        "question",
        "context",
        "answer",
        "citations",
        "suggestions",
        "status",
    }
