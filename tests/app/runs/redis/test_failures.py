"""What keeps Redis from answering, in words for an operator."""

import errno

import pytest

from app.runs.redis.failures import NO_REDIS, failure_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "secret"), "Connection refused"),
        (TimeoutError("secret"), "no answer in time"),
        (OSError("Multiple exceptions: secret"), "no connection to any of its addresses"),
        (ValueError("secret"), NO_REDIS),
    ],
)
def test_they_are_ours_and_say_what_came(error: Exception, words: str) -> None:
    assert str(failure_of(error)) == words
