"""Retrieval-augmented answers over your own documents, streamed with their sources."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag_stream.runnable import RagChain, chain

__all__ = ["RagChain", "chain"]


def __getattr__(name: str) -> Any:
    # LangChain takes a second to import. Who wants an error, a setting or the index server
    # of this package shall not pay for it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rag_stream import runnable

    value = globals()[name] = getattr(runnable, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
