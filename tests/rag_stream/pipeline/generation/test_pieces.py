"""From a prompt to the pieces of an answer, with models that answer by a script."""

import asyncio
import importlib
from contextlib import aclosing
from typing import Any

import openai
import pytest

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import (
    ConnectTimeoutError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    WeightsError,
)
from tests.support.scripted_pieces import ACCEPTED, SILENCE, STOP, Model, Reader, Step, answer_of


def status_error(status: int, **headers: str) -> openai.APIStatusError:
    """What the OpenAI client raises for a response of that status."""
    http = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
    response = http.Response(
        status, headers=headers, request=http.Request("POST", "http://upstream/v1")
    )
    return openai.APIStatusError("internal words", response=response, body=None)


def timeout_error(connecting: bool) -> openai.APITimeoutError:
    http: Any = importlib.import_module("httpx2")
    error = openai.APITimeoutError(http.Request("POST", "http://upstream/v1"))
    error.__cause__ = http.ConnectTimeout("x") if connecting else http.ReadTimeout("x")
    return error


async def test_pieces_come_as_the_model_gives_them() -> None:
    pieces = [
        ACCEPTED,
        AnswerPiece("one"),
        AnswerPiece(" two"),
        AnswerPiece("", "stop"),
        AnswerPiece("", None, {"n": 1}),
    ]
    model = Model([*pieces])
    assert [piece async for piece in answer_of(model)] == pieces
    assert (model.asked, model.ended) == (1, 1)


async def test_that_the_model_has_accepted_is_known_before_its_first_text() -> None:
    model = Model([ACCEPTED, SILENCE])
    async with aclosing(answer_of(model)) as answer:
        async with asyncio.timeout(10):
            assert await anext(answer) == ACCEPTED
    assert model.ended == 1


@pytest.mark.parametrize(
    "failed",
    [
        [ConnectionResetError("internal words")],
        [ACCEPTED, ConnectionResetError("internal words")],
        [ACCEPTED, ValueError("no JSON")],
        [ACCEPTED],  # ended without an answer and without a reason
        [],
        [status_error(500)],
        [status_error(429)],
        [status_error(429, **{"retry-after": "0"})],
    ],
)
async def test_a_model_that_failed_before_its_first_text_is_asked_again(
    reader: Reader, failed: list[Step]
) -> None:
    model = Model(failed, failed, [ACCEPTED, AnswerPiece("whole"), STOP])
    assert await reader.read(answer_of(model)) == "whole"
    assert (model.asked, model.ended) == (3, 3)


@pytest.mark.parametrize(
    "failure", [ConnectionResetError("x"), status_error(500), status_error(429), ValueError("x")]
)
async def test_after_its_first_text_it_is_not_asked_again(
    reader: Reader, failure: Exception
) -> None:
    """A second answer would begin anew, behind the half of another."""
    model = Model([ACCEPTED, AnswerPiece("half"), failure], [AnswerPiece("other"), STOP])
    with pytest.raises(ModelFailedError) as caught:
        await reader.read(answer_of(model))
    assert reader.texts == ["", "half"]
    assert (model.asked, model.ended) == (1, 1)
    assert caught.value.__cause__ is failure


async def test_an_answer_without_an_end_has_been_cut_off(reader: Reader) -> None:
    model = Model([ACCEPTED, AnswerPiece("half")])
    with pytest.raises(ModelFailedError, match="'openai:m' broke off its answer"):
        await reader.read(answer_of(model))
    assert reader.texts == ["", "half"]
    assert model.asked == 1


@pytest.mark.parametrize("steps", [[], [ACCEPTED], [AnswerPiece("all of it")]])
async def test_a_model_that_tells_no_end_may_stop_at_any_place(
    reader: Reader, steps: list[Step]
) -> None:
    await reader.read(answer_of(Model(steps), reports_finish=False))
    assert len(reader.texts) == len(steps)


async def test_the_reason_need_not_come_last(reader: Reader) -> None:
    model = Model([AnswerPiece("all"), STOP, AnswerPiece("", None, {"output_tokens": 1})])
    assert await reader.read(answer_of(model)) == "all"


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_the_last_failure_is_told_with_its_cause(reader: Reader, retries: int) -> None:
    failures = [ConnectionResetError(f"internal {number}") for number in range(4)]
    model = Model(*([failure] for failure in failures))
    with pytest.raises(ModelFailedError) as caught:
        await reader.read(answer_of(model, retries=retries))
    assert caught.value.__cause__ is failures[retries]
    assert "internal" not in str(caught.value)
    assert (model.asked, model.ended) == (retries + 1, retries + 1)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (status_error(401), ModelRejectedError),
        (status_error(400), ModelRejectedError),
        (status_error(429, **{"retry-after": "7"}), ModelBusyError),
        (TimeoutError("x"), ModelTimeoutError),
        (timeout_error(connecting=False), ModelTimeoutError),
        (timeout_error(connecting=True), ConnectTimeoutError),
    ],
)
async def test_where_asking_again_does_not_help_it_is_told_at_once(
    reader: Reader, failure: Exception, kind: type[RagError]
) -> None:
    model = Model([failure], [AnswerPiece("not asked for"), STOP])
    with pytest.raises(kind) as caught:
        await reader.read(answer_of(model))
    assert type(caught.value) is kind
    assert caught.value.__cause__ is failure
    assert (reader.texts, model.asked) == ([], 1)


async def test_a_retry_after_that_is_too_long_reaches_the_client(reader: Reader) -> None:
    with pytest.raises(ModelBusyError) as caught:
        await reader.read(answer_of(Model([status_error(429, **{"retry-after": "7"})])))
    assert caught.value.retry_after == "7"


async def test_an_error_of_ours_stays_what_it_is(reader: Reader) -> None:
    ours = WeightsError("no weights")
    with pytest.raises(WeightsError) as caught:
        await reader.read(answer_of(Model([ours])))
    assert caught.value is ours
    assert caught.value.__cause__ is None


async def test_an_answer_that_the_model_calls_failed_is_a_failure() -> None:
    """Some end their stream in an orderly way and say in it that they broke down."""
    model = Model([ACCEPTED, AnswerPiece("half"), AnswerPiece("", "failed")])
    answer = answer_of(model)
    assert [(await anext(answer)).text for _ in range(3)] == ["", "half", ""]
    with pytest.raises(ModelFailedError, match="broke off its answer"):
        await anext(answer)
