"""What the index records of how it is made."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from dataclasses import replace

from langchain_core.documents import Document

from ingest.chunking.split import chunker_of, split
from ingest.recipe import Comparison, configured
from rag_stream.indexing.smoothing import HEADINGS
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import MEMORY, TASK, TOOLS, documents
from tests.support.synced_index import open_sync, recorded, seen


async def test_the_index_records_model_and_dimension(runtime: Runtime) -> None:
    await (await open_sync(runtime)).put("s", documents("s", [TASK]))
    metadata = (await runtime.index.snapshot()).collection.metadata
    assert metadata["embedding_model"] == "openai:text-embedding-3-small"
    assert metadata["dimension"] == 384


async def test_the_index_records_how_it_is_made(runtime: Runtime) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", documents("s", [TASK]))
    made = await recorded(runtime)
    assert made == replace(configured(runtime.settings, made.embedding_model), dimension=384)
    metadata = (await runtime.index.snapshot()).collection.metadata
    assert {name: metadata[name] for name in ("chunker", "chunk_size", "chunk_overlap")} == {
        "chunker": "sentences",
        "chunk_size": 300,
        "chunk_overlap": 0,
    }


async def test_a_source_of_another_cut_makes_the_index_mixed_until_all_are_of_it(
    runtime: Runtime,
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    sync = await open_sync(runtime, size=500)
    await sync.put("a", documents("a", [TASK, MEMORY]))
    made = await recorded(runtime)
    assert (made.cut.size, made.is_mixed) == (500, True)
    await sync.finish()
    assert (await recorded(runtime)).is_mixed
    sync = await open_sync(runtime, size=500)
    for source, texts in {"a": [TASK, MEMORY], "b": [TOOLS]}.items():
        assert (await sync.put(source, documents(source, texts))).change == "unchanged"
    await sync.finish()
    made = await recorded(runtime)
    assert (made.cut.size, made.is_mixed) == (500, False)


async def test_taking_a_source_out_records_no_other_cut(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    await sync.put("b", documents("b", [TOOLS]))
    sync = await open_sync(runtime, size=500)
    await sync.remove("b")
    await sync.finish()
    assert (await recorded(runtime)).cut.size == 300


ENGLISH = "The pump hums at night, and nobody minds it. " * 40
CHINESE = "请假申请须提前三天提交给行政办公室，由部门经理批准。" * 10
"""As long as one chunk of 300 characters was; it is cut in four since they are weighed."""


async def test_what_is_cut_as_by_the_chunker_before_is_not_embedded_again(runtime: Runtime) -> None:
    def cut(source: str, text: str) -> list[Document]:
        metadata = {"source": source, "title": source}
        return split(Document(text, metadata=metadata), runtime.settings)

    before = await open_sync(runtime, version=3)
    await before.put("en.md", cut("en.md", ENGLISH))
    await before.put("zh.md", documents("zh.md", [CHINESE]))
    sync = await open_sync(runtime)
    told = Comparison("rag", sync.commits.recipe, configured(runtime.settings, "m")).line()
    assert told is not None
    assert "what is named here is cut anew, the rest stays as cut" in told
    english = await sync.put("en.md", cut("en.md", ENGLISH))
    assert (english.change, english.embedded, english.deleted) == ("unchanged", 0, 0)
    assert CHINESE in await seen(runtime)  # until it is read again
    chinese = await sync.put("zh.md", cut("zh.md", CHINESE))
    assert (chinese.change, chinese.chunks, chinese.deleted) == ("changed", 4, 1)
    await sync.finish()
    made = await recorded(runtime)
    assert (made.cut.version, made.is_mixed) == (chunker_of("default").version, False)
