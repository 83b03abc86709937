"""A chain around another one, of which everything is the other's but what happens to a question."""

from langchain_core.runnables.utils import ConfigurableFieldSpec

from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings


class WrappedChain(RagChain):
    """Wraps a chain, which stays its owner's to close."""

    def __init__(self, chain: RagChain) -> None:
        super().__init__()
        self.wrapped = chain

    @property
    def settings(self) -> Settings:
        return self.wrapped.settings

    @property
    def has_settings(self) -> bool:
        return self.wrapped.has_settings

    def runtime(self) -> Runtime:
        return self.wrapped.runtime()

    async def aclose(self) -> None:
        """Nothing: the chain inside is closed by who has made it."""

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        return self.wrapped.config_specs
