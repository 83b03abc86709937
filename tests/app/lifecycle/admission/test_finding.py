"""Runs are found by their callers and by nobody else."""

import pytest

from app.lifecycle.admission import Admission, is_same_caller
from app.lifecycle.limits import Limits


async def test_a_run_is_found_by_its_caller_and_by_nobody_else(admission: Admission) -> None:
    ticket = admission.admit(["a"], "me")
    assert admission.find("a", "me") is ticket
    assert admission.find("a", "you") is None
    assert admission.find("b", "me") is None
    ticket.leave()
    assert admission.find("a", "me") is None


async def test_a_batch_takes_one_place_and_is_found_by_each_of_its_runs() -> None:
    admission = Admission(lambda: Limits.to(1))
    with admission.admit(["a", "b", "c"], "me") as ticket:
        assert admission.count == 1
        assert [admission.find(run_id, "me") for run_id in "abc"] == [ticket] * 3
    assert admission.count == 0
    assert [admission.find(run_id, "me") for run_id in "abc"] == [None] * 3


@pytest.mark.parametrize(("one", "other", "same"), [("a", "a", True), ("a", "b", False)])
async def test_callers_are_compared(one: str, other: str, same: bool) -> None:
    assert is_same_caller(one, other) is same
