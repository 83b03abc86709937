"""Several questions at once, as one piece of work that succeeds or ends as a whole."""

import asyncio
from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

AT_ONCE = 8


def places_for(inputs: Sequence[Any]) -> int:
    """How many of a batch's inputs are answered at a time, where there are places for them."""
    return max(1, min(len(inputs), AT_ONCE))


async def answer_all(
    runnable: Runnable[Any, Any],
    inputs: Sequence[Any],
    configs: Sequence[RunnableConfig],
    at_once: int,
) -> list[Any]:
    """The outputs in the order of the inputs; the first failure ends the other runs.

    LangChain's `abatch` lets those go on, with nobody left to read what they give.
    """
    places = asyncio.Semaphore(at_once)

    async def answer(input: Any, config: RunnableConfig) -> Any:
        async with places:
            return await runnable.ainvoke(input, config)

    pairs = zip(inputs, configs, strict=True)
    tasks = [asyncio.create_task(answer(*pair)) for pair in pairs]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
