"""What a client puts into `configurable`: ours, a slip in it, and what others keep there."""

import json
from typing import TypedDict

import httpx
import pytest
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.runnables import RunnableConfig, RunnableLambda, RunnableWithMessageHistory
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langserve import RemoteRunnable
from langserve.lzstring import LZString

from tests.support.remote import OTHER, QUESTION, check, joined
from tests.support.service import Service


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
