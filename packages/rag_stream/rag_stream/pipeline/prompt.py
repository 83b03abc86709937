"""The prompt: the reference program's or a file's, and where wanted the request to cite."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.documents import Document
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig

from rag_stream.errors import SettingsError

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
CONTEXT = "{context}"
"""Where the documents stand in a prompt file; braces around anything else are text."""
_MAX_LABEL = 200


class Prompt:
    """Turns a question and its documents into the messages for the chat model.

    Without a text of the user's and without `citations` they are the reference program's, to
    the letter.
    """

    def __init__(self, citations: bool = False, text: str | None = None) -> None:
        """`text`: the system message, with CONTEXT in it once.

        What the service asks for itself, to cite, is a paragraph after the whole text, so
        after the documents too where those stand before its end.
        """
        self._citations = citations
        if text is None:
            self._before = (INSTRUCTIONS + CITE if citations else INSTRUCTIONS) + SEPARATOR
            self._after = ""
        else:
            self._before, _, self._after = text.partition(CONTEXT)
            if citations:
                self._after = f"{self._after.rstrip()}{SEPARATOR}{CITE.strip()}"
        system = f"{_literal(self._before)}{CONTEXT}{_literal(self._after)}"
        self._template = ChatPromptTemplate.from_messages(
            [("system", system), ("human", "{input}")]
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
            system = f"{self._before}{context}{self._after}"
            return [SystemMessage(system), HumanMessage(question)]
        values: dict[str, Any] = {"input": question, "context": context}
        return (await self._template.ainvoke(values, config)).to_messages()


def read_prompt(path: Path | None) -> str | None:
    """The text of RAG_PROMPT_FILE, where there is one. Raises SettingsError."""
    if path is None:
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig").rstrip()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"RAG_PROMPT_FILE: cannot read {str(path)!r}: {reason}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"RAG_PROMPT_FILE: expected UTF-8 in {str(path)!r}, got another byte at {error.start}"
        ) from error
    if (times := text.count(CONTEXT)) != 1:
        raise SettingsError(
            f"RAG_PROMPT_FILE: expected {CONTEXT} once in {str(path)!r}, for the documents, "
            f"got it {times} times"
        )
    return text


def _literal(text: str) -> str:
    """Text as a template has it that puts values for names in braces."""
    return text.replace("{", "{{").replace("}", "}}")


def _numbered(number: int, document: Document) -> str:
    """A document below a line with its number and what is known of it."""
    title, source = (_label(document.metadata.get(key)) for key in ("title", "source"))
    known = f"{title} ({source})" if title and source and title != source else title or source
    return f"{f'[{number}] {known}'.rstrip()}\n{document.page_content}"


def _label(value: Any) -> str:
    return " ".join(value.split())[:_MAX_LABEL] if isinstance(value, str) else ""
