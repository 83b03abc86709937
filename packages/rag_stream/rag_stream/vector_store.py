"""The same index as LangChain's own Chroma vector store, for notebooks and other chains."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag_stream.index.client import Collection
from rag_stream.index.connections import path_of
from rag_stream.index.library_relay import relayed
from rag_stream.index.server import acquire_server
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.models.embedders import Embedders
from rag_stream.models.providers import Providers
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings


@contextmanager
def open_vector_store(settings: Settings) -> "Iterator[Chroma]":
    """The settings' collection as a `langchain_chroma.Chroma`, while the block lasts.

    For reading. Written through it, chunks would count at once and for good; only
    `python -m ingest` changes a source as a whole. Raises IndexUnavailableError,
    EmbeddingMismatchError.
    """
    # Here, because the client library costs 2.4 s of CPU to import and only this needs it.
    import chromadb
    from chromadb.config import Settings as ClientSettings
    from langchain_chroma import Chroma

    client: Any = None
    with ExitStack() as held:
        token = settings.chroma_token
        secret = token.get_secret_value() if token else None
        headers = {"authorization": f"Bearer {secret}", "x-chroma-token": secret} if secret else {}
        if settings.chroma_url:
            url = urlsplit(settings.chroma_url)
        else:
            lease = held.enter_context(closing(acquire_server(settings.chroma_path)))
            port, headers = held.enter_context(relayed(path_of(lease.url)))
            url = urlsplit(f"http://127.0.0.1:{port}")
        held.callback(lambda: _close(client))
        client = chromadb.HttpClient(
            host=url.hostname or "",
            port=url.port or (443 if url.scheme == "https" else 80),
            ssl=url.scheme == "https",
            headers=headers,
            settings=ClientSettings(anonymized_telemetry=False),
            tenant=settings.chroma_tenant,
            database=settings.chroma_database,
        )
        yield Chroma(
            collection_name=settings.collection,
            embedding_function=_embeddings(settings, client),
            client=client,
            create_collection_if_not_exists=False,
        )


def _embeddings(settings: Settings, client: Any) -> "Embeddings":
    """The model that the index was made with; that of a new one, where there is none."""
    from chromadb.errors import NotFoundError

    embedders = Embedders(settings, Providers(settings, has_pools=False))
    try:
        found = client.get_collection(settings.collection)
    except NotFoundError:
        return embedders.new().embeddings
    collection = Collection(str(found.id), found.name, found.metadata or {})
    return embedders.of(IndexSnapshot.of(collection)).embeddings


def _close(client: Any) -> None:
    if client is not None:
        client.close()
        # The library leaves its two connection pools open.
        client._server._session.close()
        client._admin_client._server._session.close()
