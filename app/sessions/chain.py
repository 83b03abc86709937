"""The chain with sessions: what was said before goes in, what is said now is kept.

Where a request names no session, or brings a history of its own, it is the chain as it is.
"""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.utils import ConfigurableFieldSpec

from app.sessions.config_keys import CALLER, FIELD, SESSION, session_id_of
from app.sessions.manager import Sessions
from app.sessions.turn import FAILED, STOPPED, Outcome, sources_of
from app.wrapped_chain import WrappedChain
from rag_stream.conversation import Conversation, parse_input
from rag_stream.errors import InvalidInputError, RagError
from rag_stream.events import Event
from rag_stream.options import options_of
from rag_stream.runnable import RagChain
from rag_stream.schema import KeptTurn
from rag_stream.transcript import Transcript


class SessionChain(WrappedChain):
    """Keeps turns where a session is named, and else is the chain that it wraps."""

    def __init__(self, chain: RagChain, sessions: Sessions) -> None:
        super().__init__(chain)
        self._sessions = sessions

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """The chain's, and where sessions are kept theirs; without settings nobody knows."""
        specs = super().config_specs
        if not self.has_settings or not self._sessions.is_on:
            return specs
        return [*specs, _SPEC]

    def events(
        self, input: dict[str, Any], config: RunnableConfig | None = None
    ) -> AsyncGenerator[Event, None]:
        """The chain's events; in a session, after the turns before have ended.

        Raises the errors of `rag_stream.errors` and, in a session, those of `app.errors`.
        """
        configurable = (config or {}).get("configurable") or {}
        # A form that is left empty sends an empty one.
        if configurable.get(SESSION) in (None, "") or not self._sessions.is_on:
            return self.wrapped.events(input, config)
        return self._of_session(input, config or {}, configurable)

    async def _of_session(
        self, input: dict[str, Any], config: RunnableConfig, configurable: dict[str, Any]
    ) -> AsyncGenerator[Event, None]:
        chosen = {k: v for k, v in configurable.items() if k not in (SESSION, CALLER)}
        conversation = parse_input(input)
        if "chat_history" in input or conversation.history:
            # Its client keeps it, and may well call something else a session.
            events = self.wrapped.events(input, {**config, "configurable": chosen})
        else:
            session_id, caller = session_id_of(configurable[SESSION]), configurable.get(CALLER)
            if not isinstance(caller, str):
                raise InvalidInputError(f"{FIELD}: expected none, because nobody says whose it is")
            options_of(self.settings, chosen)  # what is no question shall not be a turn
            metadata = {**config.get("metadata", {}), SESSION: session_id}
            run_id = config.get("run_id") or uuid.uuid4()
            inner: RunnableConfig = {
                **config,
                "run_id": run_id,
                "configurable": chosen,
                "metadata": metadata,
            }
            events = self._kept(conversation, inner, session_id, caller, str(run_id))
        async with aclosing(events):
            async for event in events:
                yield event

    async def _kept(
        self,
        asked: Conversation,
        config: RunnableConfig,
        session_id: str,
        caller: str,
        run_id: str,
    ) -> AsyncGenerator[Event, None]:
        """One turn; however it ends, it is kept so."""
        turn = await self._sessions.begin(session_id, caller, asked.question, run_id)
        told = Transcript()

        def came(state: str, code: str | None = None) -> Outcome:
            return Outcome(state, told.text, sources_of(told.documents, told.citations), code)

        try:
            whole = Conversation(asked.question, turn.history, asked.system)
            async with aclosing(self.wrapped.events(whole.as_input(), config)) as events:
                async for event in events:
                    told.take(event)
                    if (status := told.status) is not None:
                        if not turn.is_over:  # suggestions may follow: they are not waited for
                            await turn.end(came(status.state))
                        status.session = KeptTurn(
                            session_id=session_id, turn=turn.number, stored=turn.is_stored
                        )
                    yield event
        except InvalidInputError:
            if not turn.is_over:
                await turn.forget()
            raise
        except Exception as error:
            if not turn.is_over:
                code = error.code if isinstance(error, RagError) else RagError.code
                await turn.end(came(FAILED, code))
            raise
        finally:
            if not turn.is_over:  # cancelled, or closed by who read it
                await turn.end(came(STOPPED))


_SPEC = ConfigurableFieldSpec(
    id=SESSION,
    name="Session",
    description="a conversation that the service keeps; any name, which is yours from then on",
    annotation=str | None,
    default=None,
)
