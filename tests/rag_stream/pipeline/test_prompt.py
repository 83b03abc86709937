"""The prompt is the reference program's, to the letter; asked to, it has the model cite."""

import pytest
from langchain_core.documents import Document

from rag_stream.pipeline.prompt import CITE, INSTRUCTIONS, Prompt

REFERENCE = (
    "You are an assistant for question-answering tasks. Use the following pieces of "
    "retrieved context to answer the question. If you don't know the answer, say that you "
    "don't know. Use three sentences maximum and keep the answer concise."
)


async def test_is_the_reference_programs() -> None:
    documents = [Document("First {text}."), Document("Second\n\ntext.")]
    system, human = await Prompt().messages("What {is} it?", documents, {})
    assert system.type == "system"
    assert system.content == f"{REFERENCE}\n\nFirst {{text}}.\n\nSecond\n\ntext."
    assert (human.type, human.content) == ("human", "What {is} it?")


async def test_documents_are_numbered_for_citing() -> None:
    documents = [
        Document("First {text}.[2]", metadata={"title": "A\n title", "source": "http://x.y"}),
        Document("Second\n\ntext.", metadata={"source": "a.md", "title": "a.md"}),
        Document("Third.", metadata={"title": None, "source": 7}),
    ]
    system, human = await Prompt(citations=True).messages("What {is} it?", documents, {})
    assert system.content == (
        f"{REFERENCE}{CITE}\n\n[1] A title (http://x.y)\nFirst {{text}}.[2]\n\n"
        "[2] a.md\nSecond\n\ntext.\n\n[3]\nThird."
    )
    assert human.content == "What {is} it?"


def test_the_instructions_are_one_paragraph() -> None:
    # What follows the first blank line is the context.
    assert INSTRUCTIONS == REFERENCE
    assert "\n" not in CITE


@pytest.mark.parametrize("citations", [False, True])
@pytest.mark.parametrize("documents", [[], [Document("A {b}.", metadata={"title": "{c}"})]])
async def test_both_ways_give_the_same_messages(citations: bool, documents: list[Document]) -> None:
    prompt = Prompt(citations)
    assert await prompt.messages("Why?", documents, None) == await prompt.messages(
        "Why?", documents, {}
    )
