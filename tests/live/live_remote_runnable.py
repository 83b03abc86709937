"""LangServe's Python client, `RemoteRunnable`, against a real server in its own process."""

import gc
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypedDict

import httpx
import pytest
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig, RunnableLambda, RunnableWithMessageHistory
from langchain_core.runnables.utils import AddableDict
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langserve import RemoteRunnable
from langserve.lzstring import LZString

from tests.support.openai_server import OpenAIServer
from tests.support.service import Service, ingest

QUESTION = {"input": "What is Task Decomposition?"}
OTHER = {"input": "What does tree of thoughts do?"}
SECRET = "sk-internal at /srv/model/weights"
KEYS = {"input", "context", "answer", "citations", "status"}

pytestmark = pytest.mark.filterwarnings("ignore:astream_log is deprecated")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The app as it comes: no key, local models, the sample corpus."""
    service = Service()
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield service


@pytest.fixture(autouse=True)
def _no_client_is_left() -> Iterator[None]:
    """A client's finalizer starts a thread: where the collector happens to meet one while
    another thread is being started, both wait for ever."""
    yield
    gc.collect()


@asynccontextmanager
async def client_of(service: Service) -> AsyncIterator[RemoteRunnable]:
    """A client whose connections are closed here: its own way leaves that to the collector."""
    remote = RemoteRunnable(f"{service.url}/rag/")
    with remote.sync_client:
        async with remote.async_client:
            yield remote


@pytest.fixture
async def remote(service: Service) -> AsyncIterator[RemoteRunnable]:
    async with client_of(service) as remote:
        yield remote


def joined(chunks: list[Any]) -> dict[str, Any]:
    whole = AddableDict()
    for chunk in chunks:
        whole = whole + AddableDict(chunk)
    return dict(whole)


def stable(output: dict[str, Any]) -> dict[str, Any]:
    """An output without what differs from run to run."""
    status = {k: v for k, v in output["status"].items() if k not in ("run_id", "timings_ms")}
    return {**output, "status": status}


def check(output: dict[str, Any], question: dict[str, str] = QUESTION) -> None:
    """An answer from the sample, with documents that are documents."""
    assert set(output) == KEYS
    assert output["input"] == question["input"]
    assert len(output["context"]) > 4
    assert all(isinstance(document, Document) for document in output["context"])
    assert output["status"]["model"] == "local:extractive"
    assert output["status"]["state"] == "completed"


def test_invoke(remote: RemoteRunnable) -> None:
    output = remote.invoke(QUESTION)
    check(output)
    assert "smaller, simpler steps" in output["answer"]
    assert output["context"][0].metadata["source"] == "sample/task-decomposition.html"


async def test_ainvoke_gives_what_invoke_gives(remote: RemoteRunnable) -> None:
    assert stable(await remote.ainvoke(QUESTION)) == stable(remote.invoke(QUESTION))


def test_batch_answers_in_order(remote: RemoteRunnable) -> None:
    first, second, third = remote.batch([QUESTION, OTHER, QUESTION])
    check(first)
    check(second, OTHER)
    assert stable(first) == stable(third)
    assert first["answer"] != second["answer"]


async def test_abatch_answers_in_order(remote: RemoteRunnable) -> None:
    first, second = await remote.abatch([QUESTION, OTHER])
    check(first)
    check(second, OTHER)


def test_a_batch_of_nothing_is_nothing(remote: RemoteRunnable) -> None:
    assert remote.batch([]) == []


def test_stream_joins_to_what_invoke_gives(remote: RemoteRunnable) -> None:
    chunks = list(remote.stream(QUESTION))
    kinds = [next(iter(chunk)) for chunk in chunks]
    assert all(len(chunk) == 1 for chunk in chunks)
    assert kinds[:2] == ["input", "context"]
    assert kinds.count("answer") > 10
    assert kinds[-1] == "status"
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))


async def test_astream_joins_to_what_invoke_gives(remote: RemoteRunnable) -> None:
    chunks = [chunk async for chunk in remote.astream(QUESTION)]
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))


def test_a_stream_may_be_left_early(remote: RemoteRunnable) -> None:
    stream = remote.stream(QUESTION)
    assert next(stream) == QUESTION
    stream.close()
    check(remote.invoke(QUESTION))


async def test_astream_log_builds_up_the_same_output(remote: RemoteRunnable) -> None:
    patches = [patch async for patch in remote.astream_log(QUESTION)]
    log = patches[0]
    for patch in patches[1:]:
        log = log + patch
    state = log.state
    assert state is not None
    assert joined(state["streamed_output"]) == state["final_output"]
    check(state["final_output"])
    assert {"Retriever", "ChatPromptTemplate"} <= set(state["logs"])


async def test_astream_log_can_leave_runs_out(remote: RemoteRunnable) -> None:
    patches = [patch async for patch in remote.astream_log(QUESTION, include_types=["retriever"])]
    paths = [op["path"] for patch in patches for op in patch.ops]
    assert {path.split("/")[2] for path in paths if path.startswith("/logs/")} == {"Retriever"}


async def events_of(remote: RemoteRunnable, **filters: Any) -> AsyncIterator[dict[str, Any]]:
    async for event in remote.astream_events(QUESTION, version="v2", **filters):
        yield event


async def test_astream_events_tells_of_every_step(remote: RemoteRunnable) -> None:
    events = [event async for event in events_of(remote)]
    names = [event["event"] for event in events]
    assert (names[0], names[-1]) == ("on_chain_start", "on_chain_end")
    assert {"on_retriever_start", "on_retriever_end", "on_prompt_end"} <= set(names)
    assert "on_chat_model_stream" in names
    root = events[0]["run_id"]
    chunks = [
        event["data"]["chunk"]
        for event in events
        if event["event"] == "on_chain_stream" and event["run_id"] == root
    ]
    assert stable(joined(chunks)) == stable(remote.invoke(QUESTION))
    found = next(event for event in events if event["event"] == "on_retriever_end")
    assert all(isinstance(document, Document) for document in found["data"]["output"])
    assert not [key for event in events for key in event["metadata"] if key.startswith("__")]


async def test_astream_events_can_be_filtered(remote: RemoteRunnable) -> None:
    events = [event async for event in events_of(remote, include_types=["retriever"])]
    assert {event["event"] for event in events} == {"on_retriever_start", "on_retriever_end"}


def test_a_config_may_come_along(remote: RemoteRunnable) -> None:
    config: Any = {"tags": ["a"], "metadata": {"user": "b"}, "run_name": "c", "max_concurrency": 2}
    check(remote.invoke(QUESTION, config))
    check(remote.batch([QUESTION], [config])[0])


def test_the_schemas_are_those_of_the_chain(service: Service) -> None:
    schema = httpx.get(f"{service.url}/rag/input_schema", trust_env=False, timeout=60).json()
    assert schema["required"] == ["input"]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("Why?", "input"),
        ({"input": ""}, "input.input"),
        ({"input": "Why?", "chat_history": []}, "input.chat_history"),
    ],
)
def test_a_malformed_question_is_an_error_that_names_the_field(
    remote: RemoteRunnable, question: Any, field: str
) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        remote.invoke(question)
    assert caught.value.response.status_code == 422
    assert f"{field}:" in str(caught.value)
    # Of a refused stream the client reads no more than the status.
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        list(remote.stream(question))


def test_what_may_be_configured_is_configured(remote: RemoteRunnable) -> None:
    one = remote.invoke(QUESTION, {"configurable": {"k": 1, "search_type": "dense"}})
    assert len(one["context"]) == 1
    assert one["status"]["search_type"] == "dense"
    source = one["context"][0].metadata["source"]
    some = remote.invoke(QUESTION, {"configurable": {"filter": {"source": source}}})
    assert {document.metadata["source"] for document in some["context"]} == {source}


def test_what_may_not_be_configured_is_refused(remote: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="configurable.top_k: no such field"):
        remote.invoke(QUESTION, {"configurable": {"top_k": 100}})


def test_a_slip_in_a_name_is_told_with_the_right_spelling(remote: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="did you mean 'search_type'"):
        remote.invoke(QUESTION, {"configurable": {"serch_type": "dense", "thread_id": "1"}})


def test_what_others_keep_in_the_config_is_left_to_them(remote: RemoteRunnable) -> None:
    theirs = {"session_id": "s", "thread_id": "1", "checkpoint_ns": "", "user_id": 7, "own": {}}
    mine, yours = ({"configurable": {**theirs, "k": k}} for k in (1, 2))
    assert len(remote.invoke(QUESTION, mine)["context"]) == 1
    chunks = joined(list(remote.stream(QUESTION, mine)))
    assert len(chunks["context"]) == 1
    both = remote.batch([QUESTION, OTHER], [mine, yours])
    assert [len(output["context"]) for output in both] == [1, 2]


def test_they_may_be_in_a_share_link_too(service: Service) -> None:
    chosen = {"configurable": {"session_id": "s", "k": 1}}
    link = LZString.compressToEncodedURIComponent(json.dumps(chosen))
    body = {"input": QUESTION, "config": {"configurable": {"thread_id": "1"}}}
    address = f"{service.url}/rag/c/{link}/invoke"
    response = httpx.post(address, json=body, trust_env=False, timeout=30)
    assert response.status_code == 200
    assert len(response.json()["output"]["context"]) == 1


@pytest.mark.filterwarnings(
    "ignore:RunnableWithMessageHistory is deprecated", "ignore:The class `InMemoryChat"
)
async def test_a_message_history_around_it(remote: RemoteRunnable) -> None:
    histories: dict[str, InMemoryChatMessageHistory] = {}

    def history(session_id: str) -> InMemoryChatMessageHistory:
        return histories.setdefault(session_id, InMemoryChatMessageHistory())

    question = RunnableLambda(lambda value: {"input": value["input"]})  # without the history
    chat = RunnableWithMessageHistory(
        question | remote,
        history,
        input_messages_key="input",
        history_messages_key="history",
        output_messages_key="answer",
    )
    config: RunnableConfig = {"configurable": {"session_id": "one"}}
    check(await chat.ainvoke(QUESTION, config))
    check(chat.invoke(OTHER, config), OTHER)
    chunks = [chunk async for chunk in chat.astream(QUESTION, config)]
    check(joined(chunks))
    assert [message.content for message in histories["one"].messages][::2] == [
        QUESTION["input"],
        OTHER["input"],
        QUESTION["input"],
    ]
    assert all(message.content for message in histories["one"].messages)


class Asked(TypedDict, total=False):
    """A graph's state."""

    input: str
    answer: str


