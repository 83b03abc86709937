"""A talk, and the chain asked with it."""

from typing import Any

from rag_stream.runnable import RagChain
from rag_stream.settings import Settings

ANSWER = "It is sent as soon as it exists. [1]"
TALK = [
    {"role": "user", "content": "What is streaming of an answer?"},
    {"role": "assistant", "content": "Sending it token by token. [1]"},
]


async def ask(settings: Settings, given: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """All chunks of one answer."""
    chain = RagChain(settings.model_copy(update=changes))
    try:
        return [chunk async for chunk in chain.astream(given)]
    finally:
        await chain.aclose()
