"""The app over two documents with a scripted model, asked for streams."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.support import sse
from tests.support.corpus import TASK, TREE
from tests.support.openai_server import OpenAIServer
from tests.support.script import Call, Script
from tests.support.service import Service, ingest

CHAT = "gpt-4o-mini"
EMBEDDINGS = "text-embedding-3-small"
QUESTION = "What is Task Decomposition?"
ASK = {"input": {"input": QUESTION}}


def ask(service: Service, body: Any = ASK) -> list[sse.Event]:
    """All events of one stream, which has to end cleanly."""
    with sse.post(f"{service.url}/rag/stream", body) as stream:
        return list(stream)


def chunks(events: Sequence[sse.Event]) -> list[dict[str, Any]]:
    return [event.json() for event in events if event.event == "data"]


def answer(events: Sequence[sse.Event]) -> str:
    return "".join(chunk["answer"] for chunk in chunks(events) if "answer" in chunk)


def chat(model: OpenAIServer) -> Call:
    (call,) = model.chats
    return call


@contextmanager
def over_two_documents(stand_in: OpenAIServer, folder: Path) -> Iterator[Service]:
    """The app, with the stand-in for both models; nothing unexpected is in its log at the end."""
    (folder / "task.md").write_text(f"# Tasks\n\n{TASK}\n")
    (folder / "tree.md").write_text(f"# Trees\n\n{TREE}\n")
    models = {"RAG_CHAT_MODEL": f"openai:{CHAT}", "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}"}
    service = Service(env={**stand_in.environment, **models})
    assert ingest(service.environment, "task.md", "tree.md", cwd=folder).returncode == 0
    with service:
        yield service
        assert "Traceback" not in service.output()
        assert "was never" not in service.output()  # retrieved, awaited


@contextmanager
def plain_again(stand_in: OpenAIServer) -> Iterator[None]:
    """What is scripted in the block does not outlast it."""
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    stand_in.calls.clear()
    yield
    stand_in.script(CHAT, **plain)
    stand_in.script(EMBEDDINGS, **plain)
