"""The names of one run's sources: found out before it writes, kept in the index with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.carry_over import Read, recognised
from ingest.identity import (
    Argument,
    Named,
    Scope,
    absorbed,
    add_roots,
    arguments_of,
    moved,
    name_sources,
)
from ingest.left_behind import Placed, left_behind
from ingest.report import Report
from ingest.sources.discover import Found
from ingest.sources.roots import SAMPLE, Roots, public_name
from ingest.target import Target
from rag_stream.index.client import ChromaClient
from rag_stream.index.reader import IndexReader
from rag_stream.indexing.inventory import old_names, some_of, sources_of, texts_of
from rag_stream.indexing.rename import Move
from rag_stream.indexing.roots import RootStore

TOLD = 3


@dataclass(frozen=True, slots=True)
class Gone:
    """Sources that the index holds of what was given, and that are not there any more."""

    scope: Scope
    sources: tuple[str, ...]

    @property
    def line(self) -> str:
        count, command = len(self.sources), f"python -m ingest --prune {self.scope.given}"
        told = ", ".join(self.sources[:TOLD]) + (", …" if count > TOLD else "")
        if count == 1:
            return (
                f"1 known source is gone but still in the index: {told}; `{command}` takes it out"
            )
        return (
            f"{count} known sources are gone but still in the index: {told}; "
            f"`{command}` takes them out"
        )


class Naming:
    """Of one run; what it finds out is written by `begin`, which the index's lease covers."""

    def __init__(self, index: IndexReader, client: ChromaClient, store: RootStore) -> None:
        self._index = index
        self._client = client
        self._store = store
        self._roots = Roots(store.roots)
        self._changed: list[str] = []
        self._new: list[Placed] = []
        self._left: set[str] = set()
        self._unnamed: list[str] = []
        self.named = Named(Found(()))
        self.moves: dict[str, Move] = {}
        self.heirs: dict[str, list[str]] = {}
        """Roots that are new with those that they take the place of, or are a part of."""
        self.left: frozenset[str] = frozenset()
        """Roots that are known no more."""

    @classmethod
    async def open(cls, index: IndexReader, name: str) -> "Naming":
        """What the index of that name knows. Raises IndexUnavailableError."""
        client = await index.client()
        return cls(index, client, await RootStore.open(client, name))

    async def settle(
        self,
        found: Found,
        given: Collection[str],
        *,
        base: Path,
        read: Read,
        name: str | None = None,
        sample: Path | None = None,
        sitemaps: Collection[str] = (),
    ) -> Found:
        """Name what was found; `given` are the SOURCEs, `name` is what `--as` says."""
        arguments = arguments_of(given, base=base, name=name, sample=sample)
        snapshot = await self._index.find()
        old = set()
        if snapshot is not None and self._store.may_have_old_names:
            old = await old_names(self._client, snapshot)
        known = await recognised(
            found.sources,
            old,
            base=base,
            given=[argument.real for argument in arguments],
            read=read,
            texts=self.texts,
        )
        self._left = old - known.keys()
        await self._place(found, arguments)
        self.moves |= {
            source: Move(public_name(root, own, path), root.id)
            for source, path in known.items()
            if (where := self._roots.of(path)) is not None
            for root, own in [where]
        }
        self.named = name_sources(found, arguments, self._roots, sitemaps)
        return self.named.found

    def label(self, root: str) -> str:
        """What names of a root's sources begin with."""
        return self._roots[root].label

    async def texts(self, sources: list[str]) -> Mapping[str, str]:
        """The texts of those of these sources that the index holds now."""
        snapshot = await self._index.find()
        return {} if snapshot is None else await texts_of(self._client, snapshot, sources)

    async def held(self, sources: Sequence[str], enough: int) -> Collection[str]:
        """Of these sources, so many as are enough of those that the index holds now."""
        snapshot = await self._index.find()
        return () if snapshot is None else await some_of(self._client, snapshot, sources, enough)

    async def begin(self, target: Target, report: Report, *, dry_run: bool) -> None:
        """Keep what is new, and give sources of other names the ones they have now."""
        if not dry_run:
            for id in dict.fromkeys(self._changed):
                await self._store.save(self._roots[id])
        moved = await target.rename(self.moves)
        report.renamed({old: self.moves[old].source for old in moved})
        if self._left:
            report.note(
                f"{len(self._left)} sources have names of an earlier version, such as "
                f"{min(self._left)}: ingest their folder again, or take them out with --remove NAME"
            )
        if dry_run:
            return
        for id in self._unnamed:
            await self._store.forget(id)
        if not self._left:
            await self._store.settle()

    async def gone(self, here: Collection[str], unsure: Collection[str]) -> list[Gone]:
        """What is known of what was given and is not `here`; `unsure`: roots to say nothing of."""
        wanted = {id for scope in self.named.scopes for id in (*scope.roots, *_part(scope))}
        snapshot = await self._index.find()
        known = {} if snapshot is None else await sources_of(self._client, snapshot, wanted)
        now = {}
        for source, root in known.items():
            move = self.moves.get(source, Move(source, root))
            now[move.source] = move.root or root
        now |= {move.source: move.root for move in self.moves.values() if move.root}
        told: set[str] = set()
        found = []
        for scope in self.named.scopes:
            missing = {
                source
                for source, root in now.items()
                if root not in unsure and source not in here and scope.covers(source, root)
            } - told
            told |= missing
            if missing:
                found.append(Gone(scope, tuple(sorted(missing))))
        return found

    async def left_behind(self) -> list[str]:
        """What to say of folders known from elsewhere that some of this run's may have been."""
        new = {placed.root.id for placed in self._new}
        others = [root for root in self._roots.all if root.id not in new and root.id != SAMPLE]
        snapshot = await self._index.find() if new and others else None
        if snapshot is None:
            return []
        known = await sources_of(self._client, snapshot, {*new, *(root.id for root in others)})
        return await left_behind(self._new, others, known, self.texts)

    async def _place(self, found: Found, arguments: list[Argument]) -> None:
        """Let every argument lie in a root; what the index has of it is called as that says."""
        roots = self._roots
        # Each root that another takes the place of, with what it lies in or at from now on.
        left = {
            root.id: (argument.real, argument)
            for argument in arguments
            if argument.name is not None
            for root in roots.lying(argument.real)
            if root.id != argument.name
        }
        parts = [(a, around) for a in arguments if a.name and (around := roots.of(a.real))]
        left |= absorbed(found, arguments, roots)
        labels = {id: roots[id].label for id in left}
        for id in left:
            roots.forget(id)
        self._unnamed += left
        self.left = frozenset(left)
        before = {root.id for root in roots.all}
        self._changed += add_roots(arguments, roots, self._left)
        self._new = [
            Placed(root, argument.real)
            for argument in arguments
            if (root := roots.at(argument.real)) is not None
            and root.id not in before
            and argument.name != SAMPLE
        ]
        for id, (path, argument) in left.items():
            self._inherit(argument, id)
            await self._move(id, labels[id], path, argument)
        for argument, (root, own) in parts:
            if root.id not in left and own != argument.real:
                self._inherit(argument, root.id)
                name = public_name(root, own, argument.real)
                await self._move(root.id, name, argument.real, argument)

    def _inherit(self, argument: Argument, old: str) -> None:
        if (where := self._roots.of(argument.real)) is not None and where[0].id != old:
            self.heirs.setdefault(where[0].id, []).append(old)

    async def _move(self, root: str, name: str, path: Path, argument: Argument) -> None:
        """Let what of a root is called so be called as its path in the argument's root is."""
        snapshot, where = await self._index.find(), self._roots.of(argument.real)
        if snapshot is None or where is None:
            return
        known = await sources_of(self._client, snapshot, [root])
        self.moves |= moved(known, name, public_name(*where, path), where[0].id)


def _part(scope: Scope) -> list[str]:
    return [] if scope.below is None else [scope.below[0]]
