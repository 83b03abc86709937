"""The prompt: the reference program's, and where wanted the request to cite."""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig

INSTRUCTIONS = (
    "You are an assistant for question-answering tasks. "
    "Use the following pieces of retrieved context to answer the question. "
    "If you don't know the answer, say that you don't know. "
    "Use three sentences maximum and keep the answer concise."
)
# One paragraph with the instructions: the first blank line begins the context.
CITE = (
    " Each piece begins with its number in square brackets. After every statement put the number"
    " of the piece it comes from, like [1]; for two pieces put [1][2]."
    " Use no other numbers: bracketed numbers inside a piece are its own footnotes."
)
SEPARATOR = "\n\n"
_MAX_LABEL = 200


class Prompt:
    """Turns a question and its documents into the messages for the chat model.

    Without `citations` they are the reference program's, to the letter.
    """

    def __init__(self, citations: bool = False) -> None:
        self._citations = citations
        self._instructions = INSTRUCTIONS + CITE if citations else INSTRUCTIONS
        self._template = ChatPromptTemplate.from_messages(
            [("system", self._instructions + "\n\n{context}"), ("human", "{input}")]
        )

    async def messages(
        self, question: str, documents: Sequence[Document], config: RunnableConfig | None
    ) -> list[BaseMessage]:
        """The system message with the documents' texts, then the question."""
        if self._citations:
            context = SEPARATOR.join(map(_numbered, range(1, len(documents) + 1), documents))
        else:
            context = SEPARATOR.join(document.page_content for document in documents)
        if config is None:  # the same messages, without the run around them
            return [SystemMessage(f"{self._instructions}\n\n{context}"), HumanMessage(question)]
        values: dict[str, Any] = {"input": question, "context": context}
        return (await self._template.ainvoke(values, config)).to_messages()


def _numbered(number: int, document: Document) -> str:
    """A document below a line with its number and what is known of it."""
    title, source = (_label(document.metadata.get(key)) for key in ("title", "source"))
    known = f"{title} ({source})" if title and source and title != source else title or source
    return f"{f'[{number}] {known}'.rstrip()}\n{document.page_content}"


def _label(value: Any) -> str:
    return " ".join(value.split())[:_MAX_LABEL] if isinstance(value, str) else ""
