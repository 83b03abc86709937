"""One collection in the place of another, so that readers see the old index or the new one.

The new one grows beside the old, which keeps answering; two renames put it in its place.
Between them readers take the new one (`index/reader.py`). Who dies meanwhile leaves the old
index whole, or the new one under a name that `restore` puts right.
"""

from rag_stream.index.client import ChromaClient, Collection, Metadata
from rag_stream.index.generation import COMING

_ASIDE = ".old"


def index_of(name: str) -> str:
    """The index that a collection is, will be or was."""
    return name.removesuffix(COMING).removesuffix(_ASIDE)


async def restore(client: ChromaClient, name: str) -> None:
    """Finish or undo a swap that died between its renames; nothing where all is well."""
    if await client.find(name) is not None:
        return
    for left in (f"{name}{COMING}", f"{name}{_ASIDE}"):
        collection = await client.find(left)
        if collection is not None and collection.metadata.get("generation", 0) > 0:
            await client.rename(collection, name)
            return


async def begin_new(client: ChromaClient, name: str, metadata: Metadata) -> Collection:
    """An empty collection to take the place of `name`; generation 0, which nobody takes for whole.

    The caller is the only one to write.
    """
    for leftover in (f"{name}{COMING}", f"{name}{_ASIDE}"):
        await client.drop(leftover)
    new = await client.create(f"{name}{COMING}", {**metadata, "generation": 0})
    assert new is not None, "its name was free"  # noqa: S101
    return new


async def put_in_place(client: ChromaClient, old: Collection, new: Collection) -> None:
    """Let the new collection, which is complete, be the index."""
    name = old.name
    await client.rename(old, f"{name}{_ASIDE}")
    await client.rename(new, name)
    await client.drop(f"{name}{_ASIDE}")
