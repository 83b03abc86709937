"""The chain that remembers its answers as they end, for what may be said of them."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig

from app.feedback.answered import Answered
from app.feedback.manager import Feedback
from app.sessions.config_keys import CALLER
from app.sessions.turn import FAILED, STOPPED, sources_of
from app.wrapped_chain import WrappedChain
from rag_stream.events import Event
from rag_stream.runnable import RagChain
from rag_stream.transcript import Transcript


class FeedbackChain(WrappedChain):
    """Remembers answers while feedback is taken, and else is the chain that it wraps."""

    def __init__(self, chain: RagChain, feedback: Feedback) -> None:
        super().__init__(chain)
        self._feedback = feedback

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        """The chain's events. Raises what the chain raises."""
        config = config or {}
        caller = config.get("configurable", {}).get(CALLER)
        if not isinstance(caller, str) or not self._feedback.is_on:
            return self.wrapped.events(input, config)
        run_id = config.get("run_id") or uuid.uuid4()
        named: RunnableConfig = {**config, "run_id": run_id}
        return self._remembered(input, named, caller, str(run_id))

    async def _remembered(
        self, input: dict[str, Any], config: RunnableConfig, caller: str, run_id: str
    ) -> AsyncGenerator[Event, None]:
        told, state, is_remembered = Transcript(), STOPPED, False
        try:
            async with aclosing(self.wrapped.events(input, config)) as events:
                async for event in events:
                    told.take(event)
                    if told.status is not None and not is_remembered:
                        # Before its client reads of the end, and without waiting for it.
                        is_remembered = True
                        self._feedback.remember(_answered(run_id, caller, told, told.status.state))
                    yield event
        except Exception:
            state = FAILED
            raise
        finally:
            if not is_remembered and told.text:  # what was read can be judged all the same
                self._feedback.remember(_answered(run_id, caller, told, state))


def _answered(run_id: str, caller: str, told: Transcript, state: str) -> Answered:
    status = told.status
    kept = None if status is None else status.session
    return Answered(
        run_id=run_id,
        owner=caller,
        question=told.question,
        answer=told.text,
        state=state,
        sources=sources_of(told.documents, told.citations),
        model=None if status is None else status.model,
        session_id=None if kept is None else kept.session_id,
    )
