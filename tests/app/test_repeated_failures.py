"""What is tried again and again tells of its failures once."""

import pytest

from app.errors import SessionStoreError
from app.repeated_failures import RepeatedFailures


def test_each_reason_is_told_once_until_it_goes_well(caplog: pytest.LogCaptureFixture) -> None:
    failures, away, newer = RepeatedFailures(), "it is away", "it is newer"
    for reason in (away, away, newer, newer, away):
        failures.failed(SessionStoreError(reason))
    failures.went_well()
    failures.failed(SessionStoreError(away))
    told = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert told == [away, newer, away, away]
