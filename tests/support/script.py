"""How a stand-in model behaves: its answer, its pace and its faults."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Literal

Body = dict[str, Any]
Answer = str | Sequence[str] | Callable[[Body], "str | Sequence[str]"]


def tokens_of(text: str) -> list[str]:
    """Cut a text into word-sized tokens that join to it again."""
    return re.findall(r"\s*\S+|\s+$", text)


@dataclass(frozen=True, kw_only=True)
class Script:
    """One model's behaviour, for chat and for embeddings; seconds everywhere.

    `answer` is a text (cut into words), the tokens themselves, or a function of the
    request body that returns either.
    """

    answer: Answer = "Hello from the stand-in model."
    tokens_per_second: float | None = None
    response_delay: float = 0.0  # before the HTTP status line
    first_token_delay: float = 0.0  # after the role chunk, before the first piece of text
    # None: the answer just ends, as no server that is well does it.
    finish_reason: Literal["stop", "length", "content_filter"] | None = "stop"
    hold_after: int | None = None  # stop after so many tokens until `release` is set
    release: Event = field(default_factory=Event)
    # Asked before each token, by its number from 0, and before the end; until it says yes, nothing.
    may_send: Callable[[int], bool] | None = None

    status: int | None = None  # answer with this HTTP error in place of a stream
    retry_after: str | None = None
    error_message: str = "scripted failure"
    hang: Literal["response", "first_token"] | None = None  # go silent there until left
    drop_after: int | None = None  # cut the connection after so many tokens
    error_after: int | None = None  # send an error event after so many tokens, as OpenAI does

    dimension: int = 384
    embedding_delay: float = 0.0

    def tokens(self, body: Body) -> tuple[list[str], str | None]:
        """Return the tokens of the answer to this request, and why the answer ends."""
        answer = self.answer(body) if callable(self.answer) else self.answer
        tokens = tokens_of(answer) if isinstance(answer, str) else list(answer)
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        if limit is not None and limit < len(tokens):
            return tokens[:limit], "length"
        return tokens, self.finish_reason


@dataclass
class Call:
    """One request a stand-in model got, and how it ended."""

    path: str
    headers: dict[str, str]
    body: Body
    outcome: Literal["live", "finished", "failed", "dropped", "abandoned"] = "live"
    tokens_sent: int = 0

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def prompt(self) -> str:
        """Return the text of all messages, one after another."""
        return "\n\n".join(_text(message["content"]) for message in self.body["messages"])


def _text(content: str | list[Body] | None) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""
