"""The model that quotes, with an embedder that goes by words."""

import pytest

from rag_stream.models.local.extractive import ExtractiveChatModel
from tests.support.quoted import HashEmbedder


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def model(embedder: HashEmbedder) -> ExtractiveChatModel:
    return ExtractiveChatModel(embedder=embedder)
