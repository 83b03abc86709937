"""What was learned of roots is kept beside an index."""

from rag_stream.indexing.repeats import Learned, RepeatStore
from rag_stream.pipeline.runtime import Runtime

DOCS = Learned("#1", frozenset({"aa", "bb"}), 9)


async def test_what_was_learned_is_read_by_the_next_run(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await RepeatStore.open(client, name)
    assert store.learned == {}
    assert await client.find(f"{name}.repeats") is None  # looking writes nothing
    nothing = Learned("web:h/docs/", frozenset(), 20)
    for learned in (DOCS, nothing):
        await store.save(learned)
    again = await RepeatStore.open(client, name)
    assert again.learned == store.learned == {"#1": DOCS, "web:h/docs/": nothing}
    await again.save(Learned("#1", frozenset(), 90))
    await again.forget("web:h/docs/")
    await again.forget("never there")
    last = await RepeatStore.open(client, name)
    assert last.learned == {"#1": Learned("#1", frozenset(), 90)}
    assert (await RepeatStore.open(client, "another")).learned == {}


async def test_a_dry_run_keeps_nothing(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    await (await RepeatStore.open(client, name)).save(DOCS)
    dry = await RepeatStore.open(client, name, keeps=False)
    await dry.save(Learned("#2", frozenset({"cc"}), 8))
    await dry.forget("#1")
    assert set(dry.learned) == {"#2"}
    assert (await RepeatStore.open(client, name)).learned == {"#1": DOCS}
