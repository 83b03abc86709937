"""What is searched and found, and what it costs the index."""

from typing import Any

import numpy as np
import pytest

from rag_stream.index.calls import Calls
from rag_stream.index.client import Record
from rag_stream.lexical.search import LexicalSearch
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, fill
from tests.support.retrieval import QUESTION, ask, opened


async def test_what_a_change_under_way_lays_down_takes_nobodys_place(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        vector = np.asarray(await runtime.embedder.embed_question(QUESTION), "<f4")
        metadata = {
            "source": "new.md",
            "start_index": 0,
            "since": snapshot.generation + 1,
            "until": 0,
        }
        staged = [Record(f"{number}", f"{number}", metadata, 0.0, vector) for number in range(80)]
        await (await runtime.index.client()).upsert(snapshot.collection, staged)
        found = await ask(runtime, None)
        dense = await ask(runtime, None, search_type="dense")
    assert sorted(document.page_content for document in found.documents) == sorted(TEXTS)
    assert {document.page_content for document in dense.documents} == set(TEXTS)
    assert all("dense" in document.metadata["found"] for document in found.documents)


async def test_without_a_lexical_index_yet_the_search_is_dense_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    monkeypatch.setattr(LexicalSearch.search, "__kwdefaults__", {"wait_s": 0.0})
    async with opened(settings) as runtime:
        first = {kind: await ask(runtime, None, search_type=kind) for kind in ("lexical", "hybrid")}
        await runtime.lexical.catch_up(await runtime.index.snapshot())
        then = {kind: await ask(runtime, None, search_type=kind) for kind in ("lexical", "hybrid")}
    assert [found.search_type for found in first.values()] == ["dense", "dense"]
    assert [found.search_type for found in then.values()] == ["lexical", "hybrid"]
    assert all(found.documents for found in (*first.values(), *then.values()))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Chroma is asked for: the last word of each path."""
    made: list[str] = []
    call = Calls.call

    async def noted(self: Calls, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        made.append("find" if method == "GET" else path.rpartition("/")[2])
        return await call(self, method, path, *args, **kwargs)

    monkeypatch.setattr(Calls, "call", noted)
    return made


@pytest.mark.parametrize(
    ("recent_s", "expected"), [(3600.0, ["query", "get"]), (-1.0, ["find", "query", "get"])]
)
async def test_a_question_costs_the_index_two_calls_and_now_and_then_a_third(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    calls: list[str],
    recent_s: float,
    expected: list[str],
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", recent_s)
    await fill(settings)
    async with opened(settings) as runtime:
        await runtime.catch_up()
        calls.clear()
        found = await ask(runtime, None)
        assert (found.search_type, calls) == ("hybrid", expected)
        assert found.snapshot.lexical_generation == found.generation == 1
