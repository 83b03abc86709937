"""Chroma's HTTP API (version 2), as much of it as an index needs.

Our own few calls instead of the client library: importing that library costs 2.4 s of
CPU, its async client has no timeouts and shares one connection pool, headers included,
among all servers of a process. Embeddings travel as base64 of little-endian float32, as
the library sends them, a quarter of the bytes of decimal JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rag_stream.http.proxies import proxy_of
from rag_stream.index.calls import Calls
from rag_stream.index.transport import (
    CONNECT_TIMEOUT_S,
    MOST_ANSWER,
    MOST_PAGE,
    DirectLink,
    Link,
    ProxiedLink,
)
from rag_stream.index.wire import arrays, batches, encoded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Metadata = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as the server describes it; `metadata` is what its creator recorded."""

    id: str
    name: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One stored chunk; `distance` only in search results, `vector` only where asked for."""

    id: str
    text: str
    metadata: Mapping[str, Any]
    distance: float = 0.0
    vector: "NDArray[np.float32] | None" = None


class ChromaClient:
    """An async client of one Chroma server, tenant and database; belongs to one event loop.

    Every call raises IndexUnavailableError when the server does not answer or fails.
    """

    def __init__(
        self,
        url: str,
        *,
        tenant: str,
        database: str,
        token: str | None = None,
        folder: Path | None = None,
        use_proxies: bool = False,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        """`folder`: the server's, where it is one of ours; `use_proxies`: whether the
        environment's proxies apply, as they do not to a folder's own server."""
        headers = {"content-type": "application/json"}
        if token:
            # Chroma's cloud reads the second, servers behind a proxy mostly the first.
            headers |= {"authorization": f"Bearer {token}", "x-chroma-token": token}
        proxy = proxy_of(url) if use_proxies else None
        link: Link = (
            DirectLink(url, headers, connect_timeout_s)
            if proxy is None
            else ProxiedLink(url, headers, proxy, connect_timeout_s)
        )
        base = f"/api/v2/tenants/{quote(tenant)}/databases/{quote(database)}/"
        self._calls = Calls(link, base, folder)
        self._call = self._calls.call

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def find(self, name: str) -> Collection | None:
        """The collection of that name, None where there is none."""
        body = await self._call("GET", f"collections/{quote(name)}", missing_ok=True)
        return None if body is None else _collection(body)

    async def create(self, name: str, metadata: Metadata) -> Collection | None:
        """Create a collection in cosine space; None where the name is taken."""
        # ef_search above the default of 100: recall against exact search is 0.96 at 100,000 chunks
        # and 0.8 at 500,000 with that; a query costs well below a millisecond more. max_neighbors
        # above 16: of 120 sentences that differ in one word, 19 could not be reached in the graph,
        # however wide the search; with 32 none, for 128 bytes a chunk beside its vector's 1,536.
        hnsw = {"space": "cosine", "ef_search": 200, "max_neighbors": 32}
        body = {"name": name, "metadata": metadata, "configuration": {"hnsw": hnsw}}
        answer = await self._call("POST", "collections", body, conflict_ok=True)
        return None if answer is None else _collection(answer)

    async def drop(self, name: str) -> None:
        await self._call("DELETE", f"collections/{quote(name)}", missing_ok=True)

    async def rename(self, collection: Collection, name: str) -> None:
        await self._call("PUT", f"collections/{collection.id}", {"new_name": name})

    async def set_metadata(self, collection: Collection, metadata: Metadata) -> None:
        """Replace the collection's metadata; one call is one atomic change."""
        await self._call("PUT", f"collections/{collection.id}", {"new_metadata": metadata})

    async def count(self, collection: Collection) -> int:
        return int(await self._call("GET", f"collections/{collection.id}/count"))

    async def query(
        self,
        collection: Collection,
        vector: Sequence[float],
        n: int,
        where: Mapping[str, Any] | None = None,
        *,
        texts: bool = True,
        metadatas: bool = True,
    ) -> list[Record]:
        """The `n` records nearest to `vector`, nearest first; of those that `where` lets in.

        For 50 of them texts and metadata are half of the server's work.
        """
        body = {
            "query_embeddings": [list(vector)],
            "n_results": n,
            "where": where,
            "include": ["distances"] + ["documents"] * texts + ["metadatas"] * metadatas,
        }
        answer = await self._call("POST", f"collections/{collection.id}/query", body)
        ids = answer["ids"][0]
        documents = answer["documents"][0] if texts else [""] * len(ids)
        described = answer["metadatas"][0] if metadatas else [{}] * len(ids)
        rows = zip(ids, documents, described, answer["distances"][0], strict=True)
        # A record deleted while the query ran comes back without its text.
        return [Record(id, text, meta or {}, d) for id, text, meta, d in rows if text is not None]

    async def nearest(
        self, collection: Collection, vectors: "Sequence[NDArray[np.float32]]"
    ) -> list[tuple[str, float]]:
        """For each vector the id and distance of the record found nearest; an empty id for none."""
        asked = [vector.tolist() for vector in vectors]
        body = {"query_embeddings": asked, "n_results": 1, "include": ["distances"]}
        answer = await self._call("POST", f"collections/{collection.id}/query", body)
        rows = zip(answer["ids"], answer["distances"], strict=True)
        return [(ids[0], at[0]) if ids else ("", 2.0) for ids, at in rows]

    async def reaches(
        self, collection: Collection, vectors: "Sequence[NDArray[np.float32]]", n: int
    ) -> list[tuple[float, float]]:
        """For each vector the distances of the nearest record and of the n-th, or the last."""
        asked = [vector.tolist() for vector in vectors]
        body = {"query_embeddings": asked, "n_results": n, "include": ["distances"]}
        answer = await self._call("POST", f"collections/{collection.id}/query", body)
        return [(at[0], at[-1]) if at else (2.0, 2.0) for at in answer["distances"]]

    async def get(
        self,
        collection: Collection,
        where: Mapping[str, Any] | None = None,
        *,
        ids: Sequence[str] | None = None,
        vectors: bool = False,
        texts: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Record]:
        """Records by metadata filter or ids, in the server's order."""
        include = ["metadatas"] + ["documents"] * texts + ["embeddings"] * vectors
        selection = {"ids": ids, "where": where, "limit": limit, "offset": offset}
        body = {**selection, "include": include}
        most = MOST_PAGE if ids is None or vectors else MOST_ANSWER
        answer = await self._call("POST", f"collections/{collection.id}/get", body, most=most)
        count = len(answer["ids"])
        documents = answer["documents"] or [""] * count
        embeddings = arrays(answer["embeddings"]) if vectors else [None] * count
        rows = zip(answer["ids"], documents, answer["metadatas"], embeddings, strict=True)
        return [Record(id, text or "", meta or {}, 0.0, vector) for id, text, meta, vector in rows]

    async def vectors(
        self, collection: Collection, ids: Sequence[str]
    ) -> dict[str, Sequence[float]]:
        """The vectors of those of these records that are there.

        A query that is given ids would send less; but it goes through the whole graph.
        """
        body = {"ids": ids, "include": ["embeddings"]}
        answer = await self._call("POST", f"collections/{collection.id}/get", body, most=MOST_PAGE)
        rows = zip(answer["ids"], answer["embeddings"] or (), strict=True)
        return {id: vector for id, vector in rows if vector}

    async def ids(self, collection: Collection, *, limit: int, offset: int = 0) -> list[str]:
        """The ids of all records, a page of them: in the server's order, which stays."""
        body = {"include": [], "limit": limit, "offset": offset}
        answer = await self._call("POST", f"collections/{collection.id}/get", body, most=MOST_PAGE)
        return list(answer["ids"])

    async def upsert(self, collection: Collection, records: Sequence[Record]) -> None:
        """Write records whole, in batches; each needs its `vector`."""
        for part in batches(records):
            body = {
                "ids": [record.id for record in part],
                "embeddings": [encoded(record.vector) for record in part],
                "documents": [record.text for record in part],
                "metadatas": [record.metadata for record in part],
            }
            await self._call("POST", f"collections/{collection.id}/upsert", body)

    async def update_metadata(
        self, collection: Collection, ids: Sequence[str], metadata: Metadata
    ) -> None:
        """Set these keys on each of the records; their other keys stay."""
        for part in batches(ids):
            body = {"ids": part, "metadatas": [metadata] * len(part)}
            await self._call("POST", f"collections/{collection.id}/update", body)

    async def update_vectors(self, collection: Collection, records: Sequence[Record]) -> None:
        """Give those of the records that are still there their vectors once more."""
        for part in batches(records):
            body = {"ids": [r.id for r in part], "embeddings": [encoded(r.vector) for r in part]}
            await self._call("POST", f"collections/{collection.id}/update", body)

    async def delete(self, collection: Collection, ids: Sequence[str]) -> None:
        for part in batches(ids):
            await self._call("POST", f"collections/{collection.id}/delete", {"ids": part})


def _collection(body: Mapping[str, Any]) -> Collection:
    return Collection(body["id"], body["name"], body["metadata"] or {})
