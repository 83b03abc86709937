"""A client of the service that writes its own bytes, and leaves as it likes."""

import json
import socket
import struct

from tests.support.ending import body_for

HEAD = (
    "POST /rag/{endpoint} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Content-Length: {length}\r\n\r\n"
)
_SMALL_BUFFER = 4096


def request(question: str, endpoint: str = "stream", headers: str = "") -> bytes:
    """A whole request; `headers`: further lines, each with its end."""
    body = json.dumps(body_for(question, endpoint)).encode()
    head = HEAD.format(endpoint=endpoint, length=len(body)).encode()
    return head[:-2] + headers.encode() + b"\r\n" + body


def connect(port: int, *, small_buffer: bool = False, source: str = "127.0.0.1") -> socket.socket:
    """A connection; with a small buffer it holds little of what it does not read.

    `source`: the client's address, of which the loopback has many.
    """
    link = socket.socket()
    link.bind((source, 0))
    if small_buffer:  # before connecting: TCP agrees on its window then
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    link.settimeout(30)
    link.connect(("127.0.0.1", port))
    return link


def reset(link: socket.socket) -> None:
    """Leave with an RST, as a process that crashes."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def read_to_end(link: socket.socket) -> bytes:
    """All until the server ends the connection, however it does."""
    parts = []
    try:
        while part := link.recv(65_536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)
