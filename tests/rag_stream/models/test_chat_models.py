"""The chat model beside the embedding model of an index."""

from rag_stream.models.chat_models import ChatModels
from rag_stream.models.factory import Embedder
from rag_stream.models.lazy import Lazy
from rag_stream.models.local.embeddings import LocalEmbeddings, MiniLMEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.models.local.local_models import MINILM_MODEL
from rag_stream.models.providers import Providers
from rag_stream.settings import NEW_INDEX_EMBEDDINGS, Settings, load_settings


def chat_models(settings: Settings) -> ChatModels:
    return ChatModels(settings, Providers(settings, has_pools=False))


def local(fingerprint: str = MINILM_MODEL.fingerprint) -> Embedder:
    model = MiniLMEmbeddings()
    return Embedder(fingerprint, Lazy(lambda: model), model)


async def test_the_local_answerer_shares_the_model_of_the_index() -> None:
    models, embedder = chat_models(load_settings()), local()
    beside = models.beside(embedder)
    assert beside.shares_embedder
    assert beside.local is embedder.local
    assert isinstance(beside.runnable, ExtractiveChatModel)
    assert beside.runnable.embedder is embedder.local
    assert models.beside(embedder) is beside


async def test_over_another_kind_of_vectors_the_question_is_embedded_again() -> None:
    """It runs in this process, and what the index has was made of it: they do not compare."""
    embedder = local("stand-in:moved")
    beside = chat_models(load_settings()).beside(embedder)
    assert not beside.shares_embedder
    assert beside.local is embedder.local


async def test_over_vectors_from_elsewhere_it_has_a_model_of_its_own() -> None:
    models = chat_models(load_settings())
    far = models.beside(Embedder("openai:m", Lazy(MiniLMEmbeddings)))
    assert not far.shares_embedder
    assert isinstance(far.local, LocalEmbeddings)
    assert far.local.name == NEW_INDEX_EMBEDDINGS  # no key is set
    assert models.beside(None) is far


async def test_a_language_model_is_one_for_all_indexes() -> None:
    models = chat_models(load_settings(openai_api_key="sk-x"))
    assert models.beside(local()) is models.beside(None)
    assert models.beside(None).local is None
    assert not models.beside(local()).shares_embedder
