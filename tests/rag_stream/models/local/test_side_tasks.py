"""What programs get beside a conversation where there is no language model."""

import json

import pytest

from rag_stream.models.local.side_tasks import answer_without_model, title_of

CHAT = (
    "<chat_history>\nUSER: how do I reset the device? It blinks.\nASSISTANT: Hold it.\n"
    "USER: And then?\n</chat_history>"
)


def task(form: str) -> str:
    return f"### Task:\nWork.\n### Output:\nJSON format: {form}\n### Chat History:\n{CHAT}"


def test_a_title_in_the_form_that_is_asked_for() -> None:
    assert json.loads(answer_without_model(task('{ "title": "your title" }'))) == {
        "title": "How do I reset the device"
    }
    plain = "Provide a concise, 5-word-or-less title.\n\nConversation:\nUser: why is it red\nAI: so"
    assert answer_without_model(plain) == "Why is it red"


@pytest.mark.parametrize("name", ["tags", "follow_ups", "queries"])
def test_of_what_takes_a_model_there_is_nothing(name: str) -> None:
    assert json.loads(answer_without_model(task(f'{{ "{name}": ["a", "b"] }}'))) == {name: []}


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        ("", "New chat"),
        ("User: ???", "New chat"),
        ("USER: **Why** so?", "Why** so"),
        ("Human: " + "many words " * 50, "Many words many words many words"),
        ("User: " + "x" * 500, "X" + "x" * 59),
        ("USER: \u4f60\u597d\u5417\uff1f\u8c22\u8c22", "\u4f60\u597d\u5417\uff1f\u8c22\u8c22"),
    ],
    ids=["nothing", "no word", "marks", "words", "letters", "chinese"],
)
def test_a_title_is_short_and_never_empty(request_: str, title: str) -> None:
    assert title_of(request_) == title
