"""For connections that are no good: how long one may take, and what came back on it."""

import json
from typing import Any

HEAD_S = 0.8
QUESTION = "What is it?"


def replies(reply: bytes) -> list[tuple[int, bytes]]:
    """Status and head of each response in what came back on a connection."""
    parts = reply.split(b"HTTP/1.1 ")
    assert parts[0] == b""
    return [(int(part[:3]), part) for part in parts[1:]]


def problem(reply: bytes) -> dict[str, Any]:
    ((_, only),) = replies(reply)
    value: dict[str, Any] = json.loads(only.partition(b"\r\n\r\n")[2])
    return value
