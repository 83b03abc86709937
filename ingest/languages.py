"""Which languages documents are in: those of a run before they are read, those of an index.

A new index takes its embedding model by that, where nobody has set one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ingest.sources.discover import Source
from ingest.sources.reader import Reader
from rag_stream.calibration.standards import Standards
from rag_stream.catalog import model_of
from rag_stream.errors import IndexUnavailableError, SourceError
from rag_stream.models.new_index import complaint
from rag_stream.pipeline.runtime import Runtime
from rag_stream.text.language import language_in

SAMPLE = 16
"""Sources that are looked at, from all over the run."""

Languages = Callable[[], Awaitable[frozenset[str]]]
"""Finds them out when it is asked: nobody may have to know."""


async def languages_of(reader: Reader, sources: Sequence[Source]) -> frozenset[str]:
    """The codes of the languages that some of the sources are clearly in.

    What cannot be read tells nothing here: it is read again, and told, when its turn comes.
    """
    number = min(SAMPLE, len(sources))
    sample = [sources[at * len(sources) // number] for at in range(number)]
    told = await asyncio.gather(*(_language(reader, source) for source in sample))
    return frozenset(language for language in told if language is not None)


async def _language(reader: Reader, source: Source) -> str | None:
    try:
        return language_in(await reader.glance(source))
    except SourceError:
        return None
    except Exception:  # noqa: BLE001  # one source never ends the run
        return None


async def unknown() -> frozenset[str]:
    """Of no documents: an index that is only made anew."""
    return frozenset()


async def unknown_to_the_model(runtime: Runtime) -> str | None:
    """That an index has documents in languages that its model does not know, in words.

    None where all is well, and where the index is away: all that was read is committed by now.
    """
    try:
        state = await runtime.index.find()
    except IndexUnavailableError:
        return None
    if state is None:
        return None
    known = Standards.recorded(state.collection.metadata)
    languages = frozenset() if known is None else known.languages
    return complaint(model_of(state.embedding_model), languages, state.collection.name)
