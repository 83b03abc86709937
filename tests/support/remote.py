"""LangServe's Python client in tests: what it asks, and what it should get."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables.utils import AddableDict
from langserve import RemoteRunnable

from tests.support.service import Service

QUESTION = {"input": "What is Task Decomposition?"}
OTHER = {"input": "What does tree of thoughts do?"}
KEYS = {"input", "context", "answer", "citations", "status"}


@asynccontextmanager
async def client_of(service: Service, path: str = "/rag") -> AsyncIterator[RemoteRunnable]:
    """A client whose connections are closed here: its own way leaves that to the collector."""
    remote = RemoteRunnable(f"{service.url}{path}/")
    with remote.sync_client:
        async with remote.async_client:
            yield remote


def joined(chunks: list[Any]) -> dict[str, Any]:
    whole = AddableDict()
    for chunk in chunks:
        whole = whole + AddableDict(chunk)
    return dict(whole)


def stable(output: dict[str, Any]) -> dict[str, Any]:
    """An output without what differs from run to run."""
    status = {k: v for k, v in output["status"].items() if k not in ("run_id", "timings_ms")}
    return {**output, "status": status}


def check(output: dict[str, Any], question: dict[str, str] = QUESTION) -> None:
    """An answer from the sample, with documents that are documents."""
    assert set(output) == KEYS
    assert output["input"] == question["input"]
    assert len(output["context"]) > 4
    assert all(isinstance(document, Document) for document in output["context"])
    assert output["status"]["model"] == "local:extractive"
    assert output["status"]["state"] == "completed"
