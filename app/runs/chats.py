"""Which run is a chat's latest one: clients that speak of chats know no runs.

A chat belongs to the caller whose questions are asked in it; to everybody else it is unknown.
Nothing is kept but names: of this worker's runs for as long as those are kept, and in the store
that workers share, where there is one.
"""

import hashlib
import logging
from weakref import WeakValueDictionary

from app.errors import RunCancelledError, RunStoreError
from app.lifecycle.admission import Admission
from app.lifecycle.ticket import Place
from app.runs.manager import Runs
from app.runs.run import Run

log = logging.getLogger("rag_stream.app")


class Chats:
    """The chats of one worker, and through the store the other workers'."""

    def __init__(self, runs: Runs, admission: Admission) -> None:
        self._runs = runs
        self._admission = admission
        self._latest: WeakValueDictionary[str, Run] = WeakValueDictionary()

    async def enter(self, caller: str, chat_id: str, run: Run) -> None:
        """Make a run the chat's latest.

        The one before is stopped if nobody reads it: nobody could find it any more.
        """
        name = _name(caller, chat_id)
        before = self._latest.get(name)
        self._latest[name] = run
        ticket = None if before is None else self._admission.find(before.id, caller)
        if ticket is not None and ticket.place is Place.UNREAD:
            ticket.stop(RunCancelledError("the chat has gone on with another question"))
        if self._runs.replication is not None:
            try:
                await self._runs.replication.note(name, run)
            except RunStoreError as error:
                log.warning("a chat's run will not be found by other workers: %s", error)

    async def latest(self, caller: str, chat_id: str, *, ended: bool = False) -> str | None:
        """The id of the chat's run that goes on; with `ended`, also of one that is still kept.

        None where there is none. Raises RunStoreError.
        """
        name = _name(caller, chat_id)
        run = self._latest.get(name)
        replication = self._runs.replication
        if replication is not None:
            run_id = await replication.noted(name)
            if run_id is not None and (run is None or run.id != run_id):
                return run_id if ended or await replication.goes_on(run_id) else None
        return run.id if run is not None and (ended or not run.is_over) else None


def _name(caller: str, chat_id: str) -> str:
    digest = hashlib.sha256(f"{caller}\n{chat_id}".encode("utf-8", "surrogatepass"))
    return f"chat:{digest.hexdigest()}"
