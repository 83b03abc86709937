"""The Chroma client: what it reads, and where the server fails."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import numpy as np
import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.calls import PAUSES_S
from rag_stream.index.client import ChromaClient, Collection, Record
from tests.support.raw_server import raw_server, read_request

FOUND = b'{"ids":[["a"]],"documents":[["text"]],"metadatas":[[{}]],"distances":[[0.5]]}'
COLLECTION = Collection("id", "name", {})


class Server:
    """Fails as often as told, then answers."""

    def __init__(self) -> None:
        self.failures = 0
        self.breaks_off = False
        self.asked = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            self.asked += 1
            if self.breaks_off and self.asked <= self.failures:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
                return
            status = b"500 Internal" if self.asked <= self.failures else b"200 OK"
            head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(FOUND))
            writer.write(head + FOUND)


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, ChromaClient]]:
    server = Server()
    async with raw_server(server) as port:
        client = ChromaClient(f"http://127.0.0.1:{port}", tenant="t", database="d")
        yield server, client
        await client.aclose()


@pytest.mark.parametrize("breaks_off", [False, True])
@pytest.mark.parametrize("failures", [0, 1, len(PAUSES_S)])
async def test_a_read_that_failed_is_tried_again(
    server: tuple[Server, ChromaClient], failures: int, breaks_off: bool
) -> None:
    seen, client = server
    seen.failures, seen.breaks_off = failures, breaks_off
    (record,) = await client.query(COLLECTION, [0.0], 1)
    assert (record.id, record.text, record.distance) == ("a", "text", 0.5)
    assert seen.asked == failures + 1


async def test_a_read_that_fails_for_good_is_an_error(server: tuple[Server, ChromaClient]) -> None:
    seen, client = server
    seen.failures = 100
    with pytest.raises(IndexUnavailableError, match="refused a request \\(status 500\\)"):
        await client.query(COLLECTION, [0.0], 1)
    assert seen.asked == len(PAUSES_S) + 1


async def test_a_write_is_made_once(server: tuple[Server, ChromaClient]) -> None:
    seen, client = server
    seen.failures = 100
    with pytest.raises(IndexUnavailableError, match="status 500"):
        await client.delete(COLLECTION, ["a"])
    assert seen.asked == 1


async def test_what_breaks_off_for_good_is_an_error(server: tuple[Server, ChromaClient]) -> None:
    seen, client = server
    seen.failures, seen.breaks_off = 100, True
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await client.delete(COLLECTION, ["a"])
    assert seen.asked == 1
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await client.query(COLLECTION, [0.0], 1)
    assert seen.asked == 1 + len(PAUSES_S) + 1


async def test_records_are_read_by_their_ids_and_ids_in_pages(chroma_url: str) -> None:
    client = ChromaClient(chroma_url, tenant="default_tenant", database="default_database")
    collection = await client.create(f"ids-{uuid4().hex[:12]}", {"generation": 0})
    assert collection is not None
    vector = np.ones(2, dtype="<f4")
    records = [Record(f"id{n}", f"text {n}", {"n": n}, 0.0, vector) for n in range(5)]
    await client.upsert(collection, records)
    pages = [await client.ids(collection, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert {id for page in pages for id in page} == {record.id for record in records}
    found = await client.get(collection, ids=["id3", "id1", "missing"])
    assert {record.id: record.text for record in found} == {"id1": "text 1", "id3": "text 3"}
    assert [record.id for record in await client.get(collection, {"n": 1}, ids=["id1", "id2"])] == [
        "id1"
    ]
    await client.aclose()


async def test_how_far_the_records_reach_from_each_vector(chroma_url: str) -> None:
    client = ChromaClient(chroma_url, tenant="default_tenant", database="default_database")
    collection = await client.create(f"reach-{uuid4().hex[:12]}", {"generation": 0})
    assert collection is not None
    asked = [np.array(vector, np.float32) for vector in ([1.0, 0.0], [0.0, 1.0])]
    assert await client.reaches(collection, asked, 3) == [(2.0, 2.0)] * 2  # nothing is there
    vectors = {"a": [1.0, 0.0], "b": [0.8, 0.6], "c": [0.6, 0.8], "d": [-1.0, 0.0]}
    await client.upsert(
        collection,
        [
            Record(id, f"text {id}", {"n": 1}, 0.0, np.array(vector, np.float32))
            for id, vector in vectors.items()
        ],
    )
    expected = {
        1: [(0.0, 0.0), (0.2, 0.2)],
        3: [(0.0, 0.4), (0.2, 1.0)],
        9: [(0.0, 2.0), (0.2, 1.0)],  # fewer are there: the last
    }
    for n, wanted in expected.items():
        found = await client.reaches(collection, asked, n)
        assert found == [pytest.approx(pair, abs=1e-5) for pair in wanted]
    assert await client.reaches(collection, asked[1:], 3) == [pytest.approx((0.2, 1.0))]
    await client.aclose()
