"""Which sources an index holds."""

from langchain_core.documents import Document

from rag_stream.index.client import Record
from rag_stream.index.generation import ROOT
from rag_stream.indexing.inventory import (
    chunks_by_source,
    old_names,
    some_of,
    sources_of,
    texts_of,
)
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import MEMORY, STREAM, TASK, TOOLS, documents
from tests.support.synced_index import open_sync, stored


def rooted(source: str, root: str, *texts: str) -> list[Document]:
    chunks = documents(source, texts)
    for chunk in chunks:
        chunk.metadata[ROOT] = root
    return chunks


async def test_what_is_there_by_root_by_name_and_in_order(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("docs/a.md", rooted("docs/a.md", "#1", TASK, MEMORY))
    await sync.put("docs/b.md", rooted("docs/b.md", "#2", TOOLS))
    await sync.put("old.md", documents("old.md", [STREAM]))
    await sync.put("https://h/", documents("https://h/", [STREAM]))
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    # What a killed run laid down is not there.
    (one, *_) = await client.get(state.collection, {"source": "old.md"}, vectors=True)
    staged = Record("x" * 32, "Staged.", {**one.metadata, "since": 99}, 0.0, one.vector)
    await client.upsert(state.collection, [staged])
    assert len(await stored(runtime)) == 6

    assert await sources_of(client, state, ["#1", "#3"]) == {"docs/a.md": "#1"}
    assert await sources_of(client, state, []) == {}
    assert await old_names(client, state) == {"old.md"}
    assert await chunks_by_source(client, state) == {
        **{"docs/a.md": 2, "docs/b.md": 1, "old.md": 1, "https://h/": 1},
    }
    assert await texts_of(client, state, ["docs/a.md", "old.md", "none"]) == {
        "docs/a.md": f"{TASK}\n{MEMORY}",
        "old.md": STREAM,
    }


async def test_no_more_is_asked_for_than_is_enough(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    names = [f"docs/{number}.md" for number in range(4)]
    for name in names:
        await sync.put(name, documents(name, [TASK, MEMORY]))
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    many = [f"other/{number}.md" for number in range(150)]
    assert await some_of(client, state, [], 3) == set()
    assert await some_of(client, state, many, 3) == set()
    assert await some_of(client, state, [*names[:2], *many], 3) == set(names[:2])
    found = await some_of(client, state, [*many, *names], 3)
    assert len(found) == 3
    assert found < set(names)
