"""Indexes as the version before recipes wrote them: opened, understood, upgraded in place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from langchain_core.documents import Document

from ingest.chunking.split import split
from ingest.recipe import configured
from rag_stream.index.client import Record
from rag_stream.indexing.diff import chunk_id
from rag_stream.indexing.recipe import Cut, Recipe
from rag_stream.indexing.smoothing import WEIGHTS, Smoother, contexts
from rag_stream.indexing.sync import Sync
from rag_stream.indexing.upgrade import CUTS, Piece, cut_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.openai_server import OpenAIServer

SENTENCES, RECURSIVE = CUTS
LONG = " ".join(f"Sentence {number} tells of the number {number * 7}." for number in range(120))
OWN = Cut("sentences", 1, 500, 50)


def cut_by(settings: Settings, text: str, source: str, *, profile: str) -> list[Document]:
    size, overlap = (1_000, 200) if profile == "reference" else (300, 0)
    sizes = {"profile": profile, "chunk_size": size, "chunk_overlap": overlap}
    document = Document(text, metadata={"source": source, "title": "Notes"})
    return split(document, settings.model_copy(update=sizes))


async def write_as_before(
    runtime: Runtime,
    sources: Mapping[str, Sequence[Document]],
    weights: Sequence[float],
) -> None:
    """The calls that the version before recipes made, and the keys that it recorded."""
    client, name = await runtime.index.client(), runtime.settings.collection
    model = runtime.embedder.fingerprint
    metadata = {"embedding_model": model, "generation": 0, "schema": 1}
    collection = await client.create(name, metadata)
    assert collection is not None
    smoother = Smoother(runtime.embedder, weights)
    for generation, (source, chunks) in enumerate(sources.items(), 1):
        texts = [chunk.page_content for chunk in chunks]
        vectors = await smoother.vectors(contexts(texts, len(weights)))
        records = [
            Record(
                chunk_id(source, chunk.metadata["start_index"], chunk.page_content),
                chunk.page_content,
                {**chunk.metadata, "since": generation, "until": 0},
                0.0,
                vector,
            )
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        await client.upsert(collection, records)
        await client.set_metadata(
            collection, {**metadata, "generation": generation, "dimension": 384}
        )


async def opened(runtime: Runtime) -> Sync:
    wanted = configured(runtime.settings, runtime.embedder.fingerprint)
    return await Sync.open(runtime.index, runtime.settings.collection, runtime.embedder, wanted)


@pytest.mark.parametrize("configured_profile", ["default", "reference"])
@pytest.mark.parametrize(
    ("made_by", "cut", "weights"), [("default", SENTENCES, WEIGHTS), ("reference", RECURSIVE, ())]
)
async def test_it_is_told_from_the_chunks_and_vectors_and_recorded(
    settings: Settings,
    configured_profile: str,
    made_by: str,
    cut: Cut,
    weights: tuple[float, ...],
) -> None:
    size, overlap = (1_000, 200) if configured_profile == "reference" else (300, 0)
    sizes = {"profile": configured_profile, "chunk_size": size, "chunk_overlap": overlap}
    runtime = Runtime(settings.model_copy(update=sizes))
    try:
        chunks = cut_by(settings, LONG, "a.md", profile=made_by)
        short = cut_by(settings, "A short one.", "b.md", profile=made_by)
        await write_as_before(runtime, {"a.md": chunks, "b.md": short}, weights)
        before = await runtime.index.snapshot()
        sync = await opened(runtime)
        assert sync.commits.is_found_out
        after = await runtime.index.snapshot()
        assert after.generation == before.generation == 2
        assert Recipe.of(after.collection.metadata) == Recipe(
            cut, weights, runtime.embedder.fingerprint, 384
        )
        assert {k: after.collection.metadata[k] for k in before.collection.metadata} == dict(
            before.collection.metadata
        )
        again = await opened(runtime)
        assert not again.commits.is_found_out
        assert (await again.put("a.md", chunks)).change == "unchanged"
    finally:
        await runtime.aclose()


async def test_where_nothing_can_be_told_the_configured_recipe_is_recorded(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    one = cut_by(runtime.settings, "Only one sentence.", "a.md", profile="default")
    await write_as_before(runtime, {"a.md": one}, WEIGHTS)
    before = len(openai_server.embeddings)
    sync = await opened(runtime)
    wanted = configured(runtime.settings, runtime.embedder.fingerprint)
    assert sync.commits.recipe == replace(wanted, cut=SENTENCES, dimension=384, headings=None)
    assert len(openai_server.embeddings) == before


async def test_an_upgraded_index_is_written_to_with_the_smoothing_it_has(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    chunks = cut_by(runtime.settings, LONG, "a.md", profile="reference")
    await write_as_before(runtime, {"a.md": chunks}, ())
    sync = await opened(runtime)
    added = await sync.put("b.md", cut_by(runtime.settings, LONG, "b.md", profile="default"))
    assert added.change == "added"
    made = sync.commits.recipe
    now = configured(runtime.settings, "any").cut
    assert (made.cut, made.weights, made.is_mixed) == (now, (), True)
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    records = await client.get(state.collection, {"source": "b.md"}, vectors=True)
    plain = await runtime.embedder.embed_chunks([record.text for record in records])
    for record, vector in zip(records, plain, strict=True):
        assert record.vector is not None
        assert record.vector.tolist() == pytest.approx(list(vector), abs=1e-4)


def pieces(*spans: tuple[int, int]) -> list[Piece]:
    return [Piece(start, end, str(start)) for start, end in spans]


CONFIGURED = Recipe(OWN, (), "m")


@pytest.mark.parametrize(
    ("sources", "cut", "is_mixed"),
    [
        ([], OWN, False),
        ([pieces((0, 200))], OWN, False),
        ([pieces((0, 290), (291, 500))], SENTENCES, False),
        ([pieces((0, 290), (250, 500))], OWN, False),  # they overlap
        ([pieces((0, 480), (481, 900))], OWN, False),
        ([pieces((0, 980), (900, 1_500))], RECURSIVE, False),
        ([pieces((0, 980), (900, 1_500)), pieces((0, 290), (291, 500))], OWN, True),
        ([pieces((0, 5_000), (5_001, 9_000))], OWN, True),  # of no cut that is known
        ([pieces((0, 900))], OWN, True),
        ([pieces((0, 290), (291, 500)), pieces((0, 900))], SENTENCES, True),
    ],
)
def test_the_cut_of_the_smallest_chunks_that_may_have_made_them(
    sources: list[list[Piece]], cut: Cut, is_mixed: bool
) -> None:
    found = cut_of(sources, CONFIGURED)
    assert (found.cut, found.is_mixed) == (cut, is_mixed)
