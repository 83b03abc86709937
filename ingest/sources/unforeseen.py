"""Errors that nobody foresaw, as problems of the source at hand."""

from rag_stream.errors import SourceError


def unforeseen(name: str, error: Exception) -> SourceError:
    """In our words: the error's own may come from the source."""
    return SourceError(f"{name}: could not be read ({type(error).__name__})")
