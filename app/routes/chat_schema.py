"""What `/chat` publishes as its input: one list of messages, which LangServe's chat page asks for.

For documentation and forms only: messages are read by `rag_stream.conversation`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag_stream.conversation import MAX_MESSAGES


class TextPart(BaseModel):
    """A part of a message; there are no others than text."""

    type: Literal["text"]
    text: str


Content = Annotated[str | list[TextPart], Field(description="Text; the assistant's may be blank.")]


class TypedMessage(BaseModel):
    """A message as LangChain writes it."""

    type: Literal["human", "ai", "system"]
    content: Content


class RoleMessage(BaseModel):
    """A message as OpenAI's API has it."""

    role: Literal["user", "assistant", "system", "developer"]
    content: Content


class Messages(BaseModel):
    """A conversation, oldest first; the last message is the question."""

    model_config = ConfigDict(extra="forbid", title="Messages")

    messages: list[TypedMessage | RoleMessage] = Field(
        title="Messages", min_length=1, max_length=MAX_MESSAGES
    )
