"""The prompt is the reference program's, to the letter."""

from langchain_core.documents import Document

from rag_stream.prompt import Prompt


async def test_is_the_reference_programs() -> None:
    documents = [Document("First {text}."), Document("Second\n\ntext.")]
    system, human = await Prompt().messages("What {is} it?", documents, {})
    assert system.type == "system"
    assert system.content == (
        "You are an assistant for question-answering tasks. Use the following pieces of "
        "retrieved context to answer the question. If you don't know the answer, say that you "
        "don't know. Use three sentences maximum and keep the answer concise."
        "\n\nFirst {text}.\n\nSecond\n\ntext."
    )
    assert (human.type, human.content) == ("human", "What {is} it?")
