"""Questions in people's own words, with the real small model: meaning against shared words."""

from collections.abc import AsyncIterator

import pytest

from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import fill
from tests.support.retrieval import opened

TOOLS = ("gate", "pump", "lathe", "crane", "ladder", "drill", "kiln", "winch")
DEEDS = ("clean", "oil", "open", "close", "lift", "test", "stop", "start")
CHORES = {
    tool: [
        f"How do I {deed} the {tool}? Where do I {deed} my {tool} before work? When do I get the"
        f" {tool}? I {deed} it before I do the next one, and never alone at night."
        for deed in DEEDS
    ]
    for tool in TOOLS
}
CODE = [
    "Behind a proxy that cuts a prefix off, set `root_path` to that prefix.",
    "The path of a node begins at the root: root, then each path below the root path by path.",
    "With `response_model_exclude_unset=True` only what was set is in the response.",
    "A response follows its model: what the model excludes is unset in the response of the model.",
    "BackgroundTasks run when the response has been sent.",
]


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    local = settings.model_copy(update={"embeddings": LOCAL_EMBEDDINGS, "chat_model": LOCAL_CHAT})
    for tool, texts in CHORES.items():
        await fill(local, texts, source=f"{tool}.md")
    await fill(local, ["Wages are paid on the 25th of each month."], source="wages.md")
    await fill(local, ["Vehicles are parked behind the northern wall."], source="parking.md")
    await fill(local, ["Smoking is forbidden but in the yard."], source="smoking.md")
    for number, text in enumerate(CODE):
        await fill(local, [text], source=f"code-{number}.md")
    async with opened(local) as runtime:
        await runtime.catch_up()
        yield runtime


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("When do I get my salary?", "wages.md"),
        ("When is payday?", "wages.md"),
        ("Where do I leave my car?", "parking.md"),
        ("Where can I have a cigarette?", "smoking.md"),
        ("root_path", "code-0.md"),
        ("What do I set root_path to?", "code-0.md"),
        ("response_model_exclude_unset", "code-2.md"),
        ("How do I use background tasks?", "code-4.md"),
        ("How do I oil the crane?", "crane.md"),
    ],
)
async def test_the_right_page_is_first(runtime: Runtime, question: str, source: str) -> None:
    found = await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), None)
    assert found.documents[0].metadata["source"] == source
    assert all("score" in d.metadata["found"]["dense"] for d in found.documents)


@pytest.mark.parametrize(
    "question", ["How do I bake an apple pie?", "Who discovered penicillin?", "¿Qué hora es?"]
)
async def test_what_is_about_nothing_here_has_scores_too(runtime: Runtime, question: str) -> None:
    found = await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), None)
    assert found.documents
    assert all("score" in d.metadata["found"]["dense"] for d in found.documents)
