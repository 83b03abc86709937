"""Which embedding model a new index is made with, where RAG_EMBEDDINGS leaves that open. Pure.

The one place that decides it. An index that is there keeps the model it has: `embedders.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from rag_stream.settings import Settings


@dataclass(frozen=True, slots=True)
class Choice:
    """A model, as `provider:name`, and why it is that one, in words."""

    model: str
    why: str


def choose(settings: Settings, languages: Collection[str] = ()) -> Choice:
    """The model of an index that is to be made.

    `languages`: codes of those that its documents are in, as far as that is known. None of them
    changes the choice today.
    """
    if settings.embeddings != "auto":
        return Choice(settings.embeddings_name, "RAG_EMBEDDINGS names it")
    if settings.openai_api_key is not None:
        return Choice(settings.embeddings_name, "OPENAI_API_KEY is set")
    return Choice(settings.embeddings_name, "it is the default without OPENAI_API_KEY")
