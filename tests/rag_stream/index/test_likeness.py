"""How near chunks are to a question, by the vectors that the index has of them."""

from typing import Any

import numpy as np
import pytest

from rag_stream.errors import IndexMovedError
from rag_stream.index.calls import Calls
from rag_stream.index.likeness import Likeness
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.retrieval import QUESTION, opened


async def test_they_are_the_cosines_that_a_search_gives(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        vector = await runtime.embedder.embed_question(QUESTION)
        records = await runtime.index.search(snapshot, vector, 10)
        ids = [record.id for record in records]
        likeness = Likeness(runtime.index)
        found = await likeness.cosines(snapshot, vector, [*ids, "nobody"])
        calls: list[str] = []
        call = Calls.call

        async def noted(self: Calls, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
            calls.append(path)
            return await call(self, method, path, *args, **kwargs)

        monkeypatch.setattr(Calls, "call", noted)
        again = await likeness.cosines(snapshot, (5 * np.asarray(vector)).tolist(), ids)
    assert found == pytest.approx({record.id: 1 - record.distance for record in records}, abs=1e-4)
    assert again == pytest.approx(found)  # whatever the length of the question's vector
    assert calls == []  # each vector is asked for once


async def test_nothing_is_asked_where_there_is_nothing_to_ask(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        assert await Likeness(runtime.index).cosines(snapshot, [1.0], []) == {}


async def test_a_collection_that_has_gone_is_an_index_that_has_moved(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        await (await runtime.index.client()).drop(settings.collection)
        with pytest.raises(IndexMovedError):
            await Likeness(runtime.index).cosines(snapshot, [1.0], ["id"])
