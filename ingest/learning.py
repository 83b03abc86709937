"""What repeats at the ends of most pages of a root, learned before the first of them is written.

Once, from a sample of them, and kept with the index: a page has the same text alone, with all
others and after any of them has changed. It is learned of a folder's root where that is given
whole, and of the part of a site that the pages given are all in. It is learned again where the
operator asks for it (`--rebuild SOURCE...`), or once where there were few pages and there are
ten times as many. Roots of which the index has pages already stay as they are until `--rebuild`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from ingest.naming import Naming
from ingest.parts import folder_of, host_of, innermost, is_part, label_of, part_of, site_of
from ingest.report import Report
from ingest.sightings import NEEDED, Sightings
from ingest.sources.discover import Source, WebSource
from ingest.sources.ends import number_of
from ingest.sources.kinds import kind_of
from ingest.sources.reader import Reader
from rag_stream.errors import SourceError
from rag_stream.indexing.repeats import Learned, RepeatStore

SAMPLE = 200
"""Pages of a root that are looked at."""
FEW = 50
"""Pages; what was learned of no more is learned again when there are `TIMES` as many."""
TIMES = 10
_AT_ONCE = 8

There = Callable[[Sequence[str], int], Awaitable[Collection[str]]]
"""Of sources, so many as are enough of those that the index holds."""
Look = tuple[str, str, tuple[str, ...]]
"""Of a page: the name of its source, its address, and what is at its ends."""


class Learning:
    """Of one run. `of` is what a reader asks."""

    def __init__(self, store: RepeatStore, naming: Naming) -> None:
        self._store = store
        self._naming = naming
        self._before: dict[str, list[str]] = defaultdict(list)
        """Names that sources have in the index until all is written, in a dry run to its end."""
        for old, move in naming.moves.items():
            if old != move.source:
                self._before[move.source].append(old)

    @classmethod
    async def open(cls, store: RepeatStore, naming: Naming) -> "Learning":
        """What the index knows, under the ids that its roots have from this run on.

        A root that takes the place of several has what repeats in any of them: its pages are
        theirs, and have the texts that they had.
        """
        for root, olds in naming.heirs.items():
            before = [store.learned[id] for id in dict.fromkeys(olds) if id in store.learned]
            repeats = frozenset().union(*(old.repeats for old in before))
            own = store.learned.get(root)
            if own is not None:
                if repeats <= own.repeats:  # as after a run that died: its pages are counted
                    continue
                before.append(own)
                repeats |= own.repeats
            if before:
                await store.save(Learned(root, repeats, sum(old.pages for old in before)))
        return cls(store, naming)

    def of(self, source: Source, address: str) -> Collection[str]:
        """What is taken out of a page; `address`: where a web page was found."""
        root: str | None
        if isinstance(source, WebSource):
            root = self._part(address)
        else:
            root = self._naming.named.roots.get(source.name)
        learned = None if root is None else self._store.learned.get(root)
        return frozenset() if learned is None else learned.repeats

    def known(self) -> dict[str, str]:
        """Of roots, what says that the same is taken out of their pages."""
        return {root: " ".join(sorted(own.repeats)) for root, own in self._store.learned.items()}

    async def learn(self, reader: Reader, there: There, report: Report, *, again: bool) -> None:
        """Learn what is due of the run's sources.

        `there`: tells which the index holds. `again`: also what is known.
        """
        for root in self._naming.left:
            await self._store.forget(root)
        known, new = self._groups()
        for root, pages in known.items():
            if await self._is_due(root, pages, there, again):
                looks = await _look(reader, pages)
                here = [look for look in looks if not look[1] or self._part(look[1]) == root]
                await self._save(root, here, len(pages), report)
        for part in new.values():
            if await self._is_due(None, part, there, again):
                await self._learn_parts(await _look(reader, part), part, report)

    def _part(self, address: str) -> str | None:
        """The part of a site that a page is in, of those that something was learned of."""
        return innermost(address, self._store.learned)

    def _groups(self) -> tuple[dict[str, list[Source]], dict[str, list[WebSource]]]:
        """The run's pages by root; those of the web that are in none, by host."""
        named = self._naming.named
        whole = {root for scope in named.scopes for root in scope.roots}
        known: dict[str, list[Source]] = defaultdict(list)
        new: dict[str, list[WebSource]] = defaultdict(list)
        for source in named.found.sources:
            if isinstance(source, WebSource):
                if (part := self._part(source.name)) is not None:
                    known[part].append(source)
                else:
                    new[host_of(source.name)].append(source)
            elif kind_of(source.path) == "html" and (root := named.roots[source.name]) in whole:
                known[root].append(source)
        return known, new

    async def _is_due(
        self, root: str | None, pages: Sequence[Source], there: There, again: bool
    ) -> bool:
        if len(pages) < NEEDED:
            return False
        if root is not None and (before := self._store.learned.get(root)) is not None:
            has_grown = before.pages <= FEW and len(pages) >= TIMES * before.pages
            return has_grown or (again and 2 * len(pages) >= before.pages)
        if again:
            return True
        names = [page.name for page in pages]
        names += [old for name in names for old in self._before.get(name, ())]
        return len(await there(names, NEEDED)) < NEEDED

    async def _learn_parts(
        self, looks: Iterable[Look], pages: Sequence[WebSource], report: Report
    ) -> None:
        """Of web pages of which nothing is known, by the host where they were found."""
        hosts: dict[str, list[Look]] = defaultdict(list)
        for look in looks:
            if self._part(look[1]) is None:
                hosts[host_of(look[1])].append(look)
        for host, here in hosts.items():
            given = [page.name for page in pages if host_of(page.name) == host]
            root = part_of([*given, *(address for _, address, _ in here)])
            await self._save(root, here, max(len(given), len(here)), report)

    async def _save(self, root: str, looks: Iterable[Look], pages: int, report: Report) -> None:
        label = label_of(root) if is_part(root) else self._naming.label(root)
        seen = Sightings()
        for name, address, ends in looks:
            seen.add(folder_of(site_of(address) if address else name, label), ends)
        if seen.pages < NEEDED:
            return
        repeats = seen.repeats()
        await self._store.save(Learned(root, repeats, pages))
        if repeats:
            report.learned(label, number_of(repeats), pages)


async def _look(reader: Reader, pages: Sequence[Source]) -> list[Look]:
    """A sample of pages, spread over all of them."""
    number = min(SAMPLE, len(pages))
    sample = [pages[at * len(pages) // number] for at in range(number)]
    free = asyncio.Semaphore(_AT_ONCE)

    async def look(page: Source) -> Look | None:
        async with free:
            try:
                found = await reader.look(page)
            except SourceError:  # it is read again, and told, when its turn comes
                return None
            except Exception:  # noqa: BLE001  # as is this
                return None
            return None if found is None else (page.name, *found)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(look(page)) for page in sample]
    return [found for task in tasks if (found := task.result()) is not None]
