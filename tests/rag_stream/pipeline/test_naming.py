"""What is told for a name, and what is a question with more to it."""

import pytest
from langchain_core.documents import Document

from rag_stream.pipeline.naming import naming

HARBOUR = "The harbour of Marlow was closed in the winter of 1901."


def doc(text: str) -> Document:
    return Document(text)


API = (
    "What a route needs it declares with Depends; root_path and OAuth2 are set by the proxy.",
    "A validation error is answered with status 422. HTTPException ends the request.",
    "An example asks for the weather in Paris and for a pizza, then turns the winch.",
)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("422", 0.0),
        ("root_path", 0.0),
        ("HTTPException", 0.0),
        ("OAuth2 root_path", 0.0),
        ("validation error", 0.0),
        ("Depends", 0.0),
        ("winch", 0.85),
        ("pizza", 0.85),
        ("Pizza?", 0.85),
        ("error 422", 0.5),
        ("Paris weather?", 1.0),
        ("pizza weather", 1.0),
        ("kiln", 1.0),
        ("500", 1.0),
    ],
)
def test_what_a_model_cannot_know_is_told_from_plain_words(question: str, share: float) -> None:
    assert naming([doc(text) for text in API], question) == share


def test_words_that_stand_together_in_many_documents_are_no_name() -> None:
    many = [doc(f"Write to the help desk about part {number}.") for number in range(9)]
    assert naming(many[:2], "help desk") == 0
    assert naming(many, "help desk") == 1


@pytest.mark.parametrize(
    "question",
    [
        "harbour bread",
        "Who closed the harbour?",
        "the harbour",
        "Was it in 1901?",
        "Why?",
        "",
        "?!",
    ],
)
def test_a_question_with_more_to_it_is_no_name(question: str) -> None:
    assert naming([doc("Bread is baked."), doc(HARBOUR)], question) == 1


def test_a_name_in_a_script_without_blanks() -> None:
    chinese = [doc("港口在冬天关闭了。")]
    assert naming(chinese, "港口") < 1
    assert naming(chinese, "港口什么时候关闭") == 1
