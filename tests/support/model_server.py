"""A stand-in for a provider of models on the loopback, in a thread with its own event loop."""

import socket
import threading
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.support.model_app import ModelApp
from tests.support.playbook import Playbook


class ModelServer(Playbook):
    """Serves an application while the `with` block lasts; see Playbook for what it is told."""

    app: type[ModelApp]

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, **script: Any) -> None:
        super().__init__(**script)
        self._listener = socket.create_server((host, port), backlog=2048)
        config = uvicorn.Config(
            self.app(self),
            lifespan="off",
            ws="none",
            log_config=None,  # logging belongs to the process that runs this
            access_log=False,
            date_header=False,  # what is told of an answer shall be the same every time
        )
        self._server = uvicorn.Server(config)

    @property
    def origin(self) -> str:
        host, port = self._listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def run(self) -> None:
        """Serve in this thread until told to stop; in the main thread a signal does that."""
        self._server.run(sockets=[self._listener])

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name=type(self).__name__, daemon=True)
        self._thread.start()
        deadline = monotonic() + 10
        while not self._server.started:
            if not self._thread.is_alive() or monotonic() > deadline:
                raise RuntimeError(f"{type(self).__name__} did not start")
            sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True  # a scripted hang would hold a graceful end up
        self._thread.join(10)
        self._listener.close()
