"""Files whose bytes are as they were are not read again, and no change is missed for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rag_stream.index.client import ChromaClient
from rag_stream.indexing.readings import ReadingStore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.identified import Command, write
from tests.support.ingesting import summary

T = TypeVar("T")
MARK = "known from before"
NAMES = ["docs/doubtful.txt", "docs/guide.md", "docs/page.html", "docs/tower.md"]


def on_index(settings: Settings, do: Callable[[ChromaClient, str], Awaitable[T]]) -> T:
    async def go() -> T:
        runtime = Runtime(settings)
        try:
            return await do(await runtime.index.client(), settings.collection)
        finally:
            await runtime.aclose()

    return asyncio.run(go())


def mark(settings: Settings) -> None:
    """Let what is known of each file say so when it is told: a file that is read says it not."""

    async def do(client: ChromaClient, name: str) -> None:
        store = await ReadingStore.open(client, name)
        known = (await store.of(NAMES)).values()
        await store.save([replace(reading, note=MARK) for reading in known])

    on_index(settings, do)


def chunks(settings: Settings) -> list[tuple[str, dict[str, Any]]]:
    """What stands in the index, but for when it came in."""

    async def do(client: ChromaClient, name: str) -> list[tuple[str, dict[str, Any]]]:
        collection = await client.find(name)
        assert collection is not None
        left_out = ("since", "labelled", "ingested")
        return sorted(
            (r.text, {k: v for k, v in r.metadata.items() if k not in left_out})
            for r in await client.get(collection)
        )

    return on_index(settings, do)


def kept(errors: str) -> list[str]:
    """The files that were not read."""
    lines = errors.splitlines()
    return sorted(line.split(": ")[1] for line in lines if line.endswith(f": {MARK}"))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of several kinds, with what there is something to say of."""
    folder = tmp_path / "docs"
    write(
        folder,
        tower="# Tower\n\nThe falcon nests on the tower.",
        guide='# Guide\n\nFirst words.\n\n{% include "more.md" %}\n\nLast words.',
    )
    (folder / "page.html").write_text("<p class='a'>The otter.</p><p class='b'>The weir.</p>")
    (folder / "doubtful.txt").write_bytes("Größe, Übermut, Maß, Füße. ".encode() + b"20 \xa3.")
    (folder / "empty.md").write_text("---\ntitle: Nothing\n---\n")
    (folder / "broken.ipynb").write_text("no notebook")
    return folder


@pytest.fixture
def ingested(command: Command, docs: Path, settings: Settings) -> Path:
    """The folder once it is in the index."""
    done = command("docs", at=docs.parent)
    assert "4 added" in done.stdout, done
    mark(settings)
    return docs


def test_what_is_unchanged_is_not_read_and_all_is_told_as_before(
    command: Command, docs: Path
) -> None:
    first = command("docs", "--json", at=docs.parent)
    second = command("docs", "--json", at=docs.parent)
    assert (first.returncode, second.returncode) == (1, 1)  # of the notebook
    assert sorted(second.stderr.splitlines()) == sorted(first.stderr.splitlines())
    for said in ("bytes read as cp1252", "includes more.md", "broken.ipynb", "empty docs/empty.md"):
        assert said in second.stderr
    counts = {"added": 0, "unchanged": 4, "failed": 1, "empty": 1, "embedded": 0, "seconds": 0}
    assert summary(second) | {"seconds": 0} == summary(first) | counts


def test_nothing_but_what_changed_is_read(command: Command, ingested: Path) -> None:
    (ingested / "tower.md").write_text("# Tower\n\nThe falcon rests on the tower.")
    (ingested / "new.md").write_text("A new file.")
    done = command("docs", at=ingested.parent)
    assert kept(done.stderr) == ["docs/doubtful.txt", "docs/guide.md", "docs/page.html"]
    assert "1 added, 1 changed, 3 unchanged" in done.stdout
    last = command("docs", at=ingested.parent)
    assert "5 unchanged" in last.stdout


