"""A stand-in for OpenAI's API on the loopback: scriptable, and it remembers what it was asked.

In a test: `with OpenAIServer() as server: ...` (a thread with an event loop of its own).
For a bench: `python -m tests.support.openai_server --port 0` prints its address.
"""

import argparse
import socket
import threading
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.support.openai_app import OpenAIApp
from tests.support.playbook import Playbook


class OpenAIServer(Playbook):
    """The stand-in and what it is told: see Playbook for `script`, `once` and `calls`."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, **script: Any) -> None:
        super().__init__(**script)
        self._listener = socket.create_server((host, port), backlog=2048)
        config = uvicorn.Config(
            OpenAIApp(self),
            lifespan="off",
            ws="none",
            log_config=None,  # logging belongs to the process that runs this
            access_log=False,
            date_header=False,  # what is told of an answer shall be the same every time
        )
        self._server = uvicorn.Server(config)

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()[:2]
        return f"http://{host}:{port}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that point OpenAI's clients here."""
        return {"OPENAI_API_KEY": "sk-stand-in", "OPENAI_BASE_URL": self.url}

    def run(self) -> None:
        """Serve in this thread until told to stop; in the main thread a signal does that."""
        self._server.run(sockets=[self._listener])

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name="openai-server", daemon=True)
        self._thread.start()
        deadline = monotonic() + 10
        while not self._server.started:
            if not self._thread.is_alive() or monotonic() > deadline:
                raise RuntimeError("the stand-in for OpenAI did not start")
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


def main() -> None:
    """Serve one script for every model until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.openai_server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--answer", default="Hello from the stand-in model.")
    parser.add_argument("--tokens", type=int, help="answer with so many tokens instead")
    parser.add_argument("--tokens-per-second", type=float)
    parser.add_argument("--response-delay", type=float, default=0.0)
    parser.add_argument("--first-token-delay", type=float, default=0.0)
    parser.add_argument("--embedding-delay", type=float, default=0.0)
    parser.add_argument("--dimension", type=int, default=384)
    options = vars(parser.parse_args())
    tokens = options.pop("tokens")
    if tokens is not None:
        options["answer"] = [f"token{number % 10} " for number in range(tokens)]
    server = OpenAIServer(**options)
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
