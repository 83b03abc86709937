"""A script with mounts of its own, which nobody else sees and which end with it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT


def run(script: str, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run Python code that may mount things, as an ordinary account may, too, in there."""
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def bound(folder: Path, place: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run the script, whose first argument is `place`, where `folder` can be found as well."""
    place.mkdir()
    mounting = (
        "import subprocess, sys\n"
        "subprocess.run(['mount', '--bind', sys.argv[2], sys.argv[1]], check=True)\n"
    )
    return run(mounting + script, str(place), str(folder))
