"""LangChain's own history around the chain."""

from typing import Any

import pytest
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.runnables.history import RunnableWithMessageHistory

from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, fill
from tests.support.openai_server import OpenAIServer
from tests.support.talk import ANSWER


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainDeprecationWarning")
async def test_langchain_s_own_history_around_the_chain(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.script(answer=ANSWER)
    kept: dict[str, InMemoryChatMessageHistory] = {}
    chain = RagChain(settings)
    talk = RunnableWithMessageHistory(
        chain,
        lambda session_id: kept.setdefault(session_id, InMemoryChatMessageHistory()),
        input_messages_key="input",
        history_messages_key="chat_history",
        output_messages_key="answer",
    )
    config: Any = {"configurable": {"session_id": "one"}}
    try:
        first = await talk.ainvoke({"input": STREAM}, config)
        second = await talk.ainvoke({"input": "Where does long-term memory live?"}, config)
    finally:
        await chain.aclose()
    assert "history" not in first["status"]
    assert second["status"]["history"] == {"turns": 2, "dropped": 0}
    assert [message.content for message in kept["one"].messages] == [
        STREAM,
        ANSWER,
        "Where does long-term memory live?",
        ANSWER,
    ]
