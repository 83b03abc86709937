"""The AI SDK's `Chat`, run by Node against a service; see `tests/js/ai/chat.mjs`."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.support import js

FOLDER = js.FOLDER / "ai"


def chat(base: str, scenario: str, *texts: str, **options: Any) -> Iterator[dict[str, Any]]:
    """What a scenario tells, as it tells it. Raises JSClientError where it fails."""
    js.packages(FOLDER)
    command = [js.node(FOLDER), "chat.mjs", base, scenario, json.dumps({"texts": texts, **options})]
    with subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            for line in running.stdout:
                yield json.loads(line)
            if running.wait(60):
                raise js.JSClientError(f"chat.mjs {scenario}: {running.stderr.read().strip()}")
        finally:
            running.kill()


def parts(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """A message's parts of a kind; `data` stands for all whose kind begins so."""
    return [part for part in message["parts"] if part["type"].startswith(kind)]


def text(message: dict[str, Any]) -> str:
    return "".join(part["text"] for part in parts(message, "text"))
