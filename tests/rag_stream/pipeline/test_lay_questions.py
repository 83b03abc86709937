"""Questions in people's own words among many chunks that are worded like questions.

With the real small model, an index that is calibrated, and no language model to reword anything.
"""

from collections.abc import AsyncIterator

import pytest

from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.kept import name_of
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import documents
from tests.support.retrieval import opened
from tests.support.synced_index import open_sync

TOOLS = (
    "gate", "pump", "lathe", "crane", "ladder", "drill", "kiln", "winch", "hoist", "vice", "saw",
    "press", "forge", "loom", "mill", "pulley", "plough", "trolley", "valve", "anvil",
)  # fmt: skip
DEEDS = ("clean", "oil", "open", "close", "lift", "test", "stop", "start", "carry", "mend")
HANDBOOK = (
    "Wages are paid on the 25th of each month.",
    "Vehicles are parked behind the northern wall.",
    "Smoking is forbidden but in the yard.",
    "Outside opening hours a physician on call is reached at extension 77.",
    "Annual holiday is 28 days; it is applied for at the personnel office.",
)
LAY = {
    "When do I get my salary?": HANDBOOK[0],
    "When does my money arrive?": HANDBOOK[0],
    "When is payday?": HANDBOOK[0],
    "Where is the parking lot?": HANDBOOK[1],
    "Where can employees have a cigarette?": HANDBOOK[2],
    "Is there a doctor on Sundays?": HANDBOOK[3],
}
OFF_TOPIC = (
    "How do I bake an apple pie?",
    "Who discovered penicillin?",
    "How do I train my dog to sit?",
    "Why do whales sing?",
    "What is the capital of Mongolia?",
    "How can I fall asleep faster?",
    "Which team won the Super Bowl in 2012?",
    "What should I buy my wife for our anniversary?",
    "Is it healthy to eat eggs every day?",
    "Who sang Bohemian Rhapsody?",
    "Comment faire une tarte aux pommes ?",
    "Wie hoch ist der Eiffelturm?",
)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    local = settings.model_copy(update={"embeddings": LOCAL_EMBEDDINGS, "chat_model": LOCAL_CHAT})
    async with opened(local) as runtime:
        sync = await open_sync(runtime)
        for tool in TOOLS:
            chores = [
                f"How do I {deed} the {tool}? I {deed} it before I do the next one, at night."
                for deed in DEEDS
            ]
            await sync.put(f"{tool}.md", documents(f"{tool}.md", chores))
        for number, text in enumerate(HANDBOOK):
            await sync.put(f"handbook-{number}.md", documents(f"handbook-{number}.md", [text]))
        await sync.finish()
        await recalibrate(runtime.index, runtime.embedder)
        await runtime.catch_up()
        yield runtime


async def judged(runtime: Runtime, question: str) -> tuple[str, Relevance]:
    found = await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), None)
    return found.documents[0].page_content, await runtime.judge(question, found)


async def test_what_is_asked_in_other_words_is_answered_and_what_is_not_there_refused(
    runtime: Runtime,
) -> None:
    for question, text in LAY.items():
        first, relevance = await judged(runtime, question)
        assert first == text, question
        assert relevance.basis == "calibrated"
        assert not relevance.is_refusal, (question, relevance)
    answered = [one for one in OFF_TOPIC if not (await judged(runtime, one))[1].is_refusal]
    assert len(answered) <= 1, answered


async def test_likeness_alone_would_not_tell_them_apart(runtime: Runtime) -> None:
    snapshot, client = await runtime.index.snapshot(), await runtime.index.client()
    dimension = int(snapshot.collection.metadata["dimension"])
    await client.drop(name_of(runtime.embedder.fingerprint, dimension))
    async with opened(runtime.settings) as other:
        refused = [one for one in LAY if (await judged(other, one))[1].is_refusal]
    assert refused == ["Is there a doctor on Sundays?"]
