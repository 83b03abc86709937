"""What judging an answer's documents takes: a question, documents as they are found, an index."""

from typing import Any, Final

from langchain_core.documents import Document

from rag_stream.calibration.record import Calibration
from rag_stream.settings import LOCAL_EMBEDDINGS

MINILM: Final = f"{LOCAL_EMBEDDINGS}@0123abcd"
OPENAI: Final = "openai:text-embedding-3-small"
HARBOUR: Final = "The harbour of Marlow was closed in the winter of 1901."
QUESTION: Final = "When was the harbour closed?"
GERMAN: Final = "Wann wurde der Hafen geschlossen?"
CALIBRATED: Final = Calibration(OPENAI, 500, {"en": 0.72, "de": 0.8})
ANSWERS_ALL: Final = Calibration(OPENAI, 500, {})


def doc(text: str, cosine: Any = 0.4) -> Document:
    return Document(text, metadata={"found": {"dense": {"rank": 1, "score": cosine}}})
