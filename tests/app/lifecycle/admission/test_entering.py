"""Who is let in, and when not."""

import pytest

from app.errors import OverloadedError, ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits


async def test_only_as_many_come_in_as_may(admission: Admission) -> None:
    with admission.admit(["a"], "me"), admission.admit(["b"], "me"):
        with pytest.raises(OverloadedError, match="2 at a time"):
            admission.admit(["c"], "me")
        with pytest.raises(OverloadedError):
            admission.check()
        assert admission.count == 2
        assert admission.find("c", "me") is None


async def test_a_place_that_was_given_back_is_there_for_another(admission: Admission) -> None:
    one, _ = admission.admit(["a"], "me"), admission.admit(["b"], "me")
    one.leave()
    admission.check()
    assert admission.admit(["c"], "me").run_ids == ["c"]
    assert admission.count == 2


async def test_a_place_is_given_back_by_those_who_fail_too(admission: Admission) -> None:
    with pytest.raises(ValueError, match="broken"), admission.admit(["a"], "me"):
        raise ValueError("broken")
    assert admission.count == 0
    assert admission.find("a", "me") is None


async def test_the_limit_is_asked_for_each_time() -> None:
    limit = 1
    admission = Admission(lambda: Limits.to(limit))
    admission.admit(["a"], "me")
    with pytest.raises(OverloadedError):
        admission.check()
    limit = 2
    admission.check()


async def test_a_closed_gate_lets_nobody_in_and_nobody_out(admission: Admission) -> None:
    admission.admit(["a"], "me")
    admission.close()
    assert admission.is_closed
    with pytest.raises(ShuttingDownError):
        admission.check()
    with pytest.raises(ShuttingDownError):
        admission.admit(["b"], "me")
    assert admission.count == 1
    admission.open()
    assert not admission.is_closed
    admission.admit(["b"], "me")
    assert admission.count == 2


async def test_a_closed_gate_says_so_though_it_is_full() -> None:
    # Asking again in a second helps with the one and not with the other.
    admission = Admission(lambda: Limits.to(1))
    admission.admit(["a"], "me")
    admission.close()
    with pytest.raises(ShuttingDownError):
        admission.check()


async def test_leaving_twice_does_no_harm(admission: Admission) -> None:
    with admission.admit(["a"], "me") as ticket, admission.admit(["b"], "me"):
        ticket.leave()
        ticket.leave()
        assert admission.count == 1
    ticket.leave()
    assert admission.count == 0
    assert ticket.over.is_set()


async def test_a_reader_takes_no_place() -> None:
    admission = Admission(lambda: Limits.to(1))
    with admission.admit(["a"], "me") as run, admission.admit_reader("a", "me") as ticket:
        assert ticket.run_ids == ["a"]
        assert admission.count == 1
        assert admission.find("a", "me") is run
    assert admission.count == 0


async def test_a_reader_that_leaves_takes_its_run_not_along(admission: Admission) -> None:
    run = admission.admit(["a"], "me")
    with admission.admit_reader("a", "me"):
        pass
    assert admission.find("a", "me") is run


async def test_readers_may_come_in_after_the_gate_was_closed(admission: Admission) -> None:
    admission.close()
    with admission.admit_reader("a", "me"):
        assert admission.count == 0
