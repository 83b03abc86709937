"""The roots that are kept beside an index."""

from rag_stream.indexing.roots import Root, RootStore
from rag_stream.pipeline.runtime import Runtime

DOCS = Root("#1", "docs", ("1",), ("2", "3"))
NOTE = Root("#4", "notes.md", ("4",), (), is_file=True)


async def test_what_was_kept_is_read_by_the_next_run(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await RootStore.open(client, name)
    assert (store.roots, store.may_have_old_names) == ((), True)
    assert await client.find(f"{name}.roots") is None  # looking writes nothing
    await store.save(DOCS)
    await store.save(NOTE)
    moved = Root("#1", "docs", ("5", "1"), ())
    await store.save(moved)
    again = await RootStore.open(client, name)
    assert sorted(again.roots, key=lambda root: root.id) == [moved, NOTE]
    assert again.may_have_old_names
    await again.forget("#4")
    await again.settle()
    last = await RootStore.open(client, name)
    assert (last.roots, last.may_have_old_names) == ((moved,), False)
    await last.settle()
    assert (await RootStore.open(client, "another")).roots == ()


async def test_hundreds_are_read(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await RootStore.open(client, name)
    for number in range(1_050):
        await store.save(Root(f"#{number}", f"{number}/docs", (f"{number}",)))
    assert len((await RootStore.open(client, name)).roots) == 1_050
