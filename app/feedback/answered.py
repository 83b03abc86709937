"""An answer that has ended, with what is kept of it, and what somebody says of it. Pure."""

from dataclasses import dataclass
from typing import Any

KEPT_HOURS = 24
"""How long after its end an answer may be judged."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`owner`: who asked; `sources`: what the answer cites, as turns of sessions have it."""

    run_id: str
    owner: str
    question: str
    answer: str
    state: str
    sources: list[dict[str, Any]]
    model: str | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score`: 1 for good, -1 for bad, 0 for neither."""

    run_id: str
    score: int
    comment: str | None = None
