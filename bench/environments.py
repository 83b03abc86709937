"""An environment for each peer, made on first use from hash-pinned requirements."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.process import ROOT

FOLDER = ROOT / "bench" / ".venvs"
REQUIREMENTS = ROOT / "requirements" / "bench"
_LOCKED = ("--quiet", "--no-deps", "--require-hashes")


class EnvironmentNotMadeError(Exception):
    """Why an environment cannot be had."""


def python_of(name: str, existing: Path | None = None) -> Path:
    """The interpreter of a peer's environment: one that is there, or one made now.

    `existing` is a folder of environments with the peers' names, which are used as they are.
    """
    if existing is not None and (existing / name / "bin" / "python").exists():
        return existing / name / "bin" / "python"
    requirements = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    python = FOLDER / name / "bin" / "python"
    stamp = FOLDER / name / ".installed"
    if stamp.exists() and stamp.read_text() == digest and python.exists():
        return python
    print(f"bench: installing {requirements.name} into {FOLDER / name} ...", file=sys.stderr)
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(FOLDER / name))
    uv = Path(sys.executable).with_name("uv")
    into = ("--python", str(python), *_LOCKED, "-r", str(requirements))
    try:  # as in the Makefile: uv where it reaches, pip elsewhere
        _run(str(uv), "pip", "install", *into)
    except (OSError, EnvironmentNotMadeError):
        _run(str(python), "-m", "pip", "install", *_LOCKED, "-r", str(requirements))
    stamp.write_text(digest)
    return python


def _run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603 - commands of our own
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode != 0:
        raise EnvironmentNotMadeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
