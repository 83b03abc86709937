"""The embedding models that run in this process, by the names that settings have for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag_stream.models.local.encoder import Encoder
from rag_stream.models.local.manifest import E5, MINILM, Manifest
from rag_stream.settings import LOCAL_EMBEDDINGS, LOCAL_MULTILINGUAL

# Each model's module is imported when the model is loaded: a process pays for no other.


def _minilm(folder: Path, threads: int) -> Encoder:
    from rag_stream.models.local.minilm import MiniLM

    return MiniLM(folder, threads)


def _e5(folder: Path, threads: int) -> Encoder:
    from rag_stream.models.local.e5 import MultilingualE5

    return MultilingualE5(folder, threads)


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model: its files, what loads them, and how it wants to be told what a text is."""

    name: str
    release: Manifest
    load: Callable[[Path, int], Encoder]
    """From a folder with the files, for so many threads. Raises WeightsError."""
    of_question: str = ""
    """What stands before a question; `of_text` before any other text."""
    of_text: str = ""
    common_cosine: float = 0.0
    """About that of texts with nothing in common."""

    @property
    def fingerprint(self) -> str:
        """What an index records: the name, and which weights."""
        weights = next(iter(self.release.files.values()))
        return f"{self.name}@{weights.sha256[:8]}"


MINILM_MODEL = LocalModel(LOCAL_EMBEDDINGS, MINILM, _minilm)
E5_MODEL = LocalModel(LOCAL_MULTILINGUAL, E5, _e5, "query: ", "passage: ", 0.76)
LOCAL_MODELS: Mapping[str, LocalModel] = {one.name: one for one in (MINILM_MODEL, E5_MODEL)}
