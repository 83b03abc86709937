"""An answer as one chat completion."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from app.openai.answer import Answer
from app.openai.request import MODEL
from rag_stream.events import Event


async def completion(
    events: AsyncGenerator[Event, None], answer: Answer, completion_id: str, created: int
) -> dict[str, Any]:
    """The whole of it, when it is there. Raises what the answer raises."""
    texts: list[str] = []
    async with aclosing(events):
        async for event in events:
            texts.append(answer.text_of(event))
    message: dict[str, Any] = {"role": "assistant", "content": "".join(texts), "refusal": None}
    message["annotations"] = answer.annotations
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": answer.finish_reason,
        "logprobs": None,
    }
    whole: dict[str, Any] = {
        "id": completion_id,
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [choice],
        **answer.listing,
        "rag": answer.rag,
    }
    if (usage := answer.usage) is not None:
        whole["usage"] = usage
    return whole
