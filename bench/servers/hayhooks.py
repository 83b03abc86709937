"""Hayhooks with one pipeline of Haystack's, behind its own OpenAI-compatible endpoint."""

import os
import sys
from pathlib import Path

from bench.servers import job


def fill() -> None:
    """Put the documents into the store that the pipeline reads."""
    from haystack import Document
    from haystack.components.embedders import OpenAIDocumentEmbedder
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = OpenAIDocumentEmbedder(model=job.EMBEDDINGS, api_base_url=job.UPSTREAM)
    documents = [Document(content=text, meta={"source": n}) for n, text in job.notes().items()]
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run(documents)["documents"])
    job.STORE.mkdir(parents=True, exist_ok=True)
    store.save_to_disk(str(job.STORE / "documents.json"))


def serve() -> None:
    """What `hayhooks run` does with one worker."""
    os.environ["HAYHOOKS_PIPELINES_DIR"] = str(Path(__file__).parent / "hayhooks_pipelines")
    from hayhooks import create_app, run_app

    run_app(create_app(), host=job.HOST, port=job.port())


if __name__ == "__main__":
    fill() if "fill" in sys.argv else serve()
