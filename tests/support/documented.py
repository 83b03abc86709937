"""Operations as `/openapi.json` documents them, held against what a running service answers."""

import json
import socket
from contextlib import ExitStack
from http.client import HTTPResponse
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from tests.support.ending import body_for
from tests.support.raw_client import connect
from tests.support.service import Service

QUESTION = "What is it?"
LINK = "N4Ig"  # is none
CHAT = "/api/chat"
COMPLETIONS = "/v1/chat/completions"
NOBODYS = "acaa7254-2d3e-4e0f-8c2d-c397ec9a229d"


def completion_body(question: str, **more: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": question}]
    return {"model": "rag-stream", "messages": asked, **more}


class Operation:
    """One documented operation, and what it has answered here so far."""

    def __init__(self, service: Service, document: dict[str, Any], method: str, path: str) -> None:
        self.service, self.method = service, method
        self.path = path.replace("{config_hash}", "").replace("//", "/").replace("/c/", "/")
        self.link = path.replace("{config_hash}", LINK) if "{config_hash}" in path else None
        for name in ("run_id", "session_id", "chat_id", "name"):
            self.path = self.path.replace(f"{{{name}}}", NOBODYS)
        self.is_batch = path.endswith("batch")
        self.responses = document["paths"][path][method.lower()]["responses"]
        self.components = document["components"]
        self.given: set[str] = set()

    def body(self, question: str) -> bytes:
        if self.path == CHAT:
            parts = [{"type": "text", "text": question}]
            asked = {"id": NOBODYS, "messages": [{"role": "user", "parts": parts}]}
            return json.dumps(asked).encode()
        if self.path == COMPLETIONS:
            return json.dumps(completion_body(question)).encode()
        return json.dumps(body_for(question, "batch" if self.is_batch else "invoke")).encode()

    def sends(self, status: int, body: bytes | None = None, path: str = "", **headers: str) -> None:
        """Ask, get that status, and the documented body."""
        if body is None and self.method == "POST":
            body = self.body(QUESTION)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with httpx.Client(base_url=self.service.url, trust_env=False, timeout=30) as client:
            answer = client.request(
                self.method, path or self.path, content=body, headers={**self.kind(), **named}
            )
        self.check(status, answer)

    def kind(self) -> dict[str, str]:
        accepted = {"accept": "application/json"} if self.path.startswith(CHAT) else {}
        return (
            {"content-type": "application/json", **accepted} if self.method == "POST" else accepted
        )

    def sends_raw(self, status: int, more: str, rest: bytes = b"", host: str = "127.0.0.1") -> None:
        """The same with a head of our own, from an address that has no other connections."""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: {host}\r\n"
        head += f"Accept: {self.kind().get('accept', '*/*')}\r\n{more}\r\n"
        with connect(self.service.port) as link:
            link.sendall(head.encode() + rest)
            got = HTTPResponse(link, method=self.method)
            got.begin()
            content, headers = got.read(), got.getheaders()  # the connection may go on for seconds
        self.check(status, httpx.Response(got.status, content=content, headers=headers))

    def check(self, status: int, answer: httpx.Response) -> None:
        assert answer.status_code == status, answer.text
        documented = self.responses[str(status)]
        self.given.add(str(status))
        kind, _, _ = answer.headers.get("content-type", "").partition(";")
        assert kind in documented.get("content", {"": None}), answer.headers
        is_json = kind == "application/json"
        if is_json and "schema" in documented["content"][kind]:
            schema = documented["content"]["application/json"]["schema"]
            whole = {**schema, "components": self.components}
            Draft202012Validator(whole).validate(answer.json())
        if status >= 400 and "reasons" not in answer.json():
            problem = answer.json().get("error", answer.json())
            assert f"`{problem['code']}`" in documented["description"]
            if problem.get("retryable", status == 429) and status in (429, 503):
                assert answer.headers["retry-after"]

    def crowded(self) -> None:
        """As it is when this address has all the connections that it may."""
        with ExitStack() as stack:
            for _ in range(20):
                link = stack.enter_context(socket.socket())
                link.bind(("127.0.0.7", 0))
                link.connect(("127.0.0.1", self.service.port))
            transport = httpx.HTTPTransport(local_address="127.0.0.7")
            with httpx.Client(transport=transport, base_url=self.service.url) as client:
                self.check(503, client.request(self.method, self.path, headers=self.kind()))
