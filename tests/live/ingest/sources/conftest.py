"""An index without an app."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag_stream.index.server import acquire_server
from tests.support.ingesting import EMBEDDINGS
from tests.support.openai_server import OpenAIServer


@pytest.fixture(scope="module")
def index(
    model: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The settings of a Chroma folder, whose server stays."""
    folder = tmp_path_factory.mktemp("index") / "chroma"
    with closing(acquire_server(folder)):
        yield {
            **model.environment,
            "RAG_CHROMA_PATH": str(folder),
            "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}",
            "NO_PROXY": "127.0.0.1",
        }


@pytest.fixture
def collection(index: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An empty index of its own there."""
    return {**index, "RAG_COLLECTION": f"of-{tmp_path.name}"[:60]}
