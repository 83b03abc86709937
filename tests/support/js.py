"""LangChain's JavaScript client, run by Node against a service."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "js"


class JSClientError(AssertionError):
    """The JavaScript client could not be run, or its call failed."""


def ask(base: str, mode: str, question: str, *, timeout: float = 60.0, **options: Any) -> list[Any]:
    """Return what the client yields: chunks of a stream, or results.

    Modes: invoke, batch (the question twice), stream, streamLog, streamEvents, error
    (streams and returns one {name, message, status, chunks}). Options: see client.mjs.
    """
    packages()
    done = subprocess.run(
        [tool("node"), "client.mjs", base, mode, question, json.dumps(options)],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise JSClientError(f"client.mjs {mode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


@cache
def packages() -> Path:
    """The folder of the lock file's packages, installed unless these very ones are there."""
    folder = FOLDER / "node_modules"
    marker = folder / ".lock-of-tests"
    lock = (FOLDER / "package-lock.json").read_bytes()
    if marker.exists() and marker.read_bytes() == lock:
        return folder
    done = subprocess.run(
        [tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise JSClientError(f"npm ci failed in {FOLDER}:\n{done.stdout}{done.stderr}")
    marker.write_bytes(lock)
    return folder


def tool(name: str) -> str:
    """Where a program of Node's is."""
    path = shutil.which(name)
    if path is None:
        raise JSClientError(
            f"{name} is not on PATH: the tests of the JavaScript client need Node.js 18 or newer"
        )
    return path
