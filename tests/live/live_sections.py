"""Titles, sections, tables and code from file to answer, with the models of this machine."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.documents import Document

from ingest.chunking.split import split
from ingest.recipe import configured
from rag_stream.indexing.recipe import Recipe
from rag_stream.indexing.sync import Sync
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings, load_settings

BUILD = (
    "## Backup\n\nThe backup starts at {} every night.\n\n## Owner\n\nIt is run by the {} team.\n"
)
SERVERS = {
    "Kite": ("01:15", "red"),
    "Robin": ("02:40", "green"),
    "Magpie": ("03:55", "blue"),
    "Swift": ("22:10", "grey"),
}
TOOLS = "\n".join(f"| {name} | {20 + 7 * n} | {n % 3 + 1} |" for n, name in enumerate((
    "Anvil", "Bellows", "Chisel", "Drill", "Easel", "File", "Gimlet", "Hammer", "Iron", "Jigsaw",
    "Knife", "Lathe", "Mallet", "Nailer", "Oilstone", "Plane", "Quoin", "Rasp", "Saw", "Tongs",
)))  # fmt: skip
TABLE = (
    f"# Tools for hire\n\nAll of them.\n\n| Tool | Price a day | Days at most |\n|---|--:|:-:|\n"
    f"{TOOLS}\n\nTools are brought back clean.\n"
)


@pytest.fixture
def local(chroma_url: str) -> Settings:
    return load_settings(
        chroma_url=chroma_url,
        collection=f"test-{uuid4().hex[:12]}",
        embeddings=LOCAL_EMBEDDINGS,
        chat_model=LOCAL_CHAT,
    )


@pytest.fixture
async def chain(local: Settings) -> AsyncIterator[RagChain]:
    chain = RagChain(local)
    yield chain
    await chain.aclose()


async def put(
    settings: Settings, texts: Mapping[str, str], titles: Mapping[str, str], **changes: Any
) -> Recipe:
    runtime = Runtime(settings)
    try:
        recipe = replace(configured(settings, runtime.embedder.fingerprint), **changes)
        sync = await Sync.open(runtime.index, settings.collection, runtime.embedder, recipe)
        for source, text in texts.items():
            metadata = {"source": source, "title": titles.get(source, source)}
            await sync.put(source, split(Document(text, metadata=metadata), settings))
        await sync.finish()
        await runtime.catch_up()
        return sync.commits.recipe
    finally:
        await runtime.aclose()


@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
@pytest.mark.parametrize("is_named_by", ["title", "file"])
async def test_pages_of_the_same_build_are_told_apart(
    chain: RagChain, local: Settings, search_type: str, is_named_by: str
) -> None:
    texts = {f"docs/{name.lower()}.md": BUILD.format(*facts) for name, facts in SERVERS.items()}
    titles = {f"docs/{name.lower()}.md": f"The {name} machine" for name in SERVERS}
    await put(local, texts, titles if is_named_by == "title" else {})
    for name, (hour, team) in SERVERS.items():
        for asked, answer in (
            (f"When does the backup of the {name} machine start?", hour),
            (f"Which team runs the {name} machine?", team),
        ):
            config = {"configurable": {"search_type": search_type}}
            found = await chain.ainvoke({"input": asked}, config)
            first = found["context"][0].metadata["source"]
            assert first == f"docs/{name.lower()}.md", asked
            assert answer in found["answer"], asked


async def test_every_cell_of_a_long_table_is_answered_with_its_row(
    chain: RagChain, local: Settings
) -> None:
    await put(local, {"tools.md": TABLE}, {"tools.md": "Tools for hire"})
    for n, name in ((0, "Anvil"), (7, "Hammer"), (11, "Lathe"), (19, "Tongs")):
        found = await chain.ainvoke({"input": f"What is the price of the {name} a day?"})
        told = f"Tool: {name}; Price a day: {20 + 7 * n}; Days at most: {n % 3 + 1}"
        assert found["answer"].startswith(told)
        (citation, *_) = found["citations"]
        quote = citation["quote"] if isinstance(citation, dict) else citation.quote
        row = f"| {name} | {20 + 7 * n} | {n % 3 + 1} |"
        assert quote.split("\n")[-1] == row  # of the first with the names above it
        for document in found["context"]:
            assert document.page_content in TABLE
            if "|" in document.page_content:
                assert document.metadata["columns"] == "Tool | Price a day | Days at most"
            assert document.metadata["section"] == "Tools for hire"


async def test_another_title_is_searched_at_once_and_an_index_of_before_goes_on(
    chain: RagChain, local: Settings
) -> None:
    texts = {f"{n}.md": BUILD.format(*facts) for n, facts in enumerate(SERVERS.values())}
    await put(local, texts, {}, headings=None)
    titles = {f"{n}.md": f"The {name} machine" for n, name in enumerate(SERVERS)}
    made = await put(local, texts, titles)
    assert made.headings is None
    found = await chain.ainvoke({"input": "When does the backup of the Swift machine start?"})
    assert "22:10" in found["answer"]
    assert found["context"][0].metadata["title"] == "The Swift machine"
