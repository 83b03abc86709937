"""What may be asked next, from the headings of what was retrieved: the documents answer it.

A heading is taken as it stands, a question or a topic, and so is in its document's language.
Pure.
"""

from collections.abc import Collection, Sequence

from langchain_core.documents import Document

from rag_stream.text.headings import SEPARATOR
from rag_stream.text.keywords import terms
from rag_stream.text.labels import heading_path

MAX_CHARS = 120
"""Of one suggestion: a longer heading is no question that anybody would ask."""
_TELLING = 2
"""Words that say what a heading is about; one of fewer is told with the heading above it."""


def heading_questions(
    question: str, documents: Sequence[Document], cited: Collection[int], most: int
) -> list[str]:
    """Headings that are not about what was just asked, each once.

    Those of documents that the answer cites (`cited`, by their places) come last: it has told of
    them already.
    """
    asked = terms(question)
    seen = {asked}
    found: list[str] = []
    order = sorted(range(len(documents)), key=lambda place: place in cited)
    for place in order:
        topic = _topic(documents[place])
        about = terms(topic)
        if not about or len(topic) > MAX_CHARS or about <= asked or about in seen:
            continue
        seen.add(about)
        found.append(topic)
    return found[:most]


def _topic(document: Document) -> str:
    """The innermost heading above a chunk, under the one above that where it says little."""
    path = [part for part in heading_path(document.metadata).split(SEPARATOR) if part]
    if not path:
        return ""
    is_short = len(terms(path[-1])) < _TELLING and not path[-1].endswith(("?", "\uff1f"))
    return ": ".join(path[-2:]) if is_short else path[-1]
