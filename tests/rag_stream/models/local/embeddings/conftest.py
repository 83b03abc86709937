"""The local embedding model, as it is: real weights, real tokenizer, real onnxruntime."""

import pytest

from rag_stream.models.local.embeddings import MiniLMEmbeddings


@pytest.fixture(scope="module")
def embeddings() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()
