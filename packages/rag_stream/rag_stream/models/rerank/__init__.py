"""Rerankers over HTTP. In come a question and texts, out their order."""
