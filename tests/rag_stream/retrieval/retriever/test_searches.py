"""What is searched and found, and what it costs the index."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from typing import Any

import numpy as np
import pytest

from rag_stream.index.calls import Calls
from rag_stream.index.client import Record
from rag_stream.lexical.search import LexicalSearch
from rag_stream.options import options_of
from rag_stream.settings import Settings
from rag_stream.text.weight import weight
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


MANY = [f"Number {n}: the pump hums at night, and nobody minds pump {n}." for n in range(120)]


@pytest.mark.parametrize("search_type", ["hybrid", "lexical", "dense"])
async def test_every_document_has_a_score_by_meaning(settings: Settings, search_type: str) -> None:
    """Also where words alone have proposed all of them, as those of a hundred chunks do."""
    await fill(settings, MANY)
    async with opened(settings, context_chars=100_000) as runtime:
        await runtime.catch_up()
        options = options_of(runtime.settings, {"search_type": search_type})
        found = await runtime.retriever.retrieve("pump at night", options, None)
        again = await runtime.retriever.retrieve("pump at night", options, None)
    assert len(found.documents) == 50
    how = [document.metadata["found"] for document in found.documents]
    assert all(-1.0 <= one["dense"]["score"] <= 1.0 for one in how)
    assert all(one["dense"]["rank"] is None for one in how) == (search_type == "lexical")
    assert [document.metadata for document in again.documents] == [
        document.metadata for document in found.documents
    ]


@pytest.mark.parametrize("search_type", ["hybrid", "lexical", "dense"])
async def test_the_same_text_fills_the_context_once(settings: Settings, search_type: str) -> None:
    sources = [f"release-{n}/api.md" for n in range(12)]
    same = "Streaming sends every token of what is streaming to the reader."
    for source in sources:
        await fill(settings, [same], source=source)
    await fill(settings, ["Streaming ends when the last token was sent."], source="end.md")
    async with opened(settings, context_chars=200) as runtime:
        await runtime.catch_up()
        found = await ask(runtime, None, search_type=search_type)
        one, *others = (d for d in found.documents if d.page_content == same)
        assert others == []
        assert len({one.metadata["source"], *one.metadata["also_in"]}) == 11
        assert "end.md" in [document.metadata["source"] for document in found.documents]
        for source in sources[::5]:
            where = {"source": source}
            own = await ask(runtime, None, search_type=search_type, filter=where)
            assert [document.metadata["source"] for document in own.documents] == [source]
            assert "also_in" not in own.documents[0].metadata


CHINESE = [f"第{n}号水泵夜里嗡嗡作响，值班员每天清晨都要检查它一遍。" for n in range(30)]


@pytest.mark.parametrize("search_type", ["hybrid", "lexical", "dense"])
async def test_a_context_holds_as_much_as_it_says(settings: Settings, search_type: str) -> None:
    """Of Chinese a third of the characters that it holds of English."""
    await fill(settings, CHINESE)
    async with opened(settings, context_chars=800) as runtime:
        await runtime.catch_up()
        options = options_of(runtime.settings, {"search_type": search_type})
        found = await runtime.retriever.retrieve("水泵夜里", options, None)
    texts = [document.page_content for document in found.documents]
    weighed = [weight(text) for text in texts]
    assert min(weighed) > 2 * max(map(len, texts))
    assert 800 - max(weighed) < sum(weighed) <= 800


async def test_the_reference_program_knows_no_repeats(settings: Settings) -> None:
    for source in ("a.md", "b.md"):
        await fill(settings, ["Streaming."], source=source)
    reference = settings.model_copy(update={"profile": "reference", "search_type": "dense", "k": 4})
    async with opened(reference) as runtime:
        found = await ask(runtime, None)
    assert [document.page_content for document in found.documents] == ["Streaming."] * 2
