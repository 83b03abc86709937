"""A collection, a client that counts what is read, and an empty lexical index."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from rag_stream.lexical.store import LexicalStore
from tests.support.followed import Watched
from tests.support.lexical_index import Corpus


@pytest.fixture
async def client(chroma_url: str) -> AsyncIterator[Watched]:
    client = Watched(chroma_url)
    yield client
    await client.aclose()


@pytest.fixture
async def corpus(client: Watched) -> Corpus:
    return await Corpus.open(client, f"lexical-{uuid4().hex[:12]}")


@pytest.fixture
def store(tmp_path: Path) -> LexicalStore:
    return LexicalStore(tmp_path / "index")
