"""Searching by words: the lexical indexes of this machine, kept in step with Chroma.

The index is derived, never the truth: chunks it proposes are to be looked up in Chroma,
which knows whether they still hold. One process of a machine writes at a time, under a
lock that the kernel gives back when it dies; the others see the new version by its file.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.earlier import Earlier
from rag_stream.lexical.fields import check
from rag_stream.lexical.refresher import Index, Refresher
from rag_stream.lexical.snapshot import Hit, LexicalDamagedError, Matches
from rag_stream.lexical.sync import in_thread

__all__ = ["Hit", "Hits", "LexicalSearch"]

WAIT_S = 1.0
IDLE_S = 30.0
"""After that an index that was replaced, and is asked for no more, is closed."""


class Hits(Matches):
    """What a search has found, best first, and the generation of the index it was found in."""

    def __init__(self, hits: Matches, generation: int) -> None:
        """`generation` 0: there is no index yet; it is being made."""
        super().__init__(hits, hits.full, hits.information, hits.context)
        self.generation = generation


class LexicalSearch:
    """The lexical index of a collection; belongs to one event loop.

    Opens nothing before the first search; `aclose` gives everything back.
    """

    def __init__(self, index: Index, folder: Path) -> None:
        """`folder` holds one folder for each collection; it is made when there is something."""
        self._index = index
        self._folder = folder
        self._refreshers: dict[str, Refresher] = {}

    async def search(
        self,
        snapshot: IndexSnapshot,
        question: str,
        n: int,
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        earlier: Sequence[Earlier] = (),
        wait_s: float = WAIT_S,
    ) -> Hits:
        """The `n` chunks with the question's words, those that matter most first.

        An index that has fallen behind is brought in step meanwhile: the answer comes from
        the new one where that takes at most `wait_s`, else from the old one. Which of its
        chunks hold in the snapshot is for the IndexReader to tell. `earlier`: what was said before
        the question, whose words count beside its own. Raises ValueError for a
        filter on something else than source or title.
        """
        check(where)
        refresher = await self._refresher(snapshot)
        view = await refresher.view(snapshot.generation, wait_s)
        if view is None:
            return Hits(Matches(), 0)
        try:
            if view.is_quick(question):
                hits = view.search(question, n, where, earlier)
            else:
                hits = await in_thread(view.search, question, n, where, earlier)
            return Hits(hits, view.mark.generation)
        except LexicalDamagedError as error:
            refresher.distrust(view, error)
            return Hits(Matches(), 0)

    async def catch_up(self, snapshot: IndexSnapshot) -> bool:
        """Bring this machine's index in step now; whether it is. Raises IndexUnavailableError."""
        return await (await self._refresher(snapshot)).catch_up(snapshot.generation)

    async def aclose(self) -> None:
        refreshers = list(self._refreshers.values())
        self._refreshers.clear()
        for refresher in refreshers:
            await refresher.aclose()

    async def _refresher(self, snapshot: IndexSnapshot) -> Refresher:
        collection, now = snapshot.collection, time.monotonic()
        refresher = self._refreshers.get(collection.id)
        if refresher is None:
            refresher = Refresher(self._index, self._folder, collection)
            self._refreshers[collection.id] = refresher
        refresher.collection = collection  # its name may be another one by now
        refresher.used_at = now
        if len(self._refreshers) > 1:
            for id, other in list(self._refreshers.items()):
                # Another question may be closing it, while this one waits.
                if now - other.used_at > IDLE_S and self._refreshers.pop(id, None) is not None:
                    await other.aclose()
        return refresher
