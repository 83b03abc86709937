"""What happens to a question, told by a test in place of a pipeline."""

from collections.abc import AsyncGenerator
from typing import Any

from langchain_core.runnables import RunnableConfig

from rag_stream.events import Event, Finished
from rag_stream.runnable import RagChain
from rag_stream.schema import Citation, Relevance, Status
from rag_stream.settings import Settings


def citation(document: int = 0, quote: str = "", **changes: Any) -> Citation:
    """Of a quote at the document's beginning, at the answer's."""
    values: dict[str, Any] = {
        "marker": document + 1,
        "answer_start": 0,
        "answer_end": len(quote),
        "document": document,
        "quote": quote,
        "quote_start": 0,
        "quote_end": len(quote),
        "support": 1.0,
    }
    return Citation(**{**values, **changes})


def status(**changes: Any) -> Status:
    """Of a whole answer, by a language model."""
    values: dict[str, Any] = {
        "state": "completed",
        "finish_reason": "stop",
        "run_id": "r",
        "model": "openai:m",
        "usage": None,
        "timings_ms": {},
        "index_generation": 1,
        "search_type": "hybrid",
        "relevance": Relevance(score=0.5, threshold=None, basis="off"),
    }
    return Status(**{**values, **changes})


def finished(**changes: Any) -> Finished:
    """The end of one."""
    return Finished(status(**changes))


async def happening(*events: Event | Exception) -> AsyncGenerator[Event, None]:
    """The events; an exception among them is raised."""
    for event in events:
        if isinstance(event, Exception):
            raise event
        yield event


class ToldEvents(RagChain):
    """Answers every question so, and notes the configs that it was asked with."""

    def __init__(self, *events: Event | Exception, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._told = events
        self.configs: list[RunnableConfig | None] = []

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        self.configs.append(config)
        return happening(*self._told)
