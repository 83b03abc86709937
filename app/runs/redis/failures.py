"""What keeps Redis from doing what it is asked, in words that may be told and logged.

What an answer holds is not told: something that is no Redis may send back what it was sent, and
that begins with the password.
"""

import os
import ssl
from collections.abc import Iterator

NO_REDIS = "an answer that is none of Redis"
_NOT_OF_REDIS = (ValueError, TypeError, LookupError, AttributeError, EOFError, RecursionError)
"""What reading makes of answers that no Redis gives."""


class RedisFailure(OSError):  # noqa: N818 - a cause of errors, not one that is reported
    """Says what came instead; its `errno` is the system's where it was the system."""

    def __str__(self) -> str:
        return str(self.args[-1])


def kinds() -> tuple[type[Exception], ...]:
    """The exceptions that Redis, its absence and what stands in its place can lead to."""
    from redis.exceptions import RedisError

    return (RedisError, OSError, *_NOT_OF_REDIS)  # TimeoutError is an OSError


def failure_of(error: BaseException) -> RedisFailure:
    """The same in words."""
    if isinstance(error, RedisFailure):
        return error
    chain = list(_chain(error))
    for one in reversed(chain):  # what began it
        if isinstance(one, OSError) and one.errno:
            return RedisFailure(one.errno, _words_of_system(one))
    return RedisFailure(next(filter(None, map(_words, chain)), "a connection that ended"))


def _words(error: BaseException) -> str | None:
    from redis import exceptions

    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, exceptions.AuthenticationError | exceptions.AuthorizationError):
        return "a refusal of the user or password"
    if isinstance(error, exceptions.NoPermissionError):
        return "a refusal of what this user may not do"
    if isinstance(error, exceptions.BusyLoadingError):
        return "the word that it is loading its data"
    if isinstance(error, exceptions.ResponseError):
        return "a refusal of a command or database"
    if type(error) is OSError and not error.errno:  # asyncio's, for several addresses
        return "no connection to any of its addresses"
    if type(error) is UnicodeError:
        return "no such name"
    if isinstance(error, (exceptions.InvalidResponse, *_NOT_OF_REDIS)):
        return NO_REDIS
    return None


def _words_of_system(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return f"no TLS ({error.reason})"
    assert error.errno is not None  # noqa: S101 - asked before
    # asyncio writes something of its own there.
    return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
