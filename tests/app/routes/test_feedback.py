"""What a request says of an answer: taken strictly, and refused where nobody takes it."""

from typing import Any
from uuid import UUID

import pytest

from app.feedback.answered import Verdict
from app.routes.feedback import MAX_COMMENT_CHARS, verdict_of
from app.server import create_app
from rag_stream.errors import InvalidInputError
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.in_process import running

RUN = "0f6f27a5-7e57-4a0e-a8a1-3a3a3f3f3f3f"


@pytest.mark.parametrize(
    ("more", "comment"),
    [
        ({}, None),
        ({"comment": None}, None),
        ({"comment": "  "}, None),
        ({"comment": "x" * MAX_COMMENT_CHARS}, "x" * MAX_COMMENT_CHARS),
    ],
    ids=["none", "null", "blank", "longest"],
)
def test_a_verdict_is_read(more: dict[str, Any], comment: str | None) -> None:
    body = {"run_id": RUN.upper(), "score": -1, **more}
    assert verdict_of(body) == Verdict(str(UUID(RUN)), -1, comment)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"run_id": None}, "run_id: expected the id of a run, a UUID, got nothing"),
        ({"run_id": "x' OR 1"}, "run_id: expected the id of a run"),
        ({"run_id": "0" * 10_000}, "run_id: expected the id of a run"),
        ({"score": 2}, "score: expected -1, 0 or 1, got 2"),
        ({"score": True}, "score: expected -1, 0 or 1, got True"),
        ({"score": "1"}, "score: expected -1, 0 or 1, got '1'"),
        ({"score": None}, "score: expected"),
        ({"comment": 5}, "comment: expected a string, got 5"),
        ({"comment": "x" * (MAX_COMMENT_CHARS + 1)}, "comment: expected at most 4000 characters"),
        ({"rating": 1}, "rating: no such field, expected run_id, score, comment"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:40],
)
def test_what_is_none_is_refused_by_its_field(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        verdict_of({"run_id": RUN, "score": 1, **changed})
    assert str(refused.value).startswith(complaint)


async def test_where_it_is_off_the_setting_is_named(settings: Settings) -> None:
    async with running(create_app(RagChain(settings))) as client:
        answer = await client.post("/feedback", json={"run_id": RUN, "score": 1})
    assert answer.status_code == 404
    assert answer.json()["code"] == "feedback_off"
    assert "RAG_FEEDBACK=off" in answer.json()["message"]
