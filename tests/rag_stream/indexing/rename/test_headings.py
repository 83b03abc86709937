"""Titles and vectors that lean on a name: as if it had always been the new one."""

import pytest
from langchain_core.documents import Document

from rag_stream.errors import EmbeddingFailedError
from rag_stream.indexing.recipe import Headings
from rag_stream.indexing.rename import Move, rename
from rag_stream.indexing.smoothing import HEADINGS
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, TASK, TEXTS, TREE, documents
from tests.support.openai_server import OpenAIServer
from tests.support.renamed import assert_as_fresh, rows
from tests.support.synced_index import embedded, open_sync, stored

PAGES = [
    pytest.param("index.md", "handbook/index.md", "index.md", "index.md", id="no title, no folder"),
    pytest.param("docs/index.md", "handbook/index.md", "index.md", "index.md", id="no title"),
    pytest.param("docs/falcon.md", "otter.md", "falcon.md", "otter.md", id="another file name"),
    pytest.param("notes", "Otter", "notes", "Otter", id="a file with a name of its own"),
    pytest.param(
        "https://example.org/falcon/",
        "https://example.org/otter/setup",
        "https://example.org/falcon/",
        "https://example.org/otter/setup",
        id="titled by its address",
    ),
    pytest.param(
        "https://example.org/a/index.html",
        "https://example.org/otter",
        "index.html",
        "index.html",
        id="a page that is titled so",
    ),
    pytest.param(
        "docs/a.md", "handbook/b.md", "The Falcon server", "The Falcon server", id="titled"
    ),
]


def sections(source: str, title: str, columns: str | None = None) -> list[Document]:
    """Chunks before the first heading and below some."""
    chunks = documents(source, [TASK, TREE, MEMORY], title=title)
    chunks[1].metadata["section"] = "Setup"
    chunks[2].metadata["section"] = "Setup > Disk"
    if columns is not None:
        chunks[2].metadata["columns"] = columns
    return chunks


@pytest.mark.parametrize("headings", [None, HEADINGS])
@pytest.mark.parametrize(("old", "new", "title", "then"), PAGES)
async def test_all_is_as_if_it_had_always_been_called_so(
    settings: Settings,
    runtime: Runtime,
    openai_server: OpenAIServer,
    old: str,
    new: str,
    title: str,
    then: str,
    headings: Headings | None,
) -> None:
    sync = await open_sync(runtime, headings=headings)
    await sync.put(old, sections(old, title, "Disk | Size"))
    asked = embedded(openai_server)
    await rename(await runtime.index.client(), sync.commits, {old: Move(new)}, runtime.embedder)
    if headings is None or title == "The Falcon server":
        assert embedded(openai_server) == asked
    wanted = sections(new, then, "Disk | Size")
    outcome = await sync.put(new, wanted)
    assert (outcome.change, outcome.embedded) == ("unchanged", 0)
    await assert_as_fresh(settings, runtime, wanted, headings)


async def test_names_are_embedded_once_however_many_chunks_lean_on_them(
    settings: Settings, runtime: Runtime, openai_server: OpenAIServer
) -> None:
    texts = [f"Sentence {number} about agents." for number in range(9)]
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("falcon.md", documents("falcon.md", texts, title="falcon.md"))
    asked, moves = len(openai_server.embeddings), {"falcon.md": Move("otter.md")}
    client = await runtime.index.client()
    await rename(client, sync.commits, moves, runtime.embedder, page=2)
    more = [text for call in openai_server.embeddings[asked:] for text in call.body["input"]]
    assert sorted(more) == ["falcon", "otter"]
    wanted = documents("otter.md", texts, title="otter.md")
    await assert_as_fresh(settings, runtime, wanted, HEADINGS)


async def test_where_names_cannot_be_embedded_the_old_ones_stay(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("falcon.md", documents("falcon.md", TEXTS, title="falcon.md"))
    before = await rows(runtime)
    openai_server.script("text-embedding-3-small", status=400)
    client, moves = await runtime.index.client(), {"falcon.md": Move("otter.md")}
    with pytest.raises(EmbeddingFailedError):
        await rename(client, sync.commits, moves, runtime.embedder, page=2)
    assert await rows(runtime) == before
    assert len(await stored(runtime)) == len(TEXTS)
