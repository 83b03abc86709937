"""The chain, and what it was asked with: for tests of who keeps what was said before."""

from collections.abc import AsyncGenerator
from typing import Any

from langchain_core.runnables import RunnableConfig

from rag_stream.conversation import Conversation, parse_input
from rag_stream.events import Event
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings


class ToldChain(RagChain):
    """Notes each conversation, and answers its question as if it stood by itself."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.asked: list[Conversation] = []
        self.configs: list[Any] = []

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        conversation = parse_input(input)
        self.asked.append(conversation)
        self.configs.append(config)
        return super().events({"input": conversation.question}, config)
