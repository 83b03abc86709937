"""What each fault of a model is to become, and the oddities that are none."""

from dataclasses import dataclass
from typing import Literal

from tests.support.fault import BEFORE
from tests.support.faults import BIG, MANY

SOME = "".join(BEFORE)
RETRIES = 1
# Short, so that tests are: but longer than any hiccup of the machine.
PATIENCE = {
    "RAG_CONNECT_TIMEOUT_S": 1,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 1.5,
    "RAG_TOKEN_TIMEOUT_S": 1.5,
    "RAG_RETRIES": RETRIES,
}


@dataclass(frozen=True)
class Failure:
    """What a fault is to become on /rag/stream, and how often the model is asked for it.

    `how` is None where either is right: what failed was seen with the headers.
    """

    fault: str
    how: Literal["http", "event"] | None
    code: str
    status: int = 502
    asks: int | None = 1
    answer: str = ""
    retryable: bool = True

    def __str__(self) -> str:
        return self.fault


AGAIN = 1 + RETRIES
FAILURES = [
    Failure("status_400", "http", "model_rejected", retryable=False),
    Failure("status_401", "http", "model_rejected", retryable=False),
    Failure("status_403", "http", "model_rejected", retryable=False),
    Failure("status_404", "http", "model_rejected", retryable=False),
    Failure("status_429", "http", "model_busy", 429),
    Failure("status_429_plain", "http", "model_busy", 429, AGAIN),
    Failure("status_429_soon", "http", "model_busy", 429, AGAIN),
    Failure("status_500", "http", "model_failed", asks=AGAIN),
    Failure("status_503", "http", "model_failed", asks=AGAIN),
    # A kept connection that breaks at once says nothing, and is replaced: that is a try more.
    Failure("refuse", "http", "model_failed", asks=None),
    Failure("html_error", "http", "model_failed", asks=AGAIN),
    Failure("html_page", None, "model_failed", asks=None),
    Failure("hang_before_headers", "http", "first_token_timeout", 504),
    Failure("hang_after_headers", "event", "first_token_timeout", 504),
    Failure("hang_before_token", "event", "first_token_timeout", 504),
    Failure("hang_middle", "event", "token_timeout", 504, answer=SOME),
    Failure("drop_before_token_rst", "event", "model_failed", asks=AGAIN),
    Failure("drop_before_token_fin", "event", "model_failed", asks=AGAIN),
    Failure("drop_middle_rst", "event", "model_failed", answer=SOME),
    Failure("drop_middle_fin", "event", "model_failed", answer=SOME),
    Failure("drop_in_chunk", "event", "model_failed", answer=SOME),
    Failure("bad_json", "event", "model_failed", asks=None),
    Failure("bad_json_middle", "event", "model_failed", answer=SOME),
    Failure("half_character", "event", "model_failed", answer=SOME),
    Failure("empty_stream", "event", "model_failed", asks=AGAIN),
    Failure("no_finish", "event", "model_failed", answer=SOME),
    Failure("no_finish_but_done", "event", "model_failed", answer=SOME),
    Failure("error_before", "event", "model_failed", asks=None),
    Failure("error_middle", "event", "model_failed", answer=SOME),
    Failure("length_too_long", "event", "model_failed", answer=SOME),
    Failure("length_too_short", "event", "model_failed", answer=SOME),
]
BY_NAME = {failure.fault: failure for failure in FAILURES}
# One of each kind: refused, busy, failed, broken off, without an end.
REPRESENTATIVE = [
    BY_NAME[name]
    for name in (
        "status_401",
        "status_429",
        "status_500",
        "refuse",
        "drop_middle_rst",
        "no_finish",
        "error_middle",
    )
]
WELL = {
    "split_character": ("completed", "€👩"),
    "one_byte": ("completed", SOME),
    "no_done": ("completed", SOME),
    "slow_headers:0.3": ("completed", SOME),
    "length": ("truncated", SOME),
    "content_filter": ("truncated", SOME),
    "megabyte": ("completed", "x" * BIG),
    "many_tokens": ("completed", "0 1 2 3 4 5 6 7 8 9 " * (MANY // 10)),
}
