"""How many files and connections this process may have open, and failures for want of more."""

import asyncio
import errno
import logging
import resource
from contextlib import suppress
from typing import Any

log = logging.getLogger("rag_stream.app")
UNLIMITED = 1_048_576
"""What Linux gives at most. More than that helps nobody, and slows programs that count them."""
RESERVED = 64
"""For all but questions: the address, the event loop, the index and its files, Redis."""
_OF_A_STREAM = 2
"""Its client's connection and one to the model's server."""
TELL_EVERY_S = 10.0
_LACKING = {errno.EMFILE, errno.ENFILE}


def raise_limit() -> None:
    """Take as many as this account may have; processes that are started from now on do too.

    The usual 1,024 is for old programs (`select`); a stream needs two or three.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = UNLIMITED if hard == resource.RLIM_INFINITY else min(hard, UNLIMITED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # a system may have bounds besides
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limit() -> int:
    """How many there may be in this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def most_streams() -> int:
    """How many questions can be answered at a time with them."""
    return max(1, (limit() - RESERVED) // _OF_A_STREAM)


def shortage(wanted: int) -> str | None:
    """What an operator should know who wants so many streams; None where they can be had."""
    most = most_streams()
    if wanted <= most:
        return None
    return (
        f"RAG_MAX_STREAMS and what comes on top of it are {wanted}, but this process may have "
        f"{limit()} files and connections open (ulimit -n): it answers at most {most} questions "
        "at a time"
    )


def tell_seldom(loop: asyncio.AbstractEventLoop) -> None:
    """Log once in a while that no connection can be accepted.

    asyncio tells of it, with a traceback, for each of 2,000 tries a second.
    """
    before = loop.get_exception_handler()
    next_s = 0.0

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal next_s
        error = context.get("exception")
        is_ours = isinstance(error, OSError) and error.errno in _LACKING and "socket" in context
        if is_ours:
            if loop.time() >= next_s:
                next_s = loop.time() + TELL_EVERY_S
                log.warning("no more connections can be accepted: %s", error)
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def are_lacking(error: BaseException) -> bool:
    """Whether a failure comes from having no descriptor for a connection or file."""
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        cause = ahead.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno in _LACKING:
            return True
        if isinstance(cause, BaseExceptionGroup):
            ahead += cause.exceptions
        ahead += [cause.__cause__, None if cause.__suppress_context__ else cause.__context__]
    return False