async def test_a_graph_around_it_that_keeps_its_states(remote: RemoteRunnable) -> None:
    async def ask(state: Asked, config: RunnableConfig) -> Asked:
        output = await remote.ainvoke({"input": state["input"]}, config)
        return {"answer": output["answer"]}

    def ask_at_once(state: Asked, config: RunnableConfig) -> Asked:
        return {"answer": remote.invoke({"input": state["input"]}, config)["answer"]}

    for node in (ask, RunnableLambda(ask_at_once)):
        graph = StateGraph(Asked)
        graph.add_node("ask", node)
        graph.add_edge(START, "ask")
        graph.add_edge("ask", END)
        chat = graph.compile(checkpointer=InMemorySaver())
        config: RunnableConfig = {"configurable": {"thread_id": "1", "user_id": "me"}}
        state = await chat.ainvoke(QUESTION, config)
        assert "smaller" in state["answer"].lower()
        async for _ in chat.astream(OTHER, config):
            pass
        kept = (await chat.aget_state(config)).values
        assert kept["input"] == OTHER["input"]
        assert kept["answer"] != state["answer"]


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    """A chat model that sends two tokens and then breaks off."""
    with OpenAIServer(
        answer=["Small ", "steps", "."], drop_after=2, error_message=SECRET
    ) as server:
        yield server


