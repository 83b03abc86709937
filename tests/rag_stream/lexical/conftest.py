"""A lexical index over a small corpus on the shared Chroma server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rag_stream.index.client import ChromaClient
from rag_stream.lexical import refresher
from rag_stream.lexical import sync as lexical_sync
from rag_stream.lexical.search import LexicalSearch
from tests.support.lexical_index import Corpus


@pytest.fixture
async def client(chroma_url: str) -> AsyncIterator[ChromaClient]:
    client = ChromaClient(chroma_url, tenant="default_tenant", database="default_database")
    yield client
    await client.aclose()


@pytest.fixture
async def corpus(client: ChromaClient) -> Corpus:
    corpus = await Corpus.open(client, f"lexical-{uuid4().hex[:12]}")
    await corpus.put("a", ["old words"])
    return corpus


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chroma" / "lexical"


@pytest.fixture
async def lexical(corpus: Corpus, base: Path) -> AsyncIterator[LexicalSearch]:
    lexical = corpus.lexical(base)
    yield lexical
    await lexical.aclose()


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresher, "REST_S", 0.01)
    monkeypatch.setattr(refresher, "_REST_SHARE", 0)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations that the index was brought in step with, one entry each time."""
    done: list[int] = []
    real = lexical_sync.bring_in_step

    async def counted(client: Any, snapshot: Any, store: Any, **how: Any) -> None:
        done.append(snapshot.generation)
        await real(client, snapshot, store, **how)

    monkeypatch.setattr(refresher, "bring_in_step", counted)
    return done
