"""The embedding models that are compared: those that run in this process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.eval.kept import KeptEmbeddings
from bench.eval.vector_store import VectorStore
from rag_stream.catalog import LOCAL
from rag_stream.models.factory import Embedder, build_embedder
from rag_stream.models.lazy import Lazy
from rag_stream.models.local import manifest
from rag_stream.models.local.manifest import Manifest
from rag_stream.models.local.weights import find_model
from rag_stream.settings import load_settings

RELEASES: Mapping[str, Manifest] = {
    f"{LOCAL}:{one.model}": one for one in vars(manifest).values() if isinstance(one, Manifest)
}
"""By the name that RAG_EMBEDDINGS has for it: every model whose files are known."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its name, and how to make it; `build` loads nothing."""

    name: str
    build: Callable[[], Embedder]

    @property
    def label(self) -> str:
        return self.name.partition(":")[2] or self.name


def local_models() -> tuple[list[Model], list[str]]:
    """The models whose files are here, the default one first, and what there is to say of others.

    The default one counts as here: its files are fetched when they are needed.
    """
    cache, default = load_settings().model_cache, default_name()
    found, lines = [], []
    for name in sorted(RELEASES, key=lambda name: name != default):
        if name == default or find_model(cache, RELEASES[name]) is not None:
            found.append(Model(name, partial(_built, name)))
        else:
            lines.append(
                f"{name} is not measured: its files are not on this machine "
                f"(`python -m rag_stream.weights {RELEASES[name].model}` fetches them)"
            )
    return found, lines


def default_name() -> str:
    """What a new index takes where nothing is set and there is no key."""
    return load_settings(embeddings="auto", openai_api_key=None).embeddings_name


def default_model(models: Sequence[Model]) -> Model:
    """The one that the parts use which compare none."""
    default = default_name()
    return next((model for model in models if model.name == default), models[0])


def keeping(embedder: Embedder, store: VectorStore) -> Embedder:
    """The same model with its vectors kept."""

    def build() -> KeptEmbeddings:
        return KeptEmbeddings(embedder.embeddings, embedder.fingerprint, store)

    return Embedder(embedder.fingerprint, Lazy(build), embedder.local)


def _built(name: str) -> Embedder:
    return build_embedder(load_settings(embeddings=name, chroma_url=None), None)
