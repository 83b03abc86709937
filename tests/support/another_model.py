"""An index that is made anew with another embedding model while somebody reads it."""

from contextlib import aclosing

from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_EMBEDDINGS, Settings
from tests.support.rebuilt import OTHER, rebuilding

LOCAL = {"embeddings": LOCAL_EMBEDDINGS}


async def made_anew(settings: Settings, model: str = OTHER) -> None:
    """Have the index of these settings be one of this model."""
    other = settings.model_copy(update={"embeddings": model})
    async with aclosing(Runtime(other)) as runtime, rebuilding(runtime):
        pass
