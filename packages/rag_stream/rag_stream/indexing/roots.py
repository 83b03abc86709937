"""The folders that sources came from, kept beside the index for whoever ingests next.

A small collection, one record a root: its id, what clients see of it, and where it lies, as
hashes of paths. Nobody reads a path out of it; who has a path finds its root. It is apart from
the index, because every question reads the metadata of that one.
"""

from dataclasses import dataclass

from rag_stream.index.client import ChromaClient, Collection, Record

_SUFFIX = ".roots"
_OLD_NAMES = "old_names"
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Root:
    """A folder, or a file that was given by itself.

    `label`: what names of its sources begin with. `places`: the hashes of the paths it was at,
    the newest first. `above`: those of the folders that the newest of them is in.
    """

    id: str
    label: str
    places: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    is_file: bool = False


class RootStore:
    """The roots of one index; who writes holds its lease."""

    def __init__(self, client: ChromaClient, name: str, collection: Collection | None) -> None:
        self._client = client
        self._name = name
        self._collection = collection
        self.roots: tuple[Root, ...] = ()

    @classmethod
    async def open(cls, client: ChromaClient, index: str) -> "RootStore":
        """What is known of the roots of the index of that name; writes nothing."""
        name = f"{index}{_SUFFIX}"
        store = cls(client, name, await client.find(name))
        store.roots = tuple(await store._read())
        return store

    @property
    def may_have_old_names(self) -> bool:
        """Whether the index may hold files that a version before roots named."""
        return self._collection is None or bool(self._collection.metadata.get(_OLD_NAMES))

    async def save(self, root: Root) -> None:
        """Record a root, or what is new of it."""
        collection = await self._opened()
        metadata = {
            "label": root.label,
            "places": " ".join(root.places),
            "above": " ".join(root.above),
            "is_file": root.is_file,
        }
        import numpy as np  # here: it is slow to import, and a look at the roots needs none

        record = Record(root.id, root.label, metadata, 0.0, np.ones(1, "<f4"))
        await self._client.upsert(collection, [record])
        self.roots = (*(known for known in self.roots if known.id != root.id), root)

    async def forget(self, root: str) -> None:
        """Let a root not be known any more."""
        if self._collection is not None:
            await self._client.delete(self._collection, [root])
        self.roots = tuple(known for known in self.roots if known.id != root)

    async def settle(self) -> None:
        """Record that no source has a name of an earlier version."""
        collection = await self._opened()
        if collection.metadata.get(_OLD_NAMES):
            await self._client.set_metadata(collection, {_OLD_NAMES: False})
            self._collection = await self._client.find(self._name)

    async def _opened(self) -> Collection:
        if self._collection is None:
            await self._client.create(self._name, {_OLD_NAMES: True})
            self._collection = await self._client.find(self._name)
            assert self._collection is not None, "created above"  # noqa: S101
        return self._collection

    async def _read(self) -> list[Root]:
        if self._collection is None:
            return []
        roots: list[Root] = []
        while True:
            page = await self._client.get(self._collection, limit=_PAGE, offset=len(roots))
            roots += map(_root_of, page)
            if len(page) < _PAGE:
                return roots


def _root_of(record: Record) -> Root:
    of = record.metadata
    places, above = (tuple(str(of.get(key, "")).split()) for key in ("places", "above"))
    label, is_file = str(of.get("label", record.text)), bool(of.get("is_file"))
    return Root(record.id, label, places, above, is_file)
