"""The chain that remembers its answers as they end, for what may be said of them."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.utils import ConfigurableFieldSpec

from app.feedback.answered import Answered
from app.feedback.manager import Feedback
from app.sessions.config_keys import CALLER
from app.sessions.turn import FAILED, STOPPED, sources_of
from rag_stream.events import Asked, Cited, Event, Finished, Found, Text
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.schema import Citation, Status
from rag_stream.settings import Settings


class FeedbackChain(RagChain):
    """Wraps a chain, which stays its owner's to close."""

    def __init__(self, chain: RagChain, feedback: Feedback) -> None:
        super().__init__()
        self._chain = chain
        self._feedback = feedback

    @property
    def settings(self) -> Settings:
        return self._chain.settings

    @property
    def has_settings(self) -> bool:
        return self._chain.has_settings

    def runtime(self) -> Runtime:
        return self._chain.runtime()

    async def aclose(self) -> None:
        """Nothing: the chain inside is closed by who has made it."""

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        return self._chain.config_specs

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        """The chain's events. Raises what the chain raises."""
        config = config or {}
        caller = config.get("configurable", {}).get(CALLER)
        if not isinstance(caller, str) or not self._feedback.is_on:
            return self._chain.events(input, config)
        run_id = config.get("run_id") or uuid.uuid4()
        named: RunnableConfig = {**config, "run_id": run_id}
        return self._remembered(input, named, caller, str(run_id))

    async def _remembered(
        self, input: dict[str, Any], config: RunnableConfig, caller: str, run_id: str
    ) -> AsyncGenerator[Event, None]:
        texts: list[str] = []
        documents: list[Document] = []
        citations: list[Citation] = []
        question, status, state = "", None, STOPPED

        def answered(state: str, status: Status | None) -> Answered:
            kept = None if status is None else status.session
            return Answered(
                run_id=run_id,
                owner=caller,
                question=question,
                answer="".join(texts),
                state=state,
                sources=sources_of(documents, citations),
                model=None if status is None else status.model,
                session_id=None if kept is None else kept.session_id,
            )

        try:
            async with aclosing(self._chain.events(input, config)) as events:
                async for event in events:
                    match event:
                        case Text(text):
                            texts.append(text)
                        case Asked():
                            question = event.question
                        case Found():
                            documents = event.documents
                        case Cited():
                            citations += event.citations
                        case Finished():
                            # Before its client reads of the end, and without waiting for it.
                            status = event.status
                            self._feedback.remember(answered(status.state, status))
                    yield event
        except Exception:
            state = FAILED
            raise
        finally:
            if status is None and texts:  # what was read of it can be judged all the same
                self._feedback.remember(answered(state, None))
