"""A stand-in for OpenAI's API on the loopback: scriptable, and it remembers what it was asked.

In a test: `with OpenAIServer() as server: ...` (a thread with an event loop of its own).
For a bench: `python -m tests.support.openai_server --port 0` prints its address.
"""

import argparse

from tests.support.model_server import ModelServer
from tests.support.openai_app import OpenAIApp


class OpenAIServer(ModelServer):
    """The stand-in and what it is told: see Playbook for `script`, `once` and `calls`."""

    app = OpenAIApp

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that point OpenAI's clients here."""
        return {"OPENAI_API_KEY": "sk-stand-in", "OPENAI_BASE_URL": self.url}


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
