"""The worst inputs known: each a way to have far more work done than it takes to send."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from langserve.lzstring import LZString

from bench.endings.client import request

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Worst:
    """What is sent, whole or as long as it is taken, on so many connections at a time."""

    name: str
    parts: Callable[[], Iterator[bytes]]
    connections: int = 1


def inputs() -> list[Worst]:
    """Of heads, links, bodies and questions."""
    return [
        Worst("a header of 80 MB", lambda: _head(b"X-A: ", b"a" * _MB, 80)),
        Worst("300 MB of headers", lambda: _head(b"", b"X-A: b\r\n" * (_MB // 8), 300)),
        Worst("an address of 20 MB", lambda: _endless(b"GET /rag/", b"a" * _MB, 20)),
        Worst("14,000 requests in a row", _row),
        Worst("a link that unpacks to 500,000", _packed_link),
        Worst("a link of 60,000 characters", lambda: _link("N" * 60_000)),
        Worst("a field's name of 900 KB", lambda: _field(["b" * 900_000])),
        Worst("100 fields of 9 KB", lambda: _field([f"{n}{'b' * 9_000}" for n in range(100)])),
        Worst("lists in lists, 450,000 deep", lambda: _raw(b"[" * 450_000 + b"]" * 450_000)),
        Worst("300,000 lists", lambda: _raw(b"[" + b"[]," * 300_000 + b"[]]")),
        Worst("450,000 numbers", lambda: _raw(b"[" + b"1," * 450_000 + b"1]")),
        Worst("190,000 times the same field", lambda: _raw(b"{" + b'"":1,' * 190_000 + b'"":1}')),
        Worst("a number of 900,000 digits", lambda: _configured(b'"k":' + b"9" * 900_000)),
        Worst("a question of 900 KB", lambda: _ask("word " * 180_000)),
        Worst("a question of one word of 900 KB", lambda: _ask("a" * 900_000)),
        Worst("a question of 9,999 brackets", lambda: _ask("[" * 9_999)),
        Worst("a question of one word of 9,999", lambda: _ask("a" * 9_999)),
        Worst("a question of 9,999 marks", lambda: _ask("\u0301" * 9_999)),
        Worst("a filter of 20,000 conditions", lambda: _configured(_wide_filter(20_000))),
        Worst("a filter, 10,000 deep", lambda: _configured(_deep_filter(10_000))),
        Worst("100 questions of 9,000 characters", _batch),
        Worst("a body in pieces of one byte", _crumbs),
        Worst("200 bodies of 1 MB, not whole", _unfinished, 200),
        Worst("200 bodies of 1 MB, mostly blanks", _padded, 200),
    ]


def _head(before: bytes, piece: bytes, times: int) -> Iterator[bytes]:
    return _endless(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + before, piece, times)


def _endless(before: bytes, piece: bytes, times: int) -> Iterator[bytes]:
    yield before
    for _ in range(times):
        yield piece


def _row() -> Iterator[bytes]:
    yield b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 14_000


def _post(body: object, endpoint: str = "stream") -> Iterator[bytes]:
    yield request("POST", f"/rag/{endpoint}", body)


def _field(names: Sequence[str]) -> Iterator[bytes]:
    return _post({"input": {"input": "a"}} | dict.fromkeys(names, 1))


def _ask(question: str) -> Iterator[bytes]:
    return _post({"input": {"input": question}})


def _raw(value: bytes) -> Iterator[bytes]:
    yield _with_body(b'{"input":' + value + b"}")


def _configured(fields: bytes) -> Iterator[bytes]:
    yield _with_body(b'{"input":{"input":"a"},"config":{"configurable":{' + fields + b"}}}")


def _with_body(body: bytes, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return request("POST", "/rag/stream", headers={"content-length": str(told)}) + body


def _wide_filter(conditions: int) -> bytes:
    return b'"filter":' + orjson.dumps({"$or": [{"a": n} for n in range(conditions)]})


def _deep_filter(levels: int) -> bytes:
    return b'"filter":' + b'{"$and":[' * levels + b'{"a":1}' + b"]}" * levels


def _link(packed: str) -> Iterator[bytes]:
    yield request("GET", f"/rag/c/{packed}/config_schema")


def _packed_link() -> Iterator[bytes]:
    packing = LZString.compressToEncodedURIComponent
    return _link(packing("a" * 500_000))  # type: ignore[no-untyped-call]


def _batch() -> Iterator[bytes]:
    return _post({"inputs": [{"input": "word " * 1_800}] * 100}, "batch")


def _crumbs() -> Iterator[bytes]:
    """Chunks that take six bytes to bring one."""
    lines = {"transfer-encoding": "chunked"}
    head = request("POST", "/rag/stream", headers=lines).replace(b"content-length: 0\r\n", b"")
    body = orjson.dumps({"input": "word " * 20_000})
    yield head + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"


def _unfinished() -> Iterator[bytes]:
    yield _with_body(b" " * 999_000, length=1_000_000)


def _padded() -> Iterator[bytes]:
    """Good questions, which are answered for seconds."""
    yield _with_body(b'{"input":{"input":"Who waits? fault:paced:100"}' + b" " * 900_000 + b"}")
