"""What HTTP said of a failure, wherever a client has put it."""

from http import HTTPStatus
from typing import Any

import httpx
import pytest
from ollama import ResponseError

from rag_stream.models.failures import HttpOutcome
from rag_stream.models.langchain.failures import outcome_of_any

REQUEST = httpx.Request("POST", "http://upstream")


class CodedError(Exception):
    """As Google's client has it, wrapped by LangChain's package."""

    def __init__(self, code: Any) -> None:
        super().__init__("internal words")
        self.code = code


class ThrottlingException(Exception):  # noqa: N818 - its name
    """As Amazon's client has it."""

    response = {  # noqa: RUF012
        "ResponseMetadata": {"HTTPStatusCode": 429, "HTTPHeaders": {"Retry-After": "3"}}
    }


class OverloadedError(Exception):
    """As Anthropic's client has it in the middle of a stream."""

    status_code = 200


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CodedError(503), HttpOutcome(503)),
        (CodedError(HTTPStatus.UNAUTHORIZED), HttpOutcome(401)),
        (caused(ValueError("x"), CodedError(404)), HttpOutcome(404)),
        (ThrottlingException(), HttpOutcome(429, "3")),
        (OverloadedError(), HttpOutcome(529)),
        (CodedError("not_found"), HttpOutcome()),
        (CodedError(11), HttpOutcome()),
        (ResponseError("in the middle"), HttpOutcome()),
        (ValueError("x"), HttpOutcome()),
    ],
)
def test_status_and_time(error: Exception, outcome: HttpOutcome) -> None:
    assert outcome_of_any(error) == outcome


def test_the_headers_that_ollamas_client_hides() -> None:
    response = httpx.Response(429, headers={"Retry-After": "7"}, request=REQUEST)

    def ask() -> None:
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise ResponseError("busy", error.response.status_code) from None

    with pytest.raises(ResponseError) as caught:
        ask()
    assert outcome_of_any(caught.value) == HttpOutcome(429, "7")


def test_causes_that_go_round_come_to_an_end() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert outcome_of_any(one) == HttpOutcome()
