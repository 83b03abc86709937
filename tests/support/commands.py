"""Commands as a person types them, run with nobody at the terminal."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.service import clean_environment

QUESTION = "What is Task Decomposition?"
TOKENS = ["Small", " steps,", " one", " by", " one", "."]


def run(env: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module as a command, with nobody at the terminal."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=Path.cwd(),  # the test's own folder
        env=clean_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def without_key(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("OPENAI_")}
