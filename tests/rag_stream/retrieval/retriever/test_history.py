"""A follow-up and a topic switch, with a real small model, in three languages."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from rag_stream.conversation import Turn
from rag_stream.lexical.earlier import Earlier
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.fusion import FRONT
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.retrieval.search import Found, Query, Search
from rag_stream.settings import LOCAL_CHAT, LOCAL_MULTILINGUAL, Settings
from tests.support.corpus import fill
from tests.support.retrieval import opened

TEXTS = {
    "lighthouse": "The lighthouse was built in 1874. Climbing it costs 6 crowns for adults.",
    "ferry": "The ferry leaves at noon. A crossing costs 9 crowns, paid in cash on board.",
    "museum": "The museum of shipping shows anchors. Entry costs 4 crowns on weekdays.",
    "bees": "Honey bees swarm in May. The beekeepers' club collects a swarm for nothing.",
    "leuchtturm": "Der Leuchtturm wurde 1874 gebaut. Der Aufstieg kostet sechs Kronen.",
    "fähre": "Die Fähre legt mittags ab. Die Überfahrt kostet neun Kronen.",
    "灯塔": "灯塔建于一八七四年。登塔的门票是六克朗。",
    "渡轮": "渡轮中午出发。船票是九克朗，只收现金。",
}


async def asked(runtime: Runtime, question: str, *said: str) -> Retrieved:
    turns = [Turn("assistant" if n % 2 else "user", text) for n, text in enumerate(said)]
    options = options_of(runtime.settings, {})
    return await runtime.retriever.retrieve(question, options, None, turns)


async def place_of(source: str, finding: Coroutine[Any, Any, Found]) -> int:
    texts = [passage.record.text for passage in (await finding).passages]
    return texts.index(TEXTS[source])


async def test_what_was_said_tells_what_is_asked_for(settings: Settings) -> None:
    changes = {"embeddings": LOCAL_MULTILINGUAL, "chat_model": LOCAL_CHAT}
    local = settings.model_copy(update=changes)
    await fill(local, list(TEXTS.values()))
    talks = {
        "lighthouse": ("And what does it cost?", "When was the lighthouse built?", "In 1874."),
        "ferry": ("And what does it cost?", "When does the ferry leave?", "At noon."),
        "leuchtturm": ("Und was kostet das?", "Wann wurde der Leuchtturm gebaut?", "1874."),
        "fähre": ("Und was kostet das?", "Wann legt die Fähre ab?", "Mittags."),
        "灯塔": ("它要多少钱？", "灯塔是什么时候建的？", "一八七四年。"),
        "渡轮": ("它要多少钱？", "渡轮什么时候出发？", "中午。"),
    }
    async with opened(local) as runtime:
        await runtime.catch_up()
        for source, (question, *said) in talks.items():
            found = await asked(runtime, question, *said)
            assert found.documents[0].page_content == TEXTS[source]
            assert found.counts > 0.3
            assert found.context

        # A new topic is not drawn back.
        said = ["When does the ferry leave?", "At noon.", "What is the fare?", "9 crowns."]
        found = await asked(runtime, "Who collects a swarm of honey bees in May?", *said)
        assert found.documents[0].page_content == TEXTS["bees"]
        assert found.counts < 0.5

        # What it finds by itself stays in front, however near to the talk all else is.
        search, snapshot = Search(runtime.index, runtime.lexical), await runtime.index.snapshot()
        talk = "What do the ferry, the lighthouse, the museum, die Fähre, der Leuchtturm cost?"
        other = "Swarms?"
        drawn = Query(
            other,
            await runtime.embedder.embed_question(talk),
            "hybrid",
            None,
            Budget(12_000, len(TEXTS)),
            counts=1.0,
            earlier=(Earlier(talk, 1.0),),
        )
        own = await runtime.embedder.embed_question(other)
        assert await place_of("bees", search.find(snapshot, drawn)) >= FRONT
        assert await place_of("bees", search.find(snapshot, replace(drawn, alone=own))) < FRONT

        # Without a history all is as before.
        question = "What does the ferry cost?"
        alone = await asked(runtime, question)
        after_itself = await asked(runtime, question, question)
        assert alone.counts == after_itself.counts == 0
        assert list(alone.question_vector) == list(await runtime.embedder.embed_question(question))
        assert [document.metadata for document in alone.documents] == [
            document.metadata for document in after_itself.documents
        ]
