"""Retrieval-augmented answers over your own documents, streamed with their sources."""

# Not lazy: the package has a module of the same name, and whichever is bound last wins.
from rag_stream.runnable import RagChain, chain

__all__ = ["RagChain", "chain"]
