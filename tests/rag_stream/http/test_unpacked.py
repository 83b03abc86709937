"""Bodies over httpx's connections: what is packed is unpacked in small pieces, to a bound."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from rag_stream.http.response import HttpError, TooLongError, whole
from rag_stream.http.unpacked import Unpacked


class Body(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._data), 50_000):
            yield self._data[at : at + 50_000]


def answer(data: bytes, packing: str | None) -> httpx.Response:
    headers = {} if packing is None else {"content-encoding": packing}
    return httpx.Response(200, headers=headers, stream=Body(data))


TEXT = b'{"a": 1}' * 50_000


@pytest.mark.parametrize(
    ("packing", "data"),
    [
        (None, TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
    ],
)
async def test_the_body_is_what_was_packed(packing: str | None, data: bytes) -> None:
    assert await whole(Unpacked(answer(data, packing)), len(TEXT)) == TEXT
    with pytest.raises(TooLongError, match=f"^a body of more than {len(TEXT) - 1} bytes$"):
        await whole(Unpacked(answer(data, packing)), len(TEXT) - 1)


async def test_little_is_held_of_what_unpacks_to_much() -> None:
    data = gzip.compress(b"a" * 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(TooLongError):
            await whole(Unpacked(answer(data, "gzip")), 1_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize(
    ("packing", "data"), [("gzip", TEXT), ("br", TEXT), ("gzip, gzip", gzip.compress(TEXT))]
)
async def test_what_cannot_be_unpacked_is_an_error(packing: str, data: bytes) -> None:
    with pytest.raises(HttpError, match="^a body that "):
        await whole(Unpacked(answer(data, packing)), len(TEXT))
