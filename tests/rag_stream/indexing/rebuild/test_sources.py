"""Sources that are handed in, kept or renamed meanwhile."""

from contextlib import aclosing

from ingest.recipe import configured
from rag_stream.index.generation import INGESTED, ingested_now
from rag_stream.indexing.rename import Move
from rag_stream.indexing.sync import Sync
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, TASK, TEXTS, TOOLS, TREE, documents, fill
from tests.support.openai_server import OpenAIServer
from tests.support.rebuilt import best, rebuilding, run, stored
from tests.support.renamed import assert_same, whole


async def test_alone_it_leaves_chunks_as_they_were_cut_and_says_so(settings: Settings) -> None:
    await fill(settings)
    reference = settings.model_copy(
        update={"profile": "reference", "chunk_size": 1_000, "chunk_overlap": 200}
    )
    assert (await run(reference)).made.cut.size == 300
    recipe, found = await stored(settings)
    assert found == {"notes.md": list(TEXTS)}
    assert (recipe.cut.chunker, recipe.cut.size, recipe.is_mixed) == ("sentences", 300, False)
    assert recipe.weights == ()


async def test_sources_that_are_handed_in_are_redone_and_others_kept(settings: Settings) -> None:
    await fill(settings, [TASK, TREE], source="a.md")
    await fill(settings, [MEMORY], source="b.md")
    await fill(settings, [TOOLS], source="c.md")
    wider = settings.model_copy(update={"chunk_size": 500})
    rebuild = await run(wider, {"a.md": [f"{TASK} {TREE}"]}, removed=["c.md"])
    assert rebuild.chunks == 2
    recipe, found = await stored(settings)
    assert found == {"a.md": [f"{TASK} {TREE}"], "b.md": [MEMORY]}
    assert (recipe.cut.size, recipe.is_mixed) == (500, True)
    await run(wider, {"a.md": [f"{TASK} {TREE}"], "b.md": [MEMORY]})
    recipe, _ = await stored(settings)
    assert (recipe.cut.size, recipe.is_mixed, recipe.dimension) == (500, False, 384)


async def test_what_is_read_anew_was_ingested_now_and_what_is_left_when_it_was(
    settings: Settings,
) -> None:
    long_ago, began = "2020-01-01T00:00:00Z", ingested_now()
    await fill(settings, [TASK], source="a.md")
    await fill(settings, [TREE], source="b.md")
    async with aclosing(Runtime(settings)) as runtime:
        state, client = await runtime.index.snapshot(), await runtime.index.client()
        ids = await client.ids(state.collection, limit=10)
        await client.update_metadata(state.collection, ids, {INGESTED: long_ago})
        async with rebuilding(runtime) as rebuild:
            await rebuild.put("a.md", documents("a.md", [TASK]))
        known = {listed.source: listed.ingested for listed in await runtime.documents.all()}
        changed = (await runtime.index.snapshot()).collection.metadata[INGESTED]
    assert known["b.md"] == long_ago
    assert began <= str(known["a.md"]) <= changed <= ingested_now()


async def test_what_is_handed_in_is_embedded_although_it_is_the_same(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    before = len(openai_server.embeddings)
    async with aclosing(Runtime(settings)) as runtime, rebuilding(runtime) as rebuild:
        outcome = await rebuild.put("notes.md", documents("notes.md", TEXTS))
        assert (outcome.change, outcome.chunks, outcome.embedded) == ("unchanged", 5, 5)
        assert await rebuild.sources() == set()
    assert len(openai_server.embeddings) == before + 1
    assert await best(settings) == TASK


async def test_a_source_that_is_renamed_meanwhile_is_as_if_it_had_always_been_called_so(
    settings: Settings,
) -> None:
    new = settings.model_copy(update={"collection": f"{settings.collection}-fresh"})
    found = []
    for its, source in ((settings, "docs/index.md"), (new, "otter/a.md")):
        async with aclosing(Runtime(its)) as runtime:
            recipe = configured(its, runtime.embedder.fingerprint)
            sync = await Sync.open(runtime.index, its.collection, runtime.embedder, recipe)
            title = source.rpartition("/")[2]
            await sync.put(source, documents(source, TEXTS, title=title))
            async with rebuilding(runtime) as rebuild:
                moves = {"docs/index.md": Move("otter/a.md")}
                assert await rebuild.rename(moves) == ([source] if source in moves else [])
            found.append(await whole(runtime))
    assert_same(*found)


async def test_sources_that_trade_their_names_meanwhile_are_both_there(settings: Settings) -> None:
    for name, text in (("a", TASK), ("b", TREE), ("c", MEMORY)):
        await fill(settings, [text], source=name)
    async with aclosing(Runtime(settings)) as runtime, rebuilding(runtime) as rebuild:
        moves = {"a": Move("b"), "b": Move("a"), "c": Move("c", "#c")}
        assert await rebuild.rename(moves) == ["a", "b", "c"]
        assert await rebuild.sources() == {"a", "b", "c"}
    _, found = await stored(settings)
    assert found == {"a": [TREE], "b": [TASK], "c": [MEMORY]}
