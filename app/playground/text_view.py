"""The chain as the playground can show it: text that grows, then the sources.

The page joins chunks that are strings and prints any other object as JSON, one below the
other; and it takes a stream that ends in an error for one that went well.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForChainRun
from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableConfig

from app.error_responses import describe_failure, log_failure
from rag_stream.errors import InvalidInputError
from rag_stream.events import Reworded, Text
from rag_stream.runnable import CHAIN_NAME, RagChain
from rag_stream.schema import Citation, Status
from rag_stream.text.headings import SEPARATOR
from rag_stream.text.labels import label
from rag_stream.transcript import Transcript

TEXT_FILTERS: dict[str, list[str] | None] = {"exclude_names": [CHAIN_NAME]}
"""What `stream_log` leaves out for the page: the chain inside the view, whose steps it shows."""
FAILED = "This went wrong: "


class TextView(Runnable[dict[str, Any], str]):
    """Wraps the chain; streams its answer as plain text, failures in words."""

    def __init__(
        self, chain: RagChain, *, read: Callable[[Any], Any] = lambda given: given, mark: str = ""
    ) -> None:
        """`read` makes the chain's input of the page's; `mark` begins what is not the answer."""
        self._chain = chain
        self._read = read
        self._mark = mark

    def invoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> str:
        raise TypeError("the page view only streams: expected astream or astream_log")

    async def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncGenerator[str, None]:
        async def once() -> AsyncIterator[dict[str, Any]]:
            yield input

        pieces = cast(
            AsyncGenerator[str, None],
            self._atransform_stream_with_config(once(), self._text, config, run_type="chain"),
        )
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    async def _text(
        self,
        inputs: AsyncIterator[dict[str, Any]],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[str]:
        told, words, answering = Transcript(), "", False
        try:
            async for value in inputs:
                async with aclosing(self._chain.events(self._read(value), config)) as events:
                    async for event in events:
                        match event:
                            case Text(text):
                                answering = True
                                yield text
                            case Reworded(question) if question != told.question:
                                words = question
                            case _:
                                told.take(event)
        except Exception as error:  # noqa: BLE001 - the edge: told to the reader, logged
            if not isinstance(error, InvalidInputError):
                log_failure(error, str(run_manager.run_id))
            yield self._beside(("\n\n" if answering else "") + _failure(error))
            return
        if told.status is not None:
            searched = f"\nSearched for, too: {words}" if words else ""
            yield self._beside(_ending(told, told.status) + searched)

    def log_of_failure(self, error: Exception, run_id: str) -> list[dict[str, Any]]:
        """A run's log, as patches, that holds nothing but the failure in words."""
        text = self._beside(_failure(error))
        state = {"id": run_id, "streamed_output": [], "final_output": text, "logs": {}}
        return [
            {"op": "replace", "path": "", "value": state},
            {"op": "add", "path": "/streamed_output/-", "value": text},
        ]

    def _beside(self, words: str) -> str:
        return self._mark + words.replace(self._mark, "") if self._mark else words


def _failure(error: Exception) -> str:
    problem = describe_failure(error)
    again = " Asking again may help." if problem["retryable"] else ""
    return f"{FAILED}{problem['message']}.{again}"


def _ending(told: Transcript, status: Status) -> str:
    """What stands below the answer: what it cites, or else where it may be from; its author."""
    lines = ["", ""]
    if status.state == "abstained":
        lines += ["Nearest sources:", *_each_source(told.documents)]
        return "\n".join(lines)
    if told.citations:
        lines += ["Sources:", *_each_citation(told.documents, told.citations), ""]
    elif told.documents:  # nothing is searched for to answer a greeting
        lines += ["Found in:", *_each_source(told.documents), ""]
    if told.suggestions:
        lines += ["May be asked next:", *(f"- {question}" for question in told.suggestions), ""]
    lines += [f"Answered by {status.model}."]
    if status.state == "truncated":
        lines.append("The answer is incomplete: the model stopped at its length limit.")
    return "\n".join(lines)


def _each_citation(documents: list[Document], citations: list[Citation]) -> Iterator[str]:
    """Every cited document under its marker, with what is quoted of it."""
    quotes: dict[int, dict[str, None]] = {}
    for citation in citations:
        quotes.setdefault(citation.document, {})[" ".join(citation.quote.split())] = None
    for number, texts in sorted(quotes.items()):
        place = _place(documents[number])
        yield f"[{number + 1}] {_named(documents[number])}" + (f", {place}" if place else "")
        yield from (f'    "{text}"' for text in texts)


def _each_source(documents: list[Document]) -> Iterator[str]:
    """Every source once, best first."""
    for name in dict.fromkeys(map(_named, documents)):
        yield f"- {name}"


def _place(document: Document) -> str:
    """The headings above the passage, without the title, which stands before them."""
    title, section = (label(document.metadata, key) for key in ("title", "section"))
    return "" if section == title else section.removeprefix(f"{title}{SEPARATOR}")


def _named(document: Document) -> str:
    source = str(document.metadata.get("source", ""))
    title = str(document.metadata.get("title") or source)
    return title + (f" ({source})" if source != title else "")
