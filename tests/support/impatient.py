"""Questions to a service that waits but a moment for its clients, and its limits."""

from itertools import count

from tests.support.ending import ask
from tests.support.service import Service

NUMBERS = count(1)
SEND_S = 1.0
BODY_S = 0.8
LIMITS = {
    "RAG_SEND_TIMEOUT_S": SEND_S,
    "RAG_BODY_TIMEOUT_S": BODY_S,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 10,
    "RAG_TOKEN_TIMEOUT_S": 10,
}


def question(text: str = "What") -> str:
    return f"{text} number {next(NUMBERS)}?"


def works(service: Service) -> None:
    ending = ask(service, question())
    assert (ending.code, ending.answer) == ("completed", "Hello from the faulty model.")


def answered(reply: bytes) -> int:
    """The status of the one HTTP answer in a reply."""
    assert reply.count(b"HTTP/1.1 ") == 1, reply
    return int(reply.split(b" ", 2)[1])
