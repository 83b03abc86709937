"""Runs that lose their readers, and get them back: which places they have."""

from app.errors import RunCancelledError
from tests.support.limited_admission import Run, is_full, limited
from tests.support.run_readers import turns


async def test_a_run_that_loses_its_reader_gives_its_place_to_another() -> None:
    admission = limited(1, unread=1)
    one = Run(admission, "one")
    assert is_full(admission)
    one.leave()
    assert (is_full(admission), admission.unread, admission.count) == (False, 1, 1)
    other = Run(admission, "other")
    assert is_full(admission)
    assert await one.is_going_on()
    await one.end()
    await other.end()
    assert (admission.count, admission.unread) == (0, 0)


async def test_beyond_their_bound_the_one_that_lost_its_reader_first_is_cancelled() -> None:
    admission = limited(9, unread=2)
    runs = [Run(admission, str(number)) for number in range(4)]
    for run in runs:
        run.leave()
    await turns()
    assert [run.task.done() for run in runs] == [True, True, False, False]
    assert isinstance(runs[0].reason, RunCancelledError)
    assert "RAG_MAX_UNREAD is 2" in str(runs[0].reason)
    assert (admission.unread, admission.count) == (2, 2)
    for run in runs[2:]:
        await run.end()
    assert not is_full(admission)


async def test_it_is_a_run_of_the_caller_who_has_the_most() -> None:
    admission = limited(20, unread=3)
    flood = [Run(admission, f"flood {number}", "there") for number in range(6)]
    mine = Run(admission, "mine", "here")
    mine.leave()
    for run in flood:
        run.leave()
    assert await mine.is_going_on()
    await turns()
    assert [run.task.done() for run in flood] == [True] * 4 + [False] * 2
    late = Run(admission, "late", "elsewhere")
    late.leave()
    assert await late.is_going_on()
    await turns()
    assert flood[4].task.done()
    for run in (mine, late, flood[5]):
        await run.end()
    assert (admission.count, admission.unread) == (0, 0)


async def test_a_reader_who_comes_back_takes_an_ordinary_place_again() -> None:
    admission = limited(2, unread=1)
    run = Run(admission, "run")
    run.leave()
    run.read()
    assert admission.unread == 0
    another = Run(admission, "another")
    assert is_full(admission)
    another.leave()
    assert await run.is_going_on(), "what is read is not counted among those that are not"
    await run.end()
    await another.end()


async def test_of_several_readers_the_last_to_leave_counts() -> None:
    admission = limited(2, unread=1)
    run = Run(admission, "run")
    run.read()
    run.leave()
    assert admission.unread == 0
    run.leave()
    assert admission.unread == 1
    run.read()
    run.read()
    assert admission.unread == 0
    await run.end()


async def test_where_there_is_no_ordinary_place_a_run_keeps_the_one_it_has() -> None:
    admission = limited(1, unread=2)
    run = Run(admission, "run")
    run.leave()
    other = Run(admission, "other")
    run.read()
    run.read()
    assert (admission.unread, is_full(admission)) == (1, True)
    # The others of its caller are ended before it.
    other.leave()
    third = Run(admission, "third")
    third.leave()
    await turns()
    assert other.task.done()
    assert isinstance(other.reason, RunCancelledError)
    assert await run.is_going_on()
    # Left again, it is the last that lost its reader.
    run.leave()
    run.leave()
    fourth = Run(admission, "fourth")
    fourth.leave()
    await turns()
    assert third.task.done()
    assert await run.is_going_on()
    await run.end()
    await fourth.end()
    assert (admission.count, admission.unread) == (0, 0)
    assert not is_full(admission)


async def test_a_run_that_was_cancelled_can_lose_readers_without_another_paying() -> None:
    admission = limited(9, unread=1)
    one, other = Run(admission, "one"), Run(admission, "other")
    one.leave()
    other.leave()  # ends the first one, which has not come to it yet
    one.read()
    one.leave()
    assert await other.is_going_on()
    assert one.task.done()
    assert (admission.unread, admission.count) == (1, 1)
    await other.end()


async def test_a_run_whose_answer_is_complete_pushes_no_other_out() -> None:
    admission = limited(9, unread=1)
    alone, ended = Run(admission, "alone"), admission.admit(["ended"], "me", "here")
    alone.leave()
    with ended:
        reader = admission.admit_reader("ended", "me")
        ended.is_ending = True
        reader.leave()
        assert await alone.is_going_on()
    assert admission.unread == 1
    await alone.end()


async def test_a_reader_of_another_worker_or_with_other_credentials_changes_nothing() -> None:
    admission = limited(9, unread=1)
    run = Run(admission, "run")
    run.leave()
    for run_id, caller in (("elsewhere", "me"), ("run", "you")):
        with admission.admit_reader(run_id, caller):
            assert admission.unread == 1
        assert admission.unread == 1
    await run.end()


async def test_runs_that_come_back_are_no_way_around_the_bounds() -> None:
    admission = limited(4, unread=2, spare=1)
    runs: list[Run] = []
    for number in range(60):
        if not is_full(admission):
            runs.append(Run(admission, str(number)))
        for at, run in enumerate(runs):
            if number % 3 == 0 and at % 2 and run.is_read:
                run.leave()
            elif number % 3 == 1 and not run.is_read:
                run.read()
        await turns()
        assert sum(not run.task.done() for run in runs) == admission.count <= 4 + 1 + 2
        assert admission.unread <= 2
        runs = [run for run in runs if not run.task.done()]
        if number % 7 == 0:
            await runs.pop(0).end()
    for run in runs:
        await run.end()
    assert (admission.count, admission.unread) == (0, 0)
