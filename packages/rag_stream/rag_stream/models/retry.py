"""Whether and when a model is asked again: before its first token only, and never for long.

Somebody is waiting: what is not mended within a second or so is better told. A timeout is
never tried again, its time is used up. Each pause is drawn at random, so that the questions
of a service do not come back to a model all at once
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import random

from rag_stream.errors import (
    ConnectTimeoutError,
    ModelTimeoutError,
    RagError,
    RetrievalTimeoutError,
)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0
PATIENCE_S = 1.0
"""The longest Retry-After that is waited for; a longer one is passed on to the client."""


def pause_before_retry(error: RagError, failed: int, most: int) -> float | None:
    """Seconds to wait before the next try; None where there is to be none.

    `failed`: tries so far, all of them failures; `most`: how many times to ask again.
    """
    if failed > most or not error.retryable:
        return None
    if isinstance(error, ModelTimeoutError | ConnectTimeoutError | RetrievalTimeoutError):
        return None
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (failed - 1))
    pause = random.uniform(longest / 2, longest)
    if error.retry_after is None:
        return pause
    try:
        asked_for = float(error.retry_after)
    except ValueError:
        return None  # a date: seldom a near one
    return max(pause, asked_for) if asked_for <= PATIENCE_S else None
