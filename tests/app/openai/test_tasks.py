"""What front ends ask beside a conversation, recognised."""

from typing import Any

import pytest

from app.openai.tasks import Recognise, is_named, looks_like_one

TITLE = "### Task:\nGenerate a concise title."
LIBRECHAT = "Provide a concise, 5-word-or-less title for the conversation."


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


@pytest.mark.parametrize(
    "messages",
    [
        [user(TITLE)],
        [{"role": "system", "content": "x"}, user(f"\n{TITLE}")],
        [user([{"type": "text", "text": TITLE}])],
        [user(LIBRECHAT)],
    ],
    ids=["text", "behind a system message", "parts", "librechat"],
)
def test_known_by_its_wording(messages: Any) -> None:
    assert looks_like_one(messages, "auto")
    assert not looks_like_one(messages, "header")
    assert not looks_like_one(messages, "off")


@pytest.mark.parametrize(
    "messages",
    [
        [user("What is a ### Task: for?")],
        [user("Why?"), {"role": "assistant", "content": "So."}, user(TITLE)],
        [{"role": "assistant", "content": TITLE}],
        [user(None)],
        [],
        None,
        [5],
    ],
    ids=["within", "in a conversation", "the assistant's", "empty", "none", "null", "number"],
)
def test_anything_else_is_a_question(messages: Any) -> None:
    assert not looks_like_one(messages, "auto")


@pytest.mark.parametrize(
    ("value", "recognise", "is_one"),
    [
        ("title_generation", "auto", True),
        ("title_generation", "header", True),
        ("title_generation", "off", False),
        ("", "auto", False),
        ("{{TASK}}", "auto", False),
    ],
)
def test_known_by_a_header(value: str, recognise: Recognise, is_one: bool) -> None:
    assert is_named({"x-task": value}, recognise) is is_one
