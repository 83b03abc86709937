"""Greetings and thanks: no search, no refusal."""

import pytest

from rag_stream.pipeline.introductions import introduction
from rag_stream.settings import Settings
from tests.support.chunks import joined
from tests.support.openai_server import OpenAIServer
from tests.support.talk import TALK, ask


@pytest.mark.parametrize(("message", "language"), [("hi", "en"), ("Danke!", "de"), ("谢谢", "zh")])
async def test_small_talk_searches_for_nothing(
    settings: Settings, openai_server: OpenAIServer, message: str, language: str
) -> None:
    openai_server.script(answer="You are welcome.")  # and there is no index at all
    given = {"input": message, "chat_history": TALK}
    for chat_model in ("openai:gpt-4o-mini", "local:extractive"):
        chunks = await ask(settings, given, chat_model=chat_model)
        whole = joined(chunks)
        keys = list(dict.fromkeys(key for chunk in chunks for key in chunk))
        assert keys == ["input", "question", "context", "answer", "citations", "status"]
        assert (whole["context"], whole["citations"]) == ([], [])
        assert whole["question"] == {"standalone": message, "by": "none"}
        assert whole["status"]["state"] == "completed"
        assert whole["status"]["relevance"]["basis"] == "small_talk"
        local = chat_model == "local:extractive"
        assert whole["answer"] == (introduction(language) if local else "You are welcome.")
    (call,) = openai_server.chats
    assert [message["role"] for message in call.body["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
