"""The servers of the comparison: how each is filled, started, asked and read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench import wires
from bench.wires import Wire

OURS = "ours"
PLAIN = "plain"
RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Kind:
    """One server; `{python}`, `{store}` and `{notes}` in its commands are filled in."""

    name: str
    label: str
    serve: tuple[str, ...]
    fill: tuple[str, ...] | None
    ready: str
    path: str
    body: Callable[[str], dict[str, Any]]
    wire: Callable[[], Wire]
    marker: bytes
    """What the first event with text has in it, for a quick look while an answer comes."""
    env: dict[str, str] = field(default_factory=dict)
    embeds: bool = True
    logs: bool = False
    """Whether it has LangServe's stream_log and stream_events."""
    first_guess: int = 16
    """Where the search for its paced streams begins; saves time, decides nothing."""


def _langserve(question: str) -> dict[str, Any]:
    return {"input": {"input": question}}


def _chat(question: str) -> dict[str, Any]:
    message = {"role": "user", "content": question}
    return {"model": "rag", "messages": [message], "stream": True}


def _plainly(question: str) -> dict[str, Any]:
    return {"question": question}


def _module(name: str) -> tuple[str, ...]:
    return ("{python}", "-m", f"bench.servers.{name}")


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name=OURS,
            label="rag-stream",
            serve=("{python}", "-m", "app"),
            fill=("{python}", "-m", "ingest", "{notes}"),
            ready="/readyz",
            path="/rag/stream",
            body=_langserve,
            wire=wires.LangServe,
            marker=b'"answer":"t',
            env={
                "RAG_CHAT_MODEL": "openai:bench-chat",
                "RAG_EMBEDDINGS": "openai:bench-embed",
                "RAG_CHROMA_PATH": "{store}/chroma",
                "HOST": "127.0.0.1",
            },
            logs=True,
            first_guess=64,
        ),
        Kind(
            name=PLAIN,
            label="plain LangServe",
            serve=_module("plain"),
            fill=(*_module("plain"), "fill"),
            ready="/docs",
            path="/rag/stream",
            body=_langserve,
            wire=wires.LangServe,
            marker=b'"answer":"t',
            logs=True,
        ),
        Kind(
            name="hayhooks",
            label="hayhooks",
            serve=_module("hayhooks"),
            fill=(*_module("hayhooks"), "fill"),
            ready="/status",
            path="/v1/chat/completions",
            body=_chat,
            wire=wires.OpenAI,
            marker=b'"content":"t',
        ),
        Kind(
            name="llamaindex",
            label="LlamaIndex + FastAPI",
            serve=_module("llamaindex"),
            fill=(*_module("llamaindex"), "fill"),
            ready="/docs",
            path="/ask",
            body=_plainly,
            wire=wires.Answers,
            marker=b'"answer": "t',
        ),
        Kind(
            name=RELAY,
            label="raw relay (the limit)",
            serve=_module("relay"),
            fill=None,
            ready="/healthz",
            path="/ask",
            body=_plainly,
            wire=wires.OpenAI,
            marker=b'"content":"t',
            embeds=False,
            first_guess=128,
        ),
    )
}
