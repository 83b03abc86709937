"""What LangServe's chat page is shown, and what of it is left when the page sends it back.

The page keeps all that it was shown as what the assistant said: sources below an answer, or a
failure's words, would come back as answers.
"""

from typing import Any

from app.playground.text_view import FAILED, TextView
from rag_stream.runnable import RagChain

MARK = "\u2063"
"""Before what the service says beside the answer: a sign that nobody sees."""
CHAT_FILTERS: dict[str, list[str] | None] = {"include_names": []}
"""Of `stream_log`: the page shows none of the steps."""
OUTPUT_SCHEMA: dict[str, Any] = {"title": "Answer", "type": "string"}
"""The page refuses chains whose output is neither a text nor a message."""


def chat_view(chain: RagChain) -> TextView:
    """The chain as text, told by messages as the page sends them."""
    return TextView(chain, read=as_said, mark=MARK)


def as_said(input: Any) -> Any:
    """The input with answers as they were, and without questions that got none.

    What is no list of messages stays as it is: it is complained of where it is read.
    """
    if not isinstance(input, dict) or not isinstance(input.get("messages"), list):
        return input
    kept: list[Any] = []
    for message in input["messages"]:
        if not _is_shown(message):
            kept.append(message)
            continue
        answer, _, beside = message["content"].rpartition(MARK)
        if answer.strip() and not beside.lstrip().startswith(FAILED):
            kept.append({**message, "content": answer})
        else:
            while kept and _is_question(kept[-1]):
                kept.pop()
    return {**input, "messages": kept}


def _is_shown(message: Any) -> bool:
    """Whether it is one that the view has made."""
    return (
        isinstance(message, dict)
        and message.get("type") == "ai"
        and isinstance(message.get("content"), str)
        and MARK in message["content"]
    )


def _is_question(message: Any) -> bool:
    return isinstance(message, dict) and message.get("type") == "human"
