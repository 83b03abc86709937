"""JavaScript clients, run by Node against a service: each folder of them has its own packages."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "js"
OPENAI = FOLDER / "openai"
AXE = FOLDER / "axe"


class JSClientError(AssertionError):
    """The JavaScript client could not be run, or its call failed."""


def ask(base: str, mode: str, question: str, *, timeout: float = 60.0, **options: Any) -> list[Any]:
    """Return what LangChain's RemoteRunnable yields: chunks of a stream, or results.

    Modes: invoke, batch (the question twice), stream, streamLog, streamEvents, error
    (streams and returns one {name, message, status, chunks}). Options: see client.mjs.
    """
    given = (base, mode, question, json.dumps(options))
    return run(FOLDER, "client.mjs", *given, timeout=timeout)


def run(folder: Path, script: str, *arguments: str, timeout: float = 60.0) -> list[Any]:
    """Return what a folder's script prints: a JSON value a line."""
    packages(folder)
    done = subprocess.run(
        [node(folder), script, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise JSClientError(f"{script} {' '.join(arguments[:3])}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


@cache
def packages(folder: Path = FOLDER) -> Path:
    """The packages of a folder's lock file, installed unless these very ones are there."""
    installed = folder / "node_modules"
    marker = installed / ".lock-of-tests"
    lock = (folder / "package-lock.json").read_bytes()
    if marker.exists() and marker.read_bytes() == lock:
        return installed
    done = subprocess.run(
        [tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise JSClientError(f"npm ci failed in {folder}:\n{done.stdout}{done.stderr}")
    marker.write_bytes(lock)
    return installed


def node(folder: Path) -> str:
    """The Node that a folder's packages want: one among them, where the system's may be too old."""
    of_folder = sorted((folder / "node_modules").glob("node-*/bin/node"))
    return str(of_folder[0]) if of_folder else tool("node")


def tool(name: str) -> str:
    """Where a program of Node's is."""
    path = shutil.which(name)
    if path is None:
        raise JSClientError(
            f"{name} is not on PATH: the tests of the JavaScript client need Node.js 18 or newer"
        )
    return path
