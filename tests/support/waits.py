"""A model's and a reader's times for the pieces of an answer, watched as the generation does."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from rag_stream.pipeline.deadlines import Deadlines, Limits

LIMIT_S = 0.1
NEVER_S = 3600.0


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass(frozen=True)
class Step:
    """The model takes `model_s` for a piece of its answer, the reader `reader_s` to take it."""

    text: str = "x"
    model_s: float = 0.0
    reader_s: float = 0.0


SILENCE = Step(model_s=NEVER_S)


def watch_of(limits: Limits) -> Deadlines:
    return Deadlines(limits, asyncio.get_running_loop().time(), "local:m")


async def waited(deadlines: Deadlines, seconds: float, text: str = "x") -> None:
    """Wait for one piece, which takes so long, as the generation does."""
    deadlines.wait()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        deadlines.raise_if_expired()
        raise
    deadlines.arrived(bool(text))


async def read(limits: Limits, steps: Iterable[Step]) -> int:
    """Read an answer of these steps; how many have been taken."""
    taken = 0
    with watch_of(limits) as deadlines:
        for step in steps:
            await waited(deadlines, step.model_s, step.text)
            await asyncio.sleep(step.reader_s)
            taken += 1
    return taken


FIRST = Limits(LIMIT_S, NEVER_S, NEVER_S)


TOKEN = Limits(NEVER_S, LIMIT_S, NEVER_S)


WHOLE = Limits(NEVER_S, NEVER_S, LIMIT_S)
