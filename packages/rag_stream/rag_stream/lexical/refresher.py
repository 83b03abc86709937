"""Keeping one collection's lexical index in step while questions are answered from it.

When the index moves for the first time after a rest, questions wait for the new version,
which takes some hundredths of a second; at most `wait_s` from the moment that began.
While it goes on moving, a long ingest for example, it is brought in step once a second or
with a fifth of the time, whichever is less, and nobody waits in between: the answers
come from a version that old.
"""

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.folder import FOLDER_MODE, create
from rag_stream.index.full_disk import FULL, is_full
from rag_stream.index.lock_wait import LockWait
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.checksums import remove_unused
from rag_stream.lexical.fields import fingerprint
from rag_stream.lexical.snapshot import LexicalDamagedError, Snapshot
from rag_stream.lexical.store import LexicalStore
from rag_stream.lexical.sync import bring_in_step, in_thread

log = logging.getLogger(__name__)

LOCK_TIMEOUT_S = 300.0
"""Another process may be making it anew: 100,000 chunks take it a minute or two."""
REST_S = 1.0
LONGEST_REST_S = 10.0
_REST_SHARE = 4
_POLL_S = 0.02
_RETRY_S = 0.1
_ATTEMPTS = 100


class Index(Protocol):
    """The index that a lexical one is derived from; an IndexReader is one."""

    async def client(self) -> ChromaClient: ...

    async def find(self, name: str | None = None) -> IndexSnapshot | None: ...


class Refresher:
    """The store of one collection and the one task that brings it in step."""

    def __init__(self, index: Index, base: Path, collection: Collection) -> None:
        self._index = index
        self._base = base
        self.collection = collection
        self._store = LexicalStore(base / f"{collection.id}.{fingerprint()}")
        self.used_at = 0.0
        self._is_damaged = False
        self._distrusted: Snapshot | None = None
        self._writing = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_wanted = False
        self._turn = asyncio.Event()
        """Set between the turns of `_task`."""
        self._turn.set()
        self._began = 0.0

    async def view(self, generation: int, wait_s: float) -> Snapshot | None:
        """The version to answer from, after what can be done for it in that time.

        None where there is none yet; it may be of a later generation. Mostly it looks at one
        file and waits for nothing.
        """
        view = await self._newest()
        if view is not None and view.stands_for(generation) and not self._is_damaged:
            return view
        self._is_wanted = True
        if self._task is None:
            self._task = asyncio.create_task(self._work())
            self._turn.clear()
            self._began = time.monotonic()
        left_s = wait_s - (time.monotonic() - self._began)
        is_behind = view is None or view.mark.generation < generation
        if is_behind and not self._turn.is_set() and left_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._turn.wait()
            view = await self._newest()
        return view

    async def _newest(self) -> Snapshot | None:
        if self._store.has_moved():
            if self._refreshing is None:
                self._refreshing = asyncio.create_task(self._refresh())
            await asyncio.shield(self._refreshing)
        return self._store.view

    async def _refresh(self) -> None:
        try:
            await in_thread(self._store.refresh)
        except LexicalDamagedError:
            self._is_damaged = True  # which the next turn will look into
        finally:
            self._refreshing = None

    async def _work(self) -> None:
        rest_s = REST_S
        try:
            while self._is_wanted:
                self._is_wanted = False
                self._began = time.monotonic()
                self._turn.clear()
                try:
                    await self._step(use_memory=True)
                except (IndexUnavailableError, LexicalDamagedError) as error:
                    log.info("the lexical index could not be brought in step: %s", error)
                except Exception:  # nobody awaits this task
                    log.exception("the lexical index could not be brought in step")
                finally:
                    self._turn.set()
                took_s = time.monotonic() - self._began
                shortest_s = max(REST_S, _REST_SHARE * took_s)
                await asyncio.sleep(min(max(rest_s, shortest_s), LONGEST_REST_S))
                view = self._store.view
                if view is not None and view.mark.complete:
                    rest_s = REST_S
                else:
                    # Something is going on in the index: look again, if nobody asks less often.
                    rest_s = REST_S if self._is_wanted else rest_s * 2
                    self._is_wanted = view is not None or self._is_wanted
        finally:
            self._task = None

    async def catch_up(self, generation: int) -> bool:
        """Bring the index in step with the newest generation, at least this; whether it is."""
        for _ in range(_ATTEMPTS):
            if not await self._step(use_memory=False):
                return False
            view = self._store.view
            if view and view.mark.complete and view.mark.generation >= generation:
                return True
            await asyncio.sleep(_RETRY_S)
        return False

    def distrust(self, view: Snapshot, error: Exception) -> None:
        """Have the index made anew that failed to be searched."""
        log.warning("the lexical index is damaged (%s); it is made anew", error)
        self._distrusted = view
        self._is_damaged = True
        self._store.close()

    async def _step(self, *, use_memory: bool) -> bool:
        """Bring the store in step, once. False where it cannot be, or there is no need.

        Raises IndexUnavailableError.
        """
        async with self._writing:
            try:
                async with self._right_to_write():
                    return await self._bring_in_step()
            except (LexicalDamagedError, OSError) as error:
                log.warning(
                    "the lexical index cannot be kept in %s (%s)%s",
                    self._base,
                    FULL if is_full(error) else error,
                    "; it is kept in memory instead" if use_memory else "",
                )
                if not use_memory:
                    return False
            self._store.close()
            self._store = LexicalStore(None)
            return await self._bring_in_step()

    async def _bring_in_step(self) -> bool:
        # The newest, not a question's: it is read page by page, which takes a while.
        snapshot = await self._index.find(self.collection.name)
        if snapshot is None or snapshot.collection.id != self.collection.id:
            return False  # questions will come with the new one
        client, store = await self._index.client(), self._store
        try:
            distrusted, self._distrusted = self._distrusted, None
            if distrusted is not None and await in_thread(store.is_still, distrusted):
                raise LexicalDamagedError("a search failed")
            await bring_in_step(client, snapshot, store)
            self._is_damaged = False
        except LexicalDamagedError as error:
            if store.folder is None or is_full(error):
                raise  # what is there is sound, only older
            if store.folder.exists():
                log.warning("the lexical index is damaged (%s); it is made anew", error)
            await in_thread(store.wipe)
            await bring_in_step(client, snapshot, store, anew=True)
            self._is_damaged = False
        await in_thread(store.refresh)
        if store.folder is not None and not self.collection.name.endswith(".new"):
            await in_thread(remove_unused, self._base, store.folder, self.collection.name)
        return True

    @asynccontextmanager
    async def _right_to_write(self) -> AsyncIterator[None]:
        """Hold the machine's lock. Raises OSError where it cannot be had or written to."""
        if self._store.folder is None:
            yield
            return
        self._base.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        self._base.mkdir(FOLDER_MODE, exist_ok=True)
        lock = create(self._base / "lock", os.O_RDWR)
        wait = LockWait(self._base / "lock", "the index by words", LOCK_TIMEOUT_S)
        try:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if wait.is_over():
                    raise TimeoutError(wait.complaint())
                await asyncio.sleep(_POLL_S)
            yield
        finally:
            os.close(lock)

    async def aclose(self) -> None:
        """End the task, in the middle of its work if need be, which leaves the old version."""
        if self._task is not None:
            self._task.cancel()
        if tasks := [task for task in (self._task, self._refreshing) if task is not None]:
            await asyncio.wait(tasks)
        self._store.close()
