"""The prompt, as the reference program has it."""

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
SEPARATOR = "\n\n"


class Prompt:
    """Turns a question and its documents into the messages for the chat model."""

    def __init__(self) -> None:
        self._template = ChatPromptTemplate.from_messages(
            [("system", INSTRUCTIONS + "\n\n{context}"), ("human", "{input}")]
        )

    async def messages(
        self, question: str, documents: Sequence[Document], config: RunnableConfig | None
    ) -> list[BaseMessage]:
        """The system message with the documents' texts, then the question."""
        context = SEPARATOR.join(document.page_content for document in documents)
        if config is None:  # the same messages, without the run around them
            return [SystemMessage(f"{INSTRUCTIONS}\n\n{context}"), HumanMessage(question)]
        values: dict[str, Any] = {"input": question, "context": context}
        return (await self._template.ainvoke(values, config)).to_messages()
