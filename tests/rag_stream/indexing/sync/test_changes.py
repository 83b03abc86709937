"""Changes of a source: nothing doubled, nothing embedded twice."""

import pytest

from rag_stream.errors import IndexEmptyError
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, TOOLS, documents
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import embedded, open_sync, seen, stored


async def test_a_second_run_embeds_and_changes_nothing(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    first = await sync.put("s", documents("s", TEXTS))
    assert (first.change, first.chunks, first.embedded) == ("added", 5, 5)
    before = embedded(openai_server)
    second = await sync.put("s", documents("s", TEXTS))
    assert (second.change, second.embedded, second.deleted) == ("unchanged", 0, 0)
    assert embedded(openai_server) == before
    assert (await runtime.index.snapshot()).generation == 1
    assert len(await stored(runtime)) == 5


async def test_a_change_embeds_only_the_new_text(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    before = embedded(openai_server)
    outcome = await sync.put("s", documents("s", [TASK, TOOLS]))
    assert (outcome.change, outcome.embedded, outcome.deleted) == ("changed", 1, 1)
    assert embedded(openai_server) == before + 1
    assert await seen(runtime) == sorted([TASK, TOOLS])
    assert len(await stored(runtime)) == 2


async def test_a_change_embeds_no_more_than_it_and_its_neighbours(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    lines = [f"Line {number} says something of its own." for number in range(30)]
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", lines))
    lines[15] = "Line 15 says other things as well."  # as long as before: nothing moves
    before = embedded(openai_server)
    preview = await sync.preview("s", documents("s", lines))
    outcome = await sync.put("s", documents("s", lines))
    # The vectors of two chunks on each side change, and lean on two more each.
    assert (outcome.change, outcome.embedded, outcome.deleted) == ("changed", 9, 1)
    assert preview.embedded == 9
    assert embedded(openai_server) == before + 9


async def test_text_that_only_moved_is_not_embedded_again(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", TEXTS))
    before = embedded(openai_server)
    outcome = await sync.put("s", documents("s", ["A new first line.", *TEXTS]))
    assert outcome.embedded == 1
    assert embedded(openai_server) == before + 1
    assert await seen(runtime) == sorted(["A new first line.", *TEXTS])


async def test_a_new_title_is_taken_over_without_embedding(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", TEXTS))
    before = embedded(openai_server)
    assert (await sync.put("s", documents("s", TEXTS, title="Other"))).change == "changed"
    assert embedded(openai_server) == before
    assert {record.metadata["title"] for record in await stored(runtime)} == {"Other"}


async def test_removing_a_source_leaves_the_others(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    assert await sync.sources() == {"a", "b"}
    assert (await sync.remove("a")).deleted == 1
    assert await sync.sources() == {"b"}
    assert await seen(runtime) == [TOOLS]


async def test_previews_write_nothing(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    await sync.put("s", documents("s", [TASK, MEMORY]))
    outcome = await sync.preview("s", documents("s", [TASK, TOOLS, STREAM]))
    assert (outcome.change, outcome.chunks, outcome.embedded, outcome.deleted) == (
        "changed",
        3,
        2,
        1,
    )
    assert (await sync.preview_removal("s")).deleted == 2
    assert await seen(runtime) == sorted([TASK, MEMORY])


async def test_a_source_taken_out_leaves_an_empty_index(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK]))
    await sync.remove("s")
    with pytest.raises(IndexEmptyError):
        await runtime.retriever.retrieve("What?", options_of(runtime.settings, {}), {})
