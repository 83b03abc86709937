"""Events as the dicts that LangChain streams, and that clients read.

Joined, `input`, `context` and `answer` are what `create_retrieval_chain` streams; it too
begins its answer with an empty piece.
"""

from typing import Any, assert_never

from langchain_core.runnables.utils import AddableDict

from rag_stream.events import (
    Accepted,
    Asked,
    Cited,
    Ended,
    Event,
    Finished,
    Found,
    Reworded,
    Suggested,
    Text,
)


def chunk_of(event: Event) -> AddableDict:
    """The chunk that says the same; chunks can be added up. One of nothing is not for readers."""
    match event:
        case Text(text):
            return AddableDict(answer=text)
        case Accepted():
            return AddableDict(answer="")
        case Asked(question):
            return AddableDict(input=question)
        case Reworded(question, by):
            return AddableDict(question={"standalone": question, "by": by})
        case Found(documents):
            return AddableDict(context=documents)
        case Cited(citations):
            return AddableDict(citations=[citation.model_dump() for citation in citations])
        case Ended():  # nothing that a status does not say
            return AddableDict()
        case Suggested(questions):
            return AddableDict(suggestions=questions)
        case Finished(status):  # what was not set when it was made does not apply
            return AddableDict(status=status.model_dump(exclude_unset=True))
    assert_never(event)


def is_of_answer(chunk: Any) -> bool:
    """Whether with this chunk, at the latest, the model has accepted the question."""
    return not isinstance(chunk, dict) or "answer" in chunk
