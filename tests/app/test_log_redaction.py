"""What is logged has no secrets, in messages, arguments and tracebacks; all else is as it was."""

import logging
from collections.abc import Iterator

import pytest

from app.log_redaction import redacted_logs
from rag_stream.redaction import Redactor

KEY = "very-secret-key-1"
log = logging.getLogger("some.library")


@pytest.fixture(autouse=True)
def redacted(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.INFO)
    with redacted_logs(Redactor([KEY])):
        yield


def fail() -> None:
    raise ValueError(f"refused {KEY}") from OSError(f"https://x?key={KEY}")


def test_a_message_and_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    log.warning(f"with {KEY}")
    log.warning("a %s, a %d, an %s", KEY, 5, ValueError(f"error {KEY}"))
    log.warning("by %(name)s", {"name": f"name {KEY}"})
    assert caplog.messages == [
        "with ***",
        "a ***, a 5, an error ***",
        "by name ***",
    ]


def test_a_traceback_keeps_its_lines(caplog: pytest.LogCaptureFixture) -> None:
    try:
        fail()
    except ValueError:
        log.exception("failed")
    assert KEY not in caplog.text
    assert "in fail" in caplog.text
    assert "ValueError: refused ***" in caplog.text
    assert "key=***" in caplog.text


def test_what_holds_none_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("plain")
    log.info("%s %s", error, ("a", 1))
    (record,) = caplog.records
    assert record.args == (error, ("a", 1))


def test_what_cannot_be_written_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError(KEY)

    log.info("%s", Odd())
    assert caplog.messages == ["a message that cannot be read"]


def test_afterwards_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogRecordFactory()
    with redacted_logs(Redactor(["another-secret"])):
        log.info("another-secret %s", KEY)
    assert logging.getLogRecordFactory() is before
    assert caplog.messages == ["*** ***"]
