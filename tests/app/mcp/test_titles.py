"""How passages are called in a tool's results."""

from collections.abc import AsyncGenerator
from typing import Any

from langchain_core.documents import Document

from app.mcp.tools import Call, search
from rag_stream.events import Asked, Event, Found


class Chain:
    """Finds two passages of one document, one of a file without a title, and one of nowhere."""

    async def events(self, input: Any, config: Any = None) -> AsyncGenerator[Event, None]:
        guide = {"source": "guide.md", "title": "Guide"}
        yield Asked(input["input"])
        metadata = [
            {**guide, "section": "Guide > Proxies > Authentication"},
            {**guide, "section": "Timeouts"},
            {"source": "docs/time-outs.md", "title": "time-outs.md"},
            {},
        ]
        yield Found([Document("text", id=str(n), metadata=of) for n, of in enumerate(metadata)])


async def test_passages_of_a_document_are_told_apart_by_their_headings() -> None:
    async def report(progress: float, message: str) -> None:
        raise AssertionError("a search has nothing to report")

    call = Call(Chain(), "somebody", None, "", report)  # type: ignore[arg-type]
    found = await search(call, {"query": "proxies"})
    assert [result["title"] for result in found["results"]] == [
        "Guide > Proxies > Authentication",
        "Guide > Timeouts",
        "time outs",
        "Untitled",
    ]
