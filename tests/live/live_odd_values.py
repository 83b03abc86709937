"""Every header, query and field that is read, with values nobody means: 4xx or an answer."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.faulty_model import FaultyModel
from tests.support.served import over
from tests.support.service import Service

ENDPOINTS = [b"invoke", b"stream", b"stream_log", b"stream_events", b"batch"]
FINE = b'{"input":{"input":"What is Task Decomposition?"}}'


@pytest.fixture(scope="module")
def service(chroma_url: str) -> Iterator[Service]:
    with FaultyModel() as model, Service(env=over(model, chroma_url)) as service:
        yield service


def head(method: str, path: bytes, headers: list[bytes], length: int | None) -> bytes:
    lines = [method.encode() + b" " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    if length is not None:
        lines.append(b"Content-Length: %d" % length)
        if not any(line.lower().startswith(b"content-type:") for line in headers):
            lines.append(b"Content-Type: application/json")
    return b"\r\n".join([*lines, *headers]) + b"\r\n\r\n"


def asked(
    service: Service,
    path: bytes = b"/rag/invoke",
    body: bytes | None = FINE,
    headers: list[bytes] | None = None,
    method: str = "POST",
) -> tuple[int, bytes]:
    """The status and all of the response."""
    wire = head(method, path, headers or [], None if body is None else len(body)) + (body or b"")
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as link:
        link.sendall(wire)
        whole = b""
        while piece := link.recv(65_536):
            whole += piece
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", whole)
    assert status is not None, whole[:200]
    return int(status[1]), whole


def check(service: Service, what: object, status: int, whole: bytes) -> None:
    assert status < 500, (what, whole[-500:])
    assert b'"internal"' not in whole, (what, whole[-500:])
    assert b"Internal Server Error" not in whole, (what, whole[-500:])
    assert len(whole) < 1_000_000, what
    assert "Traceback" not in service.output(), what


def nested(inner: str, depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + inner + closing * depth


VALUES = [
    *("null", "true", "0", "-1", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "1" * 400),
    *("-" + "9" * 5_000, "1e400", "0.1", '""', '" "', '"\\ud800"', '"a\\udfffb"', '"\\u0000"'),
    *('"\x00"', '"\\ud83d\\ude00"', "[]", "{}", "[[]]", "[null]", '{"": null}', '{"\\ud800": 1}'),
    *('{"__class__": "x"}', '{"$ne": 1}', '{"a": {"$gt": ""}}', '"' + "x" * 50_000 + '"'),
    *('["' + "a" * 5_000 + '"]', "[" + ",".join(["1"] * 5_000) + "]", '[1, "a", null, {}]'),
    *(nested("1", 1_000), nested("1", 100), nested("1", 1_000, '{"a":', "}")),
    *('{"lc": 1, "type": "constructor", "id": ["a"], "kwargs": {}}', '{"a": 1, "a": 2}', "'x'"),
]
BODIES = {
    "input": '{"input": %s}',
    "question": '{"input": {"input": %s}}',
    "another field": '{"input": {"input": "a?", "chat_history": %s}}',
    "config": '{"input": {"input": "a?"}, "config": %s}',
    "configurable": '{"input": {"input": "a?"}, "config": {"configurable": %s}}',
    "tags": '{"input": {"input": "a?"}, "config": {"tags": %s}}',
    "metadata": '{"input": {"input": "a?"}, "config": {"metadata": %s}}',
    "callbacks": '{"input": {"input": "a?"}, "config": {"callbacks": %s}}',
    "run_id": '{"input": {"input": "a?"}, "config": {"run_id": %s}}',
    "run_name": '{"input": {"input": "a?"}, "config": {"run_name": %s}}',
    "recursion_limit": '{"input": {"input": "a?"}, "config": {"recursion_limit": %s}}',
    "max_concurrency": '{"input": {"input": "a?"}, "config": {"max_concurrency": %s}}',
    "k": '{"input": {"input": "a?"}, "config": {"configurable": {"k": %s}}}',
    "search_type": '{"input": {"input": "a?"}, "config": {"configurable": {"search_type": %s}}}',
    "filter": '{"input": {"input": "a?"}, "config": {"configurable": {"filter": %s}}}',
    "source": '{"input": {"input": "a?"}, "config": {"configurable": {"filter": {"source": %s}}}}',
    "kwargs": '{"input": {"input": "a?"}, "kwargs": %s}',
    "extra": '{"input": {"input": "a?"}, "extra": %s}',
    "twice": '{"input": {"input": "a?"}, "input": %s}',
    "whole": "%s",
}
OF_LOGS = {
    name: '{"input": {"input": "a?"}, "' + name + '": %s}'
    for name in (
        "include_names",
        "exclude_tags",
        "include_types",
        "diff",
        "include_streamed_output",
    )
}
OF_BATCH = {
    "inputs": '{"inputs": %s}',
    "one": '{"inputs": [%s]}',
    "mixed": '{"inputs": [{"input": "a?"}, %s, {"input": ""}]}',
    "config": '{"inputs": [{"input": "a?"}], "config": %s}',
    "configs": '{"inputs": [{"input": "a?"}], "config": [%s]}',
    "kwargs": '{"inputs": [{"input": "a?"}], "kwargs": %s}',
}


@pytest.mark.parametrize("field", BODIES)
def test_fields(service: Service, field: str) -> None:
    for number, value in enumerate(VALUES):
        body = (BODIES[field] % value).encode("utf-8", "surrogatepass")
        path = b"/rag/" + ENDPOINTS[number % 4]
        check(service, (field, value[:80]), *asked(service, path, body))


@pytest.mark.parametrize("field", OF_LOGS)
@pytest.mark.parametrize("path", [b"/rag/stream_log", b"/rag/stream_events"])
def test_fields_of_logs(service: Service, field: str, path: bytes) -> None:
    for value in VALUES:
        body = (OF_LOGS[field] % value).encode("utf-8", "surrogatepass")
        check(service, (field, value[:80]), *asked(service, path, body))


@pytest.mark.parametrize("field", OF_BATCH)
def test_fields_of_batches(service: Service, field: str) -> None:
    for value in VALUES:
        body = (OF_BATCH[field] % value).encode("utf-8", "surrogatepass")
        check(service, (field, value[:80]), *asked(service, b"/rag/batch", body))


ODD_BODIES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf" + FINE,
    FINE.decode().encode("utf-16"),
    FINE.decode().encode("utf-16-le"),
    FINE.decode().encode("utf-32"),
    FINE.replace(b"What", b"Wh\xe9t"),
    FINE.replace(b"What", b"Wh\xed\xa0\x80t"),
    FINE + b"x",
    FINE * 2,
    FINE[:-1],
    b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    b"[" * 999_000,
    b'{"a":' * 190_000,
    b'"' + b"\\" * 99_999,
    b'{"input": {"input": "a?"}, "x": "' + b"\\ud800" * 100_000 + b'"}',
]


@pytest.mark.parametrize("number", range(len(ODD_BODIES)))
def test_bodies(service: Service, number: int) -> None:
    body = ODD_BODIES[number]
    # Where there is nothing, a long body is not read, and its sender may get no answer.
    off = (b"feedback", b"token_feedback", b"public_trace_link") if len(body) < 10_000 else ()
    for endpoint in (*ENDPOINTS, *off):
        check(service, number, *asked(service, b"/rag/" + endpoint, body))


WORDS = [
    *(b"", b" ", b"\t", b",", b";", b"*", b"-1", b"0", b"1" * 400, b"1e999", b"NaN", b"\xff\xfe"),
    *(b"\xc3\xa9", b"\xed\xa0\x80", b"a" * 8_000, b"http://[", b"http://[::1", b"//", b"%", b"%00"),
    *(b"%zz", b"q=", b"text/html;q=abc", b"application/json; charset=utf-16", b"text/plain"),
    *(b"application/json; charset=nonsense", b'application/json; charset="', b"null", b"\x7f"),
    *(b"00000000-0000-0000-0000-000000000000", b"0" * 36, b"{", b"gzip", b"chunked, gzip", b"\x0c"),
    b"http://localhost:99999999/rag/playground/",
    b"http://localhost/rag/c/%ff/playground/",
]
HEADERS = [
    *(b"Accept", b"Accept-Encoding", b"Accept-Language", b"Content-Type", b"Content-Encoding"),
    *(b"Last-Event-ID", b"X-Run-Id", b"X-On-Disconnect", b"Referer", b"Origin", b"Cookie"),
    *(
        b"Authorization",
        b"X-Api-Key",
        b"X-Forwarded-For",
        b"X-Forwarded-Proto",
        b"Range",
        b"Expect",
    ),
    *(b"X-Forwarded-Host", b"Forwarded", b"If-None-Match", b"If-Modified-Since", b"Upgrade"),
    *(b"Sec-Fetch-Site", b"Traceparent", b"User-Agent", b"X-Http-Method-Override", b"Te"),
]


@pytest.mark.parametrize("name", HEADERS)
def test_headers(service: Service, name: bytes) -> None:
    unknown = b"/rag/runs/00000000-0000-0000-0000-000000000001/stream"
    for word in WORDS:
        line = name + b": " + word
        for path in (b"/rag/invoke", b"/rag/stream", b"/rag/stream_log"):
            check(service, (line[:80], path), *asked(service, path, headers=[line]))
        for path in (unknown, b"/rag/playground/", b"/healthz", b"/"):
            check(service, (line[:80], path), *asked(service, path, None, [line], "GET"))


PARTS = [
    *(b"%", b"%0", b"%zz", b"%00", b"%ff", b"%ed%a0%80", b"%2e%2e%2f", b"..", b"%0d%0aX:%20y"),
    *(b"a" * 5_000, b"%25", b"%u0041", b"\xff", b"%c0%af", b";", b"'", b"N4Ig", b"%3Cscript%3E"),
    *(b"00000000-0000-0000-0000-000000000000", b"9" * 400, b"+", b"*", b"-", b"%f0%9f%98%80"),
]
PLACES = [
    *(b"/{}", b"/rag/{}", b"/rag/runs/{}", b"/rag/runs/{}/stream", b"/rag/c/{}/invoke"),
    *(
        b"/rag/c/{}/stream",
        b"/rag/c/{}/playground/",
        b"/rag/playground/{}",
        b"/rag/c/{}/config_schema",
    ),
    *(
        b"/rag/playground/assets/{}",
        b"/rag/invoke/{}",
        b"/rag/invoke?{}",
        b"/rag/c/{}/input_schema",
    ),
    b"/rag/runs/00000000-0000-0000-0000-000000000001/stream?after={}",
    b"/rag/runs/00000000-0000-0000-0000-000000000001/stream?{}=1&after=1&after=2",
]


@pytest.mark.parametrize("place", PLACES)
def test_paths_and_queries(service: Service, place: bytes) -> None:
    for part in PARTS:
        path = place.replace(b"{}", part)
        for method, body in (("GET", None), ("POST", FINE), ("DELETE", None), ("HEAD", None)):
            check(service, (method, path[:80]), *asked(service, path, body, None, method))


def test_methods(service: Service) -> None:
    for method in ("PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "HEAD", "get"):
        for path in (b"/rag/invoke", b"/rag/stream", b"/", b"*", b"/openapi.json", b"/healthz"):
            check(service, (method, path), *asked(service, path, None, None, method))


def test_it_still_answers(service: Service) -> None:
    status, whole = asked(service)
    assert status == 200
    body: Any = json.loads(whole.partition(b"\r\n\r\n")[2])
    assert body["output"]["status"]["state"] == "completed"