@pytest.mark.parametrize("options", [("--css-class", "a"), ("--as", "books"), ("--rebuild",)])
def test_another_way_of_reading_reads_all_of_it(
    command: Command, ingested: Path, options: tuple[str, ...], settings: Settings
) -> None:
    done = command("docs", *options, at=ingested.parent)
    assert kept(done.stderr) == []
    texts = " ".join(text for text, _ in chunks(settings))
    assert ("weir" in texts) is ("--css-class" not in options)
    again = command("docs", *options, "--json", at=ingested.parent)
    assert summary(again)["embedded"] == (summary(again)["chunks"] if "--rebuild" in options else 0)


def test_a_cut_of_another_size_reads_all_of_it(
    command: Command, ingested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_CHUNK_SIZE", "120")
    assert kept(command("docs", at=ingested.parent).stderr) == []
    assert "made otherwise" not in command("docs", at=ingested.parent).stderr


async def _lose_a_chunk(client: ChromaClient, name: str) -> None:
    collection = await client.find(name)
    assert collection is not None
    (record, *_) = await client.get(collection, {"source": "docs/tower.md"})
    await client.delete(collection, [record.id])


async def _retitle(client: ChromaClient, name: str) -> None:
    collection = await client.find(name)
    assert collection is not None
    records = await client.get(collection, {"source": "docs/tower.md"})
    await client.update_metadata(collection, [r.id for r in records], {"title": "Another"})


@pytest.mark.parametrize("damage", [_lose_a_chunk, _retitle])
def test_what_is_not_in_the_index_as_it_was_is_read(
    command: Command,
    ingested: Path,
    settings: Settings,
    damage: Callable[[ChromaClient, str], Awaitable[None]],
) -> None:
    whole = chunks(settings)
    on_index(settings, damage)
    assert chunks(settings) != whole
    dry = command("docs", "--dry-run", at=ingested.parent)
    done = command("docs", at=ingested.parent)
    for errors in (dry.stderr, done.stderr):
        assert kept(errors) == ["docs/doubtful.txt", "docs/guide.md", "docs/page.html"]
    assert chunks(settings) == whole


def test_what_was_taken_out_comes_in_again(
    command: Command, ingested: Path, settings: Settings
) -> None:
    whole = chunks(settings)
    command("--remove", "docs/tower.md", at=ingested.parent)
    (ingested / "guide.md").rename(ingested.parent / "guide.md")
    assert "1 removed" in command("docs", "--prune", at=ingested.parent).stdout
    (ingested.parent / "guide.md").rename(ingested / "guide.md")
    done = command("docs", "--prune", at=ingested.parent)
    assert "docs/tower.md" not in kept(done.stderr)
    assert "docs/guide.md" not in kept(done.stderr)
    assert chunks(settings) == whole


def test_a_run_that_knew_of_no_readings_costs_a_reading(
    command: Command, ingested: Path, settings: Settings
) -> None:
    async def forget(client: ChromaClient, name: str) -> None:
        await client.drop(f"{name}.readings")

    on_index(settings, forget)
    dry = command("docs", "--dry-run", at=ingested.parent)
    assert "4 unchanged" in dry.stdout
    assert on_index(settings, lambda client, name: client.find(f"{name}.readings")) is None
    done = command("docs", at=ingested.parent)
    assert ("4 unchanged" in done.stdout, kept(done.stderr)) == (True, [])
    mark(settings)
    assert kept(command("docs", at=ingested.parent).stderr) == NAMES


def test_a_file_that_comes_back_as_it_was_after_another_is_not_taken_for_known(
    command: Command, ingested: Path, settings: Settings
) -> None:
    """What is known is of bytes that were read once, not of those that stand in the index."""
    whole, before = chunks(settings), (ingested / "tower.md").read_bytes()
    (ingested / "tower.md").write_text("Only for a day.")
    command("docs", at=ingested.parent)
    (ingested / "tower.md").write_bytes(before)
    assert "1 changed" in command("docs", at=ingested.parent).stdout
    assert chunks(settings) == whole
