"""The vectors of the everyday questions, kept beside the indexes that were made with a model.

In a collection of their own, one for each model, so that whoever answers questions has them
without embedding some hundred texts; whichever process and machine has asked an index of that
model the questions has put them there.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag_stream.calibration.everyday import EDITION, everyday
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.reader import IndexReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag_stream.calibration.everydayness import Everydayness


def name_of(model: str, dimension: int) -> str:
    """The name of the collection for a model and the length of its vectors."""
    told = f"{model} {dimension} {EDITION}"
    return f"everyday-{blake2b(told.encode(), digest_size=8).hexdigest()}"


async def keep(client: ChromaClient, model: str, vectors: "NDArray[np.float32]") -> None:
    """Put them where `Kept` finds them; in the order of the questions.

    Raises IndexUnavailableError.
    """
    name = name_of(model, vectors.shape[1])
    collection = await client.find(name)
    if collection is None:
        # Another ingest may be doing the same.
        collection = await client.create(name, {"embedding_model": model})
        collection = collection or await client.find(name)
    if collection is not None:
        told = zip(_texts(), vectors, strict=True)
        records = [Record(f"{n}", text, {"n": n}, 0.0, own) for n, (text, own) in enumerate(told)]
        await client.upsert(collection, records)


class Kept:
    """Reads them once; belongs to one event loop, as the IndexReader does."""

    def __init__(self, index: IndexReader) -> None:
        self._index = index
        self._read: dict[str, Everydayness] = {}

    async def everydayness(self, model: str, vector: Sequence[float]) -> float | None:
        """How like the everyday questions a question with this vector is.

        None where nobody has put their vectors there. Raises IndexUnavailableError.
        """
        known = await self._known(name_of(model, len(vector)))
        return None if known is None else known.of(vector)

    async def load(self, model: str, dimension: int) -> None:
        """Read them now, if they are there. Raises IndexUnavailableError."""
        await self._known(name_of(model, dimension))

    async def _known(self, name: str) -> "Everydayness | None":
        if (known := self._read.get(name)) is not None:
            return known
        client, count = await self._index.client(), len(_texts())
        collection = await client.find(name)
        if collection is None:
            return None
        records = await client.get(collection, texts=False, vectors=True, limit=count)
        vectors = [record.vector for record in records if record.vector is not None]
        if len(vectors) < count:  # they are being put there
            return None
        # Here, since numpy takes a while to import, and an index without them needs none.
        from rag_stream.calibration.everydayness import Everydayness

        self._read[name] = Everydayness(vectors)
        return self._read[name]


def _texts() -> list[str]:
    return [question for questions in everyday().values() for question in questions]
