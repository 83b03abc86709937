"""What all requests of one worker share: who is admitted, the kept runs and sessions, times."""

from functools import cached_property

from app.feedback.manager import Feedback
from app.lifecycle import descriptors
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.runs.chats import Chats
from app.runs.manager import Runs
from app.sessions.manager import Sessions
from app.streaming.sse_writer import Times
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings


class AppState:
    """One for an application; reads the settings when a request first needs them."""

    def __init__(self, chain: RagChain) -> None:
        self._chain = chain
        self.admission = Admission(lambda: self.limits)
        self.runs = Runs(self.admission, lambda: chain.settings)
        self.sessions = Sessions(lambda: chain.settings)
        self.feedback = Feedback(lambda: chain.settings, lambda: self.sessions.database)
        self.chats = Chats(self.runs, self.admission)

    @property
    def settings(self) -> Settings:
        return self._chain.settings

    @cached_property
    def limits(self) -> Limits:
        return Limits.of(self.settings).within(descriptors.most_streams())

    @cached_property
    def times(self) -> Times:
        return Times(self.settings.first_byte_s, self.settings.send_timeout_s)
