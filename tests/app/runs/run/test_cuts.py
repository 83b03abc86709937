"""Readings, however they are cut, have each event once and in order."""

import asyncio
from contextlib import aclosing

from hypothesis import given
from hypothesis import strategies as st

from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.support.run_readers import ERROR_EVENT, read_all, some, turns

CUTS = st.lists(st.integers(0, 3), min_size=1, max_size=12)


"""How many events come at a time."""


@given(
    early=st.integers(0, 3),
    cuts=CUTS,
    ends_empty=st.booleans(),
    fails=st.booleans(),
    readers=st.lists(
        st.tuples(st.integers(0, 12), st.lists(st.integers(1, 4), max_size=4)), max_size=4
    ),
    pauses=st.lists(st.integers(0, 4), min_size=12, max_size=12),
)
async def test_joined_readings_have_each_event_once_and_in_order(
    early: int,
    cuts: list[int],
    ends_empty: bool,
    fails: bool,
    readers: list[tuple[int, list[int]]],
    pauses: list[int],
) -> None:
    """Readers come at some moment, break off after some batches, and go on where they were."""
    run, whole = Run("run", "me"), some(1, early + sum(cuts))
    came = [asyncio.Event() for _ in cuts]

    async def produce() -> None:
        made = early
        run.add(EarlyBatch(whole[:early]))
        for at, cut in enumerate(cuts):
            came[at].set()
            await turns(pauses[at])
            is_end = at == len(cuts) - 1 and not (ends_empty or fails)
            run.add((LastBatch if is_end else Batch)(whole[made : made + cut]))
            made += cut
        if fails:
            run.fail(RagError("broken"), ERROR_EVENT)
        elif ends_empty:
            await turns(pauses[0])
            run.add(LastBatch())

    async def come_back(moment: int, lasting: list[int]) -> list[bytes]:
        await came[min(moment, len(came) - 1)].wait()
        got: list[bytes] = []
        for batches in lasting:
            left = batches
            async with aclosing(run.read(len(got))) as reading:
                async for batch in reading:
                    got += batch
                    left -= 1
                    if not left:
                        break
        return got + await read_all(run.read(len(got)))

    async with asyncio.timeout(10):
        first = asyncio.create_task(read_all(run.begin()))
        others = [asyncio.create_task(come_back(*reader)) for reader in readers]
        await produce()
        expected = whole + [ERROR_EVENT] * fails
        assert await asyncio.gather(*others) == [expected] * len(readers)
        assert await first == expected
        for after in range(len(expected) + 1):
            assert await read_all(run.read(after)) == expected[after:]
