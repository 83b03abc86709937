"""What repeats on most pages of a root, kept beside the index: learned once, then fixed.

A small collection, one record a root, of hashes alone. It is apart from the roots, since web
pages have some, too, which are parts of a site and no folders.
"""

from dataclasses import dataclass

from rag_stream.index.client import ChromaClient, Collection, Record

_SUFFIX = ".repeats"
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of a root. `pages`: how many it had then."""

    root: str
    repeats: frozenset[str]
    pages: int


class RepeatStore:
    """What was learned of the roots of one index; who writes holds its lease.

    `keeps` False: what is learned or forgotten counts until the end of the run alone.
    """

    def __init__(
        self, client: ChromaClient, name: str, collection: Collection | None, *, keeps: bool
    ) -> None:
        self._client = client
        self._name = name
        self._collection = collection
        self._keeps = keeps
        self.learned: dict[str, Learned] = {}
        """By root."""

    @classmethod
    async def open(cls, client: ChromaClient, index: str, *, keeps: bool = True) -> "RepeatStore":
        """What is known for the index of that name; writes nothing."""
        name = f"{index}{_SUFFIX}"
        store = cls(client, name, await client.find(name), keeps=keeps)
        store.learned = await store._read()
        return store

    async def save(self, learned: Learned) -> None:
        """From now on this is what repeats in its root."""
        self.learned[learned.root] = learned
        if not self._keeps:
            return
        if self._collection is None:
            await self._client.create(self._name, {"of": "repeats"})
            self._collection = await self._client.find(self._name)
            assert self._collection is not None, "created above"  # noqa: S101
        import numpy as np  # here: it is slow to import, and a look needs none

        metadata = {"repeats": " ".join(sorted(learned.repeats)), "pages": learned.pages}
        record = Record(learned.root, learned.root, metadata, 0.0, np.ones(1, "<f4"))
        await self._client.upsert(self._collection, [record])

    async def forget(self, root: str) -> None:
        """Nothing was learned of a root."""
        there = self.learned.pop(root, None)
        if there is not None and self._keeps and self._collection is not None:
            await self._client.delete(self._collection, [root])

    async def _read(self) -> dict[str, Learned]:
        found: dict[str, Learned] = {}
        while self._collection is not None:
            page = await self._client.get(self._collection, limit=_PAGE, offset=len(found))
            found |= {record.id: _learned(record) for record in page}
            if len(page) < _PAGE:
                break
        return found


def _learned(record: Record) -> Learned:
    of = record.metadata
    repeats = frozenset(str(of.get("repeats", "")).split())
    return Learned(record.id, repeats, int(of.get("pages", 0)))
