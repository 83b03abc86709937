"""What a run knows of itself."""

from app.runs.run import Run
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import RagError
from tests.support.run_readers import ERROR_EVENT, some


async def test_events_are_numbered_from_one_on(run: Run) -> None:
    assert (run.first, run.last, run.size) == (1, 0, 0)
    run.add(EarlyBatch(some(1, 2)))
    assert (run.last, run.last_event, run.size) == (2, b"<2>", 6)
    run.add(Batch(some(3, 3)))
    run.add(LastBatch(some(4, 5)))
    assert (run.first, run.last, run.last_event, run.size) == (1, 5, b"<5>", 15)


async def test_it_is_open_from_the_first_event_on_that_cannot_wait(run: Run) -> None:
    run.add(EarlyBatch(some(1, 1)))
    assert (run.is_open, run.is_over) == (False, False)
    run.add(Batch())
    assert (run.is_open, run.is_over) == (True, False)
    run.add(EarlyBatch(some(2, 2)))
    assert run.is_open, "what has been accepted stays so"
    run.add(LastBatch())
    assert (run.is_open, run.is_over) == (True, True)


async def test_a_failure_ends_it_and_opens_nothing(run: Run) -> None:
    run.fail(RagError("refused"), ERROR_EVENT)
    assert (run.is_open, run.is_over) == (False, True)
    assert (run.last, run.last_event, run.size) == (1, ERROR_EVENT, len(ERROR_EVENT))
