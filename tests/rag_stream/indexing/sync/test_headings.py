"""Titles and sections are part of vectors: what a change of them costs, and what it changes."""

from dataclasses import replace

import numpy as np
from langchain_core.documents import Document

from rag_stream.index.generation import describe
from rag_stream.indexing.smoothing import HEADINGS
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import MEMORY, TASK, TOOLS, TREE, documents
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import open_sync, stored, vectors

TEXTS = [TASK, TREE, MEMORY, TOOLS]


def below(section: str | None, at: int, *, title: str = "Notes") -> list[Document]:
    """The texts; from one on they are below a section."""
    made = documents("s", TEXTS, title=title)
    for document in made[at:] if section else ():
        document.metadata["section"] = section
    return made


def asked(server: OpenAIServer) -> list[str]:
    return [text for call in server.embeddings for text in call.body["input"]]


async def as_new(runtime: Runtime, wanted: list[Document]) -> dict[str, list[float]]:
    """The vectors of an index that never held anything else."""
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.remove("s")
    await sync.put("s", wanted)
    return await vectors(runtime)


async def test_another_title_changes_every_vector_and_embeds_no_text(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", below(None, 0))
    ids = {record.id for record in await stored(runtime)}
    before, count = await vectors(runtime), len(asked(openai_server))
    outcome = await sync.put("s", below(None, 0, title="Falcon server"))
    assert (outcome.change, outcome.embedded, outcome.deleted) == ("changed", 0, 0)
    assert sorted(asked(openai_server)[count:]) == ["Falcon server", "Notes"]
    after = await vectors(runtime)
    assert all(after[text] != before[text] for text in TEXTS)
    records = await stored(runtime)
    assert {record.id for record in records} == ids
    assert {record.metadata["title"] for record in records} == {"Falcon server"}
    assert {record.metadata["labelled"] for record in records} == {sync.commits.state.generation}
    new = await as_new(runtime, below(None, 0, title="Falcon server"))
    for text in TEXTS:
        np.testing.assert_allclose(after[text], new[text], atol=2e-5)


async def test_another_section_changes_the_vectors_below_it_only(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", below("Old", 2))
    before, count = await vectors(runtime), len(asked(openai_server))
    await sync.put("s", below("New", 2))
    after = await vectors(runtime)
    assert sorted(asked(openai_server)[count:]) == ["Notes > New", "Notes > Old"]
    assert [after[text] == before[text] for text in TEXTS] == [True, True, False, False]
    await sync.put("s", below(None, 0))
    assert all("section" not in record.metadata for record in await stored(runtime))
    last, new = await vectors(runtime), await as_new(runtime, below(None, 0))
    for text in TEXTS:
        np.testing.assert_allclose(last[text], new[text], atol=2e-5)


async def test_what_vectors_do_not_depend_on_is_only_written(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", below(None, 0))
    before, count = await vectors(runtime), len(asked(openai_server))
    wanted = below(None, 0)
    for document in wanted:
        document.metadata |= {"description": "About agents", "tags": "one, two"}
    assert (await sync.put("s", wanted)).change == "changed"
    assert len(asked(openai_server)) == count
    assert await vectors(runtime) == before
    assert {record.metadata["description"] for record in await stored(runtime)} == {"About agents"}
    assert (await sync.put("s", wanted)).change == "unchanged"


async def test_an_index_of_before_gets_sections_and_keeps_its_vectors(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=None)
    await sync.put("s", below(None, 0))
    before, count = await vectors(runtime), len(asked(openai_server))
    sync = await open_sync(runtime, headings=HEADINGS)
    assert (await sync.put("s", below("Backup", 1))).embedded == 0
    assert sync.commits.recipe.headings is None
    assert len(asked(openai_server)) == count
    assert await vectors(runtime) == before
    assert [
        record.metadata.get("section")
        for record in sorted(
            await stored(runtime), key=lambda record: int(record.metadata["start_index"])
        )
    ] == [None, "Backup", "Backup", "Backup"]


async def test_texts_and_headings_may_change_at_once(runtime: Runtime) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", below("Old", 1))
    wanted = below("New", 2, title="Others")
    del wanted[1]
    await sync.put("s", wanted)
    after, new = await vectors(runtime), await as_new(runtime, wanted)
    assert after.keys() == new.keys() == {TASK, MEMORY, TOOLS}
    for text, vector in new.items():
        np.testing.assert_allclose(after[text], vector, atol=2e-5)


def led(lead: str | None) -> list[Document]:
    """The texts, in a paragraph that begins so."""
    made = below(None, 0)
    for document in made if lead else ():
        document.metadata["lead"] = lead
    return made


async def test_vectors_lean_on_how_a_paragraph_begins_and_nobody_is_told(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("s", led(None))
    before, count = await vectors(runtime), len(asked(openai_server))
    outcome = await sync.put("s", led("It is about otters."))
    assert (outcome.change, outcome.embedded) == ("changed", 0)
    assert sorted(asked(openai_server)[count:]) == ["Notes", "Notes\nIt is about otters."]
    after = await vectors(runtime)
    assert all(after[text] != before[text] for text in TEXTS)
    assert all("lead" not in describe(record) for record in await stored(runtime))
    new = await as_new(runtime, led("It is about otters."))
    for text in TEXTS:
        np.testing.assert_allclose(after[text], new[text], atol=2e-5)


async def test_an_index_of_before_keeps_vectors_that_know_no_such_beginning(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=replace(HEADINGS, lead=0.0))
    await sync.put("s", led(None))
    before, count = await vectors(runtime), len(asked(openai_server))
    sync = await open_sync(runtime, headings=HEADINGS)
    outcome = await sync.put("s", led("It is about otters."))
    assert (outcome.embedded, outcome.deleted) == (0, 0)
    assert asked(openai_server)[count:] == []
    assert await vectors(runtime) == before
    assert {record.metadata["lead"] for record in await stored(runtime)} == {"It is about otters."}
