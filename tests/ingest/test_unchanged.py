"""What is the same reading: every part of it counts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import get_args

import httpx
import pytest

from ingest.reading import Rereader, read_all
from ingest.recipe import configured
from ingest.sources.discover import FileSource, Source, WebSource
from ingest.sources.kinds import Kind
from ingest.sources.parser import Parser
from ingest.sources.reader import Loaded, Reader
from ingest.unchanged import SAVED_AT_ONCE, Unchanged
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.indexing.readings import Reading, ReadingStore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import documents
from tests.support.synced_index import open_sync


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with aclosing(Runtime(settings)) as runtime:
        yield runtime


ROOTS = {"docs/a.md": "#1", "docs/b.md": "#1", "other/a.md": "#2"}
A = FileSource("docs/a.md", Path("docs/a.md"))
BODY = Loaded(b"# Owls\n\nBy night.", "markdown")
PAGE = Loaded(b"<p>By night.</p>", "html")


def known_as(
    source: Source = A,
    loaded: Loaded = BODY,
    options: Sequence[object] = ("cut", None),
    learned: str = "",
) -> str | None:
    unchanged = Unchanged(None, options, ROOTS)
    unchanged.learned = {"#1": learned} if learned else {}
    return unchanged.key(source, loaded)


def test_whatever_a_text_depends_on_makes_another_key() -> None:
    keys = [
        known_as(),
        known_as(loaded=Loaded(b"# Owls\n\nBy day..", "markdown")),
        known_as(loaded=Loaded(BODY.body, "mdx")),
        known_as(loaded=Loaded(BODY.body, "markdown", "latin-1")),
        known_as(FileSource("other/a.md", Path("a.md"))),
        known_as(options=("another cut", None)),
        known_as(options=("cut", ("post",))),
        known_as(loaded=PAGE),
        known_as(loaded=PAGE, learned="what repeats"),
        known_as(loaded=PAGE, learned="what repeats now"),
    ]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    assert known_as() == keys[0]
    assert known_as(FileSource("docs/b.md", Path("docs/b.md"))) == keys[0]  # known by its name


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind != "html"])
def test_what_is_learned_of_pages_is_nothing_to_the_other_files_of_their_root(kind: Kind) -> None:
    loaded = Loaded(BODY.body, kind)
    assert known_as(loaded=loaded, learned="what repeats") == known_as(loaded=loaded)


def test_pages_and_what_is_in_no_root_are_read_each_time() -> None:
    assert known_as(WebSource("https://a.example/", "https://a.example/")) is None
    assert known_as(FileSource("else/a.md", Path("a.md"))) is None


@pytest.mark.parametrize("number", [1, SAVED_AT_ONCE + 3])
async def test_what_was_read_is_known_to_the_next_run(runtime: Runtime, number: int) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    names = [f"docs/{place}.md" for place in range(number)]
    roots = dict.fromkeys(names, "#1")
    sources = [FileSource(source, Path(source)) for source in names]
    sync = await open_sync(runtime)
    async with aclosing(Parser()) as parser, httpx.AsyncClient() as http:
        reader = Reader(http, parser)
        first = Unchanged(await ReadingStore.open(client, name), (), roots)
        for source in sources:
            assert first.known(source, BODY) is None
            chunks = documents(source.name, ["By night."])
            await sync.put(source.name, chunks)
            await first.took(source, chunks, reader)
        await first.finish()
    snapshot = await runtime.index.snapshot()
    second = Unchanged(await ReadingStore.open(client, name), (), roots)
    await second.look(client, snapshot, sources)
    found = [second.known(source, BODY) for source in sources]
    assert [reading and (reading.source, reading.chunks) for reading in found] == [
        (name, 1) for name in names
    ]
    # The last one is taken out of the index by somebody else, and one is out of both.
    await sync.remove(names[-1])
    second.gone([names[0]])
    await second.finish()
    third = Unchanged(await ReadingStore.open(client, name, keeps=False), (), roots)
    await third.look(client, await runtime.index.snapshot(), sources)
    assert third.known(sources[-1], BODY) is None
    assert third.known(sources[0], BODY) is None
    assert all(third.known(source, BODY) for source in sources[1:-1])


class Watched(ChromaClient):
    """Counts the collections that are looked for."""

    def __init__(self, url: str) -> None:
        super().__init__(url, tenant="default_tenant", database="default_database")
        self.looked_for: list[str] = []

    async def find(self, name: str) -> Collection | None:
        self.looked_for.append(name)
        return await super().find(name)


@pytest.mark.parametrize("keeps", [True, False])
async def test_one_look_for_the_readings_is_enough_and_a_dry_run_leaves_them(
    runtime: Runtime, chroma_url: str, keeps: bool
) -> None:
    name, chunks = runtime.settings.collection, documents(A.name, ["By night."])
    await (await open_sync(runtime)).put(A.name, chunks)
    snapshot = await runtime.index.snapshot()
    async with (
        aclosing(Parser()) as parser,
        httpx.AsyncClient() as http,
        aclosing(Watched(chroma_url)) as client,
    ):
        store = await ReadingStore.open(client, name, keeps=keeps)
        unchanged = Unchanged(store, (), ROOTS)
        await unchanged.look(client, snapshot, [A])
        assert client.looked_for == [f"{name}.readings"]
        assert unchanged.known(A, BODY) is None
        await unchanged.took(A, chunks, Reader(http, parser))
        await unchanged.finish()
        assert (await client.find(f"{name}.readings") is not None) is keeps


async def test_a_file_is_read_unless_it_is_known_and_says_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(BODY.body)
    source = FileSource("docs/a.md", path)
    other = FileSource("docs/b.md", path)
    told: list[str] = []
    async with aclosing(Parser()) as parser, httpx.AsyncClient() as http:
        reader = Reader(http, parser)
        reader.tell = told.append
        unchanged = Unchanged(None, (), ROOTS)
        key = unchanged.key(source, BODY)
        before = Reading("docs/a.md", str(key), "4-0", "read as cp1252", ("more.md",))
        unchanged.before = {"docs/a.md": before}
        found = [pair async for pair in read_all(Rereader(reader, unchanged), [source, other])]
    assert found[0] == (source, before)
    assert getattr(found[1][1], "page_content", "").startswith("# Owls")
    assert told == ["docs/a.md: read as cp1252"]
    assert reader.includes == {"docs/a.md": ("more.md",)}


def test_the_cut_is_part_of_the_recipe_that_counts(settings: Settings) -> None:
    recipe = configured(settings, "model")
    other = configured(settings.model_copy(update={"chunk_size": 77}), "model")
    assert known_as(options=(recipe.cut,)) != known_as(options=(other.cut,))
