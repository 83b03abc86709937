"""The vectors of the everyday questions, kept beside the indexes that were made with a model.

In a collection of their own, one for each model, so that whoever answers questions has them
without embedding some hundred texts; whichever process and machine has asked an index of that
model the questions has put them there.
"""

import asyncio
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag_stream.calibration.everyday import EDITION, all_questions
from rag_stream.index.client import ChromaClient, Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAGE = 64
"""Vectors in one answer: some milliseconds of parsing, between which questions go on."""


def name_of(model: str, dimension: int) -> str:
    """The name of the collection for a model and the length of its vectors."""
    told = f"{model} {dimension} {EDITION}"
    return f"everyday-{blake2b(told.encode(), digest_size=8).hexdigest()}"


async def keep(client: ChromaClient, model: str, vectors: "NDArray[np.float32]") -> None:
    """Put them where `read` finds them; in the order of the questions.

    Raises IndexUnavailableError.
    """
    name = name_of(model, vectors.shape[1])
    collection = await client.find(name)
    if collection is None:
        # Another ingest may be doing the same.
        collection = await client.create(name, {"embedding_model": model})
        collection = collection or await client.find(name)
    if collection is not None:
        told = zip(all_questions(), vectors, strict=True)
        records = [Record(f"{n}", text, {"n": n}, 0.0, own) for n, (text, own) in enumerate(told)]
        await client.upsert(collection, records)


async def read(client: ChromaClient, name: str) -> "list[NDArray[np.float32]] | None":
    """Them, in the order of the questions; None where they are not there, or not all of them yet.

    Raises IndexUnavailableError.
    """
    collection = await client.find(name)
    if collection is None:
        return None
    count = len(await asyncio.to_thread(all_questions))  # read from a file, the first time
    found: dict[int, NDArray[np.float32]] = {}
    for offset in range(0, count, PAGE):
        records = await client.get(collection, texts=False, vectors=True, limit=PAGE, offset=offset)
        found |= {int(r.metadata["n"]): r.vector for r in records if r.vector is not None}
    return [found[n] for n in range(count)] if len(found) == count else None
