"""Which embedding model a new index is made with, where RAG_EMBEDDINGS leaves that open. Pure.

The one place that decides it. An index that is there keeps the model it has: `embedders.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.settings import (
    LOCAL_EMBEDDINGS,
    LOCAL_MULTILINGUAL,
    NEW_INDEX_EMBEDDINGS,
    Settings,
)

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Choice:
    """A model, as `provider:name`, and why it is that one, in words."""

    model: str
    why: str


def goes_by_languages(settings: Settings) -> bool:
    """Whether the choice depends on the languages of the documents."""
    return settings.embeddings == "auto" and settings.openai_api_key is None


def choose(settings: Settings, languages: Collection[str] = ()) -> Choice:
    """The model of an index that is to be made.

    `languages`: codes of those that its documents are in, as far as that is known. With nothing
    set and no key, English alone has a model of its own, which finds a little more in it and
    embeds in 0.6 of the time; where any document is in another language, it is the one for all.
    """
    if settings.embeddings != "auto":
        return Choice(settings.embeddings_name, "RAG_EMBEDDINGS names it")
    if settings.openai_api_key is not None:
        return Choice(settings.embeddings_name, "OPENAI_API_KEY is set")
    others = sorted(set(languages) - {ENGLISH})
    if others:
        told = ", ".join(others)
        return Choice(LOCAL_MULTILINGUAL, f"there are documents in other languages ({told})")
    if languages:
        return Choice(NEW_INDEX_EMBEDDINGS, "the documents are in English")
    return Choice(NEW_INDEX_EMBEDDINGS, "it is the default without OPENAI_API_KEY")


def complaint(model: str, languages: Collection[str], index: str) -> str | None:
    """What to say of an index of a model that does not know languages of its documents.

    `model`: by its name. None where it knows them all.
    """
    others = sorted(set(languages) - {ENGLISH})
    if model != LOCAL_EMBEDDINGS or not others:
        return None
    return (
        f"the index {index!r} was built with {model!r}, which knows English, but there are "
        f"documents in other languages ({', '.join(others)}): they are found by their words "
        f"alone. Embed everything anew with `RAG_EMBEDDINGS={LOCAL_MULTILINGUAL} {REBUILD_COMMAND}`"
    )
