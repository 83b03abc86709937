"""The settings of a service that a fault suite runs: an index of its own, a stand-in model."""

import asyncio
import os
from uuid import uuid4

import pytest

from rag_stream.settings import load_settings
from tests.support.corpus import TEXTS, fill
from tests.support.faulty_model import FaultyModel
from tests.support.openai_server import OpenAIServer
from tests.support.service import OURS, OURS_TOO


def over(
    model: FaultyModel | OpenAIServer,
    chroma_url: str,
    *,
    index_url: str | None = None,
    collection: str | None = None,
    **settings: object,
) -> dict[str, str]:
    """Fill a collection, and return the environment of a service over it and the model.

    `index_url`: where the service is to look for the index, if not at Chroma itself.
    """
    collection = collection or f"faults-{uuid4().hex[:12]}"
    with pytest.MonkeyPatch.context() as own:  # not the developer's settings
        for name in list(os.environ):
            if name.startswith(OURS) or name in OURS_TOO:
                own.delenv(name)
        filled = load_settings(
            chroma_url=chroma_url,
            collection=collection,
            openai_api_key="sk-stand-in",
            openai_base_url=model.url,
        )
        asyncio.run(fill(filled, TEXTS))
    return {
        **model.environment,
        "RAG_CHROMA_URL": index_url or chroma_url,
        "RAG_COLLECTION": collection,
        **{name: str(value) for name, value in settings.items()},
    }
