"""What is no request of ours."""

import pytest

from tests.support.faulty_model import FaultyModel
from tests.support.hostile_links import problem, replies
from tests.support.raw_client import connect, read_to_end, request
from tests.support.service import Service


@pytest.mark.parametrize(
    "nonsense",
    [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n c\r\n\r\n",
    ],
    ids=["connect", "http2", "tls", "folded"],
)
def test_what_is_no_request_of_ours_is_400(service: Service, nonsense: bytes) -> None:
    with connect(service.port) as link:
        link.sendall(nonsense)
        assert problem(read_to_end(link))["code"] == "bad_request"


def test_nonsense_behind_a_question_ends_the_connection_with_its_run(
    service: Service, model: FaultyModel
) -> None:
    asked = "fault:paced:100 behind"
    with connect(service.port) as link:
        link.sendall(request(asked))
        model.wait_until(lambda: bool(model.asked(asked)))
        link.sendall(b"no HTTP at all\r\n\r\n")
        reply = read_to_end(link)
    assert len(replies(reply)) <= 1
    model.wait_until(lambda: model.live == 0)
