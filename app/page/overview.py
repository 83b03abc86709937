"""What the index holds and whether questions can be answered, as it was seen last.

Looks are made in the background, one at a time, so that whoever asks is answered at once: also
while the index does not answer, a model is being loaded, or 100,000 chunks are listed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from langchain_core.documents import Document

from app.error_responses import log_failure
from app.page.examples import MOST, TITLE, Example, chosen, example_in, spread
from rag_stream.errors import IndexEmptyError, RagError
from rag_stream.index.documents import Listed, first_chunks
from rag_stream.index.generation import INGESTED, describe
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.pipeline.obstacles import Obstacle
from rag_stream.pipeline.runtime import Runtime

KEPT_S = 2.0
WAIT_S = 0.05
"""For a look that is under way: mostly it is done by then."""
STARTING = Obstacle("starting", "the index and the models are being looked at")
_DOCUMENTS = 12
"""Of which a heading is looked for."""
_CHUNKS = 40
"""Of each of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known by now; None: not yet."""

    obstacles: tuple[Obstacle, ...] = (STARTING,)
    embedding_model: str | None = None
    generation: int | None = None
    ingested: str | None = None
    chunks: int | None = None
    documents: int | None = None
    examples: tuple[str, ...] = ()


class Overview:
    """Looks when it is asked, at most every KEPT_S. Belongs to one event loop."""

    def __init__(self, opened: Callable[[], Runtime], wait_s: float = WAIT_S) -> None:
        self._opened = opened
        self._wait_s = wait_s
        self._seen = Seen()
        self._looked_at = float("-inf")
        self._listed: IndexSnapshot | None = None
        self._documents: list[Listed] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def seen(self) -> Seen:
        """What was seen last, by a look of now where that is quick. Raises nothing."""
        if time.monotonic() - self._looked_at > KEPT_S:
            self._looked_at = time.monotonic()
            runtime = self._opened()
            self._begin("index", partial(self._look, runtime))
            self._begin("obstacles", partial(self._ask, runtime))
        until = time.monotonic() + self._wait_s
        for _ in range(2):  # the first look begins the list
            if self._tasks and (left := until - time.monotonic()) > 0:
                await asyncio.wait(self._tasks.values(), timeout=left)
        return self._seen

    async def aclose(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, name: str, look: Callable[[], Awaitable[None]]) -> None:
        if name not in self._tasks:
            self._tasks[name] = task = asyncio.create_task(self._quietly(look))
            task.add_done_callback(lambda _: self._tasks.pop(name))

    async def _quietly(self, look: Callable[[], Awaitable[None]]) -> None:
        """What fails is told as an obstacle, or comes with the next look."""
        try:
            await look()
        except (RagError, TimeoutError):
            pass
        except Exception as error:  # noqa: BLE001 - nobody waits for it; the log tells
            log_failure(error)

    async def _ask(self, runtime: Runtime) -> None:
        obstacles = tuple(await runtime.readiness.obstacles())
        self._seen = replace(self._seen, obstacles=obstacles)  # of now: others have gone on

    async def _look(self, runtime: Runtime) -> None:
        async with asyncio.timeout(runtime.settings.retrieval_timeout_s):
            try:
                snapshot = await runtime.index.snapshot()
            except IndexEmptyError:
                obstacles = self._seen.obstacles
                self._seen = Seen(obstacles, documents=0, chunks=0)
                self._listed = self._documents = None
                return
            chunks = await runtime.index.count(snapshot)
        metadata = snapshot.collection.metadata
        self._seen = replace(
            self._seen,
            embedding_model=snapshot.embedding_model,
            generation=snapshot.generation,
            ingested=metadata.get(INGESTED),
            chunks=chunks,
        )
        if self._listed != snapshot:
            self._begin("list", partial(self._list, runtime, snapshot))

    async def _list(self, runtime: Runtime, snapshot: IndexSnapshot) -> None:
        documents = await runtime.documents.all()
        is_of_it = runtime.documents.is_of(snapshot)
        if documents is not self._documents:
            examples = await _examples(runtime, documents)
            # At once: who knows the one asks for the other only much later.
            self._seen = replace(self._seen, documents=len(documents), examples=examples)
            self._documents = documents
        if is_of_it:  # else it is the old one, and the next look asks again
            self._listed = snapshot


async def _examples(runtime: Runtime, documents: list[Listed]) -> tuple[str, ...]:
    found: list[Example] = []
    for place in spread(len(documents), _DOCUMENTS):
        records = await first_chunks(runtime.index, documents[place].source, _CHUNKS)
        chunks = [Document("", metadata=dict(describe(record))) for record in records]
        if (example := example_in(chunks)) is not None:
            found.append(example)
        if len({example.text for example in found if example.rank > TITLE}) == MOST:
            break
    return tuple(chosen(found))
