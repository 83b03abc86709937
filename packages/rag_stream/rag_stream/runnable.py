"""The chain: a question in, a stream of chunks out.

LangChain's side of it: a Runnable with its schemas, callbacks, and both ways to be called.
What happens to a question is in `pipeline/answer.py`.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, cast
from weakref import WeakKeyDictionary

from langchain_core.callbacks import AsyncCallbackManagerForChainRun
from langchain_core.runnables import Runnable, RunnableConfig, ensure_config
from langchain_core.runnables.config import get_async_callback_manager_for_config
from langchain_core.runnables.utils import AddableDict, ConfigurableFieldSpec
from pydantic import BaseModel

from rag_stream.chunks import chunk_of
from rag_stream.conversation import Conversation
from rag_stream.events import Event
from rag_stream.options import option_specs
from rag_stream.pipeline.answer import answer
from rag_stream.pipeline.bare import bare_answer
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.suggestions import with_suggestions
from rag_stream.schema import Answer, Question
from rag_stream.settings import Settings, load_settings
from rag_stream.sync_bridge import SyncBridge

CHAIN_NAME = "rag_stream"


class RagChain(Runnable[dict[str, Any], dict[str, Any]]):
    """Answers `{"input": question}` from the index, as a stream of dicts.

    Settings are read and connections opened on first use, once for each event loop; give
    them back with `aclose`. The synchronous methods work through an event loop in a
    thread of their own, so they may also be called where a loop is running (a notebook).
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.name = CHAIN_NAME
        self._settings = settings
        self._runtimes: WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = WeakKeyDictionary()
        self._sync_bridge = SyncBridge(self.aclose)

    @property
    def settings(self) -> Settings:
        """The settings in force. Raises SettingsError."""
        if self._settings is None:
            self._settings = load_settings()
        return self._settings

    @property
    def has_settings(self) -> bool:
        """Whether they have been read by now."""
        return self._settings is not None

    def runtime(self) -> Runtime:
        """What the running event loop answers with. Raises SettingsError."""
        loop = asyncio.get_running_loop()
        runtime = self._runtimes.get(loop)
        if runtime is None:
            runtime = self._runtimes[loop] = Runtime(self.settings)
        return runtime

    async def aclose(self) -> None:
        """Close what the running event loop has opened; the chain can be used again."""
        runtime = self._runtimes.pop(asyncio.get_running_loop(), None)
        if runtime is not None:
            await runtime.aclose()

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return Question

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What a caller may configure; without defaults until the settings have been read."""
        return option_specs(self._settings)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return Answer

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        """What happens to the question, as it happens; see `events.py`.

        Raises the errors of `rag_stream.errors`.
        """
        config = ensure_config(config)
        if get_async_callback_manager_for_config(config).handlers:
            return self._traced(input, config)
        # Nobody listens: no runs are opened, and nothing is put together for them.
        chosen = config.get("configurable", {})
        return self._answer(input, chosen, config.get("run_id") or uuid.uuid4(), None)

    def _answer(
        self,
        input: dict[str, Any],
        chosen: Mapping[str, Any],
        run_id: Any,
        config: RunnableConfig | None,
    ) -> AsyncGenerator[Event, None]:
        events = answer(self.runtime, input, chosen, run_id, config)
        return with_suggestions(events, self.runtime, config) if self.settings.suggest else events

    def bare_events(
        self, conversation: Conversation, config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        """The same of an answer by the chat model alone; see `pipeline/bare.py`."""
        config = ensure_config(config)
        chosen, run_id = config.get("configurable", {}), config.get("run_id") or uuid.uuid4()
        is_heard = bool(get_async_callback_manager_for_config(config).handlers)
        heard = config if is_heard else None
        return bare_answer(self.runtime, conversation, chosen, run_id, heard)

    async def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The chunks `input`, `context`, `answer`..., `citations`..., `status`, as they come.

        Raises the errors of `rag_stream.errors`.
        """
        async with aclosing(self.events(input, config)) as events:
            async for event in events:
                if chunk := chunk_of(event):
                    yield chunk

    async def _traced(
        self, input: dict[str, Any], config: RunnableConfig
    ) -> AsyncGenerator[Event, None]:
        """The same events as a run of LangChain's, with its callbacks and child runs."""
        # LangChain takes and records chunks; each comes out as it went in.
        passing: deque[Event] = deque()

        async def once() -> AsyncIterator[dict[str, Any]]:
            yield input

        async def traced(
            inputs: AsyncIterator[dict[str, Any]],
            run_manager: AsyncCallbackManagerForChainRun,
            config: RunnableConfig,
        ) -> AsyncIterator[dict[str, Any]]:
            async for value in inputs:
                chosen, run_id = config.get("configurable", {}), run_manager.run_id
                ours = self._answer(value, chosen, run_id, config)
                async with aclosing(ours) as events:
                    async for event in events:
                        passing.append(event)
                        yield chunk_of(event)  # an empty one, too: each lets one event pass

        run = cast(
            AsyncGenerator[dict[str, Any], None],
            self._atransform_stream_with_config(once(), traced, config, run_type="chain"),
        )
        async with aclosing(run) as chunks:
            async for _ in chunks:
                yield passing.popleft()

    async def ainvoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """All chunks joined: input, context, answer, citations and status."""
        joined = AddableDict()
        async with aclosing(self.events(input, config)) as events:
            async for event in events:
                joined = joined + chunk_of(event)
        return dict(joined)

    def stream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[dict[str, Any]]:
        yield from self._sync_bridge.iterate(self.astream(input, ensure_config(config)))

    def invoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        return self._sync_bridge.call(self.ainvoke(input, ensure_config(config)))


chain = RagChain()
"""The chain of the environment's settings; see docs/settings.md for the variables."""