@pytest.fixture(scope="module")
def failing_service(service: Service, model: OpenAIServer) -> Iterator[Service]:
    """Another app on the same index, whose chat model fails."""
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2",
        "RAG_CHROMA_PATH": service.environment["RAG_CHROMA_PATH"],
    }
    with Service(env=env) as other:
        yield other


@pytest.fixture
async def failing(failing_service: Service) -> AsyncIterator[RemoteRunnable]:
    async with client_of(failing_service) as remote:
        yield remote


def check_failure(error: httpx.HTTPStatusError) -> None:
    assert error.response.status_code == 502
    assert "the chat model 'openai:gpt-4o-mini'" in str(error)
    assert SECRET not in str(error)


def test_invoke_raises_where_the_model_fails(failing: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        failing.invoke(QUESTION)
    check_failure(caught.value)
    assert json.loads(caught.value.response.text)["code"] == "model_failed"


def test_batch_raises_where_the_model_fails(failing: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        failing.batch([QUESTION, OTHER])
    check_failure(caught.value)


def test_stream_raises_after_what_there_was(failing: RemoteRunnable) -> None:
    chunks: list[Any] = []
    with pytest.raises(httpx.HTTPStatusError) as caught:
        chunks.extend(failing.stream(QUESTION))  # keeps what came before the error
    check_failure(caught.value)
    assert "".join(chunk.get("answer", "") for chunk in chunks) == "Small steps"
    assert len(chunks[1]["context"]) > 4


@pytest.mark.parametrize("way", ["astream", "astream_log", "astream_events"])
async def test_every_asynchronous_stream_raises(failing: RemoteRunnable, way: str) -> None:
    chunks: list[Any] = []

    async def read() -> None:
        async for chunk in getattr(failing, way)(QUESTION):
            chunks.append(chunk)

    with pytest.raises(httpx.HTTPStatusError) as caught:
        await read()
    check_failure(caught.value)
    assert "steps" in str(chunks)
    assert SECRET not in str(chunks)


@pytest.mark.parametrize("way", ["astream", "astream_log", "astream_events", "ainvoke"])
async def test_a_model_that_refuses_is_raised_with_its_status(
    failing: RemoteRunnable, model: OpenAIServer, way: str
) -> None:
    model.once(status=429, retry_after="7", error_message=SECRET)

    async def read() -> list[Any]:
        if way == "ainvoke":
            return [await failing.ainvoke(QUESTION)]
        return [chunk async for chunk in getattr(failing, way)(QUESTION)]

    with pytest.raises(httpx.HTTPStatusError) as caught:
        await read()
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "7"
    assert SECRET not in str(caught.value)
    if way == "ainvoke":  # of a stream that was refused, this client does not read the reason
        assert "is over its rate limit" in str(caught.value)


async def test_leaving_a_stream_stops_the_model(
    failing: RemoteRunnable, model: OpenAIServer
) -> None:
    model.once(hang="first_token")
    stream = failing.astream(QUESTION)
    async for chunk in stream:
        if "context" in chunk:
            break
    await model.until(lambda: model.live == 1)
    await stream.aclose()
    await model.until(lambda: model.live == 0)
    assert model.chats[-1].outcome == "abandoned"
